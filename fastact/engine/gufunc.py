"""Functions of rows -> genuine ``numpy.ufunc`` objects with a core dimension."""

from __future__ import annotations

import ctypes
import functools
import inspect
import time
from typing import Any

import numpy as np

from fastact.engine import carrier_code, codecache, threads
from fastact.engine.lanes import ARRANGEMENTS, LaneSpan
from fastact.engine.plan import AWAKE, NEVER, PARALLEL
from fastact.engine.row_plan import make_row_plan
from fastact.engine.rowwise import RowForm, RowFunction, RowKernel
from fastact.engine.span import PRECISIONS
from fastact.engine.ufunc import bfloat16_dtype, register_bfloat16, slots_of

__all__ = ["build_gufunc"]

DTYPES = ("float16", "float32", "float64")
_COMPUTED = {"float16": "float32", "float32": "float32", "float64": "float64"}
_COMPUTED["bfloat16"] = "float32"
_FROM_FUNC_AND_DATA_AND_SIGNATURE = 31
_IDENTITY_NONE = -1
STAGES = ("maximum", "prepare", "sum", "finish", "map")
#: Bytes of a row from which a pass over memory is spared. Results depend on it in their last
#: bits, so it is the same on every machine.
ONLINE_BYTES = 4_000_000
_alive: list[Any] = []


@functools.cache
def _constructor() -> Any:
    table = slots_of(np._core._multiarray_umath._UFUNC_API)  # type: ignore[attr-defined]
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object,
        *[ctypes.c_void_p] * 3,
        *[ctypes.c_int] * 4,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_char_p,
    )
    return kind(table[_FROM_FUNC_AND_DATA_AND_SIGNATURE])


@functools.cache
def _row_carrier() -> dict[str, int]:
    """Addresses of the row carrier and of the loop that NumPy calls."""
    symbols = ["fastact.rows", "fastact.row_loop"]

    def build() -> bytes:
        from fastact.engine import rows, target
        from fastact.engine.lowering import lower_address_function

        functions = (rows.rows, rows.row_loop)
        # Not in line: 0.4 s of code generation in place of 2.6; softmax took 1 % longer or less.
        return target.emit_object(
            *map(lower_address_function, symbols, functions, (4, 4)), vector=False
        )

    return codecache.load("rows", symbols, build)


def _load_spans(qualified: str, record: RowFunction, form: RowForm) -> dict[tuple[str, ...], int]:
    spans: dict[tuple[str, str], LaneSpan] = {
        (precision, stage): span
        for precision in PRECISIONS
        for stage in STAGES
        if (span := getattr(record.kernels[form.namespace, precision], stage)) is not None
    }
    symbols = {
        (*key, arrangement): f"fastact.{qualified}.{key[0]}.{key[1]}.{arrangement}"
        for key in spans
        for arrangement in ARRANGEMENTS
    }

    def build() -> bytes:
        from fastact.engine import target
        from fastact.engine.lane_code import lane_span_assembly

        return target.emit_object(
            *(
                lane_span_assembly(symbol, spans[precision, stage], arrangement)
                for (precision, stage, arrangement), symbol in symbols.items()
            )
        )

    addresses = codecache.load(f"rows-{qualified}", list(symbols.values()), build)
    return {key: addresses[symbol] for key, symbol in symbols.items()}


def _seconds_per_element(loop: int, plan: Any, form: RowForm, precision: str) -> float:
    """Time of the serial loop on a few rows: what the thread policy reckons with."""
    rows, n = 4, 1024
    size = np.dtype(precision).itemsize
    data = np.zeros((len(form.operands) + 1, rows, n), dtype=precision)
    pointers = np.array([block.ctypes.data for block in data])
    failed = np.zeros(1, dtype=np.int64)
    dimensions = np.array([rows, n, failed.ctypes.data])
    outer = [n * size] * len(form.operands) + [size if form.scalar else n * size]
    steps = np.array(outer + [size] * (len(form.operands) + 1 - form.scalar))
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)(loop)
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        call(pointers.ctypes.data, dimensions.ctypes.data, steps.ctypes.data, plan.ctypes.data)
        best = min(best, time.perf_counter() - start)
    return best / (rows * n)


