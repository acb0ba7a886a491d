"""The one ``@njit(parallel=True)`` function: a serial carrier per thread, on its share.

Its object code is cached like the kernels'. A process whose first large array needs it
then imports Numba, whose threads it runs on, and compiles nothing: 0.25 s in place of 2.
"""

from __future__ import annotations

import numba

from fastact.engine.carrier.elements import ADDRESS_BYTES, loop_for
from fastact.engine.intrinsics.addresses import (
    exchange,
    load_int64,
    load_nth,
    load_word,
    stack,
    store_int64,
    store_nth,
    store_word,
    thread_count,
)
from fastact.engine.intrinsics.calls import call_loop
from fastact.engine.plan import BUSY, CAP, GRAIN, OPERANDS, TEAM

__all__ = ["drive", "team"]


@numba.njit(parallel=True, error_model="numpy")
def drive(args, dimensions, steps, plan, threads):
    """A loop in shares, the serial carrier's on each thread."""
    n = load_int64(dimensions)
    grain = load_word(plan, GRAIN)
    share = ((n + threads - 1) // threads + grain - 1) // grain * grain
    serial = loop_for(n, plan)
    for thread in numba.prange(threads):
        start = thread * share
        if start < n:
            own_args, own_dimensions = stack(ADDRESS_BYTES), stack(24)
            store_int64(own_dimensions, min(share, n - start))
            if grain == 1:  # rows: two more words follow their number
                store_word(own_dimensions, 8, load_word(dimensions, 8))
                store_word(own_dimensions, 16, load_word(dimensions, 16))
            for k in range(load_word(plan, OPERANDS)):
                address = load_nth(args, k) + start * load_nth(steps, k)
                store_nth(own_args, k, address)
            call_loop(serial, own_args, own_dimensions, steps, plan)


def team(args, dimensions, steps, plan):
    """A loop that runs on all threads Numba allows, or serially when busy."""
    cell = load_word(plan, TEAM)
    if exchange(cell + BUSY, 1) == 0:
        drive(args, dimensions, steps, plan, min(thread_count(), load_word(cell, CAP)))
        exchange(cell + BUSY, 0)
    else:
        call_loop(loop_for(load_int64(dimensions), plan), args, dimensions, steps, plan)
