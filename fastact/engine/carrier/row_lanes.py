"""What the row carrier reads and writes beside the spans: lanes, and the ends of rows."""

# Type annotations would be wrong here: these functions only exist compiled.
from numpy import float32, float64, int32

from fastact.elementary.scalar import bits, from_bits
from fastact.engine.intrinsics.addresses import (
    load_int32,
    load_int64,
    load_nth,
    load_word,
    store_int32,
    store_int64,
    store_nth,
)
from fastact.engine.row_plan import FILL, INFINITE_SHIFT

__all__ = [
    "INFINITY",
    "copy_elements",
    "infinity_stays",
    "lanes_at",
    "pad",
    "read_double",
    "read_lane",
]
__all__ += ["sum_of_unbounded", "write_double", "write_lane"]

INFINITY = float("inf")


def read_double(address):
    """The float64 at an address."""
    return from_bits(load_int64(address))


def write_double(address, value):
    """Put a float64 at an address."""
    store_int64(address, bits(value))


def lanes_at(table, slot):
    """Where the numbers of a slot are kept."""
    return load_nth(table, slot)


def read_lane(base, size, i):
    """A lane of either precision, as float64."""
    if size == 4:
        # In two statements: as a conditional expression Numba compiles it to "unreachable".
        single = from_bits(load_int32(base + 4 * i))
        return float64(single)
    return from_bits(load_nth(base, i))


def write_lane(base, size, i, value):
    """Write a lane with a value its precision holds."""
    if size == 4:
        store_int32(base + 4 * i, bits(float32(value)))
    else:
        store_nth(base, i, bits(value))


def copy_elements(target, source, size, count):
    """Elements of 4 or 8 bytes, as words of 4."""
    for i in range(count * (size >> 2)):
        store_int32(target + 4 * i, load_int32(source + 4 * i))


def pad(buffer, size, count, room, plan):
    """Fill a buffer from ``count`` up to ``room`` with what changes no result."""
    fill = load_word(plan, FILL)
    for i in range(count, room):
        if size == 4:
            store_int32(buffer + 4 * i, int32(fill))
        else:
            store_nth(buffer, i, fill)


def infinity_stays(plan):
    """Whether an infinite maximum must not be subtracted: it would make nan of all."""
    return load_word(plan, INFINITE_SHIFT) == 0


def sum_of_unbounded(first, size, step, n):
    """The sum of the exponentials where the maximum is infinite: nan, inf or 0."""
    total = 0.0
    for j in range(n):
        value = read_lane(first, size, j * step)
        if value != value or (total == 0.0 and value == INFINITY):
            total = value
    return total
