"""The team: one parallel driver shared by all kernels, and when to use it.

A loop that is long enough to gain calls the address in the *team cell*. At first that
is a Python function, which imports Numba, compiles the one driver and puts its address
into the cell. Where threads are not to be had (one core, one thread asked for, a forked
child, Numba's ``workqueue`` layer, which aborts under two callers) the cell holds the
serial carrier.

Only one region runs at a time: a caller that finds the team busy works serially. Ten
threads that call at once then use ten cores, not ten times all cores.
"""

from __future__ import annotations

import ctypes
import os

import numpy as np

from fastact.engine import carrier_code
from fastact.engine.plan import NEVER

__all__ = ["TEAM_CELL", "max_threads", "parallel_length", "start_team"]

#: Cost of opening and closing a region in seconds: 4 us back to back and 36 us after
#: 2 ms of idleness, measured for OpenMP; the length below stays right for the latter.
REGION_SECONDS = 36e-6

_LOOP = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)
#: [address of the team's loop, busy flag]
_cells = np.zeros(16, dtype=np.int64)
TEAM_CELL = _cells.ctypes.data
_BUSY = TEAM_CELL + 64


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


def parallel_length(seconds_per_element: float) -> int:
    """Length from which a region is sure to gain: the time saved is twice its cost."""
    threads = max_threads()
    if threads == 1:
        return NEVER
    saved = seconds_per_element * (1 - 1 / threads)
    return int(2 * REGION_SECONDS / saved)


def start_team() -> int:
    """Compile the driver and return the address of its loop; the serial one where unsafe."""
    import numba
    from numba.np.ufunc.parallel import _launch_threads

    from fastact.engine.machine import compiling
    from fastact.engine.parallel import compile_team

    with compiling():
        _launch_threads()  # without it a region in loaded code would crash
        if numba.threading_layer() == "workqueue":
            return carrier_code.serial_address()
        return compile_team(_BUSY, max_threads())


def _first_call(args: int, dimensions: int, steps: int, plan: int) -> None:
    try:
        address = start_team()
    except Exception:  # no threads is slower, never wrong
        address = carrier_code.serial_address()
    _cells[0] = address
    _LOOP(address)(args, dimensions, steps, plan)


_first_call_callback = _LOOP(_first_call)


def reset_team() -> None:
    """Put the cell in its first state."""
    _cells[0] = ctypes.cast(_first_call_callback, ctypes.c_void_p).value or 0


def _forked() -> None:
    """A child has no worker threads, and OpenMP kills one that starts its own: serial."""
    _cells[0] = carrier_code.serial_address()


reset_team()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
