"""The team: one parallel driver shared by all kernels, and when to use it.

A loop that is long enough to gain calls the address in the *team cell*. The first to do so has
it filled in (:mod:`fastact.engine.first_loop`): Numba is imported and the one driver loaded. Where
threads are not to be had (one core, one thread asked for, a forked child, Numba's
``workqueue`` layer, which aborts under two callers) the cell gets a loop that calls the plan's
serial one.

Only one region runs at a time: a caller that finds the team busy works serially. Ten
threads that call at once then use ten cores, not ten times all cores.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import statistics
import time

import numpy as np

from fastact.engine import carrier_code
from fastact.engine.first_loop import plan_filled_later
from fastact.engine.locks import need_compiler
from fastact.engine.machine_code import codecache
from fastact.engine.plan import (
    CAP,
    LOOP,
    NEVER,
    PACE_BITS,
    PATIENCE,
    TEAM_WORDS,
    make_plan,
    plan_words,
)
from fastact.engine.setting import SettingError

__all__ = ["TEAM_CELL", "lengths", "max_threads", "start_team"]

#: Cost of opening and closing a region in seconds until it is measured here: OpenMP on
#: two cores, after 8 ms of idleness, and back to back.
REGION_SECONDS = (36e-6, 2e-6)
#: A measurement above says that the machine is busy, one below that no region was opened:
#: another thread's was, and the caller worked alone. Neither is kept.
MOST_SECONDS, LEAST_SECONDS = 5e-4, 1e-6
#: Seconds to move a byte from or to the last-level cache.
BYTE_SECONDS = 0.016e-9
#: What threads may add to the time of serial loops.
LOSS = 0.05
#: What they must save where they are awake: others' work holds them up now and then.
GAIN = 0.2
#: Cost of starting the team: to import Numba.
START_SECONDS = 0.2

_LOOP = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)
_is_child = False
#: Address of the loop that stands in for the team's, once that has been asked for.
_alone = 0


def max_threads() -> int:
    """Threads a region may use: ``FASTACT_NUM_THREADS``, else all processors allowed."""
    chosen = os.environ.get("FASTACT_NUM_THREADS", "")
    if chosen:
        if not chosen.strip().isdecimal() or int(chosen) < 1:
            raise SettingError(f"FASTACT_NUM_THREADS must be a positive integer, not {chosen!r}")
        return int(chosen)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def region_seconds() -> tuple[float, float]:
    """Cost of a region, asleep and awake: what an earlier process measured, else a guess."""
    with contextlib.suppress(AttributeError, ValueError):
        asleep, awake = map(float, codecache.recall(_measurement()).split())  # type: ignore[union-attr]
        return asleep, awake
    return REGION_SECONDS


def lengths(seconds_per_element: float, moved: int = 0) -> dict[str, int]:
    """Lengths from which threads lose at most LOSS when asleep, and save GAIN when awake; PACE.

    Serially a loop takes T, with threads T / threads and a region.
    """
    threads = max_threads()
    if threads == 1:
        return {"PARALLEL": NEVER, "AWAKE": NEVER}
    seconds = max(seconds_per_element, moved * BYTE_SECONDS)
    asleep, awake = region_seconds()
    long = int(asleep / (seconds * (1 + LOSS - 1 / threads)))
    short = int(awake / (seconds * (1 - GAIN - 1 / threads)))
    return {
        "PARALLEL": long,
        "AWAKE": min(long, short),
        "PACE": max(1, int(seconds * 1e9 * 2**PACE_BITS)),
    }


def _measurement() -> str:
    return f"region-{max_threads()}"


def _measure_region(loop: int) -> tuple[float, float]:
    """Time of an empty region asleep and awake.

    Of the first the median: some threads may not have fallen asleep, others wait for a
    processor. Of what follows at once the shortest: others' load is not its cost. It takes
    some calls until all threads wait in turn.
    """
    serial = carrier_code.serial_address("near")
    plan = make_plan(plan_words(INPUTS=0, OPERANDS=0, SERIAL=serial, TEAM=TEAM_CELL, GRAIN=1))
    dimensions = np.zeros(1, dtype=np.int64)
    asleep: list[float] = []
    awake: list[float] = []
    # To ask an array for its address takes as long as a region does.
    call, where, how = _LOOP(loop), dimensions.ctypes.data, plan.ctypes.data
    for _ in range(5):
        time.sleep(8e-3)
        for times in (asleep, *[awake] * 12):
            start = time.perf_counter()
            call(None, where, None, how)
            times.append(time.perf_counter() - start)
    return statistics.median(asleep), min(awake)


def start_team() -> int:
    """Load the driver and return the address of its loop; the serial one where unsafe."""
    import numba
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys
    from numba.np.ufunc.parallel import _launch_threads

    from fastact.engine.intrinsics.machine import compiling

    with compiling():
        # Loaded code finds what it calls of Numba's only once these have been made.
        rtsys.initialize(cpu_target.target_context)
        _launch_threads()
        if numba.threading_layer() == "workqueue":
            return carrier_code.alone_address()
        _cell[CAP // 8] = max_threads()
        loop = carrier_code.team_address()
    # Fewer threads, where the user asked for them, would say too little.
    if numba.get_num_threads() >= max_threads() and codecache.recall(_measurement()) is None:
        asleep, awake = _measure_region(loop)
        if LEAST_SECONDS < awake < asleep < MOST_SECONDS:
            codecache.remember(_measurement(), f"{asleep!r} {awake!r}")
            region_seconds.cache_clear()
    _set_patience(region_seconds()[0])
    return loop


def _loop() -> dict[str, int]:
    """The word of the team cell that is filled in later."""
    global _alone
    _alone = carrier_code.alone_address()
    if not _is_child and max_threads() > 1:
        with contextlib.suppress(Exception):  # no threads is slower, never wrong
            need_compiler()
            return {"LOOP": start_team()}
    return {"LOOP": _alone}


_cell = plan_filled_later(TEAM_WORDS, LOOP=_loop)
TEAM_CELL = _cell.ctypes.data


def _set_patience(seconds: float) -> None:
    """Say what it costs to wake the team."""
    _cell[PATIENCE // 8] = int(seconds / LOSS * 1e9)


_set_patience(START_SECONDS)


def _forked() -> None:
    """A child has no worker threads, and OpenMP kills one that starts its own: serial.

    Nothing is loaded here: the child may never compute, and a thread that is gone may hold
    Numba's lock.
    """
    global _is_child
    _is_child = True
    if _cell[LOOP // 8] != 0:
        _cell[LOOP // 8] = _alone


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
