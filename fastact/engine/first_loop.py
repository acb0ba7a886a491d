"""Plans whose words are filled in when a loop first needs them.

Most programs use one dtype, and many no array that is not contiguous: a cold first call does not
wait for what the others need.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Mapping, Sequence

from fastact.engine.plan import WORDS, Plan, make_plan

__all__ = ["fill_all", "plan_filled_later"]

Maker = Callable[[], Mapping[str, int]]

#: Address of a plan -> the plan, the names of its words, and what makes some of them, by the
#: one that loops look at.
_waiting: dict[int, tuple[Plan, Sequence[str], dict[str, Maker]]] = {}
_lock = threading.RLock()


class LoopError(RuntimeError):
    """A loop could not be compiled or loaded."""

    def __str__(self) -> str:
        return "the machine code could not be made; what Python printed before this tells why"


def plan_filled_later(names: Sequence[str] = WORDS, **makers: Maker) -> Plan:
    """A plan whose words each of ``makers`` gives when a loop needs the word it is called by."""
    plan = make_plan({"MAKER": _MAKER_ADDRESS, "FAILURE": id(LoopError)}, names)
    _waiting[plan.ctypes.data] = plan, names, makers
    return plan


def fill_all() -> None:
    """Fill every plan that still waits for something."""
    for address, (_, _, makers) in _waiting.items():
        for needed in list(makers):
            _fill(address, needed)


def _fill(address: int, needed: str) -> None:
    with _lock:
        plan, names, makers = _waiting[address]
        if needed not in makers:  # another thread's loop came first
            return
        words = makers[needed]()
        # Loops look at the word they need alone: it comes last.
        for word in (*(word for word in words if word != needed), needed):
            plan[names.index(word)] = words[word]
        for word in words:
            makers.pop(word, None)


@ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)
def _make(address: int, offset: int) -> None:
    _, names, _ = _waiting[address]
    _fill(address, names[offset // 8])


_MAKER_ADDRESS = ctypes.cast(_make, ctypes.c_void_p).value or 0
