"""Errors at many parameters, where a few thousand points judged in multiple precision say little.

The formula in the next wider format is a reference: of float32 in float64, and of float64 in long
double, where that is wider, some hundredths of a unit off. Kernels are at their worst where an
exponential's reduction changes, and where a parameter's mantissa stretches what is rounded.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from accuracy.balls import CROSSING_WIDTH
from fastact.engine.entry import registry
from fastact.formulas.formula import numpy_baseline, numpy_derivative
from tests.conftest import genuine

#: Without the derivatives of what has expm1, whose slope is taken as expm1 + 1, which cancels.
CASES = [
    pytest.param(entry, role, id=f"{name}-{role}")
    for name, entry in registry().items()
    for role in ("value", "derivative")
    if entry.parameters
    and entry.has_defaults
    and not (role == "derivative" and "expm1" in entry.formula)
]
START, BEST, EACH, ROUNDS = 1 << 19, 1 << 11, 64, 6


def products(random: np.random.Generator, size: int) -> Any:
    """What a parameter times or under x may be: of all sizes, and next to odd halves of log(2)."""
    seams = (random.integers(-28, 4, size) + 0.5) * math.log(2)
    near = seams + random.normal(0, 1, size) * 10.0 ** random.uniform(-6, -1, size)
    wide = random.normal(0, 1, size) * 10.0 ** random.uniform(-3, 1.5, size)
    return np.where(random.random(size) < 0.7, near, wide)


#: By precision: what is wider, the patterns of floats, and the slack that the reference needs.
WIDER = {"float32": (np.float64, np.int32, 1e-3), "float64": (np.longdouble, np.int64, 2e-2)}
if np.finfo(np.longdouble).nmant < 63:
    del WIDER["float64"]


def errors_at(entry: Any, role: str, operands: list[Any]) -> Any:
    """Errors in units of the last place; 0 where the formula overflows, or the derivative is 0."""
    names = ("x", *entry.parameters)
    limits, (wider, _, _) = np.finfo(operands[0].dtype), WIDER[operands[0].dtype.name]
    with np.errstate(all="ignore"):
        formula = numpy_baseline(entry) if role == "value" else numpy_derivative(entry)
        exact = formula(*map(wider, operands)) + wider(0) * operands[0]
        _, exponent = np.frexp(exact)
        unit = np.ldexp(wider(1), np.maximum(exponent - 1, limits.minexp) - limits.nmant)
        ufunc = genuine("" if role == "value" else "grad", entry.name)
        errors = np.abs(ufunc(*operands) - exact) / unit
        place = eval(entry.derivative_zeros_in, dict(zip(names, operands, strict=True)))
    for zero in entry.derivative_zeros if role == "derivative" else ():
        errors[np.abs(place - zero) < CROSSING_WIDTH] = 0.0
    errors[~np.isfinite(exact)] = 0.0
    return errors


def around(random: np.random.Generator, operand: Any) -> Any:
    """Floats next to each, EACH of them, from one place to some ten-thousandths away."""
    near = np.repeat(operand, EACH)
    _, patterns, _ = WIDER[near.dtype.name]
    places = random.integers(0, 13 if near.itemsize == 4 else 42, near.size)
    steps = random.choice([-1, 0, 1], near.size) * 2**places
    return (near.view(patterns) + steps.astype(patterns)).view(near.dtype)


@pytest.mark.parametrize(("entry", "role"), CASES)
@pytest.mark.parametrize("measure", ["1 / p", "p", "1"])
@pytest.mark.parametrize("precision", WIDER)
def test_worst_errors_at_random_parameters(
    entry: Any, role: str, precision: str, measure: str
) -> None:
    # From the worst of random inputs to worse ones next to them, and so on.
    random = np.random.default_rng(7)
    sizes = [2.0 ** random.integers(-5, 6, START) for _ in entry.parameters]
    parameters = [(random.uniform(1, 2, START) * size).astype(precision) for size in sizes]
    scale = eval(measure, {"p": parameters[0].astype(np.float64)})
    operands = [(products(random, START) * scale).astype(precision), *parameters]
    for _ in range(ROUNDS):
        errors = errors_at(entry, role, operands)
        best = np.argsort(errors)[-BEST:]
        operands = [around(random, operand[best]) for operand in operands]
    errors = errors_at(entry, role, operands)
    worst = int(np.argmax(errors))
    given = [float(operand[worst]) for operand in operands]
    bound = getattr(entry.max_ulp[precision], role)
    assert errors[worst] <= bound + WIDER[precision][2], (given, float(errors[worst]))
