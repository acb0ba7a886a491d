"""Plans whose words are filled in when a loop first needs them.

Most programs use one dtype, and many no array that is not contiguous: a cold first call does not
wait for what the others need.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Mapping, Sequence

from fastact.engine.locks import alone
from fastact.engine.plan import WORDS, Plan, make_plan

__all__ = ["fill_all", "plan_filled_later"]

Maker = Callable[[], Mapping[str, int]]

#: Address of a plan -> the plan, the names of its words, and for each word that loops test a
#: function that gives it and those that go with it.
_waiting: dict[int, tuple[Plan, Sequence[str], dict[str, Maker]]] = {}


class LoopError(RuntimeError):
    """A loop could not be compiled or loaded: its cause says why."""


def plan_filled_later(names: Sequence[str] = WORDS, **makers: Maker) -> Plan:
    """A plan whose words each of ``makers`` gives when a loop needs the word it is called by."""
    plan = make_plan({"MAKER": _MAKER_ADDRESS}, names)
    _waiting[plan.ctypes.data] = plan, names, makers
    return plan


def fill_all() -> None:
    """Fill every plan that still waits for something."""
    for address, (_, _, makers) in list(_waiting.items()):
        for needed in list(makers):
            alone(functools.partial(_fill, address, needed))


def _fill(address: int, needed: str) -> None:
    plan, names, makers = _waiting[address]
    if needed not in makers:  # another thread's loop came first
        return
    words = makers[needed]()
    # Loops look at the word they need alone: it comes last.
    for word in (*(word for word in words if word != needed), needed):
        plan[names.index(word)] = words[word]
    for word in words:
        makers.pop(word, None)


_keep = ctypes.pythonapi.Py_IncRef
_keep.argtypes, _keep.restype = [ctypes.py_object], None


@ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
def _make(address: int, offset: int) -> int:
    """Fill in a word: 0, or the address of the exception to raise, which is the loop's own then."""
    _, names, _ = _waiting[address]
    try:
        alone(functools.partial(_fill, address, names[offset // 8]))
    except BaseException as error:
        failure = error
        if isinstance(error, Exception) and not isinstance(error, MemoryError):
            failure = LoopError("the machine code could not be made")
            failure.__cause__ = error
        _keep(failure)
        return id(failure)
    return 0


_MAKER_ADDRESS = ctypes.cast(_make, ctypes.c_void_p).value or 0
