"""The carrier: brings the elements of any NumPy array to a span and back.

Compiled once and shared by every activation and dtype. NumPy calls
:func:`loop`; it decides whether threads pay and otherwise runs the
serial carrier, which

* gives contiguous operands to the span where they lie, and what is left of them at the ends line
  by line;
* has anything else (strides, broadcast operands, float16) go through buffers
  (:mod:`fastact.engine.carrier.buffered`), so that the span never sees the difference;
* gives operands that come from beyond the second-level cache to a span of their own, which may ask
  for them ahead, and has results that the last one could not hold written past the caches;
* restores the floating-point flags: saturation is what an activation is for, and
  NumPy must not warn of it. Flush-to-zero modes set by others are suspended too.
"""

# Type annotations would be wrong here: these functions only exist compiled.

from fastact.engine.carrier.fp_state import put_back, suspend
from fastact.engine.carrier.hazard import APART, ONE_BY_ONE, SAME, worst_hazard
from fastact.engine.carrier.pace import loop_ended, region_ended, threads_pay
from fastact.engine.intrinsics.addresses import (
    clock,
    load_int32,
    load_int64,
    load_nth,
    load_word,
    stack,
    store_fence,
    store_int32,
    store_int64,
    store_nth,
)
from fastact.engine.intrinsics.calls import call_buffered, call_loop, call_maker, call_span
from fastact.engine.intrinsics.exceptions import exception_pending, raise_exception
from fastact.engine.plan import (
    AWAKE,
    BUFFERED,
    FAR,
    FETCH,
    FETCHING,
    INPUTS,
    LINE,
    LINE_BITS,
    LOOP,
    MAKER,
    MAX_OPERANDS,
    NATIVE,
    OPERANDS,
    PARAMETERS,
    PLACES,
    SERIAL,
    SPAN,
    STORED,
    STREAM,
    STREAMING,
    TEAM,
    UNIFORM,
)

__all__ = ["ADDRESS_BYTES", "alone", "by_team", "has_word", "loop", "loop_for", "serial"]

#: Bytes of an address for each operand.
ADDRESS_BYTES = 8 * MAX_OPERANDS
ALL_LINES = LINE * MAX_OPERANDS
#: Bytes from which results are written to whole cache lines; NumPy's arrays begin inside one.
#: A store across two lines takes twice as long: relu, 1e5 elements of either precision, 1.08
#: times, its gradient 1.2, in place 1.4. The lines at the ends take as long as a call does
#: where they have to be copied.
LONG = 1 << 13
NEAR, STREAMED = PLACES["near"], PLACES["streamed"]


