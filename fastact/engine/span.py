"""Scalar kernels -> vector loops, the *span*: the only code made per activation.

A span is ``void span(char **operands, intp units, intp past)``. Every operand it gets is contiguous
and holds ``units`` lines of 64 bytes, so a loop has no remainder, no alias checks and no
stride: LLVM's vectoriser meets one loop of one shape. Tails, strides, dtype conversion
and threads are the carrier's business (:mod:`fastact.engine.carrier`), which is compiled
once for all activations.

The loop goes on by several lines at a time (:mod:`fastact.engine.interleave`), the last by one.
A step leaves its results in a local variable, which LLVM keeps in registers, and explicit
stores of whole lines follow. Nothing is reassociated and products are fused only where the
kernel says so: an element has the same bits at every vector width.

A *far* span is for operands that the near caches do not hold. It asks for what it will read
two kilobytes ahead: the processor's own prefetching stops at the end of a page, and what
arithmetic there is then waits with it. On an Intel Xeon (Granite Rapids) sigmoid of
4e7 float64 took 1.31 ns per element without and 0.80 so, 0.74 being its arithmetic, and relu 0.83
and 0.59. In the near caches it costs up to a fifth: hence a span of its own. On a Zen it pays
only together with streaming (relu of 16e6 float32 0.20 and 0.17), and
:func:`~fastact.engine.target.asks_ahead` says no.

Where ``past`` is not 0 a far span writes past the caches, for results larger than the last of
them; its outputs then begin on cache lines. An ordinary store reads its line into the cache
before it writes it; a streamed one does not, which spares a third of the memory traffic. Only
whole vectors on their own alignment can be streamed, hence the explicit stores. Copying chunks
out of a buffer instead made computing and writing take turns: sigmoid, 16e6 float32 on two
threads, 0.34 ns per element, and 0.27 so.

Numba compiles each scalar body to LLVM assembly (40 ms); the loops around it are
written below as assembly (a loop in Python would cost 90 ms more to type).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastact.engine import target
from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.interleave import STEPS, lines_at_once
from fastact.engine.lowering import lower
from fastact.engine.stepped_loop import PREFETCH, loop_metadata, prefetches, stepped_loop

if TYPE_CHECKING:
    from fastact.engine.rowwise import GatedUnit

__all__ = ["PRECISIONS", "UNIT_BITS", "span_assembly"]

#: log2 of the bytes per unit: the widest vector there is, and a cache line.
UNIT_BITS = 6
PRECISIONS = {"float32": "float", "float64": "double"}


def span_assembly(
    symbol: str,
    entry: Activation | GatedUnit,
    form: Form,
    precision: str,
    *,
    uniform: bool = False,
    far: bool = False,
) -> list[str]:
    """LLVM assembly of the span of one form of one activation at one precision.

    The first module holds the span, the others the scalar bodies it calls. A ``uniform``
    span reads one value of each parameter for all elements. A ``far`` span reads ahead, and
    writes past the caches if told so.
    """
    kind = PRECISIONS[precision]
    operands = [*form.operands, *entry.parameters]
    passed = operands[1:] if form.scaled else operands
    fixed = list(entry.parameters) if uniform else []
    bodies = [
        lower(entry.body(role, precision), precision, [precision] * len(passed))
        for role in form.outputs
    ]
    size = {"float": 4, "double": 8}[kind]
    lanes = (1 << UNIT_BITS) // size
    wide = target.has_wide_vectors()
    steps = STEPS[lines_at_once((entry.body(role, precision) for role in form.outputs), wide=wide)]
    outputs = [f"out{k}" for k in range(len(bodies))]
    lines = [
        # LLVM does not align the stack for vectors it finds too many for the registers; every
        # second of them may then lie across two cache lines.
        f"define void @{symbol}(ptr readonly %operands, i64 %units, i64 %past) alignstack(64)",
        f'  "prefer-vector-width"="{target.vector_width()}" {{',
        "entry:",
        f"  %result = alloca {kind}",
    ]
    for k, operand in enumerate([*operands, *outputs]):
        lines += [
            f"  %{operand}.slot = getelementptr ptr, ptr %operands, i64 {k}",
            f"  %{operand}.base = load ptr, ptr %{operand}.slot",
        ]
    lines += [
        f"  %{output}.line = alloca <{steps[0] * lanes} x {kind}>, align 64" for output in outputs
    ]
    lines += [f"  %{parameter}.one = load {kind}, ptr %{parameter}.base" for parameter in fixed]
    read = [name for name in operands if name not in fixed]

    def end(mark: str, width: int) -> list[str]:
        step = [*_results(mark, width, kind, outputs), *_stores(mark, width, kind, outputs, far)]
        for operand in read if far else []:
            step += prefetches(f"%{operand}.base", kind, width * size, mark)
        return step

    lines += [
        "  %streamed = icmp ne i64 %past, 0",
        "  br label %enter",
        *stepped_loop(
            "%units",
            lanes,
            steps,
            lambda mark: _element(mark, kind, size, operands, passed, fixed, bodies),
            end,
        ),
        "exit:",
        "  ret void",
        "}",
        *loop_metadata([lanes * step for step in steps]),
    ]
    lines += [PREFETCH] if far else []
    lines += [
        f"declare i32 @{body}(ptr, ptr{f', {kind}' * len(passed)})"
        for body in dict.fromkeys(body for body, _ in bodies)
    ]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies)]


def _element(
    mark: str,
    kind: str,
    size: int,
    operands: list[str],
    passed: list[str],
    fixed: list[str],
    bodies: list[tuple[str, str]],
) -> list[str]:
    """Element ``%loop.i`` of a step: load the operands, call the bodies, keep their results."""
    access = f"align {size}, !llvm.access.group !0"
    lines = []
    values = {name: f"%{name}.one" if name in fixed else f"%{name}{mark}" for name in operands}
    for operand in (name for name in operands if name not in fixed):
        place = f"%{operand}.at{mark}"
        lines += [
            f"  {place} = getelementptr inbounds {kind}, ptr %{operand}.base, "
            f"i64 %loop.element{mark}",
            f"  {values[operand]} = load {kind}, ptr {place}, {access}",
        ]
    arguments = ", ".join(f"{kind} {values[operand]}" for operand in passed)
    results = [f"%out{k}" for k in range(len(bodies))]
    for value, (body, _) in zip(results, bodies, strict=True):
        lines += [
            f"  call i32 @{body}(ptr %result, ptr null, {arguments})",
            f"  {value}{mark} = load {kind}, ptr %result",
        ]
    for value in results:
        stored, place = f"{value}{mark}", f"{value}.at{mark}"
        if passed != operands:
            stored = f"{value}.scaled{mark}"
            lines.append(f"  {stored} = fmul {kind} %g{mark}, {value}{mark}")
        lines += [
            f"  {place} = getelementptr inbounds {kind}, ptr {value}.line, i64 %loop.i{mark}",
            f"  store {kind} {stored}, ptr {place}, {access}",
        ]
    return lines


def _results(mark: str, width: int, kind: str, outputs: list[str]) -> list[str]:
    """The results of a step, in registers, and where they belong."""
    lines = []
    for output in outputs:
        lines += [
            f"  %{output}.whole{mark} = load <{width} x {kind}>, ptr %{output}.line, align 64",
            f"  %{output}.here{mark} = getelementptr inbounds {kind}, ptr %{output}.base, "
            f"i64 %loop.start{mark}",
        ]
    return lines


def _stores(mark: str, width: int, kind: str, outputs: list[str], far: bool) -> list[str]:
    """Store them, past the caches where a far span is told so."""

    def store(how: str) -> list[str]:
        return [
            f"  store <{width} x {kind}> %{output}.whole{mark}, ptr %{output}.here{mark}, {how}"
            for output in outputs
        ]

    ordinary = store("align 4" if kind == "float" else "align 8")
    if not far:
        return ordinary
    return [
        f"  br i1 %streamed, label %stream{mark}, label %keep{mark}",
        f"stream{mark}:",
        *store("align 64, !nontemporal !1"),
        f"  br label %written{mark}",
        f"keep{mark}:",
        *ordinary,
        f"  br label %written{mark}",
        f"written{mark}:",
    ]
