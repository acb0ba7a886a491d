"""The row carrier: what NumPy calls for a function of whole rows.

Compiled once and shared by all row-wise functions, as the carrier is by the
elementwise ones. A function is up to five lane spans (:mod:`fastact.engine.lanes`) that
the row carrier strings together: MAXIMUM, SUM, RESCALE, FINISH, MAP.

*A long row* is read in chunks that stay in the first-level cache: its maximum, then the
exponentials relative to the greatest maximum so far, which are stored and summed; where
the maximum rises, the sums are rescaled (Milakov and Gimelshein 2018, arXiv:1805.02867).
A second pass scales each chunk by its own factor. So memory is passed over twice, not
three times, and each exponential is computed once.

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
    INFINITE_SHIFT,
    MAP,
    MAXIMUM,
    RESCALE,
    ROW_INPUTS,
    SCALAR,
    SUM,
    SUM_STORES,
)

__all__ = ["row_loop", "rows"]

#: Elements of a chunk: 8 KB in and out of float32 at least; CHUNKS of them at most.
CHUNK = 1024
CHUNKS = 256
#: Rows up to this length are taken side by side.
SHORT = 48
INFINITY = float("inf")
LANE_ROOM = 8 * LANES
TABLE = 8 * len(SLOTS)
FIRST, SECOND, OUT = 8 * SLOTS["first"], 8 * SLOTS["second"], 8 * SLOTS["out"]
REFERENCE, SHIFT = SLOTS["reference"], SLOTS["shift"]
HIGH, LOW, COUNT, FACTOR = SLOTS["high"], SLOTS["low"], SLOTS["count"], SLOTS["factor"]
FIRST_LANES, LAST_LANES = SLOTS["reference"], SLOTS["factor_low"]
ALL_LANES = LANE_ROOM * (LAST_LANES + 1)
ALL_TAILS = 3 * LANE_ROOM
ALL_SHIFTS = 8 * CHUNKS


def read_double(address):
    return from_bits(load_int64(address))


def write_double(address, value):
    store_int64(address, bits(value))


def lanes_at(table, slot):
    return load_int64(table + 8 * slot)


def clear_sums(table):
    for slot in range(HIGH, COUNT + 1):
        base = lanes_at(table, slot)
        for i in range(LANES):
            write_double(base + 8 * i, 0.0)


def fold_sums(table):
    """Bring the lanes' sums together, high and low parts by two-sums, into every lane."""
    high_at, low_at, count_at = lanes_at(table, HIGH), lanes_at(table, LOW), lanes_at(table, COUNT)
    width = LANES >> 1
    while width > 0:
        for i in range(width):
            a, b = read_double(high_at + 8 * i), read_double(high_at + 8 * (i + width))
            total = a + b
            back = total - a
            rest = (a - (total - back)) + (b - back)
            # An infinite sum has no remainder.
            rest = rest if rest == rest else 0.0
            low = read_double(low_at + 8 * i) + read_double(low_at + 8 * (i + width))
            write_double(high_at + 8 * i, total)
            write_double(low_at + 8 * i, low + rest)
            count = read_double(count_at + 8 * i) + read_double(count_at + 8 * (i + width))
            write_double(count_at + 8 * i, count)
        width >>= 1
    for slot in range(HIGH, COUNT + 1):
        base = lanes_at(table, slot)
        value = read_double(base)
        for i in range(1, LANES):
            write_double(base + 8 * i, value)


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


def spread(base, size, value):
    """One value into every lane."""
    for i in range(LANES):
        write_lane(base, size, i, value)


def copy_elements(target, source, size, count):
    """Elements of 4 or 8 bytes, as words of 4."""
    for i in range(count * (size >> 2)):
        store_int32(target + 4 * i, load_int32(source + 4 * i))


def usable(peak, plan):
    """The shift for a maximum: 0 where subtracting the maximum would make nan of all."""
    if peak == -INFINITY:
        return 0.0
    if peak == INFINITY and load_int64(plan + INFINITE_SHIFT) == 0:
        return 0.0
    return peak


def fold_maximum(base, size):
    peak = read_lane(base, size, 0)
    for i in range(1, LANES):
        value = read_lane(base, size, i)
        peak = value if value > peak else peak
    return peak


def sweep(span, stores, table, tails, plan, size, first, second, out, count):
    """A span over ``count`` elements of a row; what fills no block goes through buffers."""
    blocks = count >> LANE_BITS
    if blocks > 0:
        store_int64(table + FIRST, first)
        store_int64(table + SECOND, second)
        store_int64(table + OUT, out)
        call_span(span, table, blocks)
    rest = count - (blocks << LANE_BITS)
    if rest > 0:
        done = (blocks << LANE_BITS) * size
        fill = load_int64(plan + FILL)
        for i in range(3 * LANES):
            if size == 4:
                store_int32(tails + 4 * i, int32(fill))
            else:
                store_int64(tails + 8 * i, fill)
        place = LANES * size
        copy_elements(tails, first + done, size, rest)
        copy_elements(tails + place, second + done, size, rest)
        copy_elements(tails + 2 * place, out + done, size, rest)
        store_int64(table + FIRST, tails)
        store_int64(table + SECOND, tails + place)
        store_int64(table + OUT, tails + 2 * place)
        call_span(span, table, 1)
        if stores:
            copy_elements(out + done, tails + 2 * place, size, rest)


