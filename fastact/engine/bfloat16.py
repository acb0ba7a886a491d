"""Loops for ml_dtypes' bfloat16, and Python numbers that stay weak beside it."""

from __future__ import annotations

import ctypes
import functools
import itertools
from importlib.util import find_spec
from typing import Any

import numpy as np

from fastact.engine.numpy_c import array_slot, ufunc_slot

__all__ = ["bfloat16_dtype", "keep_python_floats_weak", "register_bfloat16"]

_REGISTER_LOOP_FOR_TYPE, _ADD_PROMOTER = 2, 44
_PYTHON_INT, _PYTHON_FLOAT = 320 + 35, 320 + 36


@functools.cache
def bfloat16_dtype() -> np.dtype[Any] | None:
    """The dtype of ml_dtypes, which is imported if it is installed.

    Once a ufunc has met a bfloat16 array without a loop for it, NumPy remembers the
    float32 loop and ignores what is registered later (2.4). So it must be registered
    when the ufunc is made, whether or not the caller has imported ml_dtypes by then.
    That import costs 6 to 10 ms, once, at the first ufunc; to find nothing, 0.2 ms.
    """
    if find_spec("ml_dtypes") is None:
        return None
    try:
        import ml_dtypes
    except ImportError:  # made for another NumPy
        return None
    return np.dtype(ml_dtypes.bfloat16)


def register_bfloat16(ufunc: np.ufunc, loop: int, plan: Any) -> None:
    """Register the loop that takes and gives bfloat16 alone."""
    dtype = bfloat16_dtype()
    assert dtype is not None
    register = ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.py_object, ctypes.c_int, *[ctypes.c_void_p] * 3
    )(ufunc_slot(_REGISTER_LOOP_FOR_TYPE))
    types = (ctypes.c_int * ufunc.nargs)(*[dtype.num] * ufunc.nargs)
    register(ufunc, dtype.num, loop, types, plan.ctypes.data)


def keep_python_floats_weak(ufunc: np.ufunc) -> None:
    """Promoters: NumPy lets a float, weak beside its own dtypes, turn bfloat16 into float32."""
    kind = ctypes.PYFUNCTYPE(ctypes.c_int, *[ctypes.py_object] * 3)
    add_promoter = kind(ufunc_slot(_ADD_PROMOTER))
    ours, integer, floating = type(bfloat16_dtype()), *_python_scalars()
    for kinds in itertools.product((ours, integer, floating), repeat=ufunc.nin):
        if ours in kinds and floating in kinds:
            add_promoter(ufunc, (*kinds, *[None] * ufunc.nout), _promoter()[0])


@functools.cache
def _python_scalars() -> tuple[Any, Any]:
    """NumPy's DTypes of Python's int and float."""
    integer, floating = (
        ctypes.cast(array_slot(place), ctypes.py_object).value
        for place in (_PYTHON_INT, _PYTHON_FLOAT)
    )
    return integer, floating


@functools.cache
def _promoter() -> tuple[Any, Any]:
    """A capsule of the function that sends all operands to bfloat16, and what it points to.

    NumPy asks it once per ufunc and combination of operands, and remembers the answer.
    """
    ours = type(bfloat16_dtype())
    refer = ctypes.pythonapi.Py_IncRef
    refer.argtypes = [ctypes.py_object]

    def promote(ufunc: np.ufunc, _: Any, asked: Any, answer: Any) -> int:
        for k in range(ufunc.nargs):
            kind = ctypes.cast(asked[k], ctypes.py_object).value if asked[k] else ours
            refer(kind)  # NumPy takes over one reference
            answer[k] = id(kind)
        return 0

    callback = ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.py_object, *[ctypes.POINTER(ctypes.c_void_p)] * 3
    )(promote)
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype = ctypes.py_object
    capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    address = ctypes.cast(callback, ctypes.c_void_p)
    return capsule(address, b"numpy._ufunc_promoter", None), callback
