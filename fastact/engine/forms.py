"""The forms in which every activation is offered: value, derivative, back-propagation.

A form says which operands precede the parameters, which bodies it needs and whether
the result is multiplied by an incoming gradient. Order (g, x) is that of PyTorch's
backward kernels.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FORMS", "Form", "qualified"]


@dataclass(frozen=True)
class Form:
    """One way to offer an activation; ``namespace`` is "" for the top level."""

    namespace: str
    #: Operands before the parameters; "g" is the incoming gradient.
    operands: tuple[str, ...]
    #: Roles of the bodies whose results are the outputs, in order.
    outputs: tuple[str, ...]
    #: First line of the docstring, with {name} for the activation's.
    summary: str
    #: Definition, with {f} for the call of the function itself.
    formula: str
    #: Whether the first operand multiplies what the bodies give.
    scaled: bool = False


def qualified(namespace: str, name: str) -> str:
    """``grad.relu``, or ``relu`` at the top level."""
    return f"{namespace}.{name}" if namespace else name


FORMS = (
    Form("", ("x",), ("value",), "{summary}", "{formula}"),
    Form("grad", ("x",), ("derivative",), "Derivative of {name}.", "d/dx [{formula}]"),
    Form(
        "vjp",
        ("g", "x"),
        ("derivative",),
        "Vector-Jacobian product of {name}: what back-propagation needs.",
        "g * d/dx [{formula}]",
        scaled=True,
    ),
    Form(
        "value_and_grad",
        ("x",),
        ("value", "derivative"),
        "Value and derivative of {name} in one pass.",
        "({formula}, d/dx [{formula}])",
    ),
    Form(
        "vjp_from_output",
        ("g", "y"),
        ("from_output",),
        "Vector-Jacobian product of {name} from its output: only y need be kept.",
        "g * f'(x) where y = f(x) = {formula}",
        scaled=True,
    ),
    Form(
        "vjp_param",
        ("g", "x"),
        ("parameter",),
        "Gradient of {name} by its parameter, elementwise.",
        "g * d/d{trainable} [{formula}]",
        scaled=True,
    ),
)
