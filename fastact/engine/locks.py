"""One lock for all that is made once; it never waits for Numba's compiler lock while it is held.

A thread in which Numba compiles holds Numba's lock, and may come to ask for a ufunc: code that
Numba looks at touches public names. A thread that makes a ufunc may have to compile. Each waiting
for what the other holds, both would wait forever. So the order is Numba's lock first. Who holds
this one alone and finds that it takes the compiler lets go of it, and begins again with both.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["alone", "made_once", "need_compiler"]

Result = TypeVar("Result")

_lock = threading.RLock()
#: ``inside``: whether this thread holds the lock; ``failure``: why it has no compiler.
_thread = threading.local()
_deciding = threading.Lock()
_theirs: bool | None = None


class _CompilerNeededError(BaseException):
    """What is being made takes the compiler. Nobody in between catches that for an error."""


def need_compiler() -> None:
    """To be called before anything that waits for Numba's lock, and before Numba is imported."""
    failure: Exception | None = getattr(_thread, "failure", None)
    if failure is not None:
        raise failure
    module = sys.modules.get("numba.core.compiler_lock")
    lock = getattr(module, "global_compiler_lock", None)
    if getattr(_thread, "inside", False) and not (lock and lock.is_locked()):
        raise _CompilerNeededError


def alone(operation: Callable[[], Result]) -> Result:
    """What an operation gives while no other runs. It may be begun twice: see above."""
    if getattr(_thread, "inside", False):
        return operation()
    try:
        return _locked(operation)
    except _CompilerNeededError:
        pass  # not within: it would be the context of what is raised below
    try:
        compiler_lock = _compiler_lock()
    except Exception as error:  # for the operation to raise, or to do without
        _thread.failure = error
        try:
            return _locked(operation)
        finally:
            _thread.failure = None
    with compiler_lock:
        return _locked(operation)


def _compiler_lock() -> Any:
    """Numba's lock; where the user has Numba, too, with what it makes when it first compiles.

    The package comes first: a thread that imports it waits for its parts, and one that begins
    with a part waits for it. What compiles for this processor has a lock of its own, and keeps the
    level of optimisation that it is made with. Made within
    :func:`fastact.engine.intrinsics.machine.lowering`, a cold start takes 0.3 s less, and a user's
    loop of gelu that is compiled later 1.45 times as long.
    """
    theirs = _numba_was_there()
    import numba  # noqa: F401
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.registry import cpu_target

    if theirs:
        _ = cpu_target.target_context
    return global_compiler_lock


def _numba_was_there() -> bool:
    """Whether the user had imported Numba when it was first needed here.

    One answer for all threads: if some make what has its own lock before they take Numba's, and
    others after, they wait for each other.
    """
    global _theirs
    with _deciding:
        if _theirs is None:
            _theirs = "numba" in sys.modules
        return _theirs


def _locked(operation: Callable[[], Result]) -> Result:
    with _lock:
        _thread.inside = True
        try:
            return operation()
        finally:
            _thread.inside = False


def made_once(make: Callable[..., Any]) -> Callable[..., Any]:
    """As functools.cache, but all threads get the same object."""
    made: dict[tuple[Any, ...], Any] = {}

    def make_now(key: tuple[Any, ...]) -> Any:
        if key not in made:
            made[key] = make(*key)
        return made[key]

    @functools.wraps(make)
    def once(*key: Any) -> Any:
        return made[key] if key in made else alone(functools.partial(make_now, key))

    return once


def _renew() -> None:
    """In a forked child no thread is left that would let go of the lock."""
    global _lock, _deciding
    _lock, _deciding = threading.RLock(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
