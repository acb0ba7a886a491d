"""Lane spans as LLVM assembly: a loop over rows, in it loops over blocks, in them the bodies.

A row may have one block more, which lies elsewhere: its last elements, padded. It is the last of
the single blocks: with sums of its own that block had rows of 65 elements take 1.2 times as long.

What the bodies give accumulators stays in variables of the function, which LLVM keeps in
registers, and is added to them by explicit vector operations at the end of each step.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastact.engine import target
from fastact.engine.accumulate import Sums
from fastact.engine.interleave import STEPS, lines_at_once
from fastact.engine.lanes import (
    LANES,
    ROWS,
    SIDE_LANES,
    SLOTS,
    STREAMS,
    STRIDES,
    TAIL_STRIDE,
    TAILED,
    TAILS,
    LaneSpan,
)
from fastact.engine.lowering import lower
from fastact.engine.span import PRECISIONS
from fastact.engine.stepped_loop import (
    AHEAD,
    PREFETCH,
    SINGLE,
    Elsewhere,
    loop_metadata,
    prefetches,
    stepped_loop,
)
from fastact.engine.totals import totals

__all__ = ["lane_span_assembly"]


def lane_span_assembly(symbol: str, span: LaneSpan, arrangement: str) -> list[str]:
    """LLVM assembly of a lane span; the bodies follow."""
    precisions = list(span.operands.values())
    lowered = {
        slot: lower(body, precision, precisions) for slot, (precision, body) in span.results.items()
    }
    bodies = {slot: name for slot, (name, _) in lowered.items()}
    kinds = {slot: PRECISIONS[p] for slot, p in span.operands.items()}
    kinds |= {slot: PRECISIONS[p] for slot, (p, _) in span.results.items()}
    side = arrangement == "side"
    # Between two passes all rows of a call are taken at once, one to a lane.
    between = not any(slot in STREAMS for slot in kinds)
    size = max(map(_bytes, kinds.values()))
    # What the blocks of a long step add is computed at once.
    # Rows side by side are short: two lines of them are most of a row of ten.
    called = (body for _, body in span.results.values())
    at_once = 2 if side else lines_at_once(called, target.vector_bytes())
    lanes = SIDE_LANES if side else LANES
    blocks = {n * 64 // (lanes * size) for n in STEPS[at_once]} - {0, 1}
    steps = [1] if between else [*sorted(blocks, reverse=True), 1]
    widest = steps[0] * lanes
    constants = [slot for slot in span.operands if slot not in STREAMS]
    # A row's constants are one value each, or one per lane.
    uniform = [] if side or between else constants
    local = [slot for slot in constants if slot not in uniform]
    terms = [slot for slot in span.results if slot not in STREAMS]
    lines = [
        f"define void @{symbol}(ptr readonly %operands, i64 %blocks) alignstack(64)",
        f'  "prefer-vector-width"="{target.vector_width()}" {{',
        "entry:",
    ]
    for slot, kind in kinds.items():
        if slot in SLOTS:
            lines += _read_word(f"%{slot}.base", "ptr", SLOTS[slot])
        lines.append(f"  %{slot}.result = alloca {kind}")
    lines += [_variable(f"%{slot}.lanes", kinds[slot], widest) for slot in local]
    lines += [_variable(f"%{slot}.term", kinds[slot], widest) for slot in terms]
    sums = Sums(span, kinds, side)
    lines += sums.variables()
    lines += ["  %rows = add i64 0, 1"] if side or between else _read_word("%rows", "i64", ROWS)
    asked = [*(span.operands if span.first and target.asks_ahead() else [])]
    claimed = ["out"] if span.claims_out and not side and target.asks_ahead() else []
    for slot in claimed:
        lines += _read_word(f"%{slot}.base", "ptr", SLOTS[slot])
    for slot, word in STRIDES.items():
        if slot in kinds or slot in claimed:
            lines += _read_word(f"%{slot}.stride", "i64", word)
    streams = [slot for slot in kinds if slot in STREAMS and not side]
    if streams:
        lines += _read_word("%tailed.word", "i64", TAILED)
        lines.append("  %tailed = icmp ne i64 %tailed.word, 0")
    lines += ["  br label %row", "row:", "  %r = phi i64 [ 0, %entry ], [ %r.next, %exit ]"]
    for slot in (*(slot for slot in kinds if slot in SLOTS), *claimed):
        stride = f"%{slot}.stride" if slot in STREAMS else "8"
        lines += [
            f"  %{slot}.offset = mul nsw i64 %r, {stride}",
            f"  %{slot}.here = getelementptr i8, ptr %{slot}.base, i64 %{slot}.offset",
        ]
    for slot in uniform:
        lines += _read_kept(f"%{slot}.value", f"%{slot}.here", kinds[slot])
    for slot in local:
        lines += _read_kept(f"%{slot}.found", f"%{slot}.here", kinds[slot], lanes, side)
        lines += _repeat(f"%{slot}.found", f"%{slot}.lanes", kinds[slot], lanes, widest)
    lines += [*sums.begin(), "  br label %enter"]
    lines += stepped_loop(
        "%blocks",
        lanes,
        steps,
        lambda mark: _element(
            span, kinds, bodies, uniform, streams if mark == SINGLE else [], mark
        ),
        lambda mark, width: [
            *_prefetches(asked, claimed, kinds, width, mark),
            *sums.add(width, mark),
        ],
        _elsewhere(streams) if streams else None,
    )
    lines.append("exit:")
    ended, results = totals(sums)
    lines += ended
    for slot in terms if between else []:
        vector = f"<{lanes} x {kinds[slot]}>"
        results[slot] = f"%{slot}.all", kinds[slot]
        lines.append(f"  %{slot}.all = load {vector}, ptr %{slot}.term, align 64")
    count = lanes if side or between else 1
    for slot, (name, kind) in results.items():
        lines += _write_kept(name, f"%{slot}.here", kind, count, side)
    lines += [
        "  %r.next = add nuw nsw i64 %r, 1",
        "  %rows.done = icmp eq i64 %r.next, %rows",
        "  br i1 %rows.done, label %return, label %row",
        "return:",
        "  ret void",
        "}",
        *loop_metadata([lanes * step for step in steps]),
    ]
    types = "".join(f", {kinds[slot]}" for slot in span.operands)
    lines += [f"declare i32 @{body}(ptr, ptr{types})" for body in dict.fromkeys(bodies.values())]
    lines += [PREFETCH] if asked or claimed else []
    lines += sums.declarations()
    return ["\n".join(lines), *dict.fromkeys(text for _, text in lowered.values())]


def _prefetches(
    asked: list[str], claimed: list[str], kinds: Mapping[str, str], width: int, mark: str
) -> list[str]:
    """Ask ahead for streams that are read, and now for those that another pass writes.

    At the block elsewhere that is once more for the row's first lines, which are there.
    """
    lines = []
    for slot in (*asked, *claimed):
        kind, write = kinds["first"], slot in claimed
        length, ahead = width * _bytes(kind), 0 if write else AHEAD
        lines += prefetches(f"%{slot}.here", kind, length, mark, ahead, write=write)
    return lines


def _element(
    span: LaneSpan,
    kinds: Mapping[str, str],
    bodies: Mapping[str, str],
    uniform: list[str],
    moved: list[str],
    mark: str,
) -> list[str]:
    """Element ``%loop.i`` of a step: load the operands, call the bodies, keep their results.

    The blocks of the streams ``moved`` may be those elsewhere.
    """
    access = {slot: f"align {_bytes(kind)}, !llvm.access.group !0" for slot, kind in kinds.items()}
    places = {slot: "there" if slot in moved else "here" for slot in STREAMS}
    lines, arguments = [], []
    for slot in span.operands:
        value = f"%{slot}.value"
        if slot not in uniform:
            at, value = f"%{slot}.at{mark}", f"{value}{mark}"
            lines += [
                _address(at, slot, kinds[slot], places.get(slot, "lanes"), mark),
                f"  {value} = load {kinds[slot]}, ptr {at}, {access[slot]}",
            ]
        if span.negated and slot == "first":
            lines.append(f"  {value}.negated = fneg {kinds[slot]} {value}")
            value = f"{value}.negated"
        arguments.append(f"{kinds[slot]} {value}")
    for slot, body in bodies.items():
        lines += [
            f"  call i32 @{body}(ptr %{slot}.result, ptr null, {', '.join(arguments)})",
            f"  %{slot}.new{mark} = load {kinds[slot]}, ptr %{slot}.result",
        ]
    for slot in bodies:
        to = f"%{slot}.to{mark}"
        lines += [
            _address(to, slot, kinds[slot], places.get(slot, "term"), mark),
            f"  store {kinds[slot]} %{slot}.new{mark}, ptr {to}, {access[slot]}",
        ]
    return lines


def _elsewhere(streams: list[str]) -> Elsewhere:
    """The padded ends of the rows."""
    lines = _read_word("%tail.stride", "i64", TAIL_STRIDE)
    lines.append("  %tail.offset = mul nsw i64 %r, %tail.stride")
    for slot in streams:
        lines += _read_word(f"%{slot}.tails", "ptr", TAILS[slot])
        lines.append(f"  %{slot}.tail = getelementptr i8, ptr %{slot}.tails, i64 %tail.offset")
    places = {f"%{slot}.there": (f"%{slot}.here", f"%{slot}.tail") for slot in streams}
    return Elsewhere("%tailed", lines, places)


def _address(name: str, slot: str, kind: str, place: str, mark: str) -> str:
    index = f"%loop.element{mark}" if place in ("here", "there") else f"%loop.i{mark}"
    return f"  {name} = getelementptr inbounds {kind}, ptr %{slot}.{place}, i64 {index}"


def _variable(name: str, kind: str, lanes: int) -> str:
    return f"  {name} = alloca <{lanes} x {kind}>, align 64"


def _repeat(name: str, place: str, kind: str, lanes: int, width: int) -> list[str]:
    """Store the values of all lanes as often as ``width`` holds them."""
    indices = ", ".join(f"i32 {i % lanes}" for i in range(width))
    vector = f"<{lanes} x {kind}>"
    return [
        f"  {name}.all = shufflevector {vector} {name}, {vector} poison, "
        f"<{width} x i32> <{indices}>",
        f"  store <{width} x {kind}> {name}.all, ptr {place}, align 64",
    ]


def _bytes(kind: str) -> int:
    return {"float": 4, "double": 8}[kind]


def _read_word(name: str, kind: str, word: int) -> list[str]:
    return [
        f"  {name}.slot = getelementptr i64, ptr %operands, i64 {word}",
        f"  {name} = load {kind}, ptr {name}.slot",
    ]


def _read_kept(name: str, place: str, kind: str, lanes: int = 1, side: bool = False) -> list[str]:
    """A row's number, or one per lane: in float64, but as they are where rows lie side by side."""
    stored = kind if side else "double"
    source = name if stored == kind else f"{name}.wide"
    lines = [f"  {source} = load {_type(stored, lanes)}, ptr {place}, align 8"]
    if source != name:
        wide = f"{_type(stored, lanes)} {source}"
        lines.append(f"  {name} = fptrunc {wide} to {_type(kind, lanes)}")
    return lines


def _write_kept(name: str, place: str, kind: str, lanes: int = 1, side: bool = False) -> list[str]:
    """Likewise, back."""
    stored, lines = kind if side else "double", []
    if stored != kind:
        lines.append(f"  {name}.wide = fpext {_type(kind, lanes)} {name} to {_type(stored, lanes)}")
        name = f"{name}.wide"
    return [*lines, f"  store {_type(stored, lanes)} {name}, ptr {place}, align 8"]


def _type(kind: str, lanes: int) -> str:
    return kind if lanes == 1 else f"<{lanes} x {kind}>"
