"""Lane spans as LLVM assembly: a loop over rows, in it loops over blocks, in them the bodies.

A row may have one block more, which lies elsewhere: its last elements, padded. It is the last of
the single blocks: with sums of its own that block had rows of 65 elements take 1.2 times as long.

What the bodies give accumulators stays in variables of the function, which LLVM keeps in
registers, and is added to them by explicit vector operations at the end of each step.
"""

from __future__ import annotations

from fastact.engine.assembly.accumulate import Sums
from fastact.engine.assembly.stepped_loop import (
    AHEAD,
    PREFETCH,
    SINGLE,
    Elsewhere,
    loop_metadata,
    prefetches,
    stepped_loop,
)
from fastact.engine.assembly.totals import totals
from fastact.engine.assembly.vector_code import BYTES, PRECISIONS, shuffled, vector_type
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
from fastact.engine.machine_code import target
from fastact.engine.machine_code.lowering import lower

__all__ = ["lane_span_assembly"]


def lane_span_assembly(symbol: str, span: LaneSpan, arrangement: str) -> list[str]:
    """LLVM assembly of a lane span; the bodies follow."""
    code = _LaneCode(span, side=arrangement == "side")
    lines = [*code.head(symbol), *code.row(), *code.blocks(), *code.results(), *code.declared()]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in code.lowered.values())]


