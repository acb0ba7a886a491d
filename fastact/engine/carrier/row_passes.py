"""The passes over rows that lie ready, in turn or side by side.

They are: maximum, prepare, sum, finish, map.
"""

# Type annotations would be wrong here: these functions only exist compiled.

from fastact.engine.carrier.row_lanes import (
    INFINITY,
    copy_elements,
    infinity_stays,
    lanes_at,
    pad,
    read_double,
    read_lane,
    sum_of_unbounded,
    write_double,
    write_lane,
)
from fastact.engine.intrinsics.addresses import load_word, store_nth, store_word
from fastact.engine.intrinsics.calls import call_lanes
from fastact.engine.lanes import (
    LANE_BITS,
    LANES,
    ROWS,
    SIDE_LANES,
    SLOTS,
    STRIDES,
    TAIL_STRIDE,
    TAILED,
    TAILS,
)
from fastact.engine.row_plan import (
    COMPUTED,
    FINISH,
    MAP,
    MAXIMUM,
    PREPARE,
    SIDE,
    SUM,
)

__all__ = ["place_rows", "place_streams", "place_tails", "rows_in_turn", "rows_side_by_side"]
__all__ += ["copy_tail"]

FIRST, SECOND, OUT = 8 * SLOTS["first"], 8 * SLOTS["second"], 8 * SLOTS["out"]
PEAK, HIGH, LOW, COUNT = SLOTS["peak"], SLOTS["high"], SLOTS["low"], SLOTS["count"]
FIRST_STRIDE, SECOND_STRIDE = 8 * STRIDES["first"], 8 * STRIDES["second"]
OUT_STRIDE = 8 * STRIDES["out"]
FIRST_TAIL, SECOND_TAIL, OUT_TAIL = 8 * TAILS["first"], 8 * TAILS["second"], 8 * TAILS["out"]


def place_streams(table, first, second, out):
    """Say where the streams lie."""
    store_word(table, FIRST, first)
    store_word(table, SECOND, second)
    store_word(table, OUT, out)


def place_rows(table, rows, first_stride, second_stride, out_stride):
    """Say how many rows a call takes, and how far each lies from the one before."""
    store_nth(table, ROWS, rows)
    store_word(table, FIRST_STRIDE, first_stride)
    store_word(table, SECOND_STRIDE, second_stride)
    store_word(table, OUT_STRIDE, out_stride)
    store_nth(table, TAILED, 0)


def place_tails(table, first, second, out, stride):
    """Say where the last elements of the rows lie, padded to whole blocks."""
    store_nth(table, TAILED, 1)
    store_nth(table, TAIL_STRIDE, stride)
    store_word(table, FIRST_TAIL, first)
    store_word(table, SECOND_TAIL, second)
    store_word(table, OUT_TAIL, out)


def copy_tail(tails, first, size, rest, plan):
    """Copy the elements that fill no whole block to where they are padded to one."""
    if rest > 0:
        copy_elements(tails, first, size, rest)
        pad(tails, size, rest, LANES, plan)


def all_passes(table, plan, side, first, away, step, kept, n, blocks, rows):
    """All passes over some rows whose streams have been placed.

    Row i begins ``away`` * i bytes behind ``first``, and its elements are ``step`` apart. Of what
    is kept per row (peak, count) it has the i-th number of ``kept`` bytes, of the sums the i-th of
    eight. ``side`` is 0, or SIDE for the spans of rows that lie side by side.
    """
    maximum, map_span = load_word(plan, side + MAXIMUM), load_word(plan, side + MAP)
    size = load_word(plan, COMPUTED)
    special, empty = 0, 0
    if maximum != 0:
        peak_at = lanes_at(table, PEAK)
        if n > 0:
            call_lanes(maximum, table, blocks)
        else:
            for i in range(rows):
                write_lane(peak_at, kept, i, -INFINITY)
        if infinity_stays(plan):
            for i in range(rows):
                peak = read_lane(peak_at, kept, i)
                if abs(peak) == INFINITY:
                    special |= 1 << i
                    empty |= (1 << i) if peak < 0.0 else 0
                    write_lane(peak_at, kept, i, 0.0)
        call_lanes(load_word(plan, side + PREPARE), table, 1)
    if n > 0:
        call_lanes(load_word(plan, side + SUM), table, blocks)
    if special != 0:
        for i in range(rows):
            if (special >> i) & 1 == 1:
                high, low = lanes_at(table, HIGH) + 8 * i, lanes_at(table, LOW) + 8 * i
                if n > 0 and (empty >> i) & 1 == 1:
                    # Nothing, or nan, as the exponentials have come to: no need to look again.
                    total = read_double(high) + read_double(low)
                    value = 0.0 if total == total else total
                else:
                    value = sum_of_unbounded(first + i * away, size, step, n)
                write_double(high, value)
                write_double(low, 0.0)
                write_lane(lanes_at(table, COUNT), kept, i, 0.0)
    call_lanes(load_word(plan, side + FINISH), table, 1)
    if map_span != 0 and n > 0:
        call_lanes(map_span, table, blocks)


def rows_in_turn(table, plan, first, n, rows):
    """Some rows, each pass over all of them before the next pass.

    One by one, a row waits 85 ns at its passes' ends: to fold eight lanes, to prepare, to
    divide. Here another row's elements fill that time.
    """
    away = load_word(table, FIRST_STRIDE)
    all_passes(table, plan, 0, first, away, 1, 8, n, n >> LANE_BITS, rows)


def rows_side_by_side(table, plan, size, first, second, n):
    """SIDE_LANES rows of ``n`` elements, interleaved; the result replaces ``first``."""
    place_streams(table, first, second, first)
    all_passes(table, plan, SIDE, first, size, SIDE_LANES, size, n, n, SIDE_LANES)
