"""The record of one activation, and the registry of all of them.

An entry states a function twice: once as a *formula*, the definition as the field
writes it, from which documentation, the mpmath oracle and the plain-NumPy baseline
are made; and once as *bodies*, the numerically stable kernels. Everything else the
package offers (ufuncs, derivatives, overloads, stub, docs, tests, benchmarks,
pictures) is derived from the entry.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fastact.engine.amendment import amendment_of, with_amendment
from fastact.engine.forms import FORMS, Form
from fastact.engine.interleave import marked_like

__all__ = ["EXACT", "OWED", "ROUNDED", "Activation", "Bound", "Interval", "activation"]
__all__ += ["at_defaults", "name_at_defaults", "registry"]

Body = Callable[..., Any]


@dataclass(frozen=True)
class Bound:
    """Greatest error in units in the last place, of the value and of the derivative."""

    value: float
    derivative: float


#: Of a function that only selects, of one that rounds once, and what any function owes.
EXACT = dict.fromkeys(("float32", "float64"), Bound(0.0, 0.0))
ROUNDED = dict.fromkeys(("float32", "float64"), Bound(0.5, 0.0))
OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}


@dataclass(frozen=True)
class Interval:
    """The set of values a function takes: finite ends are closed, infinite ones open.

    An end that only a rounded result reaches (sigmoid(40) is 1) counts as reached: the interval
    bounds what a caller can see.
    """

    low: float
    high: float

    def __str__(self) -> str:
        left = "(" if self.low == -float("inf") else "["
        right = ")" if self.high == float("inf") else "]"
        return f"{left}{self.low:g}, {self.high:g}{right}"


@dataclass(eq=False)
class Activation:
    """One elementwise activation: what it is, how it is computed, what it promises."""

    name: str
    #: The definition, in the vocabulary of :mod:`fastact.formulas.formula`.
    formula: str
    #: Where the function comes from: paper, or the library whose definition is taken.
    source: str
    range: Interval
    #: When to reach for it, and what it costs: a line each, for the guide.
    use: str
    drawback: str
    #: Greatest error by precision.
    max_ulp: Mapping[str, Bound]
    aliases: tuple[str, ...] = ()
    #: "increasing", "decreasing" or None, over the whole line at default parameters.
    monotone: str | None = None
    #: f(-x) = -f(x), bit for bit.
    odd: bool = False
    #: Points without a unique derivative (expressions in the parameters are allowed),
    #: and the value taken there; the convention is PyTorch's.
    kinks: Mapping[str, str] = field(default_factory=dict)
    #: Interior zeros of f' within 0.1 of which the error unit is ulp(max(|f'|, 1/8)).
    derivative_zeros: tuple[float, ...] = ()
    #: What is at these zeros, where parameters move them: ``"beta * x"``.
    derivative_zeros_in: str = "x"
    #: Conditions on parameters, as ``{"lambd": "lambd >= 0"}``.
    domain: Mapping[str, str] = field(default_factory=dict)
    #: Condition on parameters under which f' is a function of f ("" = always).
    from_output_domain: str = ""
    #: Bodies by the role they play: value, derivative, from_output, parameter.
    bodies: dict[tuple[str, str], Body] = field(default_factory=dict)
    #: The parameter that has a gradient of its own (``vjp_param``), if any.
    trainable: str | None = None
    #: Whether its parameters have become constants: see :func:`at_defaults`.
    fixed: bool = False

    # -- what the value body says about itself ------------------------------------

    @property
    def summary(self) -> str:
        """First line of the value body's docstring."""
        return (inspect.getdoc(self.body("value", "float64")) or "").partition("\n")[0]

    @property
    def notes(self) -> str:
        """The value body's docstring after its first line."""
        return (inspect.getdoc(self.body("value", "float64")) or "").partition("\n")[2].strip()

    @functools.cached_property
    def parameters(self) -> dict[str, float | None]:
        """Names of the parameters after ``x`` and their defaults (None: no default)."""
        signature = inspect.signature(self.body("value", "float64"))
        return {
            name: None if p.default is p.empty else p.default
            for name, p in list(signature.parameters.items())[1:]
        }

    def illustrative_parameters(self) -> dict[str, float]:
        """A value for every parameter: its default, or 1/4 where it has none."""
        return {name: 0.25 if value is None else value for name, value in self.parameters.items()}

    def body(self, role: str, precision: str) -> Body:
        """The scalar kernel for a role; float32 falls back on the generic body."""
        return self.bodies.get((role, precision)) or self.bodies[role, "float64"]

    @property
    def has_defaults(self) -> bool:
        """Whether every parameter has a default."""
        return None not in self.parameters.values()

    def has(self, role: str) -> bool:
        """Whether the entry has a body for ``role``."""
        return (role, "float64") in self.bodies

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms it is offered in: those it has every body for."""
        return tuple(form for form in FORMS if all(map(self.has, form.outputs)))

    # -- decorators under the value body -------------------------------------------

    def _add(self, role: str, precision: str) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            if (role, precision) in self.bodies:
                raise TypeError(f"{self.name}: a second {precision} body for {role!r}")
            self.bodies[role, precision] = body
            return body

        return add

    def single(self, body: Body) -> Body:
        """The float32 body of the value, where it differs from the generic one."""
        return self._add("value", "float32")(body)

    def derivative(self, body: Body) -> Body:
        """The derivative by ``x``, with the signature of the value."""
        return self._add("derivative", "float64")(body)

    def derivative_single(self, body: Body) -> Body:
        """The float32 body of the derivative."""
        return self._add("derivative", "float32")(body)

    def from_output(self, body: Body) -> Body:
        """The derivative as a function of the output ``y`` (and the parameters)."""
        return self._add("from_output", "float64")(body)

    def from_output_single(self, body: Body) -> Body:
        """The float32 body of the derivative from the output."""
        return self._add("from_output", "float32")(body)

    def parameter_derivative(self, body: Body) -> Body:
        """The derivative by the one trainable parameter."""
        (self.trainable,) = self.parameters
        return self._add("parameter", "float64")(body)

    def parameter_derivative_single(self, body: Body) -> Body:
        """The float32 body of the derivative by the parameter."""
        return self._add("parameter", "float32")(body)


@functools.cache
def at_defaults(entry: Activation) -> Activation:
    """The entry without parameters: their defaults are constants, which LLVM folds.

    A call is spared an operand and its conversion, and no product with 1 is computed. Folding
    is exact: the bits are those of the entry with the defaults given.
    """
    bodies = {
        (role, precision): _fixed(entry.body(role, precision), precision, entry.parameters)
        for role, _ in entry.bodies
        for precision in ("float32", "float64")
    }
    return replace(entry, bodies=bodies, fixed=True)


def name_at_defaults(namespace: str, name: str) -> str:
    """What its ufunc is called: leaky_relu, vjp:leaky_relu. Pickle would take a dot apart."""
    return f"{namespace}:{name}" if namespace else name


def _fixed(body: Body, precision: str, parameters: Mapping[str, float | None]) -> Body:
    values = tuple(getattr(np, precision)(value) for value in parameters.values())

    def fixed(x: Any) -> Any:
        return body(x, *values)

    fixed.__doc__, fixed.__module__ = body.__doc__, body.__module__
    amendment = amendment_of(body)
    return with_amendment(marked_like(fixed, body), amendment and amendment.at(values))


_entries: dict[str, Activation] = {}


def activation(
    *,
    formula: str,
    source: str,
    range: Interval,
    use: str,
    drawback: str,
    max_ulp: Mapping[str, Bound],
    **optional: Any,
) -> Callable[[Body], Activation]:
    """Register the decorated scalar kernel as an activation (fields: :class:`Activation`)."""

    def register(body: Body) -> Activation:
        name = body.__name__
        entry = Activation(name, formula, source, range, use, drawback, max_ulp, **optional)
        for precision in ("float32", "float64"):
            if not isinstance(max_ulp.get(precision), Bound):
                raise TypeError(f"{name}: max_ulp has no Bound for {precision}")
        entry.bodies["value", "float64"] = body
        for known in (name, *entry.aliases):
            if any(known in (other.name, *other.aliases) for other in _entries.values()):
                raise TypeError(f"{name}: the name {known!r} is registered already")
        _entries[name] = entry
        return entry

    return register


def registry() -> dict[str, Activation]:
    """All entries by name, in alphabetical order; imports the families on first use."""
    import fastact.activations  # noqa: F401  (registers them)

    return dict(sorted(_entries.items()))