class _LaneCode:
    """A lane span, and the parts of its assembly in their order."""

    def __init__(self, span: LaneSpan, *, side: bool) -> None:
        precisions = list(span.operands.values())
        self.span, self.side = span, side
        self.lowered = {
            slot: lower(body, precision, precisions)
            for slot, (precision, body) in span.results.items()
        }
        self.kinds = {slot: PRECISIONS[p] for slot, p in span.operands.items()}
        self.kinds |= {slot: PRECISIONS[p] for slot, (p, _) in span.results.items()}
        #: Between two passes all rows of a call are taken at once, one to a lane.
        self.between = not any(slot in STREAMS for slot in self.kinds)
        self.lanes = SIDE_LANES if side else LANES
        self.steps = self._steps()
        constants = [slot for slot in span.operands if slot not in STREAMS]
        #: A row's constants are one value each, or one per lane.
        self.uniform = [] if side or self.between else constants
        self.local = [slot for slot in constants if slot not in self.uniform]
        self.terms = [slot for slot in span.results if slot not in STREAMS]
        self.streams = [slot for slot in self.kinds if slot in STREAMS and not side]
        self.asked = [*(span.operands if span.first and target.asks_ahead() else [])]
        self.claimed = ["out"] if span.claims_out and not side and target.asks_ahead() else []
        self.sums = Sums(span, self.kinds, side)

    def _steps(self) -> list[int]:
        """Blocks of the steps of the loop: what a long one adds is computed at once."""
        if self.between:
            return [1]
        size = max(BYTES[kind] for kind in self.kinds.values())
        called = (body for _, body in self.span.results.values())
        # Rows side by side are short: two lines of them are most of a row of ten.
        at_once = 2 if self.side else lines_at_once(called, target.vector_bytes())
        blocks = {n * 64 // (self.lanes * size) for n in STEPS[at_once]} - {0, 1}
        return [*sorted(blocks, reverse=True), 1]

    def head(self, symbol: str) -> list[str]:
        """The function's variables, and what it is told once."""
        widest = self.steps[0] * self.lanes
        lines = [
            f"define void @{symbol}(ptr readonly %operands, i64 %blocks) alignstack(64)",
            f'  "prefer-vector-width"="{target.vector_width()}" {{',
            "entry:",
        ]
        for slot, kind in self.kinds.items():
            if slot in SLOTS:
                lines += _read_word(f"%{slot}.base", "ptr", SLOTS[slot])
            lines.append(f"  %{slot}.result = alloca {kind}")
        lines += [_variable(f"%{slot}.lanes", self.kinds[slot], widest) for slot in self.local]
        lines += [_variable(f"%{slot}.term", self.kinds[slot], widest) for slot in self.terms]
        lines += self.sums.variables()
        one = self.side or self.between
        lines += ["  %rows = add i64 0, 1"] if one else _read_word("%rows", "i64", ROWS)
        for slot in self.claimed:
            lines += _read_word(f"%{slot}.base", "ptr", SLOTS[slot])
        for slot, word in STRIDES.items():
            if slot in self.kinds or slot in self.claimed:
                lines += _read_word(f"%{slot}.stride", "i64", word)
        if self.streams:
            lines += _read_word("%tailed.word", "i64", TAILED)
            lines.append("  %tailed = icmp ne i64 %tailed.word, 0")
        return lines

    def row(self) -> list[str]:
        """The beginning of a row: where its operands are, and its constants."""
        lines = ["  br label %row", "row:", "  %r = phi i64 [ 0, %entry ], [ %r.next, %exit ]"]
        for slot in (*(slot for slot in self.kinds if slot in SLOTS), *self.claimed):
            stride = f"%{slot}.stride" if slot in STREAMS else "8"
            lines += [
                f"  %{slot}.offset = mul nsw i64 %r, {stride}",
                f"  %{slot}.here = getelementptr i8, ptr %{slot}.base, i64 %{slot}.offset",
            ]
        for slot in self.uniform:
            lines += _read_kept(f"%{slot}.value", f"%{slot}.here", self.kinds[slot])
        widest = self.steps[0] * self.lanes
        for slot in self.local:
            kind, found = self.kinds[slot], f"%{slot}.found"
            lines += _read_kept(found, f"%{slot}.here", kind, self.lanes, self.side)
            lines += _repeat(found, f"%{slot}.lanes", kind, self.lanes, widest)
        return [*lines, *self.sums.begin(), "  br label %enter"]

    def blocks(self) -> list[str]:
        """The loops over a row's blocks."""

        def each(mark: str) -> list[str]:
            return self.element(mark, self.streams if mark == SINGLE else [])

        def end(mark: str, width: int) -> list[str]:
            return [*self.prefetched(width, mark), *self.sums.add(width, mark)]

        apart = _elsewhere(self.streams) if self.streams else None
        return stepped_loop("%blocks", self.lanes, self.steps, each, end, apart)

    def results(self) -> list[str]:
        """The end of a row: its sums and numbers to where they are kept."""
        ended, results = totals(self.sums)
        lines = ["exit:", *ended]
        for slot in self.terms if self.between else []:
            vector = f"<{self.lanes} x {self.kinds[slot]}>"
            results[slot] = f"%{slot}.all", self.kinds[slot]
            lines.append(f"  %{slot}.all = load {vector}, ptr %{slot}.term, align 64")
        count = self.lanes if self.side or self.between else 1
        for slot, (name, kind) in results.items():
            lines += _write_kept(name, f"%{slot}.here", kind, count, self.side)
        return [
            *lines,
            "  %r.next = add nuw nsw i64 %r, 1",
            "  %rows.done = icmp eq i64 %r.next, %rows",
            "  br i1 %rows.done, label %return, label %row",
            "return:",
            "  ret void",
            "}",
            *loop_metadata([self.lanes * step for step in self.steps]),
        ]

    def declared(self) -> list[str]:
        """What is called."""
        kinds = "".join(f", {self.kinds[slot]}" for slot in self.span.operands)
        bodies = dict.fromkeys(name for name, _ in self.lowered.values())
        lines = [f"declare i32 @{body}(ptr, ptr{kinds})" for body in bodies]
        lines += [PREFETCH] if self.asked or self.claimed else []
        return lines + self.sums.declarations()

    def prefetched(self, width: int, mark: str) -> list[str]:
        """Ask ahead for streams that are read, and now for those that another pass writes.

        At the block elsewhere that is once more for the row's first lines, which are there.
        """
        lines, kind = [], self.kinds.get("first", "")
        for slot in (*self.asked, *self.claimed):
            write = slot in self.claimed
            length, ahead = width * BYTES[kind], 0 if write else AHEAD
            lines += prefetches(f"%{slot}.here", kind, length, mark, ahead, write=write)
        return lines

    def element(self, mark: str, moved: list[str]) -> list[str]:
        """Element ``%loop.i`` of a step: load the operands, call the bodies, keep their results.

        The blocks of the streams ``moved`` may be those elsewhere.
        """
        kinds, span = self.kinds, self.span
        access = {s: f"align {BYTES[kind]}, !llvm.access.group !0" for s, kind in kinds.items()}
        places = {slot: "there" if slot in moved else "here" for slot in STREAMS}
        lines, arguments = [], []
        for slot in span.operands:
            value = f"%{slot}.value"
            if slot not in self.uniform:
                at, value = f"%{slot}.at{mark}", f"{value}{mark}"
                lines += [
                    _address(at, slot, kinds[slot], places.get(slot, "lanes"), mark),
                    f"  {value} = load {kinds[slot]}, ptr {at}, {access[slot]}",
                ]
            if span.negated and slot == "first":
                lines.append(f"  {value}.negated = fneg {kinds[slot]} {value}")
                value = f"{value}.negated"
            arguments.append(f"{kinds[slot]} {value}")
        for slot, (body, _) in self.lowered.items():
            lines += [
                f"  call i32 @{body}(ptr %{slot}.result, ptr null, {', '.join(arguments)})",
                f"  %{slot}.new{mark} = load {kinds[slot]}, ptr %{slot}.result",
            ]
        for slot in self.lowered:
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
    return [
        shuffled(f"{name}.all", vector_type(kind, lanes), name, [i % lanes for i in range(width)]),
        f"  store {vector_type(kind, width)} {name}.all, ptr {place}, align 64",
    ]


def _read_word(name: str, kind: str, word: int) -> list[str]:
    return [
        f"  {name}.slot = getelementptr i64, ptr %operands, i64 {word}",
        f"  {name} = load {kind}, ptr {name}.slot",
    ]


def _read_kept(name: str, place: str, kind: str, lanes: int = 1, side: bool = False) -> list[str]:
    """A row's number, or one per lane: in float64, but as they are where rows lie side by side."""
    stored = kind if side else "double"
    source = name if stored == kind else f"{name}.wide"
    lines = [f"  {source} = load {_kept_as(stored, lanes)}, ptr {place}, align 8"]
    if source != name:
        wide = f"{_kept_as(stored, lanes)} {source}"
        lines.append(f"  {name} = fptrunc {wide} to {_kept_as(kind, lanes)}")
    return lines


def _write_kept(name: str, place: str, kind: str, lanes: int = 1, side: bool = False) -> list[str]:
    """The inverse of :func:`_read_kept`."""
    stored, lines = kind if side else "double", []
    if stored != kind:
        lines.append(
            f"  {name}.wide = fpext {_kept_as(kind, lanes)} {name} to {_kept_as(stored, lanes)}"
        )
        name = f"{name}.wide"
    return [*lines, f"  store {_kept_as(stored, lanes)} {name}, ptr {place}, align 8"]


def _kept_as(kind: str, lanes: int) -> str:
    return kind if lanes == 1 else vector_type(kind, lanes)
