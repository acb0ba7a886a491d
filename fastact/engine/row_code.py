"""The row carrier's machine code: compiled once, cached, shared by every function of rows."""

from __future__ import annotations

import functools
from importlib import import_module

from fastact.engine.machine_code import codecache

__all__ = ["row_code"]

#: What is compiled together: words of a plan -> module, function and number of its arguments.
_PARTS = {
    "rows": {"SERIAL": ("rows", "rows", 4), "LOOP": ("rows", "row_loop", 4)},
    "long-rows": {"LONG_ROW": ("online_row", "long_row", 8)},
    "row-transfer": {"BRING": ("row_transfer", "bring", 9), "SEND": ("row_transfer", "send", 9)},
}


@functools.cache
def row_code(part: str) -> dict[str, int]:
    """Addresses of the functions of a part, by the words of a plan that hold them."""
    symbols = {word: f"fastact.{name}" for word, (_, name, _) in _PARTS[part].items()}

    def build() -> bytes:
        from fastact.engine.machine_code import target
        from fastact.engine.machine_code.lowering import lower_address_function

        modules = [
            lower_address_function(
                symbols[word],
                getattr(import_module(f"fastact.engine.carrier.{module}"), name),
                arity,
            )
            for word, (module, name, arity) in _PARTS[part].items()
        ]
        # Not in line: 0.4 s of code generation in place of 2.6; softmax took 1 % longer or less.
        return target.emit_object(*modules, vector=False)

    addresses = codecache.load(part, list(symbols.values()), build)
    return {word: addresses[symbol] for word, symbol in symbols.items()}
