"""Accumulators of lane spans, as LLVM assembly: adding a block's terms, and folding the lanes.

A sum in two parts of one precision carries what it loses. Where it begins with more than it
ever gains (softmax), three operations tell (Dekker's fast two-sum), else six (Knuth's).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from fastact.engine.lanes import LANES, Accumulator
from fastact.engine.span import PRECISIONS

__all__ = ["add_terms", "fold", "gained", "start"]


def _vector(kind: str, lanes: int = LANES) -> str:
    return f"<{lanes} x {kind}>"


def _splat(kind: str, value: float) -> str:
    constant = f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
    return f"<{', '.join([f'{kind} {constant}'] * LANES)}>"


def start(slot: str, accumulator: Accumulator) -> list[str]:
    """Begin: the lanes live in a variable of the function."""
    kind = PRECISIONS[accumulator.precision]
    value = _splat(kind, accumulator.start)
    return [f"  store {_vector(kind)} {value}, ptr %{slot}.sum, align 64"]


def gained(slot: str, accumulator: Accumulator) -> tuple[list[str], str]:
    """Read the lanes, less what they began with; the name of the result."""
    kind = PRECISIONS[accumulator.precision]
    lines = [f"  %{slot}.end = load {_vector(kind)}, ptr %{slot}.sum, align 64"]
    if slot == "peak" or not accumulator.start:
        return lines, f"%{slot}.end"
    value = _splat(kind, accumulator.start)
    lines.append(f"  %{slot}.gained = fsub {_vector(kind)} %{slot}.end, {value}")
    return lines, f"%{slot}.gained"


def add_terms(
    accumulators: Mapping[str, Accumulator], terms: Mapping[str, str], width: int, mark: str
) -> list[str]:
    """Add ``width`` terms, LANES at a time; ``terms`` are their kinds, ``mark`` ends all names."""
    lines = []
    for slot, accumulator in accumulators.items():
        kind = PRECISIONS[accumulator.precision]
        lines += [
            f"  %{slot}.terms{mark} = load <{width} x {terms[slot]}>, ptr %{slot}.term, align 64",
            f"  %{slot}.0{mark} = load {_vector(kind)}, ptr %{slot}.sum, align 64",
        ]
    blocks = width // LANES
    for block in range(blocks):
        for slot, accumulator in accumulators.items():
            lines += _term(slot, block, terms[slot], accumulator, width, mark)
        lines += _add_block(accumulators, block, mark)
    for slot, accumulator in accumulators.items():
        kind = PRECISIONS[accumulator.precision]
        lines.append(f"  store {_vector(kind)} %{slot}.{blocks}{mark}, ptr %{slot}.sum, align 64")
    return lines


def _term(
    slot: str, block: int, kind: str, accumulator: Accumulator, width: int, mark: str
) -> list[str]:
    """A block's terms, in the precision of the accumulator."""
    indices = ", ".join(f"i32 {block * LANES + i}" for i in range(LANES))
    name, kept = f"%{slot}.term{block}{mark}", PRECISIONS[accumulator.precision]
    narrow = name if kept == kind else f"{name}.narrow"
    whole = f"<{width} x {kind}>"
    lines = [
        f"  {narrow} = shufflevector {whole} %{slot}.terms{mark}, {whole} poison, "
        f"<{LANES} x i32> <{indices}>"
    ]
    if narrow != name:
        lines.append(f"  {name} = fpext {_vector(kind)} {narrow} to {_vector(kept)}")
    return lines


def _add_block(accumulators: Mapping[str, Accumulator], block: int, mark: str) -> list[str]:
    lines = []
    for slot, accumulator in accumulators.items():
        vector = _vector(PRECISIONS[accumulator.precision])
        term, total = f"%{slot}.term{block}{mark}", f"%{slot}.{block}{mark}"
        more = f"%{slot}.{block + 1}{mark}"
        if slot == "peak":
            # A nan is passed over here; it comes out of the exponential.
            lines += [
                f"  {more}.more = fcmp ogt {vector} {term}, {total}",
                f"  {more} = select <{LANES} x i1> {more}.more, {vector} {term}, {vector} {total}",
            ]
            continue
        if slot == "low" and carries(accumulators):
            # Joined before they are added: a sum waits for one addition per block.
            lines += _lost("high", block, bool(accumulators["high"].start), vector, mark)
            lines.append(f"  {term}.all = fadd {vector} {term}, %high.lost{block}{mark}")
            term = f"{term}.all"
        lines.append(f"  {more} = fadd {vector} {total}, {term}")
    return lines


