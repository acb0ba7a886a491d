"""Scalar bodies -> *lane spans*: vector loops that also keep something per lane.

A lane span is ``void span(char **operands, intp blocks)``, like a span
(:mod:`fastact.engine.span`), over blocks of LANES elements. Its operands are *streams*,
which advance from block to block, and *lanes*, LANES values that stay: a running
maximum, a running sum, a shift. A reduction written so vectorises without reassociation,
and its order of summation is fixed: element i goes to lane i mod LANES.

The same loop serves two arrangements. With one long row in the streams, the lanes are
partial results of that row; with LANES short rows side by side (element j of each in
block j), every lane is a row of its own and nothing is left to combine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastact.engine.lowering import lower
from fastact.engine.span import PRECISIONS

__all__ = ["LANES", "LANE_BITS", "SLOTS", "STREAMS", "LaneSpan", "lane_span_assembly"]

#: Two vectors of float32 on AVX2: enough to hide the latency of a running maximum, and
#: few enough to be combined quickly at the end of a row.
LANE_BITS = 4
LANES = 1 << LANE_BITS
STREAMS = ("first", "second", "out")
#: Position of every operand in the table of addresses; all lane spans share it.
SLOTS = {
    name: k
    for k, name in enumerate(
        (*STREAMS, "reference", "shift", "high", "low", "count", "factor", "factor_low")
    )
}


@dataclass(frozen=True)
class LaneSpan:
    """What a lane span reads and writes: slots with their precision, and a body per result.

    Every body takes all operands in order; what bodies have in common is computed once.
    """

    operands: dict[str, str]
    results: dict[str, tuple[str, Callable[..., Any]]]


def lane_span_assembly(symbol: str, span: LaneSpan, width: int) -> list[str]:
    """LLVM assembly of a lane span, ``width`` elements to a vector; the bodies follow."""
    precisions = list(span.operands.values())
    bodies = {
        slot: lower(body, precision, precisions) for slot, (precision, body) in span.results.items()
    }
    kinds = {slot: PRECISIONS[p] for slot, p in span.operands.items()}
    kinds |= {slot: PRECISIONS[p] for slot, (p, _) in span.results.items()}
    lanes = [slot for slot in kinds if slot not in STREAMS]
    access = {slot: f"{_bytes(kind)}, {_aliasing(slot, lanes)}" for slot, kind in kinds.items()}
    lines = [f"define void @{symbol}(ptr readonly %operands, i64 %blocks) {{", "entry:"]
    for slot, kind in kinds.items():
        lines += [
            f"  %{slot}.result = alloca {kind}",
            f"  %{slot}.slot = getelementptr ptr, ptr %operands, i64 {SLOTS[slot]}",
            f"  %{slot}.base = load ptr, ptr %{slot}.slot",
        ]
    lines += [
        "  br label %block",
        "block:",
        "  %b = phi i64 [ 0, %entry ], [ %b.next, %latch ]",
        f"  %start = shl nuw nsw i64 %b, {LANE_BITS}",
        "  br label %lane",
        "lane:",
        "  %i = phi i64 [ 0, %block ], [ %i.next, %lane ]",
        "  %element = add nuw nsw i64 %start, %i",
    ]
    for slot, kind in kinds.items():
        index = "%element" if slot in STREAMS else "%i"
        lines.append(f"  %{slot}.at = getelementptr inbounds {kind}, ptr %{slot}.base, i64 {index}")
    for slot in span.operands:
        lines.append(f"  %{slot} = load {kinds[slot]}, ptr %{slot}.at, align {access[slot]}")
    arguments = ", ".join(f"{kinds[slot]} %{slot}" for slot in span.operands)
    for slot, (body, _) in bodies.items():
        lines += [
            f"  call i32 @{body}(ptr %{slot}.result, ptr null, {arguments})",
            f"  %{slot}.new = load {kinds[slot]}, ptr %{slot}.result",
        ]
    for slot in bodies:
        lines.append(f"  store {kinds[slot]} %{slot}.new, ptr %{slot}.at, align {access[slot]}")
    lines += [
        "  %i.next = add nuw nsw i64 %i, 1",
        f"  %lanes.done = icmp eq i64 %i.next, {LANES}",
        "  br i1 %lanes.done, label %latch, label %lane, !llvm.loop !1",
        "latch:",
        "  %b.next = add nuw nsw i64 %b, 1",
        "  %done = icmp eq i64 %b.next, %blocks",
        "  br i1 %done, label %exit, label %block",
        "exit:",
        "  ret void",
        "}",
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !2, !3, !4}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        '!3 = !{!"llvm.loop.vectorize.enable", i1 true}',
        # LLVM would take as many lanes as the widest type fits in a register: half of
        # the vector unit for a float32 exponential that is summed in float64.
        f'!4 = !{{!"llvm.loop.vectorize.width", i32 {width}}}',
        *_scopes(lanes),
    ]
    kinds_of_arguments = "".join(f", {kinds[slot]}" for slot in span.operands)
    declared = {body: None for body, _ in bodies.values()}
    lines += [f"declare i32 @{body}(ptr, ptr{kinds_of_arguments})" for body in declared]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies.values())]


def _bytes(kind: str) -> int:
    return {"float": 4, "double": 8}[kind]


# Lanes never overlap anything else, and told so LLVM keeps them in registers from block
# to block. Streams may be one another (a row computed in place).


def _aliasing(slot: str, lanes: list[str]) -> str:
    others = f"!noalias !{100 + SLOTS[slot]}"
    own = f", !alias.scope !{200 + SLOTS[slot]}" if slot in lanes else ""
    return f"!llvm.access.group !0, {others}{own}"


def _scopes(lanes: list[str]) -> list[str]:
    lines = ["!50 = distinct !{!50}"]
    for slot in lanes:
        k = SLOTS[slot]
        lines += [f"!{300 + k} = distinct !{{!{300 + k}, !50}}", f"!{200 + k} = !{{!{300 + k}}}"]
    for slot in SLOTS:
        others = ", ".join(f"!{300 + SLOTS[lane]}" for lane in lanes if lane != slot)
        lines.append(f"!{100 + SLOTS[slot]} = !{{{others}}}")
    return lines
