"""Elements in storage to a span's buffer and back: what is copied for want of contiguity.

Compiled once per storage dtype and shared by every loop, of elements or of rows.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from numpy import int32

from fastact.elementary.scalar import bits, from_bits
from fastact.engine.addresses import (
    load_int16,
    load_int32,
    load_int64,
    store_int16,
    store_int32,
    store_int64,
)
from fastact.engine.storage import (
    bfloat16_to_single,
    half_to_single,
    single_to_bfloat16,
    single_to_half,
)

__all__ = ["STORAGES", "make_gather", "make_scatter"]


def read_float32(address):
    return load_int32(address)


def write_float32(address, value):
    store_int32(address, value)


def read_float64(address):
    return load_int64(address)


def write_float64(address, value):
    store_int64(address, value)


def read_float16(address):
    return bits(half_to_single(int32(load_int16(address))))


def write_float16(address, value):
    store_int16(address, single_to_half(from_bits(value)))


def read_bfloat16(address):
    return bits(bfloat16_to_single(int32(load_int16(address))))


def write_bfloat16(address, value):
    store_int16(address, single_to_bfloat16(from_bits(value)))


#: dtype -> read, write, bytes stored, bytes the span computes with.
STORAGES = {
    "float16": (read_float16, write_float16, 2, 4),
    "float32": (read_float32, write_float32, 4, 4),
    "float64": (read_float64, write_float64, 8, 8),
    "bfloat16": (read_bfloat16, write_bfloat16, 2, 4),
}


def make_gather(dtype):
    """``void (buffer, source, step, count, room)``: array elements into a span's buffer.

    From ``count`` up to ``room`` the buffer is filled with zeros: the leftovers of the
    stack, read as subnormals, cost 150 cycles each on some processors.
    """
    read, _, stored, computed = STORAGES[dtype]
    write_native = write_float32 if computed == 4 else write_float64

    def gather(buffer, source, step, count, room):
        if step == stored:  # a loop of its own: with a constant step it vectorises
            for i in range(count):
                write_native(buffer + i * computed, read(source + i * stored))
        elif step == 0:  # one element for all
            value = read(source)
            for i in range(count):
                write_native(buffer + i * computed, value)
        else:
            for i in range(count):
                write_native(buffer + i * computed, read(source + i * step))
        for i in range(count, room):
            write_native(buffer + i * computed, 0)

    return gather


def make_scatter(dtype):
    """``void (target, step, buffer, count)``: a span's buffer into array elements."""
    _, write, stored, computed = STORAGES[dtype]
    read_native = read_float32 if computed == 4 else read_float64

    def scatter(target, step, buffer, count):
        if step == stored:
            for i in range(count):
                write(target + i * stored, read_native(buffer + i * computed))
        else:
            for i in range(count):
                write(target + i * step, read_native(buffer + i * computed))

    return scatter
