"""Functions of rows -> their lane spans, and the ufuncs that call them."""

from __future__ import annotations

import ctypes
import functools
import time
from dataclasses import fields

import numpy as np

from fastact.engine import carrier_code, threads
from fastact.engine.dtypes import COMPUTED, stored_bytes
from fastact.engine.first_loop import plan_filled_later
from fastact.engine.forms import qualified
from fastact.engine.lanes import ARRANGEMENTS, LaneSpan
from fastact.engine.machine_code import codecache
from fastact.engine.make_ufunc import call_signature, make_ufunc
from fastact.engine.plan import NEVER, Plan, make_plan, plan_words
from fastact.engine.row_plan import ROW_PLAN_WORDS
from fastact.engine.rowwise import RowForm, RowFunction, RowKernel

__all__ = ["build_gufunc"]

#: The passes over a row, each a lane span.
STAGES = tuple(each.name for each in fields(RowKernel))
#: Bytes of a row from which a pass over memory is spared. Results depend on it in their last
#: bits, so it is the same on every machine.
ONLINE_BYTES = 4_000_000


def _load_spans(
    qualified: str, record: RowFunction, form: RowForm, precision: str
) -> dict[tuple[str, str], int]:
    """Addresses of the lane spans, by stage and arrangement."""
    kernel = record.kernels[form.namespace, precision]
    stages: dict[str, LaneSpan] = {
        stage: span for stage in STAGES if (span := getattr(kernel, stage)) is not None
    }
    symbols = {
        (stage, arrangement): f"fastact.{qualified}.{precision}.{stage}.{arrangement}"
        for stage in stages
        for arrangement in ARRANGEMENTS
    }

    def build() -> bytes:
        from fastact.engine.assembly.lane_code import lane_span_assembly
        from fastact.engine.machine_code import target

        return target.emit_object(
            *(
                lane_span_assembly(symbol, stages[stage], arrangement)
                for (stage, arrangement), symbol in symbols.items()
            )
        )

    addresses = codecache.load(f"rows-{qualified}-{precision}", list(symbols.values()), build)
    return {key: addresses[symbol] for key, symbol in symbols.items()}


def _seconds_per_element(loop: int, plan: Plan, form: RowForm, dtype: str) -> float:
    """Time of the serial loop on a few rows: what the thread policy reckons with."""
    rows, n = 4, 1024
    size = stored_bytes(dtype)
    data = np.zeros((len(form.operands) + 1, rows, n * size), dtype=np.uint8)
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
    """The gufunc of one form; what a dtype or a layout needs is compiled or loaded later."""
    name = qualified(form.namespace, record.name)
    inputs, loop = len(form.operands), carrier_code.part("rows")["LOOP"]

    @functools.cache
    def spans(precision: str) -> dict[tuple[str, str], int]:
        return _load_spans(name, record, form, precision)

    def words(dtype: str) -> dict[str, int]:
        computed = COMPUTED[dtype]
        kernel: RowKernel = record.kernels[form.namespace, computed]
        gather, scatter = carrier_code.storage_addresses(dtype)
        fill = np.array(record.padding if kernel.maximum else 0.0, dtype=computed)
        found = plan_words(
            INPUTS=inputs,
            OPERANDS=inputs + 1,
            STORED=stored_bytes(dtype),
            NATIVE=int(dtype == computed),
            GATHER=gather,
            SCATTER=scatter,
            SERIAL=carrier_code.part("rows")["SERIAL"],
            TEAM=threads.TEAM_CELL,
            PARALLEL=NEVER,
            GRAIN=1,
            SCALAR=int(form.scalar),
            INFINITE_SHIFT=int(record.infinite_shift),
            FILL=int(fill.view(f"i{fill.itemsize}")),
            COMPUTED=fill.itemsize,
            ONLINE=ONLINE_BYTES // fill.itemsize if kernel.stores_exponentials else NEVER,
        )
        for (stage, arrangement), address in spans(computed).items():
            found[f"SIDE_{stage.upper()}" if arrangement == "side" else stage.upper()] = address
        if dtype != computed:  # what is converted does not lie as it is computed
            found |= carrier_code.part("row-transfer")
        draft = make_plan(found, ROW_PLAN_WORDS)
        return found | threads.lengths(_seconds_per_element(found["SERIAL"], draft, form, dtype))

    def plan(dtype: str) -> Plan:
        return plan_filled_later(
            ROW_PLAN_WORDS,
            SERIAL=functools.partial(words, dtype),
            LONG_ROW=functools.partial(carrier_code.part, "long-rows"),
            BRING=functools.partial(carrier_code.part, "row-transfer"),
        )

    own = {"axis": -1, "axes": None} | ({"keepdims": False} if form.scalar else {})
    seen = call_signature(form.operands, own)
    return make_ufunc(record.name, module, doc, loop, plan, (inputs, 1), seen, form.signature)
