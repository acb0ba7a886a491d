"""Gather and scatter of 16-bit dtypes, as LLVM assembly: converted by vectors.

Numba's loops over addresses stay scalar, since LLVM cannot tell that what they read and write lies
apart: relu of float16 took 2.6 ns per element, of bfloat16 1.0. Elements that are not contiguous
pass through a piece that is: one by one every second float16 of an array took 1.3 ns, and takes
0.32 so.

A processor that converts float16 itself does so in one instruction in place of ten or twenty. Both
round to the nearest, ties to even, and of a nan only the sign is kept: the bits are the same.
"""

from __future__ import annotations

from collections.abc import Callable

from fastact.elementary.storage import (
    bfloat16_to_single,
    half_to_single,
    single_to_bfloat16,
    single_to_half,
)
from fastact.engine.assembly.stepped_loop import loop_metadata, stepped_loop
from fastact.engine.lanes import LANES
from fastact.engine.machine_code import target
from fastact.engine.machine_code.lowering import lower

__all__ = ["CONVERTED", "storage_assembly"]

#: To float32, and back.
CONVERTED = {
    "float16": (half_to_single, single_to_half),
    "bfloat16": (bfloat16_to_single, single_to_bfloat16),
}
#: Elements of the steps: LANES is what lies together of rows that are columns.
STEPS = [64, LANES, 1]
#: A nan of binary16 without its sign, which is the other number.
NAN, SIGN = 0x7E00, -0x8000

#: Elements of a piece.
PIECE = 256

_DEFINITIONS = """
define void @{gather}(i64 %buffer, i64 %source, i64 %step, i64 %count, i64 %room)
  "prefer-vector-width"="{width}" {{
  %result = alloca float
  %piece = alloca [{piece} x i16], align 64
  %to = inttoptr i64 %buffer to ptr
  %from = inttoptr i64 %source to ptr
  %contiguous = icmp eq i64 %step, 2
  br i1 %contiguous, label %enter, label %pieces
pieces:
  %done = phi i64 [ 0, %0 ], [ %done.more, %convert ]
  %left = sub i64 %count, %done
  %some = call i64 @llvm.umin.i64(i64 %left, i64 {piece})
  %none = icmp eq i64 %some, 0
  br i1 %none, label %exit, label %copy
copy:
  %k = phi i64 [ 0, %pieces ], [ %k.more, %copy ]
  %index = add i64 %done, %k
  %offset = mul i64 %index, %step
  %element = getelementptr i8, ptr %from, i64 %offset
  %stored = load i16, ptr %element, align 2
  %copied = getelementptr i16, ptr %piece, i64 %k
  store i16 %stored, ptr %copied, align 2
  %k.more = add i64 %k, 1
  %k.done = icmp eq i64 %k.more, %some
  br i1 %k.done, label %convert, label %copy
convert:
  %goal = getelementptr float, ptr %to, i64 %done
  %goal.address = ptrtoint ptr %goal to i64
  %piece.address = ptrtoint ptr %piece to i64
  call void @{gather}(i64 %goal.address, i64 %piece.address, i64 2, i64 %some, i64 %some)
  %done.more = add i64 %done, %some
  br label %pieces
{widen}
exit:
  %short = icmp ult i64 %count, %room
  br i1 %short, label %fill, label %return
fill:
  %f = phi i64 [ %count, %exit ], [ %f.more, %fill ]
  %nothing = getelementptr float, ptr %to, i64 %f
  store float 0.0, ptr %nothing, align 4
  %f.more = add i64 %f, 1
  %f.done = icmp uge i64 %f.more, %room
  br i1 %f.done, label %return, label %fill
return:
  ret void
}}
define void @{scatter}(i64 %target, i64 %step, i64 %buffer, i64 %count)
  "prefer-vector-width"="{width}" {{
  %result = alloca i32
  %piece = alloca [{piece} x i16], align 64
  %to = inttoptr i64 %target to ptr
  %from = inttoptr i64 %buffer to ptr
  %contiguous = icmp eq i64 %step, 2
  br i1 %contiguous, label %enter, label %pieces
pieces:
  %done = phi i64 [ 0, %0 ], [ %done.more, %copied ]
  %left = sub i64 %count, %done
  %some = call i64 @llvm.umin.i64(i64 %left, i64 {piece})
  %none = icmp eq i64 %some, 0
  br i1 %none, label %exit, label %convert
convert:
  %origin = getelementptr float, ptr %from, i64 %done
  %origin.address = ptrtoint ptr %origin to i64
  %piece.address = ptrtoint ptr %piece to i64
  call void @{scatter}(i64 %piece.address, i64 2, i64 %origin.address, i64 %some)
  br label %copy
copy:
  %k = phi i64 [ 0, %convert ], [ %k.more, %copy ]
  %converted = getelementptr i16, ptr %piece, i64 %k
  %stored = load i16, ptr %converted, align 2
  %index = add i64 %done, %k
  %offset = mul i64 %index, %step
  %element = getelementptr i8, ptr %to, i64 %offset
  store i16 %stored, ptr %element, align 2
  %k.more = add i64 %k, 1
  %k.done = icmp eq i64 %k.more, %some
  br i1 %k.done, label %copied, label %copy
copied:
  %done.more = add i64 %done, %some
  br label %pieces
{narrow}
exit:
  ret void
}}
declare i64 @llvm.umin.i64(i64, i64)
"""


Convert = Callable[[str], list[str]]


def storage_assembly(gather: str, scatter: str, dtype: str) -> list[str]:
    """Both functions."""
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
        piece=PIECE,
        width=target.vector_width(),
        widen=_loop("i16", 2, "float", 4, read),
        narrow=_loop("float", 4, "i16", 2, write),
    )
    return ["\n".join([text, *lines, *loop_metadata(STEPS)]), *texts]


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

    return "\n".join(stepped_loop("%count", 1, STEPS, each, lambda *_: []))


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
