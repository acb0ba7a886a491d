"""Gather and scatter of 16-bit dtypes, as LLVM assembly: contiguous elements by vectors.

Numba's loops over addresses stay scalar, since LLVM cannot tell that what they read and write lies
apart: relu of float16 took 2.6 ns per element, of bfloat16 1.0. Elements at any other step are
still theirs (:mod:`fastact.engine.gather`).

A processor that converts float16 itself does so in one instruction in place of ten or twenty. Both
round to the nearest, ties to even, and of a nan only the sign is kept: the bits are the same.
"""

from __future__ import annotations

from collections.abc import Callable

from fastact.engine import target
from fastact.engine.lowering import lower
from fastact.engine.stepped_loop import loop_metadata, stepped_loop
from fastact.engine.storage import (
    bfloat16_to_single,
    half_to_single,
    single_to_bfloat16,
    single_to_half,
)

__all__ = ["CONVERTED", "storage_assembly"]

#: To float32, and back.
CONVERTED = {
    "float16": (half_to_single, single_to_half),
    "bfloat16": (bfloat16_to_single, single_to_bfloat16),
}
#: Elements of a step.
STEP = 64
#: A nan of binary16 without its sign, which is the other number.
NAN, SIGN = 0x7E00, -0x8000

_DEFINITIONS = """
define void @{gather}(i64 %buffer, i64 %source, i64 %step, i64 %count, i64 %room)
  "prefer-vector-width"="{width}" {{
  %result = alloca float
  %to = inttoptr i64 %buffer to ptr
  %from = inttoptr i64 %source to ptr
  %contiguous = icmp eq i64 %step, 2
  br i1 %contiguous, label %begin, label %any
any:
  call void @{gather}.any(i64 %buffer, i64 %source, i64 %step, i64 %count, i64 %room)
  ret void
begin:
  br label %enter
{widen}
exit:
  %filled = icmp ult i64 %count, %room
  br i1 %filled, label %fill, label %return
fill:
  %k = phi i64 [ %count, %exit ], [ %k.more, %fill ]
  %nothing = getelementptr float, ptr %to, i64 %k
  store float 0.0, ptr %nothing, align 4
  %k.more = add i64 %k, 1
  %k.done = icmp uge i64 %k.more, %room
  br i1 %k.done, label %return, label %fill
return:
  ret void
}}
define void @{scatter}(i64 %target, i64 %step, i64 %buffer, i64 %count)
  "prefer-vector-width"="{width}" {{
  %result = alloca i32
  %to = inttoptr i64 %target to ptr
  %from = inttoptr i64 %buffer to ptr
  %contiguous = icmp eq i64 %step, 2
  br i1 %contiguous, label %begin, label %any
any:
  call void @{scatter}.any(i64 %target, i64 %step, i64 %buffer, i64 %count)
  ret void
begin:
  br label %enter
{narrow}
exit:
  ret void
}}
declare void @{gather}.any(i64, i64, i64, i64, i64)
declare void @{scatter}.any(i64, i64, i64, i64)
"""


Convert = Callable[[str], list[str]]


def storage_assembly(gather: str, scatter: str, dtype: str) -> list[str]:
    """Both functions; they call ``gather``.any and ``scatter``.any where a step is another."""
    lines: list[str] = []
    texts: list[str] = []
    read: Convert = _half_to_single
    write: Convert = _single_to_half
    if dtype != "float16" or not target.has_half_conversions():
        widen, narrow = CONVERTED[dtype]
        first, first_text = lower(widen, "float32", ["int32"])
        second, second_text = lower(narrow, "int32", ["float32"])
        read, write = _called_to_single(first), _called_to_stored(second)
        lines += [f"declare i32 @{first}(ptr, ptr, i32)", f"declare i32 @{second}(ptr, ptr, float)"]
        texts += [first_text, second_text]
    text = _DEFINITIONS.format(
        gather=gather,
        scatter=scatter,
        width=target.vector_width(),
        widen=_loop("i16", 2, "float", 4, read),
        narrow=_loop("float", 4, "i16", 2, write),
    )
    return ["\n".join([text, *lines, *loop_metadata([STEP, 1])]), *texts]


def _loop(source: str, size: int, result: str, width: int, convert: Convert) -> str:
    """The elements at ``%from`` to ``%to``, ``%out`` from ``%in``."""

    def each(mark: str) -> list[str]:
        return [
            f"  %place{mark} = getelementptr inbounds {source}, ptr %from, i64 %loop.element{mark}",
            f"  %in{mark} = load {source}, ptr %place{mark}, align {size}, !llvm.access.group !0",
            *convert(mark),
            f"  %goal{mark} = getelementptr inbounds {result}, ptr %to, i64 %loop.element{mark}",
            f"  store {result} %out{mark}, ptr %goal{mark}, align {width}, !llvm.access.group !0",
        ]

    return "\n".join(stepped_loop("%count", 1, [STEP, 1], each, lambda *_: []))


def _called_to_single(body: str) -> Convert:
    return lambda mark: [
        f"  %pattern{mark} = zext i16 %in{mark} to i32",
        f"  call i32 @{body}(ptr %result, ptr null, i32 %pattern{mark})",
        f"  %out{mark} = load float, ptr %result",
    ]


def _called_to_stored(body: str) -> Convert:
    return lambda mark: [
        f"  call i32 @{body}(ptr %result, ptr null, float %in{mark})",
        f"  %pattern{mark} = load i32, ptr %result",
        f"  %out{mark} = trunc i32 %pattern{mark} to i16",
    ]


def _half_to_single(mark: str) -> list[str]:
    return [
        f"  %half{mark} = bitcast i16 %in{mark} to half",
        f"  %out{mark} = fpext half %half{mark} to float",
    ]


def _single_to_half(mark: str) -> list[str]:
    return [
        f"  %half{mark} = fptrunc float %in{mark} to half",
        f"  %bits{mark} = bitcast half %half{mark} to i16",
        f"  %sign{mark} = and i16 %bits{mark}, {SIGN}",
        f"  %nan{mark} = or i16 %sign{mark}, {NAN}",
        f"  %none{mark} = fcmp uno float %in{mark}, %in{mark}",
        f"  %out{mark} = select i1 %none{mark}, i16 %nan{mark}, i16 %bits{mark}",
    ]
