"""The row carrier: what NumPy calls for a function of whole rows.

Compiled once and shared by all row-wise functions, as the carrier is by the
elementwise ones. A function is up to five lane spans (:mod:`fastact.engine.lanes`) that
the row carrier strings together: MAXIMUM, PREPARE, SUM, FINISH, MAP
(:mod:`fastact.engine.carrier.row_passes`).

A row is passed over three times: its maximum, the exponentials, which are stored and
summed, and the product with the inverse of their sum. From 4 MB on, where that is read
from memory, softmax has one pass fewer (:mod:`fastact.engine.carrier.online_row`): 14 % in float32
and 10 % in float64 with all threads at work, a few percent with one; in shorter rows it lost
5 %. Without stored exponentials, logsumexp would gain nothing: arithmetic hides its reading.

What only long rows need, and what brings rows that do not lie contiguous to scratch and back
(:mod:`fastact.engine.carrier.row_transfer`), is compiled with the first that needs it.

*Short rows* are taken SIDE_LANES at a time side by side, one to a lane; longer ones in turn, up to
LANES at a time, or one.

Rows that are not contiguous, or of another storage dtype, go through scratch.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from fastact.engine.carrier.elements import by_team, has_word
from fastact.engine.carrier.fp_state import put_back, suspend
from fastact.engine.carrier.pace import loop_ended, threads_pay
from fastact.engine.carrier.row_lanes import copy_elements, lanes_at, read_double, write_lane
from fastact.engine.carrier.row_passes import (
    copy_tail,
    place_rows,
    place_streams,
    place_tails,
    rows_in_turn,
    rows_side_by_side,
)
from fastact.engine.carrier.row_transfer import bring_side, second_half, send_side
from fastact.engine.intrinsics.addresses import (
    allocate,
    clear_line,
    load_int64,
    load_nth,
    load_word,
    release,
    stack,
    store_int64,
    store_nth,
    store_word,
)
from fastact.engine.intrinsics.calls import call_long_row, call_loop, call_scatter, call_transfer
from fastact.engine.intrinsics.exceptions import out_of_memory
from fastact.engine.lanes import LANE_BITS, LANES, SIDE_LANES, SLOTS, TABLE_WORDS
from fastact.engine.machine_code.cache_size import first_level_cache, second_level_cache
from fastact.engine.plan import AWAKE, INPUTS, LINE, NATIVE, SCATTER, SERIAL, STORED
from fastact.engine.row_plan import (
    BRING,
    COMPUTED,
    LONG_ROW,
    MAXIMUM,
    ONLINE,
    SCALAR,
    SEND,
)

__all__ = ["row_loop", "rows"]

#: Rows up to this length are taken side by side where they fill no whole blocks; longer ones
#: in turn. Many of these would take half as long side by side, in float32, but one alone sixteen
#: times as long: the other lanes would have nothing to do.
RAGGED = 64
#: And where they do: up to these bytes, or up to these elements if no maximum has to be found
#: first. In turn softmax takes 1.4 times as long at 32 elements of float32, 1.1 times at 64, and
#: in float64 1.1 and 1.0 times; its gradient 1.2 times at 16, and 0.9 times at 32.
EVEN, EASY = 256, 16
#: Bytes of rows that are taken in turn: half of the first-level cache. With 64 KB log_softmax of
#: 1024 elements was 13 % slower than row by row; where that cache has 48 KB, softmax in float32
#: took 10 % less time with 24 than with 8.
IN_TURN = first_level_cache() // 2
#: Bytes of a row up to which rows that are columns of an array are brought LANES at a time. One by
#: one, each reads a cache line for an element: softmax along the first axis of 1000 by 1000 took
#: 1.34 ns per element of float32, and 0.82 so.
IN_COLUMNS = second_level_cache() // (4 * LANES)
LANE_ROOM = 8 * SIDE_LANES
TABLE = 8 * TABLE_WORDS
FACTOR = SLOTS["factor"]
#: The slots that are kept per lane follow the streams.
FIRST_LANES, LAST_LANES = SLOTS["peak"], SLOTS["factor_low"]
ALL_LANES = LANE_ROOM * (LAST_LANES + 1 - FIRST_LANES)
ALL_TAILS = 3 * LANES * 8 * LANES


def side_by_side(table, plan, size, scratch, args, steps, row, rows, n):
    """Bring ``rows`` <= SIDE_LANES rows in side by side, compute, and take them out."""
    inputs, room = load_word(plan, INPUTS), n * SIDE_LANES * size
    core, spare = steps + 8 * (inputs + 1), scratch + inputs * room
    for k in range(inputs):
        outer, inner = load_nth(steps, k), load_nth(core, k)
        source = load_nth(args, k) + row * outer
        bring_side(plan, scratch + k * room, spare, source, outer, inner, size, rows, n)
    place_rows(table, 1, 0, 0, 0)
    rows_side_by_side(table, plan, size, scratch, scratch + (inputs - 1) * room, n)
    outer, inner = load_nth(steps, inputs), load_nth(core, inputs)
    target = load_nth(args, inputs) + row * outer
    if load_word(plan, SCALAR) == 1:
        scatter = load_word(plan, SCATTER)
        results, some = lanes_at(table, FACTOR), min(rows, LANES)
        call_scatter(scatter, target, outer, results, some)
        if rows > LANES:
            other = target + second_half(rows) * outer
            call_scatter(scatter, other, outer, results + LANES * size, some)
    else:
        send_side(plan, target, outer, inner, scratch, spare, size, rows, n)


def up_to_blocks(n):
    """The least multiple of a block that is ``n`` or more."""
    return ((n + LANES - 1) >> LANE_BITS) << LANE_BITS


def write_numbers(table, plan, size, target, outer, rows):
    """The results of rows that are numbers: kept as float64, stored as ``size`` bytes."""
    factor_at = lanes_at(table, FACTOR)
    for i in range(rows):
        write_lane(factor_at, size, i, read_double(factor_at + 8 * i))
    call_scatter(load_word(plan, SCATTER), target, outer, factor_at, rows)


def in_turn(table, tails, plan, size, scratch, args, steps, row, rows, n):
    """``rows`` <= LANES rows in turn, through scratch unless all operands lie contiguous."""
    inputs, scalar = load_word(plan, INPUTS), load_word(plan, SCALAR) == 1
    core, last = steps + 8 * (inputs + 1), inputs - 1
    first_outer, second_outer = load_int64(steps), load_nth(steps, last)
    first = load_int64(args) + row * first_outer
    second = load_nth(args, last) + row * second_outer
    outer = load_nth(steps, inputs)
    target = load_nth(args, inputs) + row * outer
    # What only returns a number stores nothing.
    out, out_outer, stride = first if scalar else target, outer, up_to_blocks(n) * size
    if scratch != 0:
        out, other = scratch, scratch + last * rows * stride
        bring, inner = load_word(plan, BRING), load_int64(core)
        call_transfer(bring, plan, scratch, stride, first, first_outer, inner, size, rows, n)
        if last == 1:
            inner = load_nth(core, 1)
            call_transfer(bring, plan, other, stride, second, second_outer, inner, size, rows, n)
        first, second = scratch, other
        first_outer = second_outer = out_outer = stride
    done = stack(8)
    store_int64(done, 0)
    if rows == 1 and n >= load_word(plan, ONLINE):
        call_long_row(load_word(plan, LONG_ROW), table, tails, plan, size, first, out, n, done)
    if load_int64(done) == 0:
        place_streams(table, first, second, out)
        place_rows(table, rows, first_outer, second_outer, out_outer)
        rest, step, room = n & (LANES - 1), LANES * size, LANES * LANES * size
        begin = (n - rest) * size
        if rest > 0 and scratch != 0:
            place_tails(table, first + begin, second + begin, out + begin, stride)
        elif rest > 0:
            place_tails(table, tails, tails + room, tails + 2 * room, step)
            for i in range(rows):
                copy_tail(tails + i * step, first + i * first_outer + begin, size, rest, plan)
                if last == 1:
                    source = second + i * second_outer + begin
                    copy_tail(tails + room + i * step, source, size, rest, plan)
        rows_in_turn(table, plan, first, n, rows)
        if rest > 0 and scratch == 0 and not scalar:
            for i in range(rows):
                results = tails + 2 * room + i * step
                copy_elements(out + i * out_outer + begin, results, size, rest)
    if scalar:
        write_numbers(table, plan, size, target, outer, rows)
    elif scratch != 0:
        send, inner = load_word(plan, SEND), load_nth(core, inputs)
        call_transfer(send, plan, scratch, stride, target, outer, inner, size, rows, n)


def contiguous(steps, plan):
    inputs, stored = load_word(plan, INPUTS), load_word(plan, STORED)
    cores = inputs if load_word(plan, SCALAR) == 1 else inputs + 1
    core = steps + 8 * (inputs + 1)
    same = load_word(plan, NATIVE) == 1
    for k in range(cores):
        same = same and load_nth(core, k) == stored
    return same


def in_columns(steps, plan):
    """Whether rows that are read or written are columns of an array."""
    inputs, stored = load_word(plan, INPUTS), load_word(plan, STORED)
    found = False
    for k in range(inputs if load_word(plan, SCALAR) == 1 else inputs + 1):
        found = found or load_nth(steps, k) == stored
    return found


def is_short(plan, size, n):
    """Whether rows are taken side by side.

    Their length alone decides: the order of summation must not depend on where they lie.
    """
    if n & (LANES - 1) != 0:
        return n <= RAGGED
    return n * size <= EVEN if load_word(plan, MAXIMUM) != 0 else n <= EASY


def rows(args, dimensions, steps, plan):
    """The serial row carrier: a NumPy loop, but for a third dimension.

    That is the address of a word to be set where there is no memory. A worker of the team cannot
    raise Python's error: it would be its own, and lost.
    """
    count, n = load_int64(dimensions), load_word(dimensions, 8)
    if count > 0:
        state = suspend()
        inputs, size = load_word(plan, INPUTS), load_word(plan, COMPUTED)
        table, lanes, tails = stack(TABLE), stack(ALL_LANES), stack(ALL_TAILS)
        for slot in range(FIRST_LANES, LAST_LANES + 1):
            store_nth(table, slot, lanes + LANE_ROOM * (slot - FIRST_LANES))
        for i in range(0, ALL_LANES, LINE):
            clear_line(lanes + i)
        short, memory = is_short(plan, size, n), 0
        buffered = short or not contiguous(steps, plan)
        if short:
            together = SIDE_LANES
        elif buffered and n * size <= IN_COLUMNS and in_columns(steps, plan):
            together = LANES
        else:
            together = min(LANES, max(1, IN_TURN // (n * size * (inputs + 1))))
        if buffered:
            # Short rows of 16 bits have one more place, between conversion and transposition.
            places = inputs + 1 if short and load_word(plan, NATIVE) == 0 else inputs
            room = places * together * (n if short else up_to_blocks(n))
            memory = allocate(room * size + LINE)
        # Vectors across two lines cost short rows up to a fifth.
        scratch = (memory + LINE - 1) & -LINE
        if memory == 0 and buffered:
            store_int64(load_word(dimensions, 16), 1)
        else:
            row = 0
            while row < count:
                some = min(together, count - row)
                if short:
                    side_by_side(table, plan, size, scratch, args, steps, row, some, n)
                else:
                    in_turn(table, tails, plan, size, scratch, args, steps, row, some, n)
                row += some
        if memory != 0:
            release(memory)
        put_back(state)


def has_all(n, steps, plan):
    """Whether everything is there that rows of ``n`` elements need, made now if need be."""
    ready = has_word(plan, SERIAL)
    if ready and n >= load_word(plan, ONLINE):
        ready = has_word(plan, LONG_ROW)
    if ready and load_word(plan, BRING) == 0 and not is_short(plan, load_word(plan, COMPUTED), n):
        ready = contiguous(steps, plan) or has_word(plan, BRING)
    return ready


def row_loop(args, dimensions, steps, plan):
    """The loop that NumPy calls: serial for few elements, else the team's, row by row."""
    count, n = load_int64(dimensions), load_word(dimensions, 8)
    own, failed = stack(24), stack(8)
    store_int64(failed, 0)
    if has_all(n, steps, plan):
        store_int64(own, count)
        store_word(own, 8, n)
        store_word(own, 16, failed)
        some = count > 1 and count * n >= load_word(plan, AWAKE)
        if some and threads_pay(plan, count * n):
            by_team(args, own, steps, plan, count * n)
        else:
            call_loop(load_word(plan, SERIAL), args, own, steps, plan)
        if some:
            loop_ended(plan)
    if load_int64(failed) != 0:
        out_of_memory()
