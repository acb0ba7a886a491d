"""Loops and plans -> genuine ``numpy.ufunc`` objects, by NumPy's C API."""

from __future__ import annotations

import ctypes
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from fastact.engine.bfloat16 import register_bfloat16
from fastact.engine.dtypes import DTYPES, loop_dtypes
from fastact.engine.numpy_c import ufunc_slot
from fastact.engine.plan import Plan

__all__ = ["call_signature", "make_ufunc"]

#: ``PyUFunc_FromFuncAndDataAndSignature``; without a signature the loop is one over elements.
_CONSTRUCTOR = 31
_IDENTITY_NONE = -1
#: NumPy keeps pointers alone to what a ufunc is made from.
_alive: list[Any] = []


@functools.cache
def _constructor() -> Any:
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object,
        *[ctypes.c_void_p] * 3,
        *[ctypes.c_int] * 4,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_char_p,
    )
    return kind(ufunc_slot(_CONSTRUCTOR))


def make_ufunc(
    name: str,
    module: str,
    doc: str,
    loop: int,
    plan: Callable[[str], Plan],
    operands: tuple[int, int],
    seen: inspect.Signature,
    core: str | None = None,
) -> np.ufunc:
    """A ufunc whose loop for a dtype gets the ``plan`` for it; with ``core``, one of rows.

    ``operands``: how many are read, and how many are written; ``seen``: what callers see of them.
    """
    plans = [plan(dtype) for dtype in loop_dtypes()]
    count = len(DTYPES)
    functions = (ctypes.c_void_p * count)(*[loop] * count)
    data = (ctypes.c_void_p * count)(*(each.ctypes.data for each in plans[:count]))
    types = b"".join(bytes([np.dtype(dtype).num] * sum(operands)) for dtype in DTYPES)
    texts = name.encode(), doc.encode(), None if core is None else core.encode()
    ufunc: Any = _constructor()(
        functions, data, types, count, *operands, _IDENTITY_NONE, *texts[:2], 0, texts[2]
    )
    if len(plans) > count:
        register_bfloat16(ufunc, loop, plans[count])
    _alive.append((functions, data, types, plans, texts))
    ufunc.__module__ = module
    ufunc.__qualname__ = name
    ufunc.__doc__ = doc
    ufunc.__signature__ = seen
    made: np.ufunc = ufunc
    return made


def call_signature(
    operands: Sequence[str], own: Mapping[str, Any], parameters: Mapping[str, Any] | None = None
) -> inspect.Signature:
    """What a caller sees: operands, ``own`` keywords, and those that every ufunc takes.

    A function over a ufunc has named ``parameters``, with their defaults; then ``out`` is none of
    the positional ones.
    """
    p = inspect.Parameter
    named = {} if parameters is None else parameters
    out = p.POSITIONAL_OR_KEYWORD if parameters is None else p.KEYWORD_ONLY
    keywords = {**own, "casting": "same_kind", "order": "K", "dtype": None, "subok": True}
    keywords["signature"] = None
    return inspect.Signature(
        [
            *(p(name, p.POSITIONAL_ONLY) for name in operands),
            *(p(name, p.POSITIONAL_OR_KEYWORD, default=value) for name, value in named.items()),
            p("out", out, default=None),
            *(p(name, p.KEYWORD_ONLY, default=value) for name, value in keywords.items()),
        ]
    )
