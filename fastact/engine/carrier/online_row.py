"""Rows too long for the caches, in two passes over memory where there are three.

The maximum is found part by part as the exponentials are stored (the running maximum of
Milakov and Gimelshein 2018, arXiv:1805.02867): a part is read from memory once and from
the cache the second time. Its exponentials are relative to a power of two of its own
running maximum, so that nothing already stored need change when a greater element comes:
the powers, whole, join the factor of the last pass, and no bit is lost.

Where the maximum itself is subtracted (from 256 on in float32), or is infinite, parts would
differ by more than a power of two; such a row takes three passes. So does one that is
replaced by its result, as what has been stored cannot be taken back: it has the same bits.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from numpy import int64

from fastact.elementary.pairs import scaled_double, sum_of_two
from fastact.elementary.scaled_exp import BIAS_DOUBLE, BIAS_SINGLE
from fastact.engine.carrier.row_lanes import (
    INFINITY,
    copy_elements,
    lanes_at,
    read_double,
    write_double,
)
from fastact.engine.carrier.row_passes import copy_tail, place_rows, place_streams
from fastact.engine.intrinsics.addresses import allocate, load_word, release, stack, store_int64
from fastact.engine.intrinsics.calls import call_lanes
from fastact.engine.lanes import LANE_BITS, LANES, SLOTS
from fastact.engine.row_plan import FINISH, MAP, MAXIMUM, PREPARE, SUM

__all__ = ["long_row"]

PEAK, SHIFT, MAGIC = SLOTS["peak"], SLOTS["shift"], SLOTS["magic"]
HIGH, LOW, COUNT = SLOTS["high"], SLOTS["low"], SLOTS["count"]
FACTOR, FACTOR_LOW = SLOTS["factor"], SLOTS["factor_low"]
#: Up to this power of two, both halves of a factor stay normal float32 numbers.
SMALL = 16.0
#: Blocks of a part (1024 elements, 4 or 8 KB): small enough to stay in the first-level cache, and a
#: row is still read ahead of its use. With 2^10 blocks one thread lost 10 %.
PART_BLOCKS = 1 << 7
PART = PART_BLOCKS << LANE_BITS


def power_of_half(d):
    """2^-d for a whole d; 0 beyond the subnormal numbers."""
    return scaled_double(1.0, int64(-min(d, 2000.0)))


def sweep(span, table, first, second, out, blocks):
    """A span over whole blocks."""
    place_streams(table, first, second, out)
    call_lanes(span, table, blocks)


def add_up(table, sums):
    """Add the sums of one call to those before it."""
    total, rest = sum_of_two(read_double(sums), read_double(lanes_at(table, HIGH)))
    # An infinite sum has no remainder.
    rest = rest if rest == rest else 0.0
    write_double(sums, total)
    low = read_double(sums + 8) + read_double(lanes_at(table, LOW))
    write_double(sums + 8, low + rest)
    write_double(sums + 16, read_double(sums + 16) + read_double(lanes_at(table, COUNT)))


def begin_sums(sums):
    """Nothing added yet."""
    for i in range(3):
        write_double(sums + 8 * i, 0.0)


def end_sums(table, sums):
    """Leave the sums of all calls where those of one are left."""
    write_double(lanes_at(table, HIGH), read_double(sums))
    write_double(lanes_at(table, LOW), read_double(sums + 8))
    write_double(lanes_at(table, COUNT), read_double(sums + 16))


def part_blocks(p, blocks):
    """Blocks of part ``p``."""
    return min(PART_BLOCKS, blocks - p * PART_BLOCKS)


def raise_peak(table, plan, first, blocks, peak):
    """The greater of ``peak`` and a part's maximum, and all that follows from it in the table."""
    peak_at = lanes_at(table, PEAK)
    if blocks > 0:
        sweep(load_word(plan, MAXIMUM), table, first, first, first, blocks)
        peak = max(peak, read_double(peak_at))
    write_double(peak_at, peak)
    call_lanes(load_word(plan, PREPARE), table, 1)
    return peak


def whole_powers(table):
    """Whether the exponentials differ from those of another maximum by a power of two."""
    return read_double(lanes_at(table, SHIFT)) == 0.0


