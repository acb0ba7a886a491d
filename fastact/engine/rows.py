"""The row carrier: what NumPy calls for a function of whole rows.

Compiled once and shared by all row-wise functions, as the carrier is by the
elementwise ones. A function is up to five lane spans (:mod:`fastact.engine.lanes`) that
the row carrier strings together: MAXIMUM, PREPARE, SUM, FINISH, MAP.

*A long row* is passed over three times: its maximum, the exponentials, which are stored
and summed, and the product with the inverse of their sum. One pass fewer (Milakov and
Gimelshein 2018, arXiv:1805.02867) would cost every row the bookkeeping of chunks.

*Short rows* are taken LANES at a time side by side, one to a lane.

Rows that are not contiguous, or of another storage dtype, go through one row of scratch.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from numpy import float32, float64, int32

from fastact.elementary.scalar import bits, from_bits
from fastact.engine.addresses import (
    FP_DEFAULT,
    allocate,
    call_gather,
    call_loop,
    call_scatter,
    call_span,
    get_fp_state,
    load_int32,
    load_int64,
    out_of_memory,
    release,
    set_fp_state,
    stack,
    store_int32,
    store_int64,
)
from fastact.engine.lanes import LANE_BITS, LANES, SLOTS
from fastact.engine.plan import GATHER, NATIVE, PARALLEL, SCATTER, SERIAL, STORED, TEAM
from fastact.engine.row_plan import (
    COMPUTED,
    FILL,
    FINISH,
    HIGH_BYTES,
    INFINITE_SHIFT,
    MAP,
    MAXIMUM,
    PREPARE,
    ROW_INPUTS,
    SCALAR,
    SIDE_FINISH,
    SIDE_MAP,
    SIDE_MAXIMUM,
    SIDE_PREPARE,
    SIDE_SUM,
    SUM,
)

__all__ = ["row_loop", "rows"]

#: Blocks of a row to one call: what float32 sums lose, at most 2^-15 of them, is then
#: itself known to 2^-30.
MOST_BLOCKS = 1 << 10
#: Rows up to this length are taken side by side: 1.4 ns per element of softmax in float32
#: at any length, where one by one it is 2.0 at 40 elements. Without a maximum to be found
#: first, rows of whole blocks are faster one by one from EASY elements on.
SHORT, EASY = 64, 16
#: Up to this length, a row that fills no whole number of blocks is copied to where it does.
PADDED = 256
INFINITY = float("inf")
LANE_ROOM = 8 * LANES
TABLE = 8 * len(SLOTS)
FIRST, SECOND, OUT = 8 * SLOTS["first"], 8 * SLOTS["second"], 8 * SLOTS["out"]
PEAK, HIGH, LOW = SLOTS["peak"], SLOTS["high"], SLOTS["low"]
COUNT, FACTOR = SLOTS["count"], SLOTS["factor"]
FIRST_LANES, LAST_LANES = SLOTS["peak"], SLOTS["factor_low"]
ALL_LANES = LANE_ROOM * (LAST_LANES + 1)
ALL_TAILS = 3 * LANE_ROOM


def read_double(address):
    return from_bits(load_int64(address))


def write_double(address, value):
    store_int64(address, bits(value))


def lanes_at(table, slot):
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


def unbounded(peak, plan):
    """Whether a maximum is infinite and must not be subtracted: it would make nan of all."""
    return (peak == INFINITY or peak == -INFINITY) and load_int64(plan + INFINITE_SHIFT) == 0


def sum_of_unbounded(first, size, step, n):
    """The sum of the exponentials where the maximum is infinite: nan, inf or 0."""
    total = 0.0
    for j in range(n):
        value = read_lane(first, size, j * step)
        if value != value or (total == 0.0 and value == INFINITY):
            total = value
    return total


def sweep(span, table, first, second, out, blocks):
    """A span over whole blocks."""
    store_int64(table + FIRST, first)
    store_int64(table + SECOND, second)
    store_int64(table + OUT, out)
    call_span(span, table, blocks)


def add_up(table, sums):
    """Add the sums of one call to those before it."""
    a, b = read_double(sums), read_double(lanes_at(table, HIGH))
    total = a + b
    back = total - a
    rest = (a - (total - back)) + (b - back)
    # An infinite sum has no remainder.
    rest = rest if rest == rest else 0.0
    write_double(sums, total)
    low = read_double(sums + 8) + read_double(lanes_at(table, LOW))
    write_double(sums + 8, low + rest)
    write_double(sums + 16, read_double(sums + 16) + read_double(lanes_at(table, COUNT)))


def sum_in_parts(span, table, plan, tails, place, size, first, second, out, blocks, rest):
    """The sums of a row that takes more than one call."""
    sums = stack(24)
    for i in range(3):
        write_double(sums + 8 * i, 0.0)
    done = 0
    while done < blocks:
        some, at = min(MOST_BLOCKS, blocks - done), done * LANES * size
        sweep(span, table, first + at, second + at, out + at, some)
        add_up(table, sums)
        done += some
    if rest > 0:
        sweep(span, table, tails, tails + place, tails + 2 * place, 1)
        add_up(table, sums)
    high, low = read_double(sums), read_double(sums + 8)
    if load_int64(plan + HIGH_BYTES) == 4:
        # Sums of float32 pairs: what the first does not hold is the second's.
        whole = float64(float32(high + low))
        low = (high - whole) + low
        high = whole
    write_double(lanes_at(table, HIGH), high)
    write_double(lanes_at(table, LOW), low)
    write_double(lanes_at(table, COUNT), read_double(sums + 16))


def long_row(table, tails, plan, size, first, second, out, n):
    """One contiguous row; ``out`` may be ``first``. The result of a scalar is in FACTOR."""
    maximum, finish = load_int64(plan + MAXIMUM), load_int64(plan + FINISH)
    total, map_span = load_int64(plan + SUM), load_int64(plan + MAP)
    blocks, rest = n >> LANE_BITS, n & (LANES - 1)
    done, place = (blocks << LANE_BITS) * size, LANES * size
    if rest > 0:
        copy_elements(tails, first + done, size, rest)
        copy_elements(tails + place, second + done, size, rest)
        pad(tails, size, rest, LANES, plan)
        pad(tails + place, size, rest, LANES, plan)
    summed = False
    if maximum != 0:
        peak_at = lanes_at(table, PEAK)
        sweep(maximum, table, first, second, out, blocks)
        if rest > 0:
            before = read_double(peak_at)
            sweep(maximum, table, tails, tails + place, tails + 2 * place, 1)
            write_double(peak_at, max(before, read_double(peak_at)))
        if unbounded(read_double(peak_at), plan):
            write_double(peak_at, 0.0)
            write_double(lanes_at(table, HIGH), sum_of_unbounded(first, size, 1, n))
            write_double(lanes_at(table, LOW), 0.0)
            write_double(lanes_at(table, COUNT), 0.0)
            summed = True
        call_span(load_int64(plan + PREPARE), table, 1)
    if not summed:
        if rest == 0 and blocks <= MOST_BLOCKS:
            sweep(total, table, first, second, out, blocks)
        else:
            sum_in_parts(total, table, plan, tails, place, size, first, second, out, blocks, rest)
    call_span(finish, table, 1)
    if map_span != 0:
        sweep(map_span, table, first, second, out, blocks)
        if rest > 0:
            sweep(map_span, table, tails, tails + place, tails + 2 * place, 1)
            copy_elements(out + done, tails + 2 * place, size, rest)


def side_by_side(table, plan, size, first, second, n):
    """LANES rows of ``n`` elements, interleaved; the result replaces ``first``."""
    maximum, map_span = load_int64(plan + SIDE_MAXIMUM), load_int64(plan + SIDE_MAP)
    special = 0
    if maximum != 0:
        peak_at = lanes_at(table, PEAK)
        if n > 0:
            sweep(maximum, table, first, second, first, n)
        for i in range(LANES):
            if n == 0:
                write_lane(peak_at, size, i, -INFINITY)
            if unbounded(read_lane(peak_at, size, i), plan):
                special |= 1 << i
                write_lane(peak_at, size, i, 0.0)
        call_span(load_int64(plan + SIDE_PREPARE), table, 1)
    if n > 0:
        sweep(load_int64(plan + SIDE_SUM), table, first, second, first, n)
    if special != 0:
        for i in range(LANES):
            if (special >> i) & 1 == 1:
                value = sum_of_unbounded(first + i * size, size, LANES, n)
                write_lane(lanes_at(table, HIGH), load_int64(plan + HIGH_BYTES), i, value)
                write_lane(lanes_at(table, LOW), size, i, 0.0)
                write_lane(lanes_at(table, COUNT), size, i, 0.0)
    call_span(load_int64(plan + SIDE_FINISH), table, 1)
    if map_span != 0 and n > 0:
        sweep(map_span, table, first, second, first, n)


def turn_in(place, source, outer, inner, size, rows, n):
    """Native elements of ``rows`` rows to where they lie side by side."""
    if size == 4:
        for i in range(rows):
            for j in range(n):
                value = load_int32(source + i * outer + j * inner)
                store_int32(place + 4 * (j * LANES + i), value)
    else:
        for i in range(rows):
            for j in range(n):
                value = load_int64(source + i * outer + j * inner)
                store_int64(place + 8 * (j * LANES + i), value)


def turn_out(target, outer, inner, place, size, rows, n):
    """Back again."""
    if size == 4:
        for i in range(rows):
            for j in range(n):
                value = load_int32(place + 4 * (j * LANES + i))
                store_int32(target + i * outer + j * inner, value)
    else:
        for i in range(rows):
            for j in range(n):
                value = load_int64(place + 8 * (j * LANES + i))
                store_int64(target + i * outer + j * inner, value)


def group(table, plan, size, scratch, args, steps, row, rows, n):
    """Bring ``rows`` <= LANES rows in side by side, compute, and take them out."""
    inputs, stored = load_int64(plan + ROW_INPUTS), LANES * size
    gather, scatter = load_int64(plan + GATHER), load_int64(plan + SCATTER)
    native = load_int64(plan + NATIVE) == 1
    core = steps + 8 * (inputs + 1)
    for k in range(inputs):
        outer, inner = load_int64(steps + 8 * k), load_int64(core + 8 * k)
        source, place = load_int64(args + 8 * k) + row * outer, scratch + k * n * stored
        if native and rows == LANES:
            turn_in(place, source, outer, inner, size, rows, n)
        else:
            for j in range(n):
                call_gather(gather, place + j * stored, source + j * inner, outer, rows, LANES)
    side_by_side(table, plan, size, scratch, scratch + (inputs - 1) * n * stored, n)
    outer = load_int64(steps + 8 * inputs)
    target = load_int64(args + 8 * inputs) + row * outer
    if load_int64(plan + SCALAR) == 1:
        call_scatter(scatter, target, outer, lanes_at(table, FACTOR), rows)
    elif native and rows == LANES:
        turn_out(target, outer, load_int64(core + 8 * inputs), scratch, size, rows, n)
    else:
        inner = load_int64(core + 8 * inputs)
        for j in range(n):
            call_scatter(scatter, target + j * inner, outer, scratch + j * stored, rows)


def one(table, tails, plan, size, scratch, args, steps, row, n):
    """A long row, through scratch unless all its operands lie contiguous."""
    inputs, scalar = load_int64(plan + ROW_INPUTS), load_int64(plan + SCALAR)
    gather, scatter = load_int64(plan + GATHER), load_int64(plan + SCATTER)
    core = steps + 8 * (inputs + 1)
    first = load_int64(args) + row * load_int64(steps)
    last = inputs - 1
    second = load_int64(args + 8 * last) + row * load_int64(steps + 8 * last)
    outer = load_int64(steps + 8 * inputs)
    target = load_int64(args + 8 * inputs) + row * outer
    room = ((n + LANES - 1) >> LANE_BITS) << LANE_BITS
    if scratch == 0:
        # What only returns a number stores nothing; its "out" is its input.
        long_row(table, tails, plan, size, first, second, first if scalar == 1 else target, n)
    else:
        call_gather(gather, scratch, first, load_int64(core), n, n)
        place = scratch
        if last == 1:
            place = scratch + room * size
            call_gather(gather, place, second, load_int64(core + 8), n, n)
        length = n
        # The length alone decides: the order of summation must not depend on the layout.
        if n <= PADDED:
            length = room
            pad(scratch, size, n, room, plan)
            pad(place, size, n, room, plan)
        long_row(table, tails, plan, size, scratch, place, scratch, length)
    if scalar == 1:
        # A number that stays is kept as float64.
        factor_at = lanes_at(table, FACTOR)
        write_lane(factor_at, size, 0, read_double(factor_at))
        call_scatter(scatter, target, outer, factor_at, 1)
    elif scratch != 0:
        call_scatter(scatter, target, load_int64(core + 8 * inputs), scratch, n)


def contiguous(steps, plan):
    inputs, stored = load_int64(plan + ROW_INPUTS), load_int64(plan + STORED)
    cores = inputs if load_int64(plan + SCALAR) == 1 else inputs + 1
    core = steps + 8 * (inputs + 1)
    same = load_int64(plan + NATIVE) == 1
    for k in range(cores):
        same = same and load_int64(core + 8 * k) == stored
    return same


def rows(args, dimensions, steps, plan):
    """The serial row carrier, with the signature of a NumPy loop."""
    count, n = load_int64(dimensions), load_int64(dimensions + 8)
    if count > 0:
        state = get_fp_state()
        set_fp_state(FP_DEFAULT)
        inputs, size = load_int64(plan + ROW_INPUTS), load_int64(plan + COMPUTED)
        table, lanes, tails = stack(TABLE), stack(ALL_LANES), stack(ALL_TAILS)
        for slot in range(FIRST_LANES, LAST_LANES + 1):
            store_int64(table + 8 * slot, lanes + LANE_ROOM * slot)
        for i in range(ALL_LANES >> 3):
            store_int64(lanes + 8 * i, 0)
        # The length alone decides: the order of summation must not depend on the layout.
        easy = n > EASY and n & (LANES - 1) == 0 and load_int64(plan + MAXIMUM) == 0
        short = n <= SHORT and not easy
        buffered = short or (n <= PADDED and n & (LANES - 1) != 0) or not contiguous(steps, plan)
        scratch = 0
        if buffered:
            room = n * LANES if short else ((n + LANES - 1) >> LANE_BITS) << LANE_BITS
            scratch = allocate(inputs * room * size + LANE_ROOM)
        if scratch == 0 and buffered:
            out_of_memory()
        elif short:
            row = 0
            while row < count:
                some = min(LANES, count - row)
                group(table, plan, size, scratch, args, steps, row, some, n)
                row += some
        else:
            for row in range(count):
                one(table, tails, plan, size, scratch, args, steps, row, n)
        if scratch != 0:
            release(scratch)
        set_fp_state(state)


def row_loop(args, dimensions, steps, plan):
    """The loop that NumPy calls: serial for few elements, else the team's, row by row."""
    count, n = load_int64(dimensions), load_int64(dimensions + 8)
    target = load_int64(plan + SERIAL)
    if count > 1 and count * n >= load_int64(plan + PARALLEL):
        target = load_int64(load_int64(plan + TEAM))
    call_loop(target, args, dimensions, steps, plan)
