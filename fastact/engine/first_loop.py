"""Plans that are filled when their first loop runs.

Most programs use one dtype. To compile what the other three need takes two seconds of a
processor, which a cold first call is spared.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

import numpy as np

from fastact.engine.plan import GATHER, PREPARE, SPAN, WORDS

__all__ = ["fill_all", "plan_filled_later"]

Plan = np.ndarray[tuple[int], np.dtype[np.int64]]

#: Address of a plan -> the plan, and what makes its words.
_waiting: dict[int, tuple[Plan, Callable[[], Plan]]] = {}
_lock = threading.RLock()


class LoopError(RuntimeError):
    """A loop could not be compiled or loaded."""

    def __str__(self) -> str:
        return "the machine code could not be made; what Python printed before this tells why"


def plan_filled_later(make: Callable[[], Plan]) -> Plan:
    """A plan whose words ``make`` gives when its first loop runs."""
    plan = np.zeros(len(WORDS), dtype=np.int64)
    plan[PREPARE // 8] = _PREPARE_ADDRESS
    plan[SPAN // 8] = id(LoopError)  # what the loop raises if it is still unfilled then
    _waiting[plan.ctypes.data] = plan, make
    return plan


def fill_all() -> None:
    """Fill every plan that still waits."""
    for address in list(_waiting):
        _fill(address)


def _fill(address: int) -> None:
    with _lock:
        if address not in _waiting:  # another thread's loop came first
            return
        plan, make = _waiting[address]
        words = make()
        place = GATHER // 8
        plan[:place], plan[place + 1 :] = words[:place], words[place + 1 :]
        plan[place] = words[place]  # loops look at this one alone: it comes last
        del _waiting[address]


@ctypes.CFUNCTYPE(None, ctypes.c_int64)
def _prepare(address: int) -> None:
    _fill(address)


_PREPARE_ADDRESS = ctypes.cast(_prepare, ctypes.c_void_p).value or 0
