"""Elements that do not lie as a span needs them: brought to it and back through buffers.

Strided and broadcast operands, storage dtypes, outputs that overlap inputs. The buffers stay in the
first-level cache. What lies ready is not copied, and a process that meets nothing else does not
need this code: it is compiled with the first array that does.
"""

# Type annotations would be wrong here: these functions only exist compiled.

from fastact.engine.carrier.elements import ADDRESS_BYTES
from fastact.engine.carrier.hazard import ONE_BY_ONE, SAME
from fastact.engine.intrinsics.addresses import load_nth, load_word, stack, store_nth
from fastact.engine.intrinsics.calls import call_gather, call_scatter, call_span
from fastact.engine.plan import (
    GATHER,
    INPUTS,
    LINE,
    MAX_OPERANDS,
    NATIVE,
    OPERANDS,
    SCATTER,
    SPAN,
    STORED,
)

__all__ = ["buffered"]

#: Elements per buffer, 8 KB of float64 per operand; 1 % of the time goes to calls.
CHUNK = 1024
BUFFER_BYTES = CHUNK * 8
ALL_BUFFERS = BUFFER_BYTES * MAX_OPERANDS


def buffered(args, done, n, steps, plan, order, direct_span, past):
    """Elements ``done`` to ``n`` of any layout, a chunk at a time.

    What is contiguous is handed to the span where it lies; the rest, and what does not
    fill its last unit, goes through a buffer. Copying the contiguous operands too
    made leaky_relu, whose slope is broadcast, six times slower.
    """
    stored = load_word(plan, STORED)
    inputs, operands = load_word(plan, INPUTS), load_word(plan, OPERANDS)
    gather, scatter = load_word(plan, GATHER), load_word(plan, SCATTER)
    native = load_word(plan, NATIVE) == 1 and order <= SAME
    unit = LINE // max(stored, 4)  # elements: the span computes in float64 or float32
    buffers, addresses = stack(ALL_BUFFERS), stack(ADDRESS_BYTES)
    chunk = 1 if order == ONE_BY_ONE else CHUNK
    longest = min(chunk, n - done)
    for k in range(inputs):  # a broadcast operand fills its buffer once
        if load_nth(steps, k) == 0 and order != ONE_BY_ONE:
            place, room = load_nth(args, k), (longest + unit - 1) & -unit
            call_gather(gather, buffers + k * BUFFER_BYTES, place, 0, longest, room)
    while done < n:
        count = min(chunk, n - done)
        if native and count >= unit:
            count &= -unit
        room = (count + unit - 1) & -unit
        direct = native and count == room
        for k in range(operands):
            step = load_nth(steps, k)
            place = load_nth(args, k) + done * step
            buffer = buffers + k * BUFFER_BYTES
            store_nth(addresses, k, buffer)
            if direct and step == stored:
                store_nth(addresses, k, place)
            elif k < inputs and (step != 0 or order == ONE_BY_ONE):
                call_gather(gather, buffer, place, step, count, room)
        if direct:
            call_span(direct_span, addresses, room // unit, past)
        else:
            call_span(load_word(plan, SPAN), addresses, room // unit, 0)
        for k in range(inputs, operands):
            step = load_nth(steps, k)
            if not (direct and step == stored):
                target = load_nth(args, k) + done * step
                call_scatter(scatter, target, step, buffers + k * BUFFER_BYTES, count)
        done += count
