"""The carrier's machine code: compiled once, cached, shared by every ufunc.

It comes in parts, each of which is compiled when something first needs it.
"""

from __future__ import annotations

import functools
from importlib import import_module

from fastact.engine.machine_code import codecache
from fastact.engine.plan import PLACES

__all__ = [
    "alone_address",
    "buffers",
    "loop_address",
    "part",
    "serial_address",
    "storage_addresses",
    "team_address",
]

_SERIAL = "fastact.serial"
_OTHERS = ("loop", "alone")
#: Parts by name: the words of a plan that hold addresses of their functions, and where these are.
_PARTS = {
    "buffered": {"BUFFERED": ("buffered", "buffered")},
    "rows": {"SERIAL": ("rows", "rows"), "LOOP": ("rows", "row_loop")},
    "long-rows": {"LONG_ROW": ("online_row", "long_row")},
    "row-transfer": {"BRING": ("row_transfer", "bring"), "SEND": ("row_transfer", "send")},
}


@functools.cache
def part(name: str) -> dict[str, int]:
    """Addresses of the functions of a part, by the words of a plan that hold them."""
    symbols = {word: f"fastact.{function}" for word, (_, function) in _PARTS[name].items()}

    def build() -> bytes:
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        modules = []
        for word, (module, function) in _PARTS[name].items():
            found = getattr(import_module(f"fastact.engine.carrier.{module}"), function)
            modules.append(lower_address_function(symbols[word], found))
        # Not in line: 0.4 s of code generation in place of 2.6; softmax took 1 % longer or less.
        return target.emit_object(*modules, vector=False)

    addresses = codecache.load(name, list(symbols.values()), build)
    return {word: addresses[symbol] for word, symbol in symbols.items()}


@functools.cache
def _frame() -> dict[str, int]:
    def build() -> bytes:
        from fastact.engine.carrier import elements
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        modules = [lower_address_function(_SERIAL, elements.serial, PLACES)]
        modules += [
            lower_address_function(f"fastact.{name}", getattr(elements, name)) for name in _OTHERS
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


def team_address() -> int:
    """Address of the team's loop. Numba's threads must have been launched before."""

    def build() -> bytes:
        from fastact.engine.carrier.parallel import drive, team
        from fastact.engine.intrinsics.machine import teach
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        teach(drive.py_func)  # what Numba compiles already is not looked into
        return target.emit_object(lower_address_function("fastact.team", team), vector=False)

    return codecache.load("team", ["fastact.team"], build)["fastact.team"]


def buffers(dtype: str) -> dict[str, int]:
    """The words of a plan for what goes through buffers."""
    gather, scatter = storage_addresses(dtype)
    return {"GATHER": gather, "SCATTER": scatter, **part("buffered")}


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
            lower_address_function(gather, make_gather(dtype)),
            lower_address_function(scatter, make_scatter(dtype)),
        )

    addresses = codecache.load(f"storage-{dtype}", [gather, scatter], build)
    return addresses[gather], addresses[scatter]
