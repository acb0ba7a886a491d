"""Docstrings of the public functions, made from the entries."""

from __future__ import annotations

from fastact.engine.entry import Activation
from fastact.engine.forms import Form, qualified

__all__ = ["docstring"]


def docstring(entry: Activation, form: Form, *, genuine: bool = False) -> str:
    """Formula, arguments, result, range, error, special points, source, example.

    Of the ``genuine`` ufunc, if there is a public function over it: that has no defaults, and
    checks nothing.
    """
    name = qualified(form.namespace, entry.name)
    facts = {
        "name": entry.name,
        "summary": entry.summary,
        "formula": entry.formula,
        "trainable": entry.trainable,
    }
    parts = [form.summary.format(**facts), f"``{form.formula.format(**facts)}``"]
    if not form.namespace and entry.notes:
        parts.append(entry.notes)
    if entry.aliases:
        parts.append(f"Also known as {', '.join(entry.aliases)}.")
    parts.append(_parameters(entry, form, genuine))
    parts.append(_returns(form))
    if entry.domain and not genuine:
        conditions = "; ".join(entry.domain.values())
        parts.append(
            "Raises\n------\nTypeError\n    Operands or parameters that are not real numbers.\n"
            f"ValueError\n    Parameters outside their domain ({conditions})."
        )
    else:
        parts.append(
            "Raises\n------\nTypeError\n    Operands that are not real numbers of at most "
            "double precision."
        )
    parts.append(_notes(entry, form))
    parts.append(f"References\n----------\n{entry.source}")
    parts.append(_example(entry, form, name, genuine))
    return "\n\n".join(parts) + "\n"


def _parameters(entry: Activation, form: Form, genuine: bool) -> str:
    meaning = {
        "g": "Gradient of the loss by the output.",
        "x": "Input.",
        "y": f"Output of ``{entry.name}``.",
    }
    lines = ["Parameters\n----------"]
    lines += [
        f"{operand} : array_like of float16, float32 or float64, any shape\n    {meaning[operand]}"
        for operand in form.operands
    ]
    for parameter, default in entry.parameters.items():
        text = "A number, or an array that broadcasts against x."
        suffix = "" if default is None or genuine else f", default {default:g}"
        lines.append(f"{parameter} : float{suffix}\n    {text}")
    lines.append(
        "**kwargs\n    ``out``, ``where``, ``dtype`` and the other keywords of a NumPy ufunc."
    )
    return "\n".join(lines)


def _returns(form: Form) -> str:
    kind = "ndarray or scalar of the operands' dtype and broadcast shape"
    if len(form.outputs) == 1:
        return f"Returns\n-------\n{kind}"
    return f"Returns\n-------\ntuple of two\n    Value and derivative, each an {kind}."


def _notes(entry: Activation, form: Form) -> str:
    bounds = [
        (kind, bound.value if form.outputs == ("value",) else bound.derivative)
        for kind, bound in entry.max_ulp.items()
    ]
    at = " at the default parameters" if entry.parameters and entry.has_defaults else ""
    lines = ["Notes\n-----", f"Range of {entry.name}{at}: {entry.range}."]
    if not form.scaled:
        errors = ", ".join(f"{value:g} ULP in {kind}" for kind, value in bounds)
        lines.append(f"Maximum error: {errors}.")
        if "derivative" in form.outputs and entry.derivative_zeros:
            place = "" if entry.derivative_zeros_in == "x" else f", in {entry.derivative_zeros_in},"
            lines.append(f"Within 0.1 of a zero of the derivative{place} the unit is that of 1/8.")
    lines.append(
        f"nan in {form.operands[-1]} gives nan; infinities give the limits, or nan where there is "
        "none."
    )
    lines.append("No warning is raised but NumPy's own, of a cast to a narrower dtype.")
    if {"derivative", "from_output"} & set(form.outputs):
        for point, value in entry.kinks.items():
            lines.append(f"The derivative at x = {point} is taken as {value}.")
    if form.namespace == "vjp_from_output" and entry.from_output_domain:
        lines.append(f"Other parameters than {entry.from_output_domain} are a ValueError.")
    if form.namespace == "vjp_param":
        lines.append(
            "The result has the shape of the operands broadcast together. Sum it over the\n"
            "axes along which the parameter was broadcast: for one weight per channel of an\n"
            "``(n, channels)`` input, ``.sum(axis=0)``."
        )
    return "\n".join(lines)


def _example(entry: Activation, form: Form, name: str, genuine: bool) -> str:
    operands = ["np.float64(1.5)"] * len(form.operands)
    for parameter, value in entry.illustrative_parameters().items():
        if genuine or entry.parameters[parameter] is None:
            operands.append(f"{value:g}")
    call = f"fa.{'ufuncs.' if genuine else ''}{name}({', '.join(operands)})"
    expected = "()" if len(form.outputs) == 1 else "(2,)"
    return (
        "Examples\n--------\n>>> import numpy as np, fastact as fa\n"
        f">>> np.shape({call})\n{expected}"
    )
