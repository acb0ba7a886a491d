"""The carrier's machine code: compiled once, cached, shared by every ufunc.

What it needs for one storage dtype is loaded when an array of that dtype first comes:
from a cold cache each takes half a second to compile.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

from fastact.engine import codecache
from fastact.engine.plan import GATHER, SCATTER

__all__ = ["PREPARE_ADDRESS", "alone_address", "load_storage_later", "loop_address"]
__all__ += ["serial_address", "storage_addresses", "streaming_address"]

_FRAME = {"serial": 4, "streaming": 4, "loop": 4, "alone": 4}


@functools.cache
def _frame() -> dict[str, int]:
    def build() -> bytes:
        from fastact.engine import carrier, target
        from fastact.engine.lowering import lower_address_function

        modules = [
            lower_address_function(f"fastact.{name}", getattr(carrier, name), arity)
            for name, arity in _FRAME.items()
        ]
        return target.emit_object(*modules)

    return codecache.load("carrier", [f"fastact.{name}" for name in _FRAME], build)


def alone_address() -> int:
    """Address of the loop that calls the serial loop of any plan, of elements or of rows."""
    return _frame()["fastact.alone"]


def serial_address() -> int:
    """Address of the serial carrier."""
    return _frame()["fastact.serial"]


def streaming_address() -> int:
    """Address of the carrier that writes past the caches."""
    return _frame()["fastact.streaming"]


def loop_address() -> int:
    """Address of the loop that NumPy calls."""
    return _frame()["fastact.loop"]


@functools.cache
def storage_addresses(dtype: str) -> tuple[int, int]:
    """Addresses of gather and scatter for a storage dtype."""
    gather, scatter = f"fastact.gather.{dtype}", f"fastact.scatter.{dtype}"

    def build() -> bytes:
        from fastact.engine import carrier, target
        from fastact.engine.lowering import lower_address_function

        return target.emit_object(
            lower_address_function(gather, carrier.make_gather(dtype), 5),
            lower_address_function(scatter, carrier.make_scatter(dtype), 4),
        )

    addresses = codecache.load(f"carrier-{dtype}", [gather, scatter], build)
    return addresses[gather], addresses[scatter]


#: Address of a plan -> the plan and its dtype, until its first loop.
_waiting: dict[int, tuple[Any, str]] = {}


def load_storage_later(plan: Any, dtype: str) -> None:
    """Leave a plan's ``GATHER`` and ``SCATTER`` at 0 until its first loop."""
    _waiting[plan.ctypes.data] = plan, dtype


@ctypes.CFUNCTYPE(None, ctypes.c_int64)
def _prepare(address: int) -> None:
    plan, dtype = _waiting[address]
    # The loop looks at GATHER alone: it comes last.
    plan[SCATTER // 8], plan[GATHER // 8] = reversed(storage_addresses(dtype))


PREPARE_ADDRESS = ctypes.cast(_prepare, ctypes.c_void_p).value or 0
