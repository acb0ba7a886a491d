"""Scalar kernels -> vector loops, the *span*: the only code made per activation.

A span is ``void span(char **operands, intp units)``. Every operand it gets is contiguous
and holds ``units`` times 64 bytes, so a loop has no remainder, no alias checks and no
stride: LLVM's vectoriser meets one loop of one shape. Tails, strides, dtype conversion
and threads are the carrier's business (:mod:`fastact.engine.carrier`), which is compiled
once for all activations.

There are two loops over the same body. The wide one takes blocks of four units, room
for whatever interleaving LLVM finds best; the narrow one takes the rest, a unit at a
time, so that a call on one element costs one cache line and not a block. Nothing is
reassociated and products are fused only where the kernel says so: an element has the
same bits in either loop, and at every vector width.

Numba compiles each scalar body to LLVM assembly (40 ms); the loops around it are
written below as assembly (a loop in Python would cost 90 ms more to type).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.lowering import lower

if TYPE_CHECKING:
    from fastact.engine.rowwise import GatedUnit

__all__ = ["PRECISIONS", "UNIT_BITS", "span_assembly"]

#: log2 of the bytes per unit: the widest vector there is, and a cache line.
UNIT_BITS = 6
#: log2 of the units per block of the wide loop: four vectors of 512 bits, eight of 256.
BLOCK_BITS = 2
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
    size_bits = {"float": 2, "double": 3}[kind]
    outputs = [f"out{k}" for k in range(len(bodies))]
    lines = [
        f"define void @{symbol}(ptr readonly %operands, i64 %units) {{",
        "entry:",
        f"  %result = alloca {kind}",
    ]
    for k, operand in enumerate([*operands, *outputs]):
        lines += [
            f"  %{operand}.slot = getelementptr ptr, ptr %operands, i64 {k}",
            f"  %{operand}.base = load ptr, ptr %{operand}.slot",
        ]
    # Each loop is entered only where it has something to do: a loop that may be empty
    # keeps a scalar copy of itself, never run.
    unit, block = UNIT_BITS - size_bits, UNIT_BITS - size_bits + BLOCK_BITS
    lines += [
        f"  %blocks = lshr i64 %units, {BLOCK_BITS}",
        f"  %rest = and i64 %units, {(1 << BLOCK_BITS) - 1}",
        f"  %done = shl nuw nsw i64 %blocks, {block}",
        f"  %left = shl nuw nsw i64 %rest, {unit}",
        "  %some = icmp ne i64 %blocks, 0",
        "  br i1 %some, label %wide, label %between",
        *_loop("wide", "entry", "between", "%done", kind, operands, bodies, form.scaled),
        "between:",
        "  %more = icmp ne i64 %rest, 0",
        "  br i1 %more, label %behind, label %exit",
        "behind:",
    ]
    for operand in [*operands, *outputs]:
        lines.append(
            f"  %{operand}.rest = getelementptr inbounds {kind}, ptr %{operand}.base, i64 %done"
        )
    lines += [
        "  br label %narrow",
        *_loop("narrow", "behind", "exit", "%left", kind, operands, bodies, form.scaled),
        "exit:",
        "  ret void",
        "}",
        # Each output element depends on the input elements at its own index alone.
        # Declaring the accesses parallel says so, and holds for in-place calls too,
        # where LLVM's own run-time alias check would fall back on a scalar loop.
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !3, !4}",
        "!2 = distinct !{!2, !3, !4, !5, !6}",
        '!3 = !{!"llvm.loop.parallel_accesses", !0}',
        '!4 = !{!"llvm.loop.vectorize.enable", i1 true}',
        '!5 = !{!"llvm.loop.interleave.count", i32 1}',
        '!6 = !{!"llvm.loop.unroll.disable"}',
    ]
    lines += [
        f"declare i32 @{body}(ptr, ptr{f', {kind}' * len(body_operands)})"
        for body in dict.fromkeys(body for body, _ in bodies)
    ]
    return ["\n".join(lines), *dict.fromkeys(text for _, text in bodies)]


def _loop(
    name: str,
    before: str,
    after: str,
    count: str,
    kind: str,
    operands: list[str],
    bodies: list[tuple[str, str]],
    scaled: bool,
) -> list[str]:
    """The loop ``name`` over ``count`` elements, as assembly."""
    base, metadata = {"wide": ("base", "!1"), "narrow": ("rest", "!2")}[name]
    size = {"float": 4, "double": 8}[kind]
    access = f"align {size}, !llvm.access.group !0"
    lines = [f"{name}:", f"  %{name}.i = phi i64 [ 0, %{before} ], [ %{name}.next, %{name} ]"]
    for operand in operands:
        value = f"%{name}.{operand}"
        lines += [
            f"  {value}.at = getelementptr inbounds {kind}, ptr %{operand}.{base}, i64 %{name}.i",
            f"  {value} = load {kind}, ptr {value}.at, {access}",
        ]
    passed = operands[1:] if scaled else operands
    arguments = ", ".join(f"{kind} %{name}.{operand}" for operand in passed)
    values = []
    for k, (body, _) in enumerate(bodies):
        values.append(f"%{name}.out{k}")
        lines += [
            f"  call i32 @{body}(ptr %result, ptr null, {arguments})",
            f"  {values[k]} = load {kind}, ptr %result",
        ]
    for k, value in enumerate(values):
        stored = value
        if scaled:
            stored = f"{value}.scaled"
            lines.append(f"  {stored} = fmul {kind} %{name}.g, {value}")
        lines += [
            f"  {value}.at = getelementptr inbounds {kind}, ptr %out{k}.{base}, i64 %{name}.i",
            f"  store {kind} {stored}, ptr {value}.at, {access}",
        ]
    return [
        *lines,
        f"  %{name}.next = add nuw nsw i64 %{name}.i, 1",
        f"  %{name}.end = icmp eq i64 %{name}.next, {count}",
        f"  br i1 %{name}.end, label %{after}, label %{name}, !llvm.loop {metadata}",
    ]
