"""Memory and stack by address: what the carrier does that Python cannot say.

Each function is one or a few machine instructions inlined where it is called, and
has no meaning outside compiled code. Addresses and lengths are int64.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

import platform
import time
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from fastact.engine.plan import LINE

__all__ = [
    "allocate",
    "clear_line",
    "clock",
    "exchange",
    "get_fp_state",
    "load_int32",
    "load_int64",
    "load_nth",
    "load_word",
    "release",
    "set_fp_state",
    "stack",
    "store_fence",
    "store_int32",
    "store_int64",
    "store_nth",
    "store_word",
    "thread_count",
]

_INT = ir.IntType(64)
_BYTE_POINTER = ir.PointerType(ir.IntType(8))
X86 = platform.machine().lower() in ("x86_64", "amd64")
ARM = platform.machine().lower() in ("aarch64", "arm64")
#: The floating-point control word of a fresh process: no traps, nearest, no flushing.
FP_DEFAULT = 0x1F80 if X86 else 0
#: The bits of it that are no flags.
FP_CONTROL = 0xFFC0 if X86 else 0
#: The system's number of the clock that only runs forward.
MONOTONIC = getattr(time, "CLOCK_MONOTONIC", None)


def _loader(kind: Any, width: int) -> Any:
    def load(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            pointer = builder.inttoptr(args[0], ir.PointerType(ir.IntType(width)))
            return builder.load(pointer, align=width // 8)

        return kind(types.int64), codegen

    return intrinsic(load)


def _storer(kind: Any, width: int) -> Any:
    def store(typingctx: Any, address: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            pointer = builder.inttoptr(args[0], ir.PointerType(ir.IntType(width)))
            builder.store(args[1], pointer, align=width // 8)
            return context.get_dummy_value()

        return types.void(types.int64, kind), codegen

    return intrinsic(store)


load_int32, load_int64 = (_loader(types.int32, 32), _loader(types.int64, 64))
store_int32, store_int64 = (_storer(types.int32, 32), _storer(types.int64, 64))

# With the sum of an address as an expression of its own, a first result from an empty cache took
# 2 % longer: Numba tries every kind of addition there is in NumPy for each of them.


def _word(builder: Any, base: Any, offset: Any) -> Any:
    return builder.inttoptr(builder.add(base, offset), _INT.as_pointer())


def _eight(builder: Any, count: Any) -> Any:
    return builder.shl(count, ir.Constant(_INT, 3))


@intrinsic
def load_word(typingctx: Any, base: Any, offset: Any) -> Any:
    """The int64 that lies ``offset`` bytes behind an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_word(builder, *args), align=8)

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def store_word(typingctx: Any, base: Any, offset: Any, value: Any) -> Any:
    """Store an int64 ``offset`` bytes behind an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _word(builder, *args[:2]), align=8)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), codegen


@intrinsic
def load_nth(typingctx: Any, words: Any, n: Any) -> Any:
    """Number ``n`` of the int64 that lie side by side from an address on."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_word(builder, args[0], _eight(builder, args[1])), align=8)

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def store_nth(typingctx: Any, words: Any, n: Any, value: Any) -> Any:
    """Store number ``n`` of the int64 that lie side by side from an address on."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _word(builder, args[0], _eight(builder, args[1]))
        builder.store(args[2], place, align=8)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), codegen


@intrinsic
def clear_line(typingctx: Any, address: Any) -> Any:
    """Put zeros into the cache line that begins here.

    Word by word, that took a third of a softmax of ten elements.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        line = ir.VectorType(_INT, LINE // 8)
        pointer = builder.inttoptr(args[0], line.as_pointer())
        builder.store(ir.Constant(line, [0] * (LINE // 8)), pointer, align=LINE)
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic
def stack(typingctx: Any, size: Any) -> Any:
    """Address of ``size`` (a literal) bytes on the stack, on a cache-line boundary."""
    if not isinstance(size, types.IntegerLiteral):
        return None

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        room = ir.ArrayType(ir.IntType(8), size.literal_value)
        # cgutils.alloca_once would store a zero array of this size, which LLVM chokes on.
        with builder.goto_entry_block():
            slot = builder.alloca(room)
        slot.align = LINE
        return builder.ptrtoint(slot, _INT)

    return types.int64(size), codegen


@intrinsic
def exchange(typingctx: Any, address: Any, value: Any) -> Any:
    """Store a value and return what was there, in one atomic step."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(args[0], ir.PointerType(_INT))
        return builder.atomic_rmw("xchg", pointer, args[1], "seq_cst")

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def thread_count(typingctx: Any) -> Any:
    """``numba.get_num_threads()``, whose compiled form holds addresses of one process."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_INT, [])
        name = "get_num_threads"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])

    return types.int64(), codegen


@intrinsic
def get_fp_state(typingctx: Any) -> Any:
    """Control and flags of this thread's floating-point unit."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if X86:
            slot = cgutils.alloca_once(builder, ir.IntType(32))
            kind = ir.FunctionType(ir.VoidType(), [_BYTE_POINTER])
            store = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse.stmxcsr")
            builder.call(store, [builder.bitcast(slot, _BYTE_POINTER)])
            return builder.zext(builder.load(slot), _INT)
        if ARM:
            kind = ir.FunctionType(_INT, [])
            return builder.asm(kind, "mrs $0, fpsr", "=r", [], side_effect=True)
        return _INT(0)

    return types.int64(), codegen


@intrinsic
def set_fp_state(typingctx: Any, state: Any) -> Any:
    """Put back what :func:`get_fp_state` returned."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if X86:
            slot = cgutils.alloca_once(builder, ir.IntType(32))
            builder.store(builder.trunc(args[0], ir.IntType(32)), slot)
            kind = ir.FunctionType(ir.VoidType(), [_BYTE_POINTER])
            load = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse.ldmxcsr")
            builder.call(load, [builder.bitcast(slot, _BYTE_POINTER)])
        elif ARM:
            kind = ir.FunctionType(ir.VoidType(), [_INT])
            builder.asm(kind, "msr fpsr, $0", "r", [args[0]], side_effect=True)
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic
def store_fence(typingctx: Any) -> Any:
    """Make streamed lines visible before anything that is stored later."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            fence = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse.sfence")
            builder.call(fence, [])
        else:
            builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def clock(typingctx: Any) -> Any:
    """Nanoseconds of a clock that only runs forward; 0 where the system has none by POSIX."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if MONOTONIC is None:
            return ir.Constant(_INT, 0)
        with builder.goto_entry_block():
            slot = builder.alloca(ir.ArrayType(_INT, 2))
        number = ir.IntType(32)
        kind = ir.FunctionType(number, [number, slot.type])
        gettime = cgutils.get_or_insert_function(builder.module, kind, "clock_gettime")
        builder.call(gettime, [ir.Constant(number, MONOTONIC), slot])
        whole, part = (builder.extract_value(builder.load(slot), k) for k in (0, 1))
        return builder.add(builder.mul(whole, ir.Constant(_INT, 10**9)), part)

    return types.int64(), codegen


@intrinsic
def allocate(typingctx: Any, size: Any) -> Any:
    """Address of ``size`` bytes of scratch, 0 where there are none: the C library's malloc."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_BYTE_POINTER, [_INT])
        malloc = cgutils.get_or_insert_function(builder.module, kind, "malloc")
        return builder.ptrtoint(builder.call(malloc, args), _INT)

    return types.int64(types.int64), codegen


@intrinsic
def release(typingctx: Any, address: Any) -> Any:
    """Give scratch back."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_BYTE_POINTER])
        free = cgutils.get_or_insert_function(builder.module, kind, "free")
        builder.call(free, [builder.inttoptr(args[0], _BYTE_POINTER)])
        return context.get_dummy_value()

    return types.void(types.int64), codegen