def long_row(table, tails, shifts, plan, size, first, second, out, n):
    """One contiguous row; ``out`` may be ``first``. The result of a scalar is in FACTOR."""
    maximum, map_span = load_int64(plan + MAXIMUM), load_int64(plan + MAP)
    finish, total = load_int64(plan + FINISH), load_int64(plan + SUM)
    stores = load_int64(plan + SUM_STORES) == 1
    shift_at, reference_at = lanes_at(table, SHIFT), lanes_at(table, REFERENCE)
    clear_sums(table)
    chunk = (((n + CHUNKS - 1) // CHUNKS + CHUNK - 1) // CHUNK) * CHUNK
    top, shift = -INFINITY, 0.0
    done = 0
    while done < n:
        count, at = min(chunk, n - done), done * size
        if maximum != 0:
            spread(shift_at, size, -INFINITY)
            sweep(
                maximum, False, table, tails, plan, size, first + at, second + at, out + at, count
            )
            peak = fold_maximum(shift_at, size)
            if peak > top:
                if done > 0:
                    spread(reference_at, size, top)
                    spread(shift_at, size, peak)
                    call_span(load_int64(plan + RESCALE), table, 1)
                top = peak
            shift = usable(top, plan)
            spread(shift_at, size, shift)
            write_double(shifts + 8 * (done // chunk), shift)
        sweep(total, stores, table, tails, plan, size, first + at, second + at, out + at, count)
        done += count
    fold_sums(table)
    spread(shift_at, size, shift)
    current = shift
    if finish != 0:
        spread(reference_at, size, current)
        call_span(finish, table, 1)
    done = 0
    while map_span != 0 and done < n:
        count, at = min(chunk, n - done), done * size
        if maximum != 0 and read_double(shifts + 8 * (done // chunk)) != current:
            current = read_double(shifts + 8 * (done // chunk))
            spread(reference_at, size, current)
            call_span(finish, table, 1)
        sweep(map_span, True, table, tails, plan, size, first + at, second + at, out + at, count)
        done += count


def side_by_side(table, plan, size, first, second, n):
    """LANES rows of ``n`` elements, interleaved; the result replaces ``first``."""
    maximum, map_span = load_int64(plan + MAXIMUM), load_int64(plan + MAP)
    finish = load_int64(plan + FINISH)
    shift_at, reference_at = lanes_at(table, SHIFT), lanes_at(table, REFERENCE)
    clear_sums(table)
    store_int64(table + FIRST, first)
    store_int64(table + SECOND, second)
    store_int64(table + OUT, first)
    spread(shift_at, size, -INFINITY)
    if maximum != 0:
        if n > 0:
            call_span(maximum, table, n)
        for i in range(LANES):
            value = usable(read_lane(shift_at, size, i), plan)
            write_lane(shift_at, size, i, value)
            write_lane(reference_at, size, i, value)
    if n > 0:
        call_span(load_int64(plan + SUM), table, n)
    if finish != 0:
        call_span(finish, table, 1)
    if map_span != 0 and n > 0:
        call_span(map_span, table, n)


def group(table, plan, size, scratch, args, steps, row, rows, n):
    """Bring ``rows`` <= LANES rows in side by side, compute, and take them out."""
    inputs, stored = load_int64(plan + ROW_INPUTS), LANES * size
    gather, scatter = load_int64(plan + GATHER), load_int64(plan + SCATTER)
    core = steps + 8 * (inputs + 1)
    for k in range(inputs):
        outer, inner = load_int64(steps + 8 * k), load_int64(core + 8 * k)
        source, place = load_int64(args + 8 * k) + row * outer, scratch + k * n * stored
        for j in range(n):
            call_gather(gather, place + j * stored, source + j * inner, outer, rows, LANES)
    side_by_side(table, plan, size, scratch, scratch + (inputs - 1) * n * stored, n)
    outer = load_int64(steps + 8 * inputs)
    target = load_int64(args + 8 * inputs) + row * outer
    if load_int64(plan + SCALAR) == 1:
        call_scatter(scatter, target, outer, lanes_at(table, FACTOR), rows)
    else:
        inner = load_int64(core + 8 * inputs)
        for j in range(n):
            call_scatter(scatter, target + j * inner, outer, scratch + j * stored, rows)


def one(table, tails, shifts, plan, size, scratch, args, steps, row, n):
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
        long_row(
            table, tails, shifts, plan, size, first, second, first if scalar == 1 else target, n
        )
    else:
        call_gather(gather, scratch, first, load_int64(core), n, room)
        place = scratch
        if last == 1:
            place = scratch + room * size
            call_gather(gather, place, second, load_int64(core + 8), n, room)
        long_row(table, tails, shifts, plan, size, scratch, place, scratch, n)
    if scalar == 1:
        call_scatter(scatter, target, outer, lanes_at(table, FACTOR), 1)
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
        table, lanes = stack(TABLE), stack(ALL_LANES)
        tails, shifts = stack(ALL_TAILS), stack(ALL_SHIFTS)
        for slot in range(FIRST_LANES, LAST_LANES + 1):
            store_int64(table + 8 * slot, lanes + LANE_ROOM * slot)
        # The length alone decides: the order of summation must not depend on the layout.
        short = n <= SHORT
        scratch = 0
        if short or not contiguous(steps, plan):
            room = n * LANES if short else ((n + LANES - 1) >> LANE_BITS) << LANE_BITS
            scratch = allocate(inputs * room * size + LANE_ROOM)
        if scratch == 0 and (short or not contiguous(steps, plan)):
            out_of_memory()
        elif short:
            row = 0
            while row < count:
                some = min(LANES, count - row)
                group(table, plan, size, scratch, args, steps, row, some, n)
                row += some
        else:
            for row in range(count):
                one(table, tails, shifts, plan, size, scratch, args, steps, row, n)
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
