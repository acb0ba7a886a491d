"""Plans that are filled when a loop first needs it.

Most programs use one dtype, and many no array that is not contiguous. To compile what the other
three need takes two seconds of a processor, buffers a third of one: a cold first call is spared
both.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Mapping

import numpy as np

from fastact.engine.plan import WORDS, make_plan

__all__ = ["fill_all", "plan_filled_later"]

Plan = np.ndarray[tuple[int], np.dtype[np.int64]]
Maker = Callable[[], Mapping[str, int]]

#: Address of a plan -> the plan, and what makes its words, by the word that loops look at.
_waiting: dict[int, tuple[Plan, dict[str, Maker]]] = {}
_lock = threading.RLock()


class LoopError(RuntimeError):
    """A loop could not be compiled or loaded."""

    def __str__(self) -> str:
        return "the machine code could not be made; what Python printed before this tells why"


def plan_filled_later(**makers: Maker) -> Plan:
    """A plan whose words each of ``makers`` gives when a loop needs the word it is named for."""
    plan = make_plan({"PREPARE": _PREPARE_ADDRESS, "FAILURE": id(LoopError)})
    _waiting[plan.ctypes.data] = plan, makers
    return plan


def fill_all() -> None:
    """Fill every plan that still waits for something."""
    for address, (_, makers) in _waiting.items():
        for word in list(makers):
            _fill(address, word)


def _fill(address: int, needed: str) -> None:
    with _lock:
        plan, makers = _waiting[address]
        if needed not in makers:  # another thread's loop came first
            return
        words = makers[needed]()
        # Loops look at the word they need alone: it comes last.
        for word in (*(word for word in words if word != needed), needed):
            plan[WORDS.index(word)] = words[word]
        for word in words:
            makers.pop(word, None)


@ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)
def _prepare(address: int, word: int) -> None:
    _fill(address, WORDS[word // 8])


_PREPARE_ADDRESS = ctypes.cast(_prepare, ctypes.c_void_p).value or 0
