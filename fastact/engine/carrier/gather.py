"""Elements in storage to a span's buffer and back: what is copied for want of contiguity.

Compiled once per dtype and shared by every loop, of elements or of rows. Those of 16 bits, which
are converted too, are :mod:`fastact.engine.assembly.storage_code`'s.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from fastact.engine.intrinsics.addresses import load_int32, load_int64, store_int32, store_int64

__all__ = ["make_gather", "make_scatter"]

#: dtype -> read, write, bytes.
_WORDS = {
    "float32": (load_int32, store_int32, 4),
    "float64": (load_int64, store_int64, 8),
}


def make_gather(dtype):
    """``void (buffer, source, step, count, room)``: array elements into a span's buffer.

    From ``count`` up to ``room`` the buffer is filled with zeros: the leftovers of the
    stack, read as subnormals, cost 150 cycles each on some processors.
    """
    read, write, size = _WORDS[dtype]

    def gather(buffer, source, step, count, room):
        if step == size:  # a loop of its own: a constant step is faster
            for i in range(count):
                write(buffer + i * size, read(source + i * size))
        elif step == 0:  # one element for all
            value = read(source)
            for i in range(count):
                write(buffer + i * size, value)
        else:
            for i in range(count):
                write(buffer + i * size, read(source + i * step))
        for i in range(count, room):
            write(buffer + i * size, 0)

    return gather


def make_scatter(dtype):
    """``void (target, step, buffer, count)``: a span's buffer into array elements."""
    read, write, size = _WORDS[dtype]

    def scatter(target, step, buffer, count):
        if step == size:
            for i in range(count):
                write(target + i * size, read(buffer + i * size))
        else:
            for i in range(count):
                write(target + i * step, read(buffer + i * size))

    return scatter
