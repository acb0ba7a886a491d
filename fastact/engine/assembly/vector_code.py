"""Operations on vectors, as lines of LLVM assembly: what sums over lanes are written with."""

from __future__ import annotations

import struct

__all__ = [
    "BYTES",
    "PRECISIONS",
    "fused",
    "halves",
    "joined",
    "lost",
    "plus",
    "shuffled",
    "splat",
    "vector_type",
]

#: A precision -> what LLVM calls it, and that -> its bytes.
PRECISIONS = {"float32": "float", "float64": "double"}
BYTES = {"float": 4, "double": 8}


def vector_type(kind: str, lanes: int) -> str:
    """As <8 x float>."""
    return f"<{lanes} x {kind}>"


def splat(kind: str, value: float, lanes: int) -> str:
    """The same constant in all lanes."""
    constant = f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
    return f"<{', '.join([f'{kind} {constant}'] * lanes)}>"


def shuffled(name: str, vector: str, source: str, places: list[int], other: str = "poison") -> str:
    """Some lanes of ``source``; those from its length on are of ``other``."""
    indices = ", ".join(f"i32 {place}" for place in places)
    return (
        f"  {name} = shufflevector {vector} {source}, {vector} {other}, "
        f"<{len(places)} x i32> <{indices}>"
    )


def halves(name: str, kind: str, source: str, half: int) -> tuple[list[str], str, str]:
    """The lower and the upper ``half`` lanes of twice as many, and their names."""
    whole, low, high = vector_type(kind, 2 * half), f"{name}.a{half}", f"{name}.b{half}"
    lines = [
        shuffled(part, whole, source, [first + i for i in range(half)])
        for part, first in ((low, 0), (high, half))
    ]
    return lines, low, high


def fused(vector: str) -> str:
    """The intrinsic that multiplies and adds vectors of a type."""
    lanes, kind = vector[1:-1].split(" x ")
    return f"llvm.fma.v{lanes}{ {'float': 'f32', 'double': 'f64'}[kind] }"


def plus(name: str, vector: str, term: str, scale: str | None, to: str) -> str:
    """``to`` plus ``term``, or plus its product with a power of two."""
    if scale is None:
        return f"  {name} = fadd {vector} {to}, {term}"
    operands = ", ".join(f"{vector} {operand}" for operand in (term, scale, to))
    return f"  {name} = call {vector} @{fused(vector)}({operands})"


def lost(
    name: str, vector: str, total: str, a: str, b: str, scale: str | None, *, heavy: bool
) -> list[str]:
    """What ``total`` = a + b lost to rounding; ``heavy`` where a is the greater for certain."""
    # With this sign it is what is added to b.
    back = f"  {name}.back = fsub {vector} {a}, {total}"
    if heavy:
        return [back, plus(name, vector, b, scale, f"{name}.back")]
    return [
        back,
        f"  {name}.rest = fadd {vector} {total}, {name}.back",
        f"  {name}.first = fsub {vector} {a}, {name}.rest",
        plus(f"{name}.second", vector, b, scale, f"{name}.back"),
        f"  {name} = fadd {vector} {name}.first, {name}.second",
    ]


def joined(slot: str, name: str, vector: str, a: str, b: str) -> list[str]:
    """The sum of two, or the greater. A nan is passed over: it comes out of the exponential."""
    if slot != "peak":
        return [f"  {name} = fadd {vector} {a}, {b}"]
    lanes = vector[1:].partition(" ")[0]
    return [
        f"  {name}.more = fcmp ogt {vector} {b}, {a}",
        f"  {name} = select <{lanes} x i1> {name}.more, {vector} {b}, {vector} {a}",
    ]
