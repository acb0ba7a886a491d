"""The one ``@njit(parallel=True)`` function: a serial carrier per thread and chunk."""

from __future__ import annotations

from typing import Any

import numba
from numba import types

from fastact.engine.addresses import call_loop, exchange, load_int64, stack, store_int64
from fastact.engine.carrier import WORDS
from fastact.engine.plan import GRAIN, OPERANDS, SERIAL, STREAM, STREAMING

__all__ = ["compile_team"]

_keep: list[Any] = []


@numba.njit(parallel=True, error_model="numpy")
def drive(args, dimensions, steps, plan, threads):  # type: ignore[no-untyped-def]
    n = load_int64(dimensions)
    grain = load_int64(plan + GRAIN)
    share = ((n + threads - 1) // threads + grain - 1) // grain * grain
    serial = load_int64(plan + (STREAMING if n >= load_int64(plan + STREAM) else SERIAL))
    for thread in numba.prange(threads):
        start = thread * share
        if start < n:
            own_args, own_dimensions = stack(WORDS), stack(16)
            store_int64(own_dimensions, min(share, n - start))
            if grain == 1:  # rows: their length follows their number
                store_int64(own_dimensions + 8, load_int64(dimensions + 8))
            for k in range(load_int64(plan + OPERANDS)):
                address = load_int64(args + 8 * k) + start * load_int64(steps + 8 * k)
                store_int64(own_args + 8 * k, address)
            call_loop(serial, own_args, own_dimensions, steps, plan)


def compile_team(busy: int, cap: int) -> int:
    """Address of a loop that runs on all threads Numba allows, or serially when busy."""

    @numba.cfunc(types.void(*[types.int64] * 4), error_model="numpy")
    def team(args, dimensions, steps, plan):  # type: ignore[no-untyped-def]
        if exchange(busy, 1) == 0:
            drive(args, dimensions, steps, plan, min(numba.get_num_threads(), cap))
            exchange(busy, 0)
        else:
            call_loop(load_int64(plan + SERIAL), args, dimensions, steps, plan)

    _keep.append(team)
    return int(team.address)
