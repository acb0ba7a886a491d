"""Entries -> genuine ``numpy.ufunc`` objects: the only file that touches NumPy's C API."""

from __future__ import annotations

import ctypes
import functools
import inspect
import itertools
import time
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from fastact.engine import carrier_code, codecache, threads
from fastact.engine.cache_size import far_lengths
from fastact.engine.entry import Activation
from fastact.engine.first_loop import plan_filled_later
from fastact.engine.forms import Form
from fastact.engine.plan import plan_words
from fastact.engine.rowwise import GatedUnit

__all__ = ["bfloat16_dtype", "build_ufunc", "register_bfloat16", "slots_of"]

#: Order of the loops, NumPy's own: resolution takes the first that casts safely.
DTYPES = ("float16", "float32", "float64")
_COMPUTED = {"float16": "float32", "float32": "float32", "float64": "float64"}
_COMPUTED["bfloat16"] = "float32"
#: Slots of NumPy's tables of C functions, a stable interface.
_FROM_FUNC_AND_DATA, _REGISTER_LOOP_FOR_TYPE, _ADD_PROMOTER = 1, 2, 44
_PYTHON_INT, _PYTHON_FLOAT = 320 + 35, 320 + 36
_IDENTITY_NONE = -1
_TIMED_UNITS = 128

_alive: list[Any] = []


def slots_of(capsule: Any) -> Any:
    """NumPy's table of C functions in a capsule."""
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.cast(get_pointer(capsule, None), ctypes.POINTER(ctypes.c_void_p))


@functools.cache
def _from_func_and_data() -> Any:
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
    return kind(slots_of(np._core._multiarray_umath._UFUNC_API)[_FROM_FUNC_AND_DATA])  # type: ignore[attr-defined]


class Spans(NamedTuple):
    """Addresses of the spans of one precision."""

    ordinary: int
    uniform: int
    far: int


def _load_spans(qualified: str, entry: Activation | GatedUnit, form: Form, precision: str) -> Spans:
    ordinary = f"fastact.{qualified}.{precision}"
    far = f"{ordinary}.far"
    # Without parameters it is the ordinary one.
    uniform = f"{ordinary}.uniform" if entry.parameters else ordinary

    def build() -> bytes:
        from fastact.engine import target
        from fastact.engine.span import span_assembly

        def make(symbol: str, **how: bool) -> list[str]:
            return span_assembly(symbol, entry, form, precision, **how)

        spans = [make(ordinary), make(far, uniform=True, far=True)]
        spans += [make(uniform, uniform=True)] if entry.parameters else []
        return target.emit_object(*spans)

    symbols = list(dict.fromkeys((ordinary, uniform, far)))
    addresses = codecache.load(f"{qualified}-{precision}", symbols, build)
    return Spans(addresses[ordinary], addresses[uniform], addresses[far])


