"""Entries -> their spans, and the ufuncs that call them."""

from __future__ import annotations

import ctypes
import functools
import time
from typing import NamedTuple

import numpy as np

from fastact.engine import carrier_code, threads
from fastact.engine.bfloat16 import keep_python_floats_weak
from fastact.engine.dtypes import COMPUTED, loop_dtypes, stored_bytes
from fastact.engine.entry import Activation, name_at_defaults
from fastact.engine.first_loop import plan_filled_later
from fastact.engine.forms import Form, qualified
from fastact.engine.machine_code import codecache
from fastact.engine.machine_code.cache_size import far_lengths
from fastact.engine.make_ufunc import call_signature, make_ufunc
from fastact.engine.plan import Plan, plan_words
from fastact.engine.rowwise import GatedUnit

__all__ = ["build_ufunc"]

_TIMED_UNITS = 128


class Spans(NamedTuple):
    """Addresses of the spans of one precision, for operands that are near, and what they do."""

    ordinary: int
    uniform: int
    copies: bool


def _load_spans(name: str, entry: Activation | GatedUnit, form: Form, precision: str) -> Spans:
    ordinary = f"fastact.{name}.{precision}"
    # Without parameters it is the ordinary one.
    uniform = f"{ordinary}.uniform" if entry.parameters else ordinary
    told = f"{ordinary}.copies"

    def build() -> bytes:
        from fastact.engine.assembly.span import copies, span_assembly
        from fastact.engine.machine_code import target

        spans = [span_assembly(ordinary, entry, form, precision)]
        if entry.parameters:
            spans.append(span_assembly(uniform, entry, form, precision, uniform=True))
        # Code, as a warm start has nothing else that was made of the bodies.
        answer = f"define i64 @{told}() {{ ret i64 {int(copies(spans[0][1:]))} }}"
        return target.emit_object(*spans, [answer])

    symbols = list(dict.fromkeys((ordinary, uniform, told)))
    addresses = codecache.load(f"{name}-{precision}", symbols, build)
    answer = ctypes.CFUNCTYPE(ctypes.c_int64)(addresses[told])()
    return Spans(addresses[ordinary], addresses[uniform], answer == 1)


def _load_far(name: str, entry: Activation | GatedUnit, form: Form, precision: str) -> int:
    """Address of the span for operands that are far."""
    symbol = f"fastact.{name}.{precision}.far"

    def build() -> bytes:
        from fastact.engine.assembly.span import span_assembly
        from fastact.engine.machine_code import target

        return target.emit_object(
            span_assembly(symbol, entry, form, precision, uniform=True, far=True)
        )

    return codecache.load(f"{name}-{precision}-far", [symbol], build)[symbol]


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
    symbol = qualified(form.namespace, entry.name)
    fixed = isinstance(entry, Activation) and entry.fixed
    if fixed:
        symbol += ".fixed"
    inputs, outputs = len(form.operands) + len(entry.parameters), len(form.outputs)
    operands = inputs + outputs
    count = threads.max_threads()  # a setting that it rejects is an error now, not in a loop

    @functools.cache
    def spans(precision: str) -> tuple[Spans, float]:
        found = _load_spans(symbol, entry, form, precision)
        return found, _seconds_per_element(found.uniform, operands, precision)

    @functools.cache
    def far_span(precision: str) -> dict[str, int]:
        return {"FAR": _load_far(symbol, entry, form, precision)}

    def words(dtype: str) -> dict[str, int]:
        found, seconds = spans(COMPUTED[dtype])
        stored = stored_bytes(dtype)
        moved, written = operands * stored, outputs * stored
        return plan_words(
            SPAN=found.ordinary,
            UNIFORM=found.uniform,
            PARAMETERS=len(form.operands),
            INPUTS=inputs,
            OPERANDS=operands,
            STORED=stored,
            NATIVE=int(dtype == COMPUTED[dtype]),
            SERIAL=carrier_code.serial_address("near"),
            TEAM=threads.TEAM_CELL,
            **threads.lengths(seconds, moved),
            FETCHING=carrier_code.serial_address("fetched"),
            STREAMING=carrier_code.serial_address("streamed"),
            **far_lengths(seconds, count, moved, written, copies=found.copies),
        )

    def plan(dtype: str) -> Plan:
        return plan_filled_later(
            SERIAL=functools.partial(words, dtype),
            FAR=functools.partial(far_span, COMPUTED[dtype]),
            BUFFERED=functools.partial(carrier_code.buffers, dtype),
        )

    seen = call_signature([*form.operands, *entry.parameters], {"where": True})
    loop = carrier_code.loop_address()
    name = name_at_defaults(form.namespace, entry.name) if fixed else entry.name
    ufunc = make_ufunc(name, module, doc, loop, plan, (inputs, outputs), seen)
    if "bfloat16" in loop_dtypes():
        keep_python_floats_weak(ufunc)
    return ufunc
