"""The records of functions of whole rows and of gated units, and their registry.

Both are offered in fewer forms than an activation, and neither has a pointwise formula
that could be differentiated: so they have records of their own rather than half-empty ones.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastact.engine.amendment import Amendment, amendment_of, with_amendment
from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.interleave import marked_like
from fastact.engine.lanes import LaneSpan

__all__ = ["GatedUnit", "RowForm", "RowFunction", "RowKernel", "gated_unit", "row_function"]
__all__ += ["rowwise_registry"]

Body = Callable[..., Any]


#: Not scaled: the gradients by gate and up are no multiples of one derivative.
GATED_FORMS = (
    Form("", ("gate", "up"), ("value",), "{summary}", "{formula}"),
    Form(
        "vjp",
        ("g", "gate", "up"),
        ("gate_gradient", "up_gradient"),
        "Gradients of {name} by gate and up in one pass.",
        "(g * d/dgate [{formula}], g * d/dup [{formula}])",
    ),
)


@dataclass(eq=False)
class GatedUnit:
    """act(gate) * up: an elementwise function of two operands."""

    name: str
    formula: str
    act: Activation
    source: str
    use: str
    drawback: str
    #: Greatest error of the value, in ULP.
    max_ulp: Mapping[str, float]
    #: Whether the public function splits one array in halves, (up, gate) as PyTorch's glu.
    splits: bool
    bodies: dict[tuple[str, str], Body]
    summary: str
    aliases: tuple[str, ...] = ()
    parameters: dict[str, float | None] = field(default_factory=dict)
    #: Where the bounds hold, as the end of a sentence.
    valid: str = ""

    def body(self, role: str, precision: str) -> Body:
        """The scalar kernel for a role."""
        return self.bodies[role, precision]

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms it is offered in."""
        return GATED_FORMS


@dataclass(frozen=True)
class RowForm:
    """A form of a function of rows: its operands, and the gufunc signature."""

    namespace: str
    operands: tuple[str, ...]
    signature: str
    summary: str
    formula: str

    @property
    def scalar(self) -> bool:
        """Whether a row gives one number."""
        return self.signature.endswith("()")


@dataclass(frozen=True)
class RowKernel:
    """The lane spans of one form at one precision; see :mod:`fastact.engine.carrier.rows`."""

    sum: LaneSpan
    finish: LaneSpan
    #: What finds the maximum goes with what prepares for it.
    maximum: LaneSpan | None = None
    prepare: LaneSpan | None = None
    map: LaneSpan | None = None

    @property
    def stores_exponentials(self) -> bool:
        """Whether the last pass multiplies what the sum has stored: softmax does."""
        return self.maximum is not None and "out" in self.sum.results


@dataclass(eq=False)
class RowFunction:
    """A function of the rows of an array: (n)->(n) or (n)->()."""

    name: str
    summary: str
    notes: str
    formula: str
    source: str
    use: str
    drawback: str
    max_ulp: Mapping[str, float]
    #: SciPy's handling of a row whose maximum is infinite: subtract it (softmax), or not.
    infinite_shift: bool
    #: Value that changes nothing when a row is padded with it.
    padding: float
    #: By (namespace, precision).
    kernels: dict[tuple[str, str], RowKernel]
    forms: tuple[RowForm, ...]
    aliases: tuple[str, ...] = ()
    #: What the bounds are units of, where that is not the result, as the end of a sentence.
    valid: str = ""


Rowwise = GatedUnit | RowFunction
_records: dict[str, Rowwise] = {}


def _register(record: Rowwise) -> None:
    if record.name in _records:
        raise TypeError(f"{record.name}: registered already")
    _records[record.name] = record


def gated_unit(act: Activation, *, splits: bool = False, **facts: Any) -> None:
    """Register act(gate) * up; what it is called, what it is for and where it comes from."""
    bodies: dict[tuple[str, str], Body] = {}
    for precision in ("float32", "float64"):
        value = act.body("value", precision)
        bodies["value", precision] = _gated(value)
        bodies["gate_gradient", precision] = _gate_gradient(act.body("derivative", precision))
        bodies["up_gradient", precision] = _up_gradient(value)
    # The activation's own error, at most 1 ULP and 2 relative to a product just above
    # a power of two, and the rounding of the product.
    bounds = {precision: 2 * bound.value + 0.5 for precision, bound in act.max_ulp.items()}
    _register(
        GatedUnit(
            formula=f"{act.name}(gate) * up",
            valid=f"where {act.name}(gate) is a normal number" if bounds["float32"] > 0.5 else "",
            act=act,
            max_ulp=bounds,
            splits=splits,
            bodies=bodies,
            **facts,
        )
    )


Wrap = Callable[[Body], Body]


def _gated(act: Body) -> Body:
    return _product(
        act,
        lambda f: lambda gate, up: f(gate) * up,
        lambda where: lambda gate, up: where(gate),
        lambda body: lambda gate, up, found: body(gate, up),
    )


def _gate_gradient(slope: Body) -> Body:
    return marked_like(lambda g, gate, up: (g * up) * slope(gate), slope)


def _up_gradient(act: Body) -> Body:
    return _product(
        act,
        lambda f: lambda g, gate, up: g * f(gate),
        lambda where: lambda g, gate, up: where(gate),
        lambda body: lambda g, gate, up, found: body(g, gate, up),
    )


def _product(act: Body, product: Wrap, asked: Wrap, anew: Wrap) -> Body:
    """A product with an activation, amended where that is: multiplied, it is computed anew."""
    body = marked_like(product(act), act)
    if (parts := amendment_of(act)) is not None:
        with_amendment(body, Amendment(product(parts.value), asked(parts.where), anew(body)))
    return body


def row_function(**facts: Any) -> Callable[[Callable[[str, str], RowKernel]], RowFunction]:
    """Register a function of rows; the decorated function gives its kernels.

    It is called with the namespace of a form and a precision. Its docstring is the
    function's.
    """

    def register(kernels: Callable[[str, str], RowKernel]) -> RowFunction:
        first, _, rest = (inspect.getdoc(kernels) or "").partition("\n")
        made = {
            (form.namespace, precision): kernels(form.namespace, precision)
            for form in facts["forms"]
            for precision in ("float32", "float64")
        }
        record = RowFunction(
            name=kernels.__name__, summary=first, notes=rest.strip(), kernels=made, **facts
        )
        _register(record)
        return record

    return register


def rowwise_registry() -> dict[str, Rowwise]:
    """All records by name, in alphabetical order; imports them on first use."""
    import fastact.rowwise  # noqa: F401  (registers them)

    return dict(sorted(_records.items()))
