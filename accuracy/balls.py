"""Exact results of many float64 inputs: the oracle's formula in balls, its judgement in arrays.

tests/oracle.py makes mpmath numbers point by point, and 10^6 points of every function
would take it most of an hour each. Here a ball becomes two float64, the rounded result
and what the rounding left, and all that follows is array arithmetic: 5 to 25 us per
point for value and derivative together. What balls leave open, the oracle settles.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import mpmath
import numpy as np
from numpy.typing import NDArray

from tests.dual import BallNumbers
from tests.oracle import Oracle, Reference, reference

__all__ = ["CROSSING_WIDTH", "References", "crossings", "references"]

#: The oracle's precisions, with a first one that 53 bits may cancel from.
PRECISIONS = (160, 512, 1024, 2400, 4800)
#: Half the width around a zero of f' within which the unit is at least that of 1/8.
CROSSING_WIDTH = 0.1
#: Below this a remainder would be subnormal: it is scaled up.
SMALL, SCALE = 2.0**-700, 300


class References(NamedTuple):
    """Exact values and derivatives of one function."""

    value: Reference
    derivative: Reference


def crossings(oracle: Oracle, x: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each input lies at an interior zero of the derivative."""
    near = np.zeros(x.shape, bool)
    with np.errstate(over="ignore"):
        place = oracle.place(x.astype(np.float64))
    for zero in oracle.entry.derivative_zeros:
        near |= np.abs(place - zero) < CROSSING_WIDTH
    return near


def references(oracle: Oracle, x: NDArray[np.float64]) -> References:
    """What the formula says at every ``x``, to at least 80 bits."""
    parts = np.zeros((2, 3, x.size))  # role; rounded, rest, scale of the rest
    todo = np.arange(x.size)
    for precision in PRECISIONS:
        numbers = BallNumbers(precision)
        with numbers.working():
            formula, left = oracle.duals(numbers), []
            for i, at in zip(todo.tolist(), x[todo].tolist(), strict=True):
                result = formula(at)
                value, slope = _split(numbers, result.value), _split(numbers, result.slope)
                if value is None or slope is None:
                    left.append(i)
                else:
                    parts[0, :, i] = value
                    parts[1, :, i] = slope
        todo = np.array(left, dtype=np.intp)
        if not left:
            break
    near = crossings(oracle, x)
    made = References(_arrays(parts[0], np.zeros_like(near)), _arrays(parts[1], near))
    if todo.size:
        exact = [oracle(at) for at in x[todo].tolist()]
        _fill(made.value, todo, reference([e.value for e in exact], np.float64))
        slopes = reference([e.derivative for e in exact], np.float64, near[todo].tolist())
        _fill(made.derivative, todo, slopes)
    for point, slope in oracle.kinks.items():
        at_kink = np.flatnonzero(x == point)
        _fill(made.derivative, at_kink, _repeated(slope, at_kink.size))
    # Outside its domain (logit beyond [0, 1]) a function has no derivative either.
    made.derivative.rounded[np.isnan(made.value.rounded)] = np.nan
    return made


def _split(numbers: BallNumbers, ball: Any) -> tuple[float, float, int] | None:
    """The ball as a float64, the remainder times 2^scale and scale; None: too wide."""
    if not numbers.settled(ball):
        return None
    rounded = float(ball)
    if math.isinf(rounded):
        # Overflow counts as 2^1024 (see Reference); just below it the oracle is asked.
        return (rounded, 0.0, 0) if float(ball.abs_lower()) == math.inf else None
    if abs(rounded) < SMALL:
        return rounded, float((ball - rounded) * numbers.lift(1 << SCALE)), SCALE
    return rounded, float(ball - rounded), 0


def _arrays(parts: NDArray[np.float64], crossing: NDArray[np.bool_]) -> Reference:
    """Rounded result, remainder and its scale as what results are judged by."""
    rounded, rest, scale = parts[0].copy(), parts[1], parts[2].astype(np.int32)
    finite = np.where(np.isinf(rounded), np.finfo(np.float64).max, rounded)
    mantissa, exponent = np.frexp(np.abs(finite))
    # What was rounded up to a power of two belongs to the binade below it.
    down = (mantissa == 0.5) & (np.sign(rest) == -np.sign(rounded))
    unit = np.clip(exponent - 1 - down, -1022, 1023) - 52
    unit[rounded == 0] = -1074
    unit = np.where(crossing, np.maximum(unit, -3 - 52), unit).astype(np.int32)
    return Reference(rounded, np.ldexp(rest, -(unit + scale)), unit)


def _repeated(value: float, count: int) -> Reference:
    return reference([mpmath.mpf(value)] * count, np.float64)


def _fill(made: Reference, where: NDArray[np.intp], part: Reference) -> None:
    made.rounded[where] = part.rounded
    made.rest[where] = part.rest
    made.exponent[where] = part.exponent
