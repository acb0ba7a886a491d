"""The carrier: brings the elements of any NumPy array to a span and back.

Compiled once and shared by every activation and dtype. NumPy calls
:func:`loop`; it decides whether threads pay and otherwise runs the
serial carrier, which

* gives contiguous operands to the span where they lie;
* copies anything else (tails, strides, broadcast operands, float16) through buffers
  that stay in the first-level cache, so that the span never sees the difference;
* has operands that come from beyond the second-level cache asked for ahead, and results that
  the last one could not hold written past the caches;
* restores the floating-point flags: saturation is what an activation is for, and
  NumPy must not warn of it. Flush-to-zero modes set by others are suspended too.
"""

# Type annotations would be wrong here: these functions only exist compiled.

from fastact.engine.addresses import (
    LINE,
    call_gather,
    call_loop,
    call_prepare,
    call_scatter,
    call_span,
    load_int32,
    load_int64,
    stack,
    store_fence,
    store_int32,
    store_int64,
)
from fastact.engine.exceptions import raise_exception
from fastact.engine.fp_state import put_back, suspend
from fastact.engine.hazard import APART, SAME, worst_hazard
from fastact.engine.pace import loop_ended, threads_pay
from fastact.engine.plan import (
    AWAKE,
    FAR,
    FETCH,
    FETCHING,
    GATHER,
    INPUTS,
    MAX_OPERANDS,
    NATIVE,
    OPERANDS,
    PARAMETERS,
    PLACES,
    PREPARE,
    SCATTER,
    SERIAL,
    SPAN,
    STORED,
    STREAM,
    STREAMING,
    TEAM,
    UNIFORM,
)
from fastact.engine.span import UNIT_BITS

__all__ = ["WORDS", "alone", "loop", "loop_for", "serial"]

#: Elements per buffer: 4 KB of float32 per operand; 1 % of the time goes to calls.
CHUNK = 1024
BUFFER_BYTES = CHUNK * 8
ALL_BUFFERS = BUFFER_BYTES * MAX_OPERANDS
WORDS = 8 * MAX_OPERANDS
ALL_LINES = LINE * MAX_OPERANDS
#: Bytes from which results are written to whole cache lines; NumPy's arrays begin inside one.
#: A store across two lines takes twice as long: relu, 1e5 elements of either precision, 1.08
#: times, its gradient 1.2, in place 1.4. The lines at the ends take as long as a call does
#: where they have to be copied.
LONG = 1 << 13
NEAR, STREAMED = PLACES["near"], PLACES["streamed"]


def head_to_lines(args, steps, plan):
    """Elements before all outputs begin a cache line together; -1 where they never do."""
    stored, inputs = load_int64(plan + STORED), load_int64(plan + INPUTS)
    away = -load_int64(args + 8 * inputs) & (LINE - 1)
    together = away % stored == 0
    for j in range(inputs, load_int64(plan + OPERANDS)):
        together = together and load_int64(steps + 8 * j) == stored
        together = together and (load_int64(args + 8 * j) + away) & (LINE - 1) == 0
    return away // stored if together else -1


def copy_few(target, target_step, source, source_step, size, n):
    """Up to a line of elements, one by one: a call would take longer."""
    for i in range(n):
        if size == 4:
            store_int32(target + i * target_step, load_int32(source + i * source_step))
        else:
            store_int64(target + i * target_step, load_int64(source + i * source_step))


def few(args, done, n, steps, plan):
    """Elements ``done`` to ``n`` where they fit into one line and are computed as stored.

    With the calls and the larger buffers of :func:`carry_buffered`, relu of one element took
    1.2 times as long as np.exp, and 1.04 times so.
    """
    stored = load_int64(plan + STORED)
    inputs, operands = load_int64(plan + INPUTS), load_int64(plan + OPERANDS)
    lines, addresses = stack(ALL_LINES), stack(WORDS)
    for k in range(operands):
        line = lines + LINE * k
        store_int64(addresses + 8 * k, line)
        if k < inputs:
            for i in range(LINE >> 3):
                store_int64(line + 8 * i, 0)
            step = load_int64(steps + 8 * k)
            copy_few(line, stored, load_int64(args + 8 * k) + done * step, step, stored, n - done)
    call_span(load_int64(plan + SPAN), addresses, 1, 0)
    for k in range(inputs, operands):
        step, line = load_int64(steps + 8 * k), lines + LINE * k
        copy_few(load_int64(args + 8 * k) + done * step, step, line, stored, stored, n - done)


def span_at(args, steps, start, units, span, past, plan):
    """Send ``units`` lines of contiguous operands through a span, from element ``start`` on."""
    addresses = stack(WORDS)
    for k in range(load_int64(plan + OPERANDS)):
        address = load_int64(args + 8 * k) + start * load_int64(steps + 8 * k)
        store_int64(addresses + 8 * k, address)
    call_span(span, addresses, units, past)


