"""Entries -> genuine ``numpy.ufunc`` objects: the only file that touches NumPy's C API."""

from __future__ import annotations

import ctypes
import functools
import inspect
import time
from typing import Any

import numpy as np

from fastact.engine import carrier_code, codecache, threads
from fastact.engine.cache_size import last_level_cache
from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.plan import make_plan
from fastact.engine.rowwise import GatedUnit

__all__ = ["build_ufunc"]

#: Order of the loops, NumPy's own: resolution takes the first that casts safely.
DTYPES = ("float16", "float32", "float64")
_STORED = {"float16": "float32", "float32": "float32", "float64": "float64"}
_FROM_FUNC_AND_DATA = 1
_IDENTITY_NONE = -1
_TIMED_UNITS = 128

_alive: list[Any] = []


@functools.cache
def _from_func_and_data() -> Any:
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = np._core._multiarray_umath._UFUNC_API  # type: ignore[attr-defined]
    table = ctypes.cast(get_pointer(capsule, None), ctypes.POINTER(ctypes.c_void_p))
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        *[ctypes.c_int] * 4,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
    )
    return kind(table[_FROM_FUNC_AND_DATA])


def _load_spans(qualified: str, entry: Activation | GatedUnit, form: Form) -> dict[str, int]:
    symbols = [f"fastact.{qualified}.{precision}" for precision in ("float32", "float64")]

    def build() -> bytes:
        from fastact.engine import target
        from fastact.engine.span import span_assembly

        return target.emit_object(
            *(span_assembly(symbol, entry, form, symbol.rpartition(".")[2]) for symbol in symbols)
        )

    addresses = codecache.load(qualified, symbols, build)
    return {symbol.rpartition(".")[2]: addresses[symbol] for symbol in symbols}


def _seconds_per_element(span: int, operands: int, precision: str) -> float:
    """Time of a span in the first-level cache: what the thread policy reckons with."""
    data = np.ones((operands, 64 * _TIMED_UNITS // np.dtype(precision).itemsize), dtype=precision)
    pointers = (ctypes.c_void_p * operands)(*(row.ctypes.data for row in data))
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(span)
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        call(pointers, _TIMED_UNITS)
        best = min(best, time.perf_counter() - start)
    return best / data.shape[1]


def build_ufunc(entry: Activation | GatedUnit, form: Form, module: str, doc: str) -> np.ufunc:
    """The ufunc of one form of an entry: compiled, or loaded from the cache."""
    qualified = f"{form.namespace}.{entry.name}" if form.namespace else entry.name
    spans = _load_spans(qualified, entry, form)
    inputs, outputs = len(form.operands) + len(entry.parameters), len(form.outputs)
    operands = inputs + outputs
    lengths = {
        precision: threads.parallel_length(_seconds_per_element(span, operands, precision))
        for precision, span in spans.items()
    }
    plans = []
    for dtype in DTYPES:
        gather, scatter = carrier_code.storage_addresses(dtype)
        plans.append(
            make_plan(
                SPAN=spans[_STORED[dtype]],
                INPUTS=inputs,
                OPERANDS=operands,
                STORED=np.dtype(dtype).itemsize,
                NATIVE=int(dtype == _STORED[dtype]),
                GATHER=gather,
                SCATTER=scatter,
                SERIAL=carrier_code.serial_address(),
                TEAM=threads.TEAM_CELL,
                PARALLEL=lengths[_STORED[dtype]],
                STREAMING=carrier_code.streaming_address(),
                STREAM=last_level_cache() // (np.dtype(dtype).itemsize * outputs),
            )
        )
    count = len(DTYPES)
    functions = (ctypes.c_void_p * count)(*[carrier_code.loop_address()] * count)
    data = (ctypes.c_void_p * count)(*(plan.ctypes.data for plan in plans))
    types = b"".join(bytes([np.dtype(dtype).num] * operands) for dtype in DTYPES)
    name, text = entry.name.encode(), doc.encode()
    ufunc = _from_func_and_data()(
        functions, data, types, count, inputs, outputs, _IDENTITY_NONE, name, text, 0
    )
    # NumPy keeps the pointers alone.
    _alive.append((functions, data, types, plans, name, text))
    ufunc.__module__ = module
    ufunc.__qualname__ = entry.name
    ufunc.__doc__ = doc
    ufunc.__signature__ = signature(entry, form)
    return ufunc


def signature(entry: Activation | GatedUnit, form: Form) -> inspect.Signature:
    """The call signature of a ufunc: its operands, then NumPy's keywords."""
    parameter, p = inspect.Parameter, inspect.Parameter
    operands = [parameter(name, p.POSITIONAL_ONLY) for name in (*form.operands, *entry.parameters)]
    keywords = {
        "where": True,
        "casting": "same_kind",
        "order": "K",
        "dtype": None,
        "subok": True,
        "signature": None,
    }
    return inspect.Signature(
        [
            *operands,
            parameter("out", p.POSITIONAL_OR_KEYWORD, default=None),
            *(parameter(k, p.KEYWORD_ONLY, default=v) for k, v in keywords.items()),
        ]
    )