def head_to_lines(args, steps, plan):
    """Elements before all outputs begin a cache line together; -1 where they never do."""
    stored, inputs = load_word(plan, STORED), load_word(plan, INPUTS)
    away = -load_nth(args, inputs) & (LINE - 1)
    together = away % stored == 0
    for j in range(inputs, load_word(plan, OPERANDS)):
        together = together and load_nth(steps, j) == stored
        together = together and (load_nth(args, j) + away) & (LINE - 1) == 0
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

    With the calls and the larger buffers of :func:`~fastact.engine.carrier.buffered.buffered`, relu
    of one element took 1.18 times as long as np.exp, and takes 1.05.
    """
    stored = load_word(plan, STORED)
    inputs, operands = load_word(plan, INPUTS), load_word(plan, OPERANDS)
    lines, addresses = stack(ALL_LINES), stack(ADDRESS_BYTES)
    for k in range(operands):
        line = lines + LINE * k
        store_nth(addresses, k, line)
        if k < inputs:
            for i in range(LINE >> 3):
                store_nth(line, i, 0)
            step = load_nth(steps, k)
            copy_few(line, stored, load_nth(args, k) + done * step, step, stored, n - done)
    call_span(load_word(plan, SPAN), addresses, 1, 0)
    for k in range(inputs, operands):
        step, line = load_nth(steps, k), lines + LINE * k
        copy_few(load_nth(args, k) + done * step, step, line, stored, stored, n - done)


def span_at(args, steps, start, units, span, past, plan):
    """Send ``units`` lines of contiguous operands through a span, from element ``start`` on."""
    addresses = stack(ADDRESS_BYTES)
    for k in range(load_word(plan, OPERANDS)):
        address = load_nth(args, k) + start * load_nth(steps, k)
        store_nth(addresses, k, address)
    call_span(span, addresses, units, past)


def are_uniform(steps, plan):
    """Whether every parameter has one value for all elements."""
    uniform = True
    for k in range(load_word(plan, PARAMETERS), load_word(plan, INPUTS)):
        uniform = uniform and load_nth(steps, k) == 0
    return uniform


def are_contiguous(steps, plan, uniform):
    """Whether all operands are, but for parameters that are ``uniform``."""
    stored, operands = load_word(plan, STORED), load_word(plan, OPERANDS)
    parameters, inputs = load_word(plan, PARAMETERS), load_word(plan, INPUTS)
    contiguous = True
    for k in range(operands):
        if k < parameters or k >= inputs or not uniform:
            contiguous = contiguous and load_nth(steps, k) == stored
    return contiguous


def lie_ready(steps, plan):
    """Whether no element has to go through a buffer, where outputs spoil no input."""
    return load_word(plan, NATIVE) == 1 and are_contiguous(steps, plan, are_uniform(steps, plan))


def has_word(plan, word):
    """Whether a plan has a word, made now if need be. If it cannot be, an exception is raised."""
    if load_word(plan, word) != 0:
        return True
    # NumPy goes on with a loop that has failed, as if it had not.
    if exception_pending() != 0:
        return False
    state = suspend()  # compiling raises flags of its own
    failure = call_maker(load_word(plan, MAKER), plan, word)
    put_back(state)
    if failure != 0:
        raise_exception(failure)
    return failure == 0


def carry(args, n, steps, plan, where):
    """Send ``n`` elements that are ``where`` through a span of ``plan``."""
    stored = load_word(plan, STORED)
    order = worst_hazard(args, steps, plan, n)
    direct = load_word(plan, NATIVE) == 1 and order <= SAME
    uniform = are_uniform(steps, plan)
    contiguous = direct and are_contiguous(steps, plan, uniform)
    usual = load_word(plan, UNIFORM if uniform else SPAN)
    span, past, first = usual, 0, 0
    if where != NEAR and uniform and direct:
        span = load_word(plan, FAR)
    if n * stored >= LONG and (contiguous or (direct and span != usual)):
        head = head_to_lines(args, steps, plan)
        # The lines of an output that is an input too are in the cache already.
        if where == STREAMED and span != usual and order == APART and head >= 0:
            past = 1
        if head > 0 and (contiguous or past == 1):
            first = head
    done, units = first, ((n - first) * stored) >> LINE_BITS
    if contiguous and units > 0:
        span_at(args, steps, done, units, span, past, plan)
        done += (units << LINE_BITS) // stored
    # A whole line at either end, part of it for the second time, where that spoils no input.
    again = contiguous and order == APART and n * stored >= LINE
    start, end = 0, first
    for _ in range(2):
        if start < end and again:
            span_at(args, steps, start if start == 0 else n - LINE // stored, 1, usual, 0, plan)
        elif start < end and direct and (end - start) * stored <= LINE:
            few(args, start, end, steps, plan)
        elif start < end and has_word(plan, BUFFERED):
            code = load_word(plan, BUFFERED)
            call_buffered(code, args, start, end, steps, plan, order, span, past)
        start, end = done, n


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
    if n >= load_word(plan, STREAM):
        return load_word(plan, STREAMING)
    return load_word(plan, FETCHING if n >= load_word(plan, FETCH) else SERIAL)


def alone(args, dimensions, steps, plan):
    """The plan's own serial loops: what also stands in for a team where there is none.

    By address: a plan may be one of rows.
    """
    call_loop(loop_for(load_int64(dimensions), plan), args, dimensions, steps, plan)


def by_team(args, dimensions, steps, plan, n):
    """Call the team's loop, which is made now if need be, for ``n`` elements in all."""
    team = load_word(plan, TEAM)
    if has_word(team, LOOP):
        began = clock()
        call_loop(load_word(team, LOOP), args, dimensions, steps, plan)
        region_ended(plan, n, began)


def has_far(n, steps, plan):
    """Whether the span for what is far is there, made now if need be, or not needed."""
    near = n < load_word(plan, FETCH) and n < load_word(plan, STREAM)
    if near or load_word(plan, NATIVE) == 0 or not are_uniform(steps, plan):
        return True
    return has_word(plan, FAR)


def carry_or_share(args, dimensions, steps, plan):
    """A line at once; more by the serial loop or the team."""
    n = load_int64(dimensions)
    short = n > 0 and n * load_word(plan, STORED) <= LINE and load_word(plan, NATIVE) == 1
    if short and (n == 1 or worst_hazard(args, steps, plan, n) != ONE_BY_ONE):
        state = suspend()
        few(args, 0, n, steps, plan)
        put_back(state)
    elif not has_far(n, steps, plan):
        pass
    elif n >= load_word(plan, AWAKE):
        # Only this thread may have code made: the team's would wait for the interpreter's lock.
        if threads_pay(plan, n) and worst_hazard(args, steps, plan, n) <= SAME:
            if lie_ready(steps, plan) or has_word(plan, BUFFERED):
                by_team(args, dimensions, steps, plan, n)
        else:
            alone(args, dimensions, steps, plan)
        loop_ended(plan)
    else:
        alone(args, dimensions, steps, plan)


def loop(args, dimensions, steps, plan):
    """The loop that NumPy calls: serial below the plan's length, else the team's."""
    if has_word(plan, SERIAL):
        carry_or_share(args, dimensions, steps, plan)