def build_gufunc(record: RowFunction, form: RowForm, module: str, doc: str) -> np.ufunc:
    """The gufunc of one form of a function of rows: compiled, or loaded from the cache."""
    qualified = f"{form.namespace}.{record.name}".lstrip(".")
    spans, carriers = _load_spans(qualified, record, form), _row_carrier()
    inputs = len(form.operands)
    plans = []
    extra = [] if bfloat16_dtype() is None else ["bfloat16"]
    for dtype in (*DTYPES, *extra):
        computed = _COMPUTED[dtype]
        kernel: RowKernel = record.kernels[form.namespace, computed]
        gather, scatter = carrier_code.storage_addresses(dtype)
        fill = np.array(record.padding if kernel.maximum else 0.0, dtype=computed)
        plan = make_row_plan(
            {
                "SPAN": 0,
                "INPUTS": inputs,
                "OPERANDS": inputs + 1,
                "STORED": np.dtype(dtype).itemsize,
                "NATIVE": int(dtype == computed),
                "GATHER": gather,
                "SCATTER": scatter,
                "SERIAL": carriers["fastact.rows"],
                "TEAM": threads.TEAM_CELL,
                "PARALLEL": NEVER,
                "GRAIN": 1,
            },
            dict(
                **{stage.upper(): spans.get((computed, stage, "row"), 0) for stage in STAGES},
                **{
                    f"SIDE_{stage.upper()}": spans.get((computed, stage, "side"), 0)
                    for stage in STAGES
                },
                ROW_INPUTS=inputs,
                SCALAR=int(form.scalar),
                INFINITE_SHIFT=int(record.infinite_shift),
                FILL=int(fill.view(f"i{fill.itemsize}")),
                COMPUTED=fill.itemsize,
                ONLINE=ONLINE_BYTES // fill.itemsize if kernel.stores_exponentials else NEVER,
            ),
        )
        seconds = _seconds_per_element(carriers["fastact.rows"], plan, form, dtype)
        lengths = threads.lengths(seconds)
        plan[PARALLEL // 8], plan[AWAKE // 8] = lengths["PARALLEL"], lengths["AWAKE"]
        plans.append(plan)
    count = len(DTYPES)
    functions = (ctypes.c_void_p * count)(*[carriers["fastact.row_loop"]] * count)
    data = (ctypes.c_void_p * count)(*(plan.ctypes.data for plan in plans[:count]))
    types = b"".join(bytes([np.dtype(dtype).num] * (inputs + 1)) for dtype in DTYPES)
    name, text, signature = record.name.encode(), doc.encode(), form.signature.encode()
    ufunc = _constructor()(
        functions, data, types, count, inputs, 1, _IDENTITY_NONE, name, text, 0, signature
    )
    if extra:
        register_bfloat16(ufunc, carriers["fastact.row_loop"], plans[count])
    # NumPy keeps the pointers alone.
    _alive.append((functions, data, types, plans, name, text, signature))
    ufunc.__module__ = module
    ufunc.__qualname__ = record.name
    ufunc.__doc__ = doc
    ufunc.__signature__ = _signature(form)
    return ufunc


def _signature(form: RowForm) -> inspect.Signature:
    """The call signature of a gufunc: its operands, then NumPy's keywords."""
    p = inspect.Parameter
    operands = [p(name, p.POSITIONAL_ONLY) for name in form.operands]
    keywords: dict[str, Any] = {"axis": -1, "axes": None}
    keywords |= {"keepdims": False} if form.scalar else {}
    keywords |= {"casting": "same_kind", "order": "K", "dtype": None, "subok": True}
    return inspect.Signature(
        [
            *operands,
            p("out", p.POSITIONAL_OR_KEYWORD, default=None),
            *(p(k, p.KEYWORD_ONLY, default=v) for k, v in keywords.items()),
        ]
    )