def carry(args, n, steps, plan, where):
    """Send ``n`` elements that are ``where`` through a span of ``plan``."""
    stored, operands = load_int64(plan + STORED), load_int64(plan + OPERANDS)
    order = worst_hazard(args, steps, plan, n)
    direct = load_int64(plan + NATIVE) == 1 and order <= SAME
    parameters, inputs = load_int64(plan + PARAMETERS), load_int64(plan + INPUTS)
    # Where there are no parameters, the step of the output.
    common = load_int64(steps + 8 * parameters)
    contiguous = direct
    for k in range(operands):
        step = load_int64(steps + 8 * k)
        if parameters <= k and k < inputs and common == 0:
            step += stored
        contiguous = contiguous and step == stored
    usual = load_int64(plan + (UNIFORM if common == 0 else SPAN))
    span, past, first = usual, 0, 0
    if where != NEAR and (common == 0 or parameters == inputs):
        span = load_int64(plan + FAR)
    if n * stored >= LONG and (contiguous or (direct and span != usual)):
        head = head_to_lines(args, steps, plan)
        # The lines of an output that is an input too are in the cache already.
        if where == STREAMED and span != usual and order == APART and head >= 0:
            past = 1
        if head > 0 and (contiguous or past == 1):
            first = head
    done, units = first, ((n - first) * stored) >> UNIT_BITS
    if contiguous and units > 0:
        span_at(args, steps, done, units, span, past, plan)
        done += (units << UNIT_BITS) // stored
    # A whole line at either end, part of it for the second time, where that spoils no input.
    again = contiguous and order == APART and n * stored >= LINE
    start, end = 0, first
    for _ in range(2):
        if start < end and again:
            span_at(args, steps, start if start == 0 else n - LINE // stored, 1, usual, 0, plan)
        elif start < end and direct and (end - start) * stored <= LINE:
            few(args, start, end, steps, plan)
        elif start < end:
            carry_buffered(args, start, end, steps, plan, order, span, past)
        start, end = done, n


def carry_buffered(args, done, n, steps, plan, order, direct_span, past):
    """Elements ``done`` to ``n`` of any layout, a chunk at a time.

    What is contiguous is handed to the span where it lies; the rest, and what does not
    fill its last unit, goes through a buffer. Copying the contiguous operands too
    made leaky_relu, whose slope is broadcast, six times slower.
    """
    stored = load_int64(plan + STORED)
    inputs, operands = load_int64(plan + INPUTS), load_int64(plan + OPERANDS)
    gather, scatter = load_int64(plan + GATHER), load_int64(plan + SCATTER)
    native = load_int64(plan + NATIVE) == 1 and order <= SAME
    unit = 8 if stored == 8 else 16  # elements: the span computes in float64 or float32
    buffers, addresses = stack(ALL_BUFFERS), stack(WORDS)
    chunk = 1 if order == 2 else CHUNK
    longest = min(chunk, n - done)
    for k in range(inputs):  # a broadcast operand fills its buffer once
        if load_int64(steps + 8 * k) == 0 and order != 2:
            place, room = load_int64(args + 8 * k), (longest + unit - 1) & -unit
            call_gather(gather, buffers + k * BUFFER_BYTES, place, 0, longest, room)
    while done < n:
        count = min(chunk, n - done)
        if native and count >= unit:
            count &= -unit
        room = (count + unit - 1) & -unit
        direct = native and count == room
        for k in range(operands):
            step = load_int64(steps + 8 * k)
            place = load_int64(args + 8 * k) + done * step
            buffer = buffers + k * BUFFER_BYTES
            store_int64(addresses + 8 * k, buffer)
            if direct and step == stored:
                store_int64(addresses + 8 * k, place)
            elif k < inputs and (step != 0 or order == 2):
                call_gather(gather, buffer, place, step, count, room)
        if direct:
            call_span(direct_span, addresses, room // unit, past)
        else:
            call_span(load_int64(plan + SPAN), addresses, room // unit, 0)
        for k in range(inputs, operands):
            step = load_int64(steps + 8 * k)
            if not (direct and step == stored):
                target = load_int64(args + 8 * k) + done * step
                call_scatter(scatter, target, step, buffers + k * BUFFER_BYTES, count)
        done += count


def serial(args, dimensions, steps, plan, where):
    """The serial carrier for operands that are ``where``: a NumPy loop for each of them."""
    n = load_int64(dimensions)
    if n > 0:
        state = suspend()
        carry(args, n, steps, plan, where)
        if where == STREAMED:
            store_fence()
        put_back(state)


def loop_for(n, plan):
    """The serial loop of ``plan`` for what is part of ``n`` elements or rows."""
    if n >= load_int64(plan + STREAM):
        return load_int64(plan + STREAMING)
    return load_int64(plan + (FETCHING if n >= load_int64(plan + FETCH) else SERIAL))


def alone(args, dimensions, steps, plan):
    """The plan's own serial loops: what also stands in for a team where there is none."""
    call_loop(loop_for(load_int64(dimensions), plan), args, dimensions, steps, plan)


def carry_or_share(args, dimensions, steps, plan):
    """Carry what is short, serially or with the team what is not."""
    n = load_int64(dimensions)
    short = n > 0 and n * load_int64(plan + STORED) <= LINE and load_int64(plan + NATIVE) == 1
    if short and (n == 1 or worst_hazard(args, steps, plan, n) != 2):
        state = suspend()
        few(args, 0, n, steps, plan)
        put_back(state)
    elif n >= load_int64(plan + AWAKE):
        if threads_pay(plan, n) and worst_hazard(args, steps, plan, n) <= SAME:
            call_loop(load_int64(load_int64(plan + TEAM)), args, dimensions, steps, plan)
        else:
            alone(args, dimensions, steps, plan)
        loop_ended(plan)
    else:
        alone(args, dimensions, steps, plan)


def loop(args, dimensions, steps, plan):
    """The loop that NumPy calls: serial below the plan's length, else the team's."""
    if load_int64(plan + GATHER) == 0:
        state = suspend()  # compiling raises flags of its own
        call_prepare(load_int64(plan + PREPARE), plan)
        put_back(state)
        if load_int64(plan + GATHER) == 0:
            raise_exception(load_int64(plan + SPAN))
            return
    # Numba would compile again what it compiled for serial, were it called from here.
    carry_or_share(args, dimensions, steps, plan)