def _seconds_per_element(span: int, operands: int, precision: str) -> float:
    """Time of a span in the first-level cache, without the call: what the policies reckon with."""
    data = np.ones((operands, 64 * _TIMED_UNITS // np.dtype(precision).itemsize), dtype=precision)
    pointers = (ctypes.c_void_p * operands)(*(row.ctypes.data for row in data))
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(span)
    best = [float("inf")] * 2
    for _ in range(4):
        for k, units in enumerate((1, _TIMED_UNITS)):
            start = time.perf_counter()
            call(pointers, units, 0)
            best[k] = min(best[k], time.perf_counter() - start)
    return max(best[1] - best[0], 1e-9) / data.shape[1]


def build_ufunc(entry: Activation | GatedUnit, form: Form, module: str, doc: str) -> np.ufunc:
    """The ufunc of one form of an entry; what a dtype needs is compiled or loaded later."""
    qualified = f"{form.namespace}.{entry.name}" if form.namespace else entry.name
    if isinstance(entry, Activation) and entry.fixed:
        qualified += ".fixed"
    inputs, outputs = len(form.operands) + len(entry.parameters), len(form.outputs)
    operands = inputs + outputs
    count = threads.max_threads()  # a setting that it rejects is an error now, not in a loop

    @functools.cache
    def spans(precision: str) -> tuple[Spans, float]:
        found = _load_spans(qualified, entry, form, precision)
        return found, _seconds_per_element(found.uniform, operands, precision)

    def words(dtype: str) -> dict[str, int]:
        found, seconds = spans(_COMPUTED[dtype])
        stored = 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize
        moved, written = operands * stored, outputs * stored
        # What is at hand is not worth a look at every array's layout.
        buffers = carrier_code.buffers(dtype) if carrier_code.has_buffers(dtype) else {}
        return buffers | plan_words(
            SPAN=found.ordinary,
            UNIFORM=found.uniform,
            PARAMETERS=len(form.operands),
            INPUTS=inputs,
            OPERANDS=operands,
            STORED=stored,
            NATIVE=int(dtype == _COMPUTED[dtype]),
            SERIAL=carrier_code.serial_address("near"),
            TEAM=threads.TEAM_CELL,
            **threads.lengths(seconds, moved),
            FETCHING=carrier_code.serial_address("fetched"),
            STREAMING=carrier_code.serial_address("streamed"),
            **far_lengths(seconds, count, moved, written),
            FAR=found.far,
        )

    def later(dtype: str) -> Any:
        return plan_filled_later(
            SERIAL=functools.partial(words, dtype),
            BUFFERED=functools.partial(carrier_code.buffers, dtype),
        )

    plans = [later(dtype) for dtype in DTYPES]
    loops = len(DTYPES)
    functions = (ctypes.c_void_p * loops)(*[carrier_code.loop_address()] * loops)
    data = (ctypes.c_void_p * loops)(*(plan.ctypes.data for plan in plans))
    types = b"".join(bytes([np.dtype(dtype).num] * operands) for dtype in DTYPES)
    name, text = entry.name.encode(), doc.encode()
    ufunc = _from_func_and_data()(
        functions, data, types, loops, inputs, outputs, _IDENTITY_NONE, name, text, 0
    )
    if bfloat16_dtype() is not None:
        plans.append(later("bfloat16"))
        register_bfloat16(ufunc, carrier_code.loop_address(), plans[-1])
        _keep_python_floats_weak(ufunc)
    # NumPy keeps the pointers alone.
    _alive.append((functions, data, types, plans, name, text))
    ufunc.__module__ = module
    ufunc.__qualname__ = entry.name
    ufunc.__doc__ = doc
    ufunc.__signature__ = signature(entry, form)
    return ufunc


# -- bfloat16 ------------------------------------------------------------------------------


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
    dtype, slots = bfloat16_dtype(), slots_of(np._core._multiarray_umath._UFUNC_API)  # type: ignore[attr-defined]
    assert dtype is not None
    register = ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.py_object, ctypes.c_int, *[ctypes.c_void_p] * 3
    )(slots[_REGISTER_LOOP_FOR_TYPE])
    types = (ctypes.c_int * ufunc.nargs)(*[dtype.num] * ufunc.nargs)
    register(ufunc, dtype.num, loop, types, plan.ctypes.data)


def _keep_python_floats_weak(ufunc: np.ufunc) -> None:
    """Promoters: NumPy lets a float, weak beside its own dtypes, turn bfloat16 into float32."""
    slots = slots_of(np._core._multiarray_umath._UFUNC_API)  # type: ignore[attr-defined]
    add_promoter = ctypes.PYFUNCTYPE(ctypes.c_int, *[ctypes.py_object] * 3)(slots[_ADD_PROMOTER])
    ours, integer, floating = type(bfloat16_dtype()), *_python_scalars()
    for kinds in itertools.product((ours, integer, floating), repeat=ufunc.nin):
        if ours in kinds and floating in kinds:
            add_promoter(ufunc, (*kinds, *[None] * ufunc.nout), _promoter()[0])


@functools.cache
def _python_scalars() -> tuple[Any, Any]:
    """NumPy's DTypes of Python's int and float."""
    slots = slots_of(np._core._multiarray_umath._ARRAY_API)  # type: ignore[attr-defined]
    integer, floating = (
        ctypes.cast(slots[slot], ctypes.py_object).value for slot in (_PYTHON_INT, _PYTHON_FLOAT)
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


# -- what a caller sees ----------------------------------------------------------------------


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
