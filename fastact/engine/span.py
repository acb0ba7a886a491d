"""Scalar kernels -> one vector loop, the *span*: the only code made per activation.

A span is ``void span(char **operands, intp blocks)``. Every operand it gets is
contiguous and holds ``blocks * BLOCK`` elements, so the loop has no remainder, no
alias checks and no stride: LLVM's vectoriser meets one loop of one shape. Tails,
strides, dtype conversion and threads are the carrier's business
(:mod:`fastact.engine.carrier`), which is compiled once for all activations. An
element therefore passes through the same vector instructions wherever it lies in
an array, which is why its bits never depend on layout, length or thread count.

Numba compiles each scalar body to LLVM assembly (40 ms); the loop around it is
written below as assembly (a loop in Python would cost 90 ms more to type).
"""

from __future__ import annotations

from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.lowering import lower
from fastact.engine.rowwise import GatedUnit

__all__ = ["BLOCK", "BLOCK_BITS", "PRECISIONS", "span_assembly"]

#: Elements per block: a multiple of every vector width times LLVM's unrolling.
BLOCK_BITS = 6
BLOCK = 1 << BLOCK_BITS
PRECISIONS = {"float32": "float", "float64": "double"}


def span_assembly(
    symbol: str, entry: Activation | GatedUnit, form: Form, precision: str
) -> list[str]:
    """LLVM assembly of the span of one form of one activation at one precision.

    The first module holds the span, the others the scalar bodies it calls.
    """
    kind = PRECISIONS[precision]
    operands = [*form.operands, *entry.parameters]
    body_operands = operands[1:] if form.scaled else operands
    bodies = [
        lower(entry.body(role, precision), precision, [precision] * len(body_operands))
        for role in form.outputs
    ]
    size = {"float": 4, "double": 8}[kind]
    lines = [
        f"define void @{symbol}(ptr readonly %operands, i64 %blocks) {{",
        "entry:",
        f"  %result = alloca {kind}",
    ]
    outputs = [f"out{k}" for k in range(len(bodies))]
    for k, operand in enumerate([*operands, *outputs]):
        lines += [
            f"  %{operand}.slot = getelementptr ptr, ptr %operands, i64 {k}",
            f"  %{operand}.base = load ptr, ptr %{operand}.slot",
        ]
    lines += [
        f"  %n = shl nuw nsw i64 %blocks, {BLOCK_BITS}",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %entry ], [ %next, %loop ]",
    ]
    for operand in operands:
        lines += [
            f"  %{operand}.at = getelementptr inbounds {kind}, ptr %{operand}.base, i64 %i",
            f"  %{operand} = load {kind}, ptr %{operand}.at, align {size}, !llvm.access.group !0",
        ]
    arguments = ", ".join(f"{kind} %{operand}" for operand in body_operands)
    for output, (body, _) in zip(outputs, bodies, strict=True):
        lines += [
            f"  call i32 @{body}(ptr %result, ptr null, {arguments})",
            f"  %{output}.body = load {kind}, ptr %result",
        ]
    for output in outputs:
        value = f"%{output}.body"
        if form.scaled:
            lines.append(f"  %{output} = fmul {kind} %g, {value}")
            value = f"%{output}"
        lines += [
            f"  %{output}.at = getelementptr inbounds {kind}, ptr %{output}.base, i64 %i",
            f"  store {kind} {value}, ptr %{output}.at, align {size}, !llvm.access.group !0",
        ]
    lines += [
        "  %next = add nuw nsw i64 %i, 1",
        "  %done = icmp eq i64 %next, %n",
        "  br i1 %done, label %exit, label %loop, !llvm.loop !1",
        "exit:",
        "  ret void",
        "}",
        # Each output element depends on the input elements at its own index alone.
        # Declaring the accesses parallel says so, and holds for in-place calls too,
        # where LLVM's own run-time alias check would fall back on a scalar loop.
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !2, !3}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        '!3 = !{!"llvm.loop.vectorize.enable", i1 true}',
    ]
    lines += [
        f"declare i32 @{body}(ptr, ptr{f', {kind}' * len(body_operands)})"
        for body in dict.fromkeys(body for body, _ in bodies)
    ]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies)]
