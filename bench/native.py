"""Small machine-code kernels and the clock: what the limits of the machine are measured with."""

from __future__ import annotations

import ctypes
import functools
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from fastact.engine.machine_code import target

KERNEL = """
define void @{name}(ptr %to, ptr %from, i64 %n) {{
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %source = getelementptr inbounds {vector}, ptr %from, i64 %i
  %x = load {vector}, ptr %source, align 32
{body}
  %place = getelementptr inbounds {vector}, ptr %to, i64 %i
  store {vector} %y, ptr %place, align 32{hint}
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, %n
  br i1 %done, label %exit, label %loop
exit:
  ret void
}}
!0 = !{{i32 1}}
"""
#: A change of sign costs nothing and keeps the loop from becoming a call of memcpy.
NEGATE = "  %y = fneg {vector} %x"
SQRT = "  %y = call {vector} @llvm.sqrt.{short}({vector} %x)"
DIVIDE = "  %y = fdiv {vector} {one}, %x"
VECTORS = {"float32": ("<8 x float>", "v8f32", 4), "float64": ("<4 x double>", "v4f64", 8)}


def kernel(name: str, body: str, dtype: str = "float32", stream: bool = False) -> Any:
    """``f(to, from, vectors)`` over vectors of 32 bytes."""
    vector, short, _ = VECTORS[dtype]
    kind = vector.split()[-1][:-1]
    one = "<" + ", ".join([f"{kind} 1.0"] * int(vector[1])) + ">"
    text = KERNEL.format(
        name=name,
        vector=vector,
        body=body.format(vector=vector, short=short, one=one),
        hint=", !nontemporal !0" if stream else "",
    )
    if "llvm.sqrt" in text:
        text += f"declare {vector} @llvm.sqrt.{short}({vector})\n"
    address = target.load_object(target.emit_object([text]), [name])[name]
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(address)


def aligned(size: int, dtype: Any, value: float = 1.0) -> Any:
    """An array whose data begins on a page."""
    kind = np.dtype(dtype)
    raw = np.zeros(size * kind.itemsize + 4096, np.uint8)
    start = -raw.ctypes.data % 4096
    array = raw[start : start + size * kind.itemsize].view(kind)
    array[:] = value
    return array


def copy_seconds(size: int, threads: int, stream: bool, in_place: bool = False) -> float:
    """Seconds per float32 of copying ``size`` of them from memory to memory."""
    copy = kernel(f"copy.{'stream' if stream else 'plain'}", NEGATE, stream=stream)
    source = aligned(size, np.float32)
    result = source if in_place else aligned(size, np.float32)
    part = size // threads // 64 * 64

    def work(k: int) -> None:
        offset = k * part * 4
        copy(result.ctypes.data + offset, source.ctypes.data + offset, part // 8)

    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(12):
            begin = time.perf_counter()
            list(pool.map(work, range(threads)))
            best = min(best, time.perf_counter() - begin)
    return best / (part * threads)


#: A chain of fused multiplications, each of which takes four cycles.
CHAIN = """
define void @clock(ptr %at, i64 %n) "prefer-vector-width"="{width}" {{
entry:
  %start = load {vector}, ptr %at, align 4
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %x = phi {vector} [ %start, %entry ], [ %y, %loop ]
  %y = call {vector} @llvm.fma.{short}({vector} %x, {vector} %start, {vector} %start)
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, %n
  br i1 %done, label %exit, label %loop
exit:
  store {vector} %y, ptr %at, align 4
  ret void
}}
declare {vector} @llvm.fma.{short}({vector}, {vector}, {vector})
"""


#: A span, again and again: a call from Python takes as long as a light one over half the cache.
REPEAT = """
define void @repeat(ptr %span, ptr %operands, i64 %units, i64 %times) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  call void %span(ptr %operands, i64 %units, i64 0)
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, %times
  br i1 %done, label %exit, label %loop
exit:
  ret void
}
"""


@functools.cache
def repeat() -> Any:
    """``f(span, operands, units, times)``."""
    address = target.load_object(target.emit_object([REPEAT]), ["repeat"])["repeat"]
    arguments = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
    return ctypes.CFUNCTYPE(None, *arguments)(address)


def fastest(*calls: Any, rounds: int = 40, number: int = 10) -> list[float]:
    """Fastest seconds of each call, in turns spread over time: a busy neighbour passes."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for k, call in enumerate(calls):
            for _ in range(number):
                begin = time.perf_counter()
                call()
                best[k] = min(best[k], time.perf_counter() - begin)
    return best


def clock_chain() -> tuple[Any, Any, int]:
    """Two calls, the first of which takes so many cycles more: products of the widest vectors."""
    n, width = 50_000, 8 * target.vector_bytes()
    lanes = width // 32
    text = CHAIN.format(width=width, vector=f"<{lanes} x float>", short=f"v{lanes}f32")
    address = target.load_object(target.emit_object([text]), ["clock"])["clock"]
    chain = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(address)
    # Such a pointer holds its array.
    place = np.full(lanes, 0.5, np.float32).ctypes.data_as(ctypes.c_void_p)
    return lambda: chain(place, n), lambda: chain(place, 1), 4 * (n - 1)


def operation(body: str, dtype: str) -> tuple[Any, Any, int]:
    """Two calls, the first of which does so many operations more, in the second-level cache."""
    run = kernel(f"op.{dtype}.{'sqrt' if 'sqrt' in body else 'divide'}", body, dtype)
    vectors = 4096
    data, out = (aligned(vectors * 32 // np.dtype(dtype).itemsize, dtype, 1.7) for _ in "xy")
    places = [array.ctypes.data_as(ctypes.c_void_p) for array in (out, data)]
    return lambda: run(*places, vectors), lambda: run(*places, 1), vectors - 1