def rebase(table, sums, magic):
    """Make the sums so far relative to the power of two that ``MAGIC`` says; gives that."""
    now = read_double(lanes_at(table, MAGIC))
    if now != magic:
        by = power_of_half(magic - now)
        write_double(sums, read_double(sums) * by)
        write_double(sums + 8, read_double(sums + 8) * by)
    return now


def store_exponentials(table, tails, plan, size, first, out, n, kept):
    """The first pass: exponentials to ``out``, their sums to the table.

    ``kept`` is told the power of two (MAGIC) that each part is relative to. False where parts would
    differ by more than a power of two: the row then takes three passes.
    """
    blocks, rest = n >> LANE_BITS, n & (LANES - 1)
    parts, place, length = (n + PART - 1) // PART, LANES * size, PART * size
    total = load_word(plan, SUM)
    # In place, what has been stored cannot be taken back: all maxima are found beforehand.
    ahead = first < out + n * size and out < first + n * size
    sums = stack(24)
    begin_sums(sums)
    peak = -INFINITY
    if rest > 0:
        sweep(load_word(plan, MAXIMUM), table, tails, tails, tails, 1)
        peak = read_double(lanes_at(table, PEAK))
    start = peak
    if ahead:
        for p in range(parts):
            peak = raise_peak(table, plan, first + p * length, part_blocks(p, blocks), peak)
            if not whole_powers(table):
                return False
            write_double(kept + 8 * p, peak)
        peak = start
    magic = INFINITY
    for p in range(parts):
        here, some = p * length, part_blocks(p, blocks)
        if ahead:
            peak = raise_peak(table, plan, first, 0, read_double(kept + 8 * p))
        else:
            peak = raise_peak(table, plan, first + here, some, peak)
            if not whole_powers(table):
                return False
        magic = rebase(table, sums, magic)
        write_double(kept + 8 * p, magic)
        if some > 0:
            sweep(total, table, first + here, first + here, out + here, some)
            add_up(table, sums)
    if rest > 0:
        sweep(total, table, tails, tails + place, tails + 2 * place, 1)
        add_up(table, sums)
    end_sums(table, sums)
    return True


def write_factor(table, high, low):
    """Put the factor of the last pass where it is read."""
    write_double(lanes_at(table, FACTOR), high)
    write_double(lanes_at(table, FACTOR_LOW), low)


def multiply(table, tails, plan, size, out, n, kept):
    """The last pass: every part times its power of two over the sum."""
    blocks, rest = n >> LANE_BITS, n & (LANES - 1)
    place, length = LANES * size, PART * size
    product = load_word(plan, MAP)
    call_lanes(load_word(plan, FINISH), table, 1)
    high, low = read_double(lanes_at(table, FACTOR)), read_double(lanes_at(table, FACTOR_LOW))
    magic = read_double(lanes_at(table, MAGIC))
    if rest > 0:
        sweep(product, table, tails, tails + place, tails + 2 * place, 1)
        copy_elements(out + (n - rest) * size, tails + 2 * place, size, rest)
    for p in range((blocks + PART_BLOCKS - 1) // PART_BLOCKS):
        at, some = out + p * length, part_blocks(p, blocks)
        less = read_double(kept + 8 * p) - magic
        if less > SMALL:
            # In a step of its own, exact for all that is not 0 in the end. The product divides by
            # 2^bias; what becomes subnormal here is divided by that once more.
            bias = BIAS_SINGLE if size == 4 else BIAS_DOUBLE
            write_factor(table, power_of_half(less - bias), 0.0)
            sweep(product, table, at, at, at, some)
            less = 0.0
        by = power_of_half(less)
        write_factor(table, high * by, low * by)
        sweep(product, table, at, at, at, some)


def long_row(table, tails, plan, size, first, out, n, done):
    """One contiguous row in two passes over memory; 1 to ``done`` where it could be."""
    rest = n & (LANES - 1)
    kept = allocate(8 * ((n + PART - 1) // PART))
    if kept != 0:
        place_rows(table, 1, 0, 0, 0)
        copy_tail(tails, first + (n - rest) * size, size, rest, plan)
        if store_exponentials(table, tails, plan, size, first, out, n, kept):
            multiply(table, tails, plan, size, out, n, kept)
            store_int64(done, 1)
        release(kept)
