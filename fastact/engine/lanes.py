"""Scalar bodies -> *lane spans*: vector loops that also keep something per lane.

A lane span is ``void span(char **operands, intp blocks)``, like a span
(:mod:`fastact.engine.span`), over blocks of LANES elements. Its operands are *streams*,
which advance from block to block, and *lanes*, LANES values that stay: a running
maximum, a running sum, a shift. A reduction written so vectorises without reassociation,
and its order of summation is fixed: element i goes to lane i mod LANES.

Every span is made in two arrangements. ``"row"`` takes rows one after the other: what
stays is one number for all lanes of a row, read and written as float64, and the lanes of
an accumulator are folded at its end, halves upon halves. ``"side"`` takes LANES short rows
side by side (element j of each in block j): every lane is a row of its own and nothing is
folded. Without streams a span computes what stands between two passes, for LANES rows at once.

The rows of one call do not wait for each other: while one is folded, the next is read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastact.engine import target
from fastact.engine.lowering import lower
from fastact.engine.span import PRECISIONS

__all__ = ["ARRANGEMENTS", "LANES", "LANE_BITS", "ROWS", "SLOTS", "STREAMS", "STRIDES"]
__all__ += ["TABLE_WORDS", "LaneSpan"]
__all__ += ["lane_span_assembly"]

#: One vector of float32 on AVX2, two of float64, or one of 512 bits. With twice as many, the
#: sums no longer fit in the registers beside an exponential's constants: 1.6x slower. A
#: block is taken at once, whatever LLVM makes of it: in float64 and on AVX2 that is 2 to 12 %
#: faster than by halves, on AVX-512 1.4 times.
LANE_BITS = 3
LANES = 1 << LANE_BITS
ARRANGEMENTS = ("row", "side")
STREAMS = ("first", "second", "out")
SUMS = ("high", "low", "count")
#: Position of every operand in the table of addresses; all lane spans share it.
SLOTS = {
    name: k
    for k, name in enumerate(
        (*STREAMS, "peak", "shift", "magic", "least", *SUMS, "factor", "factor_low")
    )
}
#: Behind the addresses: the number of rows in one call, at most LANES, and the bytes from a
#: row of each stream to the next.
ROWS = len(SLOTS)
STRIDES = {name: ROWS + 1 + k for k, name in enumerate(STREAMS)}
TABLE_WORDS = ROWS + 1 + len(STREAMS)


@dataclass(frozen=True)
class LaneSpan:
    """What a lane span reads and writes: slots with their precision, and a body per result.

    Every body takes all operands in order; what bodies have in common is computed once.
    """

    operands: dict[str, str]
    results: dict[str, tuple[str, Callable[..., Any]]]
    #: Of the results, the accumulators, and what each begins from. A sum gives back
    #: what it has gained; "peak" is a maximum.
    starts: dict[str, float] = field(default_factory=dict)


def lane_span_assembly(symbol: str, span: LaneSpan, arrangement: str) -> list[str]:
    """LLVM assembly of a lane span; the bodies follow."""
    precisions = list(span.operands.values())
    bodies = {
        slot: lower(body, precision, precisions) for slot, (precision, body) in span.results.items()
    }
    kinds = {slot: PRECISIONS[p] for slot, p in span.operands.items()}
    kinds |= {slot: PRECISIONS[p] for slot, (p, _) in span.results.items()}
    side = arrangement == "side"
    streams = any(slot in STREAMS for slot in kinds)
    # Between two passes all rows of a call are taken at once, one to a lane.
    between = not streams
    kept = [slot for slot in kinds if slot not in STREAMS]
    # A row's constants are one value each; all else that stays has a copy per lane, in
    # variables of the function, which nothing else can overlap: LLVM keeps them in registers.
    uniform = [slot for slot in kept if not (side or between or slot in span.results)]
    local = [slot for slot in kept if slot not in uniform]
    lines = [
        f"define void @{symbol}(ptr readonly %operands, i64 %blocks)",
        f'  "prefer-vector-width"="{target.vector_width()}" {{',
        "entry:",
    ]
    for slot, kind in kinds.items():
        lines.append(f"  %{slot}.result = alloca {kind}")
        lines += _read_word(f"%{slot}.base", "ptr", SLOTS[slot])
    lines += [f"  %{slot}.lanes = alloca <{LANES} x {kinds[slot]}>, align 64" for slot in local]
    lines += ["  %rows = add i64 0, 1"] if side or between else _read_word("%rows", "i64", ROWS)
    for slot, word in STRIDES.items():
        if slot in kinds:
            lines += _read_word(f"%{slot}.stride", "i64", word)
    lines += ["  br label %row", "row:", "  %r = phi i64 [ 0, %entry ], [ %r.next, %exit ]"]
    for slot in kinds:
        stride = f"%{slot}.stride" if slot in STREAMS else "8"
        lines += [
            f"  %{slot}.offset = mul nsw i64 %r, {stride}",
            f"  %{slot}.here = getelementptr i8, ptr %{slot}.base, i64 %{slot}.offset",
        ]
    for slot in uniform:
        lines += _read_number(f"%{slot}.value", f"%{slot}.here", kinds[slot])
    for slot in local:
        vector = f"<{LANES} x {kinds[slot]}>"
        if slot in span.starts:
            start = ", ".join([f"{kinds[slot]} {_constant(span.starts[slot])}"] * LANES)
            lines.append(f"  store {vector} <{start}>, ptr %{slot}.lanes, align 64")
        elif slot in span.operands:
            lines += [
                *_read_lanes(f"%{slot}.found", f"%{slot}.here", kinds[slot], side),
                f"  store {vector} %{slot}.found, ptr %{slot}.lanes, align 64",
            ]
    lines += [
        "  br label %block",
        "block:",
        "  %b = phi i64 [ 0, %row ], [ %b.next, %latch ]",
        f"  %start = shl nuw nsw i64 %b, {LANE_BITS}",
        "  br label %lane",
        "lane:",
        "  %i = phi i64 [ 0, %block ], [ %i.next, %lane ]",
        "  %element = add nuw nsw i64 %start, %i",
    ]
    for slot, kind in kinds.items():
        if slot not in uniform:
            base, index = ("here", "%element") if slot in STREAMS else ("lanes", "%i")
            lines.append(
                f"  %{slot}.at = getelementptr inbounds {kind}, ptr %{slot}.{base}, i64 {index}"
            )
    access = {slot: f"align {_bytes(kind)}, !llvm.access.group !0" for slot, kind in kinds.items()}
    for slot in span.operands:
        if slot not in uniform:
            lines.append(f"  %{slot}.value = load {kinds[slot]}, ptr %{slot}.at, {access[slot]}")
    arguments = ", ".join(f"{kinds[slot]} %{slot}.value" for slot in span.operands)
    for slot, (body, _) in bodies.items():
        lines += [
            f"  call i32 @{body}(ptr %{slot}.result, ptr null, {arguments})",
            f"  %{slot}.new = load {kinds[slot]}, ptr %{slot}.result",
        ]
    for slot in bodies:
        lines.append(f"  store {kinds[slot]} %{slot}.new, ptr %{slot}.at, {access[slot]}")
    lines += [
        "  %i.next = add nuw nsw i64 %i, 1",
        f"  %lanes.done = icmp eq i64 %i.next, {LANES}",
        "  br i1 %lanes.done, label %latch, label %lane, !llvm.loop !1",
        "latch:",
        "  %b.next = add nuw nsw i64 %b, 1",
        "  %done = icmp eq i64 %b.next, %blocks",
        "  br i1 %done, label %exit, label %block",
        "exit:",
    ]
    gained = {slot: f"%{slot}.end" for slot in bodies if slot in local}
    for slot, name in gained.items():
        vector = f"<{LANES} x {kinds[slot]}>"
        lines.append(f"  {name} = load {vector}, ptr %{slot}.lanes, align 64")
        if slot in SUMS and span.starts.get(slot):
            start = ", ".join([f"{kinds[slot]} {_constant(span.starts[slot])}"] * LANES)
            gained[slot] = f"%{slot}.gained"
            lines.append(f"  {gained[slot]} = fsub {vector} {name}, <{start}>")
    if side or between:
        for slot, name in gained.items():
            lines += _write_lanes(name, f"%{slot}.here", kinds[slot], side)
    else:
        lines += _fold(gained, kinds)
        for slot, name in gained.items():
            lines += _write_number(name, f"%{slot}.here", kinds[slot])
    lines += [
        "  %r.next = add nuw nsw i64 %r, 1",
        "  %rows.done = icmp eq i64 %r.next, %rows",
        "  br i1 %rows.done, label %return, label %row",
        "return:",
        "  ret void",
        "}",
        "!0 = distinct !{}",
        # Unrolled before it is vectorised, a short body stays scalar.
        "!1 = distinct !{!1, !2, !3, !4, !5, !6}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        '!3 = !{!"llvm.loop.vectorize.enable", i1 true}',
        # LLVM would take as many lanes as the widest type fits in a register: half of
        # the vector unit for a float32 exponential that is summed in float64.
        f'!4 = !{{!"llvm.loop.vectorize.width", i32 {LANES}}}',
        '!5 = !{!"llvm.loop.unroll.disable"}',
        '!6 = !{!"llvm.loop.vectorize.followup_vectorized", !7, !8}',
        '!7 = !{!"llvm.loop.unroll.full"}',
        '!8 = !{!"llvm.loop.isvectorized"}',
    ]
    kinds_of_arguments = "".join(f", {kinds[slot]}" for slot in span.operands)
    declared = {body: None for body, _ in bodies.values()}
    lines += [f"declare i32 @{body}(ptr, ptr{kinds_of_arguments})" for body in declared]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies.values())]


def _bytes(kind: str) -> int:
    return {"float": 4, "double": 8}[kind]


def _constant(value: float) -> str:
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def _read_word(name: str, kind: str, word: int) -> list[str]:
    return [
        f"  {name}.slot = getelementptr i64, ptr %operands, i64 {word}",
        f"  {name} = load {kind}, ptr {name}.slot",
    ]


def _read_number(name: str, place: str, kind: str) -> list[str]:
    if kind == "double":
        return [f"  {name} = load double, ptr {place}"]
    return [
        f"  {name}.wide = load double, ptr {place}",
        f"  {name} = fptrunc double {name}.wide to float",
    ]


def _write_number(name: str, place: str, kind: str) -> list[str]:
    if kind == "double":
        return [f"  store double {name}, ptr {place}"]
    return [
        f"  {name}.wide = fpext float {name} to double",
        f"  store double {name}.wide, ptr {place}",
    ]


def _read_lanes(name: str, place: str, kind: str, side: bool) -> list[str]:
    """LANES values that lie as they are (side by side), or as numbers of rows, in float64."""
    if side or kind == "double":
        return [f"  {name} = load <{LANES} x {kind}>, ptr {place}, align 8"]
    return [
        f"  {name}.wide = load <{LANES} x double>, ptr {place}, align 8",
        f"  {name} = fptrunc <{LANES} x double> {name}.wide to <{LANES} x float>",
    ]


def _write_lanes(name: str, place: str, kind: str, side: bool) -> list[str]:
    if side or kind == "double":
        return [f"  store <{LANES} x {kind}> {name}, ptr {place}, align 8"]
    return [
        f"  {name}.wide = fpext <{LANES} x float> {name} to <{LANES} x double>",
        f"  store <{LANES} x double> {name}.wide, ptr {place}, align 8",
    ]


def _fold(gained: dict[str, str], kinds: dict[str, str]) -> list[str]:
    """Bring the lanes together, the upper half upon the lower; ``gained`` becomes numbers.

    Where "low" is of the precision of "high", what "high" loses is added to it.
    """
    lines, lanes = [], LANES
    pair = {"high", "low"} <= gained.keys() and kinds["high"] == kinds["low"]
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
            if slot not in SUMS:
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