def carries(accumulators: Mapping[str, Accumulator]) -> bool:
    """Whether "low" takes what "high" loses."""
    pair = [accumulators.get(slot) for slot in ("high", "low")]
    return None not in pair and len({a.precision for a in pair if a}) == 1


def _lost(slot: str, block: int, heavy: bool, vector: str, mark: str) -> list[str]:
    """What a sum has lost by its last addition."""
    a, b, total = (
        f"%{slot}.{block}{mark}",
        f"%{slot}.term{block}{mark}",
        f"%{slot}.{block + 1}{mark}",
    )
    name = f"%{slot}.lost{block}{mark}"
    lines = [f"  {name}.back = fsub {vector} {total}, {a}"]
    if heavy:
        return [*lines, f"  {name} = fsub {vector} {b}, {name}.back"]
    return [
        *lines,
        f"  {name}.rest = fsub {vector} {total}, {name}.back",
        f"  {name}.first = fsub {vector} {a}, {name}.rest",
        f"  {name}.second = fsub {vector} {b}, {name}.back",
        f"  {name} = fadd {vector} {name}.first, {name}.second",
    ]


def fold(accumulators: Mapping[str, Accumulator], gained: dict[str, str]) -> list[str]:
    """Bring the lanes together, the upper half upon the lower; ``gained`` becomes numbers."""
    lines, lanes = [], LANES
    kinds = {slot: PRECISIONS[a.precision] for slot, a in accumulators.items()}
    pair = carries(accumulators)
    while lanes > 1:
        lanes >>= 1
        parts = {}
        for slot, name in gained.items():
            whole = f"<{2 * lanes} x {kinds[slot]}> {name}"
            for half, first in (("a", 0), ("b", lanes)):
                indices = ", ".join(f"i32 {first + i}" for i in range(lanes))
                lines.append(
                    f"  %{slot}.{half}{lanes} = shufflevector {whole}, "
                    f"<{2 * lanes} x {kinds[slot]}> poison, <{lanes} x i32> <{indices}>"
                )
            parts[slot] = (f"%{slot}.a{lanes}", f"%{slot}.b{lanes}")
        for slot, (a, b) in parts.items():
            vector = f"<{lanes} x {kinds[slot]}>"
            total = gained[slot] = f"%{slot}.fold{lanes}"
            if slot == "peak":
                lines += [
                    f"  {total}.more = fcmp ogt {vector} {b}, {a}",
                    f"  {total} = select <{lanes} x i1> {total}.more, {vector} {b}, {vector} {a}",
                ]
                continue
            lines.append(f"  {total} = fadd {vector} {a}, {b}")
            if slot == "high" and pair:
                lines += [
                    f"  {total}.back = fsub {vector} {total}, {a}",
                    f"  {total}.rest = fsub {vector} {total}, {total}.back",
                    f"  {total}.lost = fsub {vector} {a}, {total}.rest",
                    f"  {total}.more = fsub {vector} {b}, {total}.back",
                    f"  {total}.both = fadd {vector} {total}.lost, {total}.more",
                ]
        if pair:
            vector = f"<{lanes} x {kinds['low']}>"
            low, gained["low"] = gained["low"], f"{gained['low']}.all"
            lines.append(f"  {gained['low']} = fadd {vector} {low}, {gained['high']}.both")
    for slot, name in list(gained.items()):
        gained[slot] = f"%{slot}.number"
        vector = f"<1 x {kinds[slot]}>"
        lines.append(f"  {gained[slot]} = extractelement {vector} {name}, i64 0")
    return lines
