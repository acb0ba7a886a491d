"""What the accumulators of a lane span have come to, as LLVM assembly: at the end of a row.

The lanes of a row are folded, the upper half upon the lower. Both parts of a sum in float32 end as
one number in float64, "high", and nothing is left for "low": that takes a quarter of the
operations, and of the time a row waits at its end, that folding a pair takes.
"""

from __future__ import annotations

from fastact.engine.assembly.accumulate import Sums
from fastact.engine.assembly.vector_code import halves, joined, lost, splat, vector_type

__all__ = ["totals"]

#: Name and kind of a vector or number.
Value = tuple[str, str]


def totals(sums: Sums) -> tuple[list[str], dict[str, Value]]:
    """The sums by slot: one per lane where rows lie side by side, else one number."""
    lanes, results, lines = dict(sums.lanes), {}, []
    for slot, kind in sums.kinds.items():
        read, name = _gained(sums, slot)
        lines += read
        results[slot] = name, kind
    joins = sums.terms.get("low") == "float"
    if joins:
        lines += _joined_parts(sums, results, lanes)
    if not sums.side:
        lines += _folded(results, lanes, carries=sums.carries and not joins)
    return lines, results


def _gained(sums: Sums, slot: str) -> tuple[list[str], str]:
    """Read the lanes, less what they began with; the name of the result."""
    vector, begun = sums.type_of(slot), sums.span.accumulators[slot].start
    lines = [f"  %{slot}.end = load {vector}, ptr %{slot}.sum, align 64"]
    if slot == "peak" or not begun:
        return lines, f"%{slot}.end"
    value = splat(sums.kinds[slot], begun, sums.lanes[slot])
    lines.append(f"  %{slot}.gained = fsub {vector} %{slot}.end, {value}")
    return lines, f"%{slot}.gained"


def _joined_parts(sums: Sums, results: dict[str, Value], lanes: dict[str, int]) -> list[str]:
    """Both parts as one, in float64."""
    least = sums.lanes_of("double")
    lines, vector = [], vector_type("double", least)
    for slot in ("high", "low"):
        name, kind = results[slot]
        if kind == "float":
            wide = vector_type("double", lanes[slot])
            lines.append(f"  %{slot}.wide = fpext {sums.type_of(slot)} {name} to {wide}")
            name = f"%{slot}.wide"
        if lanes[slot] > least:
            parts, a, b = halves(name, "double", name, least)
            lines += [*parts, f"  {name}.half = fadd {vector} {a}, {b}"]
            name = f"{name}.half"
        results[slot], lanes[slot] = (name, "double"), least
    # What an infinite sum is said to have lost is nan.
    low = results["low"][0]
    lines += [
        f"  %low.is = fcmp ord {vector} {low}, {low}",
        f"  %low.any = select <{least} x i1> %low.is, {vector} {low}, {vector} zeroinitializer",
        f"  %high.whole = fadd {vector} {results['high'][0]}, %low.any",
    ]
    lines.append(f"  %low.none = fadd {vector} zeroinitializer, zeroinitializer")
    results["high"], results["low"] = ("%high.whole", "double"), ("%low.none", "double")
    return lines


def _folded(results: dict[str, Value], lanes: dict[str, int], *, carries: bool) -> list[str]:
    """Bring the lanes together; the results become numbers."""
    lines, half = [], max(lanes.values(), default=1)
    while half > 1:
        half >>= 1
        for slot in (slot for slot in results if lanes[slot] > half):
            name, kind = results[slot]
            parts, a, b = halves(f"%{slot}", kind, name, half)
            total, vector = f"%{slot}.fold{half}", vector_type(kind, half)
            lines += [*parts, *joined(slot, total, vector, a, b)]
            results[slot] = total, kind
            if slot == "high" and carries:
                lines += lost(f"%high.lost{half}", vector, total, a, b, None, heavy=False)
        if carries:
            name, kind = results["low"]
            results["low"] = f"{name}.all", kind
            vector = vector_type(kind, half)
            lines.append(f"  {name}.all = fadd {vector} {name}, %high.lost{half}")
    for slot, (name, kind) in results.items():
        lines.append(f"  %{slot}.number = extractelement {vector_type(kind, 1)} {name}, i64 0")
        results[slot] = f"%{slot}.number", kind
    return lines
