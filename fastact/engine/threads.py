"""The team: one parallel driver shared by all kernels, and when to use it.

A loop that is long enough to gain calls the address in the *team cell*. At first that
is a Python function, which imports Numba, loads the one driver and puts its address
into the cell. Where threads are not to be had (one core, one thread asked for, a forked
child, Numba's ``workqueue`` layer, which aborts under two callers) the cell holds a
loop that calls the plan's serial one.

Only one region runs at a time: a caller that finds the team busy works serially. Ten
threads that call at once then use ten cores, not ten times all cores.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import time

import numpy as np

from fastact.engine import carrier_code, codecache
from fastact.engine.plan import CAP, NEVER, WORDS, make_plan

__all__ = ["TEAM_CELL", "max_threads", "parallel_length", "start_team"]

#: Cost of opening and closing a region in seconds until it is measured here: OpenMP on
#: two cores, after 2 ms of idleness. Back to back it is 4 us.
REGION_SECONDS = 36e-6
#: A measurement above says that the machine is busy, one below that no region was opened:
#: another thread's was, and the caller worked alone. Neither is kept.
MOST_SECONDS, LEAST_SECONDS = 5e-4, 2e-6
#: Seconds to move a byte from or to the last-level cache.
BYTE_SECONDS = 0.016e-9
#: What a region may lose where all the time before it was idle.
LOSS = 0.05

_LOOP = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)
_cells = np.zeros(24, dtype=np.int64)
TEAM_CELL = _cells.ctypes.data


def max_threads() -> int:
    """Threads a region may use: ``FASTACT_NUM_THREADS``, else all processors allowed."""
    chosen = os.environ.get("FASTACT_NUM_THREADS", "")
    if chosen:
        if not chosen.isdigit() or int(chosen) < 1:
            raise ValueError(f"FASTACT_NUM_THREADS must be a positive integer, not {chosen!r}")
        return int(chosen)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def region_seconds() -> float:
    """Cost of a region after idleness: what an earlier process measured, else a guess."""
    with contextlib.suppress(TypeError, ValueError):
        return float(codecache.recall(_measurement()))  # type: ignore[arg-type]
    return REGION_SECONDS


def parallel_length(seconds_per_element: float, moved: int = 0) -> int:
    """Length from which threads lose at most LOSS after idleness, and gain in a row of calls.

    Serially a loop takes T, with threads T / threads and a region. Later calls find the
    threads awake and pay a tenth of it: to wait until it pays in any case would leave them
    at half their speed for lengths of up to twice this one.
    """
    threads = max_threads()
    if threads == 1:
        return NEVER
    seconds = max(seconds_per_element, moved * BYTE_SECONDS)
    return int(region_seconds() / (seconds * (1 + LOSS - 1 / threads)))


def _measurement() -> str:
    return f"region-{max_threads()}"


def _measure_region(loop: int) -> float:
    """Shortest time of an empty region after idleness: others' load is not its cost."""
    plan = make_plan(
        **{
            **dict.fromkeys(WORDS, 0),
            "SERIAL": carrier_code.serial_address(),
            "TEAM": TEAM_CELL,
            "GRAIN": 1,
        }
    )
    dimensions, times = np.zeros(1, dtype=np.int64), []
    for _ in range(9):
        time.sleep(2e-3)
        start = time.perf_counter()
        _LOOP(loop)(None, dimensions.ctypes.data, None, plan.ctypes.data)
        times.append(time.perf_counter() - start)
    return min(times)


def start_team() -> int:
    """Load the driver and return the address of its loop; the serial one where unsafe."""
    import numba
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys
    from numba.np.ufunc.parallel import _launch_threads

    from fastact.engine.machine import compiling

    with compiling():
        # Loaded code finds what it calls of Numba's only once these have been made.
        rtsys.initialize(cpu_target.target_context)
        _launch_threads()
        if numba.threading_layer() == "workqueue":
            return carrier_code.alone_address()
        from fastact.engine.parallel import load_team

        _cells[CAP // 8] = max_threads()
        loop = load_team()
    # Fewer threads, where the user asked for them, would say too little.
    if numba.get_num_threads() >= max_threads() and codecache.recall(_measurement()) is None:
        seconds = _measure_region(loop)
        if LEAST_SECONDS < seconds < MOST_SECONDS:
            codecache.remember(_measurement(), repr(seconds))
    return loop


def _first_call(args: int, dimensions: int, steps: int, plan: int) -> None:
    try:
        address = start_team()
    except Exception:  # no threads is slower, never wrong
        address = carrier_code.alone_address()
    _cells[0] = address
    _LOOP(address)(args, dimensions, steps, plan)


_first_call_callback = _LOOP(_first_call)


def reset_team() -> None:
    """Put the cell in its first state."""
    _cells[0] = ctypes.cast(_first_call_callback, ctypes.c_void_p).value or 0


def _forked() -> None:
    """A child has no worker threads, and OpenMP kills one that starts its own: serial."""
    _cells[0] = carrier_code.alone_address()


reset_team()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
