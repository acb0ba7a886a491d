"""The typed stubs, made from the registry: what editors and type checkers see.

A ufunc is of a class that exists in a stub alone, ``ufunc_types.pyi``: one for each list of
operands. A wrong number of them, or an unknown keyword, is then found before the program runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from fastact.engine.forms import FORMS, Form
from fastact.engine.namespace import is_function, offer, public_names
from fastact.engine.rowwise import GatedUnit, RowFunction

__all__ = ["stubs"]

_HEADER = "# Generated from the registry: python docs/generate.py\n"
_IMPORTS = """from typing import Any, overload

{numpy}from numpy.typing import ArrayLike, DTypeLike, NDArray
"""
#: What a call gives, and where it may be told to put that, by the number of outputs.
_RESULT = {1: "NDArray[Any]", 2: "tuple[NDArray[Any], NDArray[Any]]"}
_OUT = {
    1: "NDArray[Any] | tuple[NDArray[Any]] | None",
    2: "tuple[NDArray[Any] | None, NDArray[Any] | None] | None",
}
_SCALAR = "float | np.floating[Any] | np.integer[Any] | np.bool"
_ELEMENTWISE = ["where: ArrayLike = True"]
_OF_ROWS = ["axis: int = -1", "axes: Any = ..."]
_SHARED = ['casting: str = "same_kind"', 'order: str = "K"', "dtype: DTypeLike | None = None"]
_SHARED += ["subok: bool = True", "signature: str | tuple[Any, ...] = ..."]


class Call(NamedTuple):
    """How a ufunc is called."""

    operands: tuple[str, ...]
    outputs: int
    of_rows: bool
    scalar: bool

    @property
    def type_name(self) -> str:
        """The class of such ufuncs."""
        kind = "Rows" if self.of_rows else "Ufunc"
        result = ["to", "number"] if self.scalar else ["to", "two"] if self.outputs == 2 else []
        return "_".join([kind, *self.operands, *result])

    @property
    def keywords(self) -> list[str]:
        """NumPy's keywords, but for ``out``."""
        own = _OF_ROWS + ["keepdims: bool = False"] * self.scalar if self.of_rows else _ELEMENTWISE
        return own + _SHARED


def stubs() -> dict[Path, str]:
    """Text of every stub by its path relative to the package."""
    texts, calls = {}, set[Call]()
    for form in FORMS:
        stem = form.namespace or "__init__"
        texts[Path(f"{stem}.pyi")] = _stub(form, False, calls)
        texts[Path("ufuncs") / f"{stem}.pyi"] = _stub(form, True, calls)
    texts[Path("ufunc_types.pyi")] = _types(calls)
    return texts


def _stub(form: Form, genuine: bool, calls: set[Call]) -> str:
    """The stub of a namespace; the calls of its ufuncs are added to ``calls``."""
    lines, used = [], set[str]()
    for name in public_names(form.namespace):
        record, own = offer(form.namespace, name)
        if genuine or not is_function(record, own):
            call = _call(record, own)
            calls.add(call)
            used.add(call.type_name)
            lines.append(f"{name}: {call.type_name}")
        else:
            lines += _function(name, record, own)
    children = [child.namespace for child in FORMS if child.namespace and not form.namespace]
    children += [] if genuine or form.namespace else ["ufuncs"]
    head = [_HEADER]
    if any(line.startswith("@overload") for line in lines):
        scalars = any("np." in line for line in lines)
        head.append(_IMPORTS.format(numpy="import numpy as np\n" if scalars else ""))
    head += [f"from . import {child} as {child}" for child in sorted(children)]
    head += [f"from fastact.ufunc_types import {', '.join(sorted(used))}"] if used else []
    head += [] if genuine or form.namespace else ["\n__version__: str"]
    return "\n".join([*head, *lines]) + "\n"


def _call(record: Any, form: Any) -> Call:
    of_rows = isinstance(record, RowFunction)
    parameters = () if of_rows else tuple(record.parameters)
    outputs = 1 if of_rows else len(form.outputs)
    return Call((*form.operands, *parameters), outputs, of_rows, of_rows and form.scalar)


def _types(calls: set[Call]) -> str:
    lines = [_HEADER + _IMPORTS.format(numpy="import numpy as np\n")]
    for call in sorted(calls):
        lines += ["", f"class {call.type_name}(np.ufunc):  # type: ignore[misc]"]
        out = [f"out: {_OUT[call.outputs]} = None", "*", *call.keywords]
        if call.of_rows:
            lines.append(_definition("__call__", ["self", *_operands(call.operands)], out, 1, 4))
            continue
        for kind in ("scalar", "array"):
            lines.append("    @overload")
            operands = _operands(call.operands, _SCALAR if kind == "scalar" else "ArrayLike")
            keywords = ["out: None = None", *out[1:]] if kind == "scalar" else out
            outputs = call.outputs if kind == "array" else -call.outputs
            lines.append(_definition("__call__", ["self", *operands], keywords, outputs, 4))
    return "\n".join(lines) + "\n"


def _operands(names: tuple[str, ...], kind: str = "ArrayLike") -> list[str]:
    return [*(f"{name}: {kind}" for name in names), "/"]


def _definition(
    name: str, first: list[str], keywords: list[str], outputs: int, indent: int = 0
) -> str:
    """A line of a stub; of numbers, which are negative ``outputs``, numbers come out."""
    result = {-1: "Any", -2: "tuple[Any, Any]"}.get(outputs) or _RESULT[outputs]
    return f"{' ' * indent}def {name}({', '.join([*first, *keywords])}) -> {result}: ..."


def _function(name: str, record: Any, form: Any) -> list[str]:
    """A public function over a ufunc: operands by position, then parameters of its own."""
    if isinstance(record, GatedUnit):
        operands = ("g", "x") if form.namespace else ("x",)
        own, outputs, elementwise = ["axis: int = -1"], 1, True
    elif isinstance(record, RowFunction):
        operands, outputs, elementwise = form.operands, 1, False
        own = ["axis: int | tuple[int, ...] | None = None", "keepdims: bool = False"]
    else:
        operands, outputs, elementwise = form.operands, len(form.outputs), True
        own = [
            f"{parameter}: ArrayLike" + ("" if default is None else f" = {default!r}")
            for parameter, default in record.parameters.items()
        ]
    keywords = [*own, "*", f"out: {_OUT[outputs]} = None", *_ELEMENTWISE * elementwise, *_SHARED]
    lines = [_definition(name, _operands(operands), keywords, outputs)]
    if isinstance(record, GatedUnit):
        return lines
    if isinstance(record, RowFunction):  # a number where no axis is left
        return [line.replace(_RESULT[1], "Any") for line in lines]
    own = [parameter.replace("ArrayLike", _SCALAR) for parameter in own]
    keywords = [*own, "*", "out: None = None", *_ELEMENTWISE, *_SHARED]
    numbers = _definition(name, _operands(operands, _SCALAR), keywords, -outputs)
    return ["@overload", numbers, "@overload", *lines]
