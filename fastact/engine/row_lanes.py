"""What the row carrier reads and writes beside the spans: lanes, short rows, tails."""

# Type annotations would be wrong here: these functions only exist compiled.
from numpy import float32, float64, int32

from fastact.elementary.scalar import bits, from_bits
from fastact.engine.addresses import (
    call_gather,
    load_int32,
    load_int64,
    store_int32,
    store_int64,
)
from fastact.engine.lanes import LANES, SIDE_LANES
from fastact.engine.row_plan import FILL, INFINITE_SHIFT
from fastact.engine.transpose import (
    copy_side_int32,
    copy_side_int64,
    transpose_int32,
    transpose_int64,
    transpose_two_int32,
    transpose_two_int64,
)

__all__ = [
    "bring",
    "columns",
    "columns_out",
    "copy_elements",
    "infinity_stays",
    "lanes_at",
    "pad",
    "read_double",
    "read_lane",
]
__all__ += ["second_half", "sum_of_unbounded", "turn_in", "turn_out", "write_double", "write_lane"]

INFINITY = float("inf")


def read_double(address):
    """The float64 at an address."""
    return from_bits(load_int64(address))


def write_double(address, value):
    """Put a float64 at an address."""
    store_int64(address, bits(value))


def lanes_at(table, slot):
    """Where the numbers of a slot are kept."""
    return load_int64(table + 8 * slot)


def read_lane(base, size, i):
    """A lane of either precision, as float64."""
    if size == 4:
        # In two statements: as a conditional expression Numba compiles it to "unreachable".
        single = from_bits(load_int32(base + 4 * i))
        return float64(single)
    return from_bits(load_int64(base + 8 * i))


def write_lane(base, size, i, value):
    """Write a lane with a value its precision holds."""
    if size == 4:
        store_int32(base + 4 * i, bits(float32(value)))
    else:
        store_int64(base + 8 * i, bits(value))


def second_half(rows):
    """The row whose lane is LANES: the last LANES rows stand there, some a second time."""
    return max(rows - LANES, 0)


def turn_in(place, source, outer, inner, size, rows, n):
    """Native elements of ``rows`` rows to where SIDE_LANES lie side by side."""
    row = SIDE_LANES * size
    if rows == 1:
        outer = 0
    if inner == size and n >= LANES and (rows == 1 or rows >= LANES):
        other = second_half(rows) * outer
        for k in range(0, n, LANES):
            j = min(k, n - LANES)  # the last block overlaps the one before
            at, away = place + j * row, source + j * size
            if size == 4:
                transpose_two_int32(at, row, outer, away, away + other)
            else:
                transpose_two_int64(at, row, outer, away, away + other)
    elif outer == size and rows == SIDE_LANES:
        for j in range(n):
            if size == 4:
                copy_side_int32(place + j * row, source + j * inner)
            else:
                copy_side_int64(place + j * row, source + j * inner)
    else:
        for i in range(LANES):
            first = source + min(i, rows - 1) * outer
            other = source + min(second_half(rows) + i, rows - 1) * outer
            for j in range(n):
                at, behind = place + j * row + i * size, LANES * size
                if size == 4:
                    store_int32(at, load_int32(first + j * inner))
                    store_int32(at + behind, load_int32(other + j * inner))
                else:
                    store_int64(at, load_int64(first + j * inner))
                    store_int64(at + behind, load_int64(other + j * inner))


def turn_out(target, outer, inner, place, size, rows, n):
    """The rows back again."""
    row = SIDE_LANES * size
    if outer == size and inner != size and rows == SIDE_LANES:
        for j in range(n):
            if size == 4:
                copy_side_int32(target + j * inner, place + j * row)
            else:
                copy_side_int64(target + j * inner, place + j * row)
    else:
        for lane in range(0, rows, LANES):
            begin, to = place + lane * size, target
            if lane > 0:
                to += second_half(rows) * outer
            lanes_out(to, outer, inner, begin, size, min(rows, LANES), n)


def lanes_out(to, outer, inner, begin, size, some, n):
    """Up to LANES of them."""
    row = SIDE_LANES * size
    if inner == size and n >= LANES and some == LANES:
        for k in range(0, n, LANES):
            j = min(k, n - LANES)
            if size == 4:
                transpose_int32(to + j * size, outer, row, begin + j * row)
            else:
                transpose_int64(to + j * size, outer, row, begin + j * row)
    elif size == 4:
        for i in range(some):
            for j in range(n):
                store_int32(to + i * outer + j * inner, load_int32(begin + j * row + 4 * i))
    else:
        for i in range(some):
            for j in range(n):
                store_int64(to + i * outer + j * inner, load_int64(begin + j * row + 8 * i))


def columns_in(place, source, inner, size, n):
    """LANES rows of which neighbours lie side by side, to where each is contiguous."""
    for k in range(0, n, LANES):
        j = min(k, n - LANES)
        if size == 4:
            transpose_int32(place + j * size, n * size, inner, source + j * inner)
        else:
            transpose_int64(place + j * size, n * size, inner, source + j * inner)


def columns_out(target, inner, place, size, n):
    """And back."""
    for k in range(0, n, LANES):
        j = min(k, n - LANES)
        if size == 4:
            transpose_int32(target + j * inner, inner, n * size, place + j * size)
        else:
            transpose_int64(target + j * inner, inner, n * size, place + j * size)


def columns(outer, size, rows, n):
    """Whether rows are columns of an array, LANES side by side."""
    return outer == size and rows == LANES and n >= LANES


def bring(gather, native, place, source, outer, inner, size, rows, n):
    """Some rows to where each is contiguous and they adjoin."""
    if native and columns(outer, size, rows, n):
        columns_in(place, source, inner, size, n)
    else:
        for i in range(rows):
            call_gather(gather, place + i * n * size, source + i * outer, inner, n, n)


def copy_elements(target, source, size, count):
    """Elements of 4 or 8 bytes, as words of 4."""
    for i in range(count * (size >> 2)):
        store_int32(target + 4 * i, load_int32(source + 4 * i))


def pad(buffer, size, count, room, plan):
    """Fill a buffer from ``count`` up to ``room`` with what changes no result."""
    fill = load_int64(plan + FILL)
    for i in range(count, room):
        if size == 4:
            store_int32(buffer + 4 * i, int32(fill))
        else:
            store_int64(buffer + 8 * i, fill)


def infinity_stays(plan):
    """Whether an infinite maximum must not be subtracted: it would make nan of all."""
    return load_int64(plan + INFINITE_SHIFT) == 0


def sum_of_unbounded(first, size, step, n):
    """The sum of the exponentials where the maximum is infinite: nan, inf or 0."""
    total = 0.0
    for j in range(n):
        value = read_lane(first, size, j * step)
        if value != value or (total == 0.0 and value == INFINITY):
            total = value
    return total
