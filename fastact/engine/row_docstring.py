"""Docstrings of functions of rows and of gated units, made from their records."""

from __future__ import annotations

from typing import Any

from fastact.engine.axes import is_wrapped
from fastact.engine.rowwise import GatedUnit, RowFunction, Rowwise

__all__ = ["row_docstring"]

_MEANING = {
    "g": "Gradient of the loss by the output.",
    "x": "Input.",
    "y": "Output of the function itself.",
    "gate": "What goes through the activation.",
    "up": "What the gate is multiplied by.",
}
_AXIS = "axis : int, default -1 (by keyword)\n    The axis along which the rows lie."
_SPLIT = "axis : int, default -1\n    The axis of x to be split: the second half gates the first."


def row_docstring(record: Rowwise, form: Any, *, genuine: bool = False) -> str:
    """Formula, arguments, result, error, special rows, source, example.

    Of the ``genuine`` ufunc, if there is a public function over it.
    """
    facts = {"name": record.name, "summary": record.summary, "formula": record.formula}
    notes = getattr(record, "notes", "")
    parts = [form.summary.format(**facts), f"``{form.formula.format(**facts)}``"]
    parts += [notes] if notes and not form.namespace else []
    function = is_wrapped(record, form) and not genuine
    halves = isinstance(record, GatedUnit) and function
    operands = ("g", "x")[1 - form.operands.count("g") :] if halves else form.operands
    lines = ["Parameters\n----------"]
    lines += [
        f"{operand} : array_like of float16, float32 or float64\n    {_MEANING[operand]}"
        for operand in operands
    ]
    if halves:
        lines.append(_SPLIT)
    elif isinstance(record, RowFunction) and function:
        lines.append(
            "axis : int, tuple of int or None\n    Axes that are summed over; None, the default, "
            "for all.\nkeepdims : bool, default False\n    Keep them as axes of length 1."
        )
    elif isinstance(record, RowFunction):
        lines.append(_AXIS)
    lines.append("**kwargs\n    ``out``, ``dtype`` and the other keywords of a NumPy ufunc.")
    parts.append("\n".join(lines))
    parts.append(f"Returns\n-------\n{_returns(record, form, halves)}")
    raises = "Raises\n------\nTypeError\n    Operands that are not real numbers."
    if not isinstance(record, GatedUnit):
        raises += "\nAxisError\n    An axis that there is not."
    if halves:
        raises += "\nValueError\n    An odd length along the axis, or an unfit ``out``."
    parts.append(raises)
    parts.append(_notes(record, form, function))
    parts.append(f"References\n----------\n{record.source}")
    parts.append(_example(record, form, operands, halves, genuine=genuine))
    return "\n\n".join(parts) + "\n"


def _returns(record: Rowwise, form: Any, halves: bool) -> str:
    if halves:
        return "ndarray of the shape of x" + ("" if form.namespace else ", half as long along axis")
    if isinstance(record, GatedUnit) and form.namespace:
        return "tuple of two\n    The gradients by gate and by up."
    if isinstance(record, RowFunction) and form.scalar:
        return "ndarray or scalar: one number per row."
    return "ndarray or scalar of the operands' dtype and shape"


def _notes(record: Rowwise, form: Any, function: bool) -> str:
    lines = ["Notes\n-----"]
    if not form.namespace:
        errors = ", ".join(f"{bound:g} ULP in {kind}" for kind, bound in record.max_ulp.items())
        lines.append(f"Maximum error: {errors}{', ' + record.valid if record.valid else ''}.")
    if isinstance(record, RowFunction):
        lines.append("The error does not grow with the length of the row. Rows with nan or")
        lines.append("infinities give what SciPy gives; no warning is ever raised.")
        if function and form.scalar:
            lines.append("A masked array is a TypeError: fill what is masked with -inf.")
        else:
            lines.append(
                "The mask of a masked array is not looked at: fill what is masked with -inf."
            )
            lines.append("The axis is one, given by keyword: SciPy's softmax takes all by default.")
    else:
        lines.append("nan gives nan; no warning is ever raised.")
    return "\n".join(lines)


def _example(
    record: Rowwise, form: Any, operands: tuple[str, ...], halves: bool, *, genuine: bool
) -> str:
    parts = ["ufuncs"] * genuine + [form.namespace] * bool(form.namespace) + [record.name]
    name = ".".join(parts)
    lengths = {"g": "3" if not halves else "2"}
    arrays = ", ".join(f"np.ones({lengths.get(o, '4' if halves else '3')})" for o in operands)
    shape = "(3,)"
    if halves:
        shape = "(4,)" if form.namespace else "(2,)"
    elif isinstance(record, GatedUnit) and form.namespace:
        shape = "(2, 3)"
    elif isinstance(record, RowFunction) and form.scalar:
        shape = "()"
    return (
        "Examples\n--------\n>>> import numpy as np, fastact as fa\n"
        f">>> np.shape(fa.{name}({arrays}))\n{shape}"
    )
