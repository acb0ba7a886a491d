"""The carrier's machine code: compiled once, cached, shared by every ufunc."""

from __future__ import annotations

import functools

from fastact.engine.machine_code import codecache
from fastact.engine.plan import PLACES

__all__ = [
    "alone_address",
    "buffers",
    "loop_address",
    "serial_address",
    "storage_addresses",
]

_SERIAL = "fastact.serial"
_OTHERS = ("loop", "alone")


@functools.cache
def _frame() -> dict[str, int]:
    def build() -> bytes:
        from fastact.engine.carrier import elements
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        modules = [lower_address_function(_SERIAL, elements.serial, 5, PLACES)]
        modules += [
            lower_address_function(f"fastact.{name}", getattr(elements, name), 4)
            for name in _OTHERS
        ]
        # In line is what LLVM finds worth it: 0.15 s less to compile, and calls are as fast.
        return target.emit_object(*modules, vector=False)

    symbols = [f"{_SERIAL}.{place}" for place in PLACES]
    return codecache.load("carrier", [*symbols, *(f"fastact.{name}" for name in _OTHERS)], build)


def alone_address() -> int:
    """Address of the loop that calls the serial loop of any plan, of elements or of rows."""
    return _frame()["fastact.alone"]


def serial_address(place: str) -> int:
    """Address of the serial carrier for operands in one of :data:`PLACES`."""
    return _frame()[f"{_SERIAL}.{place}"]


def loop_address() -> int:
    """Address of the loop that NumPy calls."""
    return _frame()["fastact.loop"]


@functools.cache
def _buffered_address() -> int:
    symbol = "fastact.buffered"

    def build() -> bytes:
        from fastact.engine.carrier.buffered import buffered
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        return target.emit_object(lower_address_function(symbol, buffered, 8), vector=False)

    return codecache.load("buffered", [symbol], build)[symbol]


def buffers(dtype: str) -> dict[str, int]:
    """The words of a plan for what goes through buffers."""
    gather, scatter = storage_addresses(dtype)
    return {"GATHER": gather, "SCATTER": scatter, "BUFFERED": _buffered_address()}


@functools.cache
def storage_addresses(dtype: str) -> tuple[int, int]:
    """Addresses of gather and scatter for a storage dtype."""
    gather, scatter = f"fastact.gather.{dtype}", f"fastact.scatter.{dtype}"

    def build() -> bytes:
        from fastact.engine.assembly.storage_code import CONVERTED, storage_assembly
        from fastact.engine.carrier.gather import make_gather, make_scatter
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        if dtype in CONVERTED:
            return target.emit_object(storage_assembly(gather, scatter, dtype))
        return target.emit_object(
            lower_address_function(gather, make_gather(dtype), 5),
            lower_address_function(scatter, make_scatter(dtype), 4),
        )

    addresses = codecache.load(f"storage-{dtype}", [gather, scatter], build)
    return addresses[gather], addresses[scatter]
