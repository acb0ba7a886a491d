"""Scalar kernels -> vector loops, the *span*: the only code made per activation.

A span is ``void span(char **operands, intp units)``. Every operand it gets is contiguous
and holds ``units`` lines of 64 bytes, so a loop has no remainder, no alias checks and no
stride: LLVM's vectoriser meets one loop of one shape. Tails, strides, dtype conversion
and threads are the carrier's business (:mod:`fastact.engine.carrier`), which is compiled
once for all activations.

The loop goes from line to line. Within, a loop of constant length over the elements of
a line is vectorised and unrolled; it leaves its results in a local variable, which LLVM
keeps in registers, and explicit stores of whole lines follow. Nothing is reassociated and
products are fused only where the kernel says so: an element has the same bits at every
vector width.

A *streamed* span writes past the caches, for results larger than the last of them. An
ordinary store reads its line into the cache before it writes it; a streamed one does not,
which spares a third of the memory traffic. Only whole vectors on their own alignment can
be streamed, hence the explicit stores. Copying chunks out of a buffer instead made
computing and writing take turns: sigmoid, 16e6 float32 on two threads, 0.34 ns per
element, and 0.27 so. Asking for what will be read a kilobyte ahead gained nothing there, and
in the caches it cost up to a fifth.

Numba compiles each scalar body to LLVM assembly (40 ms); the loops around it are
written below as assembly (a loop in Python would cost 90 ms more to type).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastact.engine import target
from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.lowering import lower

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
    streamed: bool = False,
) -> list[str]:
    """LLVM assembly of the span of one form of one activation at one precision.

    The first module holds the span, the others the scalar bodies it calls. The outputs
    of a ``streamed`` span begin on cache lines.
    """
    kind = PRECISIONS[precision]
    operands = [*form.operands, *entry.parameters]
    passed = operands[1:] if form.scaled else operands
    bodies = [
        lower(entry.body(role, precision), precision, [precision] * len(passed))
        for role in form.outputs
    ]
    size = {"float": 4, "double": 8}[kind]
    lanes = (1 << UNIT_BITS) // size
    line = f"<{lanes} x {kind}>"
    outputs = [f"out{k}" for k in range(len(bodies))]
    lines = [
        # LLVM does not align the stack for vectors it finds too many for the registers; every
        # second of them may then lie across two cache lines.
        f"define void @{symbol}(ptr readonly %operands, i64 %units) alignstack(64)",
        f'  "prefer-vector-width"="{target.vector_width()}" {{',
        "entry:",
        f"  %result = alloca {kind}",
    ]
    for k, operand in enumerate([*operands, *outputs]):
        lines += [
            f"  %{operand}.slot = getelementptr ptr, ptr %operands, i64 {k}",
            f"  %{operand}.base = load ptr, ptr %{operand}.slot",
        ]
    lines += [f"  %{output}.line = alloca {line}, align 64" for output in outputs]
    lines += [
        "  br label %line",
        "line:",
        "  %unit = phi i64 [ 0, %entry ], [ %unit.next, %written ]",
        f"  %start = mul nuw nsw i64 %unit, {lanes}",
    ]
    for operand in [*operands, *outputs]:
        lines.append(
            f"  %{operand}.here = getelementptr inbounds {kind}, ptr %{operand}.base, i64 %start"
        )
    lines += [
        "  br label %lane",
        "lane:",
        "  %i = phi i64 [ 0, %line ], [ %i.next, %lane ]",
        *_element(kind, size, operands, passed, bodies),
        "  %i.next = add nuw nsw i64 %i, 1",
        f"  %full = icmp eq i64 %i.next, {lanes}",
        "  br i1 %full, label %written, label %lane, !llvm.loop !1",
        "written:",
    ]
    how = "align 64, !nontemporal !2" if streamed else f"align {size}"
    for output in outputs:
        lines += [
            f"  %{output}.whole = load {line}, ptr %{output}.line, align 64",
            f"  store {line} %{output}.whole, ptr %{output}.here, {how}",
        ]
    lines += [
        "  %unit.next = add nuw nsw i64 %unit, 1",
        "  %done = icmp eq i64 %unit.next, %units",
        "  br i1 %done, label %exit, label %line, !llvm.loop !3",
        "exit:",
        "  ret void",
        "}",
        "!0 = distinct !{}",
        # Unrolled before it is vectorised, a short body stays scalar.
        "!1 = distinct !{!1, !4, !5, !6, !7}",
        "!2 = !{i32 1}",
        "!3 = distinct !{!3, !6}",
        '!4 = !{!"llvm.loop.parallel_accesses", !0}',
        '!5 = !{!"llvm.loop.vectorize.enable", i1 true}',
        '!6 = !{!"llvm.loop.unroll.disable"}',
        '!7 = !{!"llvm.loop.vectorize.followup_vectorized", !8, !9}',
        '!8 = !{!"llvm.loop.unroll.full"}',
        '!9 = !{!"llvm.loop.isvectorized"}',
    ]
    lines += [
        f"declare i32 @{body}(ptr, ptr{f', {kind}' * len(passed)})"
        for body in dict.fromkeys(body for body, _ in bodies)
    ]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies)]


def _element(
    kind: str, size: int, operands: list[str], passed: list[str], bodies: list[tuple[str, str]]
) -> list[str]:
    """Element ``%i`` of the line: load the operands, call the bodies, keep their results."""
    access = f"align {size}, !llvm.access.group !0"
    lines = []
    for operand in operands:
        lines += [
            f"  %{operand}.at = getelementptr inbounds {kind}, ptr %{operand}.here, i64 %i",
            f"  %{operand} = load {kind}, ptr %{operand}.at, {access}",
        ]
    arguments = ", ".join(f"{kind} %{operand}" for operand in passed)
    values = [f"%out{k}" for k in range(len(bodies))]
    for value, (body, _) in zip(values, bodies, strict=True):
        lines += [
            f"  call i32 @{body}(ptr %result, ptr null, {arguments})",
            f"  {value} = load {kind}, ptr %result",
        ]
    for value in values:
        stored = value
        if passed != operands:
            stored = f"{value}.scaled"
            lines.append(f"  {stored} = fmul {kind} %g, {value}")
        lines += [
            f"  {value}.at = getelementptr inbounds {kind}, ptr {value}.line, i64 %i",
            f"  store {kind} {stored}, ptr {value}.at, {access}",
        ]
    return lines
