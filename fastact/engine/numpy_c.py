"""NumPy's C functions, by their places in its two tables: a stable interface."""

from __future__ import annotations

import ctypes

import numpy as np

__all__ = ["array_slot", "ufunc_slot"]


def _slot(table: str, place: int) -> int:
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = getattr(np._core._multiarray_umath, table)  # type: ignore[attr-defined]
    pointer = ctypes.cast(get_pointer(capsule, None), ctypes.POINTER(ctypes.c_void_p))[place]
    assert pointer is not None, f"NumPy {np.__version__} has no slot {place} in {table}"
    return pointer


def ufunc_slot(place: int) -> int:
    """What stands in a place of the table of ufuncs."""
    return _slot("_UFUNC_API", place)


def array_slot(place: int) -> int:
    """What stands in a place of the table of arrays."""
    return _slot("_ARRAY_API", place)
