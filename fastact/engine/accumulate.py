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
    """Add ``width`` terms, LANES at a time; ``terms`` are their kinds, ``mark`` ends all names.

    Blocks are joined in pairs before they are added, so that an accumulator waits for one
    operation per step; but not in a sum that carries what it loses.
    """
    lines, parts = [], {}
    for slot, accumulator in accumulators.items():
        vector = _vector(PRECISIONS[accumulator.precision])
        lines.append(f"  %{slot}.old{mark} = load {vector}, ptr %{slot}.sum, align 64")
        read, parts[slot] = _blocks(slot, terms[slot], accumulator, width, mark)
        lines += read
    new = {}
    if carries(accumulators):
        new["high"] = f"%high.sum{width // LANES - 1}{mark}"
        lines += _carrying(accumulators["high"], parts.pop("high"), parts["low"], mark)
    for slot, names in parts.items():
        vector = _vector(PRECISIONS[accumulators[slot].precision])
        while len(names) > 1:
            left, right = names[::2], names[1::2]
            names = [f"{name}.pair" for name in left]
            for name, a, b in zip(names, left, right, strict=True):
                lines += _joined(slot, name, vector, a, b)
        new[slot] = f"%{slot}.grown{mark}"
        lines += _joined(slot, new[slot], vector, f"%{slot}.old{mark}", names[0])
    for slot, name in new.items():
        vector = _vector(PRECISIONS[accumulators[slot].precision])
        lines.append(f"  store {vector} {name}, ptr %{slot}.sum, align 64")
    return lines


def _blocks(
    slot: str, kind: str, accumulator: Accumulator, width: int, mark: str
) -> tuple[list[str], list[str]]:
    """The terms of each block, in the precision of the accumulator, and their names."""
    kept, whole = PRECISIONS[accumulator.precision], f"<{width} x {kind}>"
    lines = [f"  %{slot}.terms{mark} = load {whole}, ptr %{slot}.term, align 64"]
    names = [f"%{slot}.term{block}{mark}" for block in range(width // LANES)]
    for block, name in enumerate(names):
        indices = ", ".join(f"i32 {block * LANES + i}" for i in range(LANES))
        narrow = name if kept == kind else f"{name}.narrow"
        lines.append(
            f"  {narrow} = shufflevector {whole} %{slot}.terms{mark}, {whole} poison, "
            f"<{LANES} x i32> <{indices}>"
        )
        if narrow != name:
            lines.append(f"  {name} = fpext {_vector(kind)} {narrow} to {_vector(kept)}")
    return lines, names


def _joined(slot: str, name: str, vector: str, a: str, b: str, lanes: int = LANES) -> list[str]:
    """The sum of two, or the greater. A nan is passed over: it comes out of the exponential."""
    if slot != "peak":
        return [f"  {name} = fadd {vector} {a}, {b}"]
    return [
        f"  {name}.more = fcmp ogt {vector} {b}, {a}",
        f"  {name} = select <{lanes} x i1> {name}.more, {vector} {b}, {vector} {a}",
    ]


def carries(accumulators: Mapping[str, Accumulator]) -> bool:
    """Whether "low" takes what "high" loses."""
    pair = [accumulators.get(slot) for slot in ("high", "low")]
    return None not in pair and len({a.precision for a in pair if a}) == 1


def _carrying(high: Accumulator, terms: list[str], lows: list[str], mark: str) -> list[str]:
    """Add the terms one by one, and to each of ``lows`` what that lost."""
    vector, total = _vector(PRECISIONS[high.precision]), f"%high.old{mark}"
    lines = []
    for block, term in enumerate(terms):
        before, total, lost = total, f"%high.sum{block}{mark}", f"%high.lost{block}{mark}"
        lines.append(f"  {total} = fadd {vector} {before}, {term}")
        lines += _lost(lost, vector, total, before, term, heavy=bool(high.start))
        lines.append(f"  {lows[block]}.all = fadd {vector} {lows[block]}, {lost}")
        lows[block] += ".all"
    return lines


def _lost(name: str, vector: str, total: str, a: str, b: str, *, heavy: bool = False) -> list[str]:
    """What ``total`` = a + b lost to rounding; ``heavy`` where a is the greater for certain."""
    back = f"  {name}.back = fsub {vector} {total}, {a}"
    if heavy:
        return [back, f"  {name} = fsub {vector} {b}, {name}.back"]
    return [
        back,
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
            lines += _joined(slot, total, vector, a, b, lanes)
            if slot == "high" and pair:
                lines += _lost(f"{total}.lost", vector, total, a, b)
        if pair:
            vector = f"<{lanes} x {kinds['low']}>"
            low, gained["low"] = gained["low"], f"{gained['low']}.all"
            lines.append(f"  {gained['low']} = fadd {vector} {low}, {gained['high']}.lost")
    for slot, name in list(gained.items()):
        gained[slot] = f"%{slot}.number"
        vector = f"<1 x {kinds[slot]}>"
        lines.append(f"  {gained[slot]} = extractelement {vector} {name}, i64 0")
    return lines
