"""Scalar kernels -> vector loops, the *span*: the only code made per activation.

A span is ``void span(char **operands, intp units, intp past)``. Every operand it gets is contiguous
and holds ``units`` lines of 64 bytes, so a loop has no remainder, no alias checks and no
stride: LLVM's vectoriser meets one loop of one shape. Tails, strides, dtype conversion
and threads are the carrier's business (:mod:`fastact.engine.carrier.elements`), which is compiled
once for all activations.

The loop goes on by several lines at a time (:mod:`fastact.engine.interleave`), the last by one.
A step leaves its results in a local variable, which LLVM keeps in registers, and explicit
stores of whole lines follow. Nothing is reassociated and products are fused only where the
kernel says so: an element has the same bits at every vector width.

A *far* span is for operands that the near caches do not hold. It asks for what it will read
two kilobytes ahead: the processor's own prefetching stops at the end of a page, and what
arithmetic there is then waits with it. On an Intel Xeon (Granite Rapids) sigmoid of
4e7 float64 took 1.31 ns per element without and 0.80 so, 0.74 being its arithmetic, and relu 0.83
and 0.59. In the near caches it costs up to a fifth: hence a span of its own. On a Zen
(:func:`~fastact.engine.machine_code.target.asks_ahead`) it pays only together with streaming: relu
of 16e6 float32 0.20 and 0.17. What does little more than copy has vectors of
:func:`~fastact.engine.machine_code.target.copying_width` there.

Where ``past`` is not 0 a far span writes past the caches, for results larger than the last of
them; its outputs then begin on cache lines. An ordinary store reads its line into the cache
before it writes it; a streamed one does not, which spares a third of the memory traffic. Only
whole vectors on their own alignment can be streamed, hence the explicit stores. Copying chunks
out of a buffer instead made computing and writing take turns: sigmoid, 16e6 float32 on two
threads, 0.34 ns per element, and 0.27 so.

A loop over a step of a kernel that is amended (:mod:`fastact.engine.amendment`) only finds out
whether an element of it is, and a second loop then goes over the step once more.

Numba compiles each scalar body to LLVM assembly (15 to 200 ms); the loops around it are
written as assembly (a loop in Python would cost 90 ms more to type).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastact.engine.assembly.element_code import Operands, Output
from fastact.engine.assembly.stepped_loop import (
    AGAIN,
    PREFETCH,
    RARELY,
    lane_loop,
    loop_metadata,
    prefetches,
    stepped_loop,
)
from fastact.engine.assembly.vector_code import BYTES, PRECISIONS
from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.interleave import STEPS, lines_at_once, scheduling
from fastact.engine.machine_code import target
from fastact.engine.plan import LINE

if TYPE_CHECKING:
    from fastact.engine.rowwise import GatedUnit

__all__ = ["copies", "span_assembly"]

#: Additions and multiplications up to which a loop does little more than copy.
COPYING = 3


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
    size = BYTES[kind]
    fixed = list(entry.parameters) if uniform else []
    operands = Operands(kind, size, [*form.operands, *entry.parameters], fixed, form.scaled)
    bodies = [entry.body(role, precision) for role in form.outputs]
    outputs = [Output(f"out{k}", body, precision, operands) for k, body in enumerate(bodies)]
    names = [output.name for output in outputs]
    amended = any(output.where for output in outputs)
    lanes = LINE // size
    steps = STEPS[lines_at_once(bodies, target.vector_bytes())]
    texts = list(dict.fromkeys(text for o in outputs for text in o.texts.values()))
    bits = target.copying_width() if far and copies(texts) else target.vector_width()
    lines = [
        # LLVM does not align the stack for vectors it finds too many for the registers; every
        # second of them may then lie across two cache lines.
        f"define void @{symbol}(ptr readonly %operands, i64 %units, i64 %past) alignstack(64)",
        f'  "prefer-vector-width"="{bits}"',
        f"  {scheduling(bodies, target.vector_bytes())} {{",
        "entry:",
        f"  %result = alloca {kind}",
        *(["  %answer = alloca i8", "  %amended = alloca i1"] if amended else []),
    ]
    for k, name in enumerate([*operands.names, *names]):
        lines += [
            f"  %{name}.slot = getelementptr ptr, ptr %operands, i64 {k}",
            f"  %{name}.base = load ptr, ptr %{name}.slot",
        ]
    lines += [
        f"  %{name}.line.{step} = alloca <{step * lanes} x {kind}>, align 64"
        for name in names
        for step in steps
    ]
    lines += [f"  %{parameter}.one = load {kind}, ptr %{parameter}.base" for parameter in fixed]

    def each(mark: str) -> list[str]:
        return operands.loads(mark) + [line for o in outputs for line in o.compute(mark)]

    def end(mark: str, width: int) -> list[str]:
        step = _amended(mark, width, operands, outputs) if amended else []
        step += _results(mark, width, kind, names)
        if not far:
            return step + _stores(mark, width, kind, names)
        ahead = [
            line
            for operand in operands.read
            for line in prefetches(f"%{operand}.base", kind, width * size, mark)
        ]
        always = target.asks_ahead()
        step += _stores_past_the_caches(mark, width, kind, names, [] if always else ahead)
        return step + (ahead if always else [])

    lines += [
        *(["  store i1 false, ptr %amended"] if amended else []),
        "  %streamed = icmp ne i64 %past, 0",
        "  br label %enter",
        *stepped_loop("%units", lanes, steps, each, end),
        "exit:",
        "  ret void",
        "}",
        *loop_metadata([lanes * step for step in steps], again=amended),
    ]
    lines += [PREFETCH] if far else []
    lines += dict.fromkeys(line for o in outputs for line in o.declarations.values())
    return ["\n".join(lines), *texts]


def copies(bodies: Iterable[str]) -> bool:
    """Whether a span of these bodies, as assembly, does little more than copy.

    Comparisons, signs and what multiplies by the incoming gradient do not count.
    """
    operation = re.compile(r"= (fmul|fadd|fsub|fdiv|call (?:float|double) @llvm\.(?:fma|sqrt))\b")
    found = [name for text in bodies for name in operation.findall(text)]
    return len(found) <= COPYING and "fdiv" not in found


def _amended(mark: str, width: int, operands: Operands, outputs: list[Output]) -> list[str]:
    """Go over a step once more if an element of it asks for it."""

    def each(mark: str) -> list[str]:
        return operands.loads(mark) + [line for o in outputs for line in o.amend(mark)]

    again = f"{mark}{AGAIN}"
    return [
        f"  %asked{mark} = load i1, ptr %amended",
        # On both ways it is false: the next step begins with a constant.
        "  store i1 false, ptr %amended",
        f"  br i1 %asked{mark}, label %amend{mark}, label %good{mark}, {RARELY}",
        f"amend{mark}:",
        *lane_loop(again, mark, f"amend{mark}", width, each),
        f"  br label %good{mark}",
        f"good{mark}:",
    ]


def _results(mark: str, width: int, kind: str, outputs: list[str]) -> list[str]:
    """The results of a step, in registers, and where they belong."""
    lines = []
    for output in outputs:
        lines += [
            f"  %{output}.whole{mark} = load <{width} x {kind}>, ptr %{output}.line{mark}, "
            "align 64",
            f"  %{output}.here{mark} = getelementptr inbounds {kind}, ptr %{output}.base, "
            f"i64 %loop.start{mark}",
        ]
    return lines


def _stores(mark: str, width: int, kind: str, outputs: list[str], how: str = "") -> list[str]:
    """The results of a step to where ``here`` points."""
    how = how or f"align {4 if kind == 'float' else 8}"
    return [
        f"  store <{width} x {kind}> %{output}.whole{mark}, ptr %{output}.here{mark}, {how}"
        for output in outputs
    ]


def _stores_past_the_caches(
    mark: str, width: int, kind: str, outputs: list[str], then: list[str]
) -> list[str]:
    """Store them past the caches, and ``then`` do something else, where the span is told so."""
    return [
        f"  br i1 %streamed, label %stream{mark}, label %keep{mark}",
        f"stream{mark}:",
        *_stores(mark, width, kind, outputs, "align 64, !nontemporal !1"),
        *then,
        f"  br label %written{mark}",
        f"keep{mark}:",
        *_stores(mark, width, kind, outputs),
        f"  br label %written{mark}",
        f"written{mark}:",
    ]
