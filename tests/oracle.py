"""What an activation's formula says, exactly: the judge of every numeric test.

An entry's ``formula`` is evaluated in multiple precision and differentiated there by
forward-mode automatic differentiation, with mpmath or, where it is installed and
quicker, with the ball arithmetic of python-flint. No code of the package is run.

mpmath carries no error bounds, so a result counts only when two precisions, one twice
the other, agree to 2^-80. A sum that cancels to nothing would agree with itself at any
precision, hence such sums are noted (:attr:`Numbers.doubtful`) and lead to precision
that no float64 argument can exhaust.
"""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import mpmath
import numpy as np
from numpy.typing import DTypeLike, NDArray

from tests.dual import BallNumbers, Dual, MpmathNumbers, Numbers, vocabulary

__all__ = ["Exact", "Oracle", "Reference", "limit", "nearest", "reference", "ulp_error"]

#: Doubling settles most points; where it does not, bits cancel, and many of them:
#: x - tanh(x) at the smallest float64 subnormal loses 2148. A result that is still
#: nothing at the last precision is below 2^-1300 whatever factors a formula may hold.
PRECISIONS = (128, 256, 1024, 2400, 4800, 9600)
AGREEMENT = mpmath.mpf(2) ** -80


@dataclass(frozen=True)
class Exact:
    """Value and derivative at one point, good to at least 80 bits (nan: undefined)."""

    value: mpmath.mpf
    derivative: mpmath.mpf


class Oracle:
    """The formula of one entry at given parameters.

    ``balls`` asks for python-flint, which bounds its own errors and takes a fifth of the
    time; points that it leaves open are mpmath's all the same.
    """

    def __init__(
        self,
        entry: Any,
        parameters: Mapping[str, float] | None = None,
        balls: bool = find_spec("flint") is not None,
    ) -> None:
        self.entry = entry
        self.balls = balls
        self.parameters = {**entry.parameters, **(parameters or {})}
        self._code = compile(entry.formula.strip(), f"<formula of {entry.name}>", "eval")
        self._kinks = {
            self._expression(point): self._expression(slope) for point, slope in entry.kinks.items()
        }

    def _expression(self, text: str) -> float:
        return float(eval(text, {"__builtins__": {}, "inf": math.inf}, self.parameters))

    @property
    def kinks(self) -> dict[float, float]:
        """Points without a unique derivative, and the value to be taken there."""
        return self._kinks

    @property
    def derivative_zeros(self) -> list[float]:
        """Interior zeros of f' at these parameters."""
        steepness = self.place(1.0)
        return [zero / steepness for zero in self.entry.derivative_zeros if steepness]

    def place(self, x: Any) -> Any:
        """What is at the entry's ``derivative_zeros`` where f' is 0: x times a parameter, or x."""
        names = {**self.parameters, "x": x, "__builtins__": {}}
        return eval(self.entry.derivative_zeros_in, names)

    def __call__(self, x: float) -> Exact:
        """Value and derivative at the finite point ``x``."""
        if self.balls:
            for precision in PRECISIONS[:-1]:
                numbers: Numbers = BallNumbers(precision)
                current = self.at_precision(numbers, x)
                if not numbers.doubtful:
                    return self._at_kink(x, current)
        previous = None
        for precision in PRECISIONS:
            numbers = MpmathNumbers(precision)
            current = self.at_precision(numbers, x)
            doubtful = numbers.doubtful and precision < PRECISIONS[-1]
            if previous is not None and not doubtful and _agree(previous, current):
                return self._at_kink(x, current)
            previous = current
        raise ArithmeticError(f"{self.entry.name} at {x!r}: no agreement at {precision} bits")

    def _at_kink(self, x: float, exact: Exact) -> Exact:
        if x in self._kinks:
            return Exact(exact.value, mpmath.mpf(self._kinks[x]))
        return exact

    def at_precision(self, numbers: Numbers, x: float) -> Exact:
        """One evaluation of the dual formula, of unknown error."""
        with numbers.working():
            result = self.duals(numbers)(x)
            return Exact(numbers.export(result.value), numbers.export(result.slope))

    def duals(self, numbers: Numbers) -> Callable[[float], Dual]:
        """The dual formula as a function in one arithmetic, to be called while that works."""
        names: dict[str, Any] = vocabulary(numbers)
        for name, value in self.parameters.items():
            names[name] = Dual(numbers, numbers.lift(value), None)
        nothing, one, scope = numbers.lift(0), numbers.lift(1), {"__builtins__": {}}

        def at(x: float) -> Dual:
            names["x"] = Dual(numbers, numbers.lift(x), one)
            result = eval(self._code, scope, names)
            if not isinstance(result, Dual):
                result = Dual(numbers, numbers.lift(result), None)
            return result if result.slope is not None else Dual(numbers, result.value, nothing)

        return at


def _agree(a: Exact, b: Exact) -> bool:
    return all(
        p == q or (mpmath.isnan(p) and mpmath.isnan(q)) or abs(p - q) <= AGREEMENT * abs(q)
        for p, q in ((a.value, b.value), (a.derivative, b.derivative))
    )


def limit(oracle: Oracle, sign: int) -> tuple[float, float]:
    """Limits of value and derivative at ``sign`` * infinity, from the formula far out.

    Far beyond float64's range every activation has settled or runs away for good.
    """
    near, far = (oracle(sign * math.ldexp(1.0, e)) for e in (700, 1000))
    result = []
    for p, q in ((near.value, far.value), (near.derivative, far.derivative)):
        runs_away = abs(q) > 2.0**100 and abs(q) > abs(p) * 2.0**50
        result.append(math.copysign(math.inf, q) if runs_away else float(q))
    return result[0], result[1]


# -- rounding and errors --------------------------------------------------------------


@functools.lru_cache
def _format(dtype: np.dtype[Any]) -> types.SimpleNamespace:
    info = np.finfo(dtype)
    return types.SimpleNamespace(
        digits=int(info.nmant), least=int(info.minexp), most=int(info.maxexp)
    )


def _ulp_exponent(exact: mpmath.mpf, kind: types.SimpleNamespace) -> int:
    """Exponent of the spacing of floats at ``exact``: subnormals are evenly spaced."""
    # mag(x) = 1 + floor(log2|x|), except that mpmath gives it for 0 as -inf.
    magnitude = kind.least if exact == 0 else int(mpmath.mag(exact)) - 1
    return min(max(magnitude, kind.least), kind.most - 1) - kind.digits


def nearest(exact: mpmath.mpf, dtype: DTypeLike) -> float:
    """The float of type ``dtype`` nearest to ``exact``, ties to even, as a Python float."""
    kind = _format(np.dtype(dtype))
    if mpmath.isnan(exact) or mpmath.isinf(exact):
        return float(exact)
    if exact and mpmath.mag(exact) > kind.most:
        return math.copysign(math.inf, mpmath.sign(exact))
    if exact and mpmath.mag(exact) < kind.least - kind.digits - 1:
        return math.copysign(0.0, mpmath.sign(exact))
    exponent = _ulp_exponent(exact, kind)
    with mpmath.workprec(256):
        steps = int(mpmath.nint(mpmath.ldexp(exact, -exponent)))  # nint: ties to even
    if abs(steps).bit_length() + exponent > kind.most:
        return math.copysign(math.inf, steps)
    return math.ldexp(steps, exponent)


def ulp_error(result: float, exact: mpmath.mpf, dtype: DTypeLike, crossing: bool = False) -> float:
    """Distance of ``result`` from ``exact`` in units of the last place of ``exact``.

    Overflow is judged as if the exponent range went on for one more step: infinity
    stands for 2^maxexp. ``crossing`` says that the input lies within 0.1 of an interior
    zero of the derivative, where relative accuracy is not asked for: the unit is then
    at least that of 1/8.
    """
    if mpmath.isnan(exact) or math.isnan(result):
        return 0.0 if mpmath.isnan(exact) and math.isnan(result) else math.inf
    kind = _format(np.dtype(dtype))
    with mpmath.workprec(2400):
        top = mpmath.ldexp(1, kind.most)
        exponent = _ulp_exponent(exact, kind)
        if crossing:
            exponent = max(exponent, -3 - kind.digits)
        error = _clip(mpmath.mpf(result), top) - _clip(exact, top)
        return float(abs(mpmath.ldexp(error, -exponent)))


def _clip(x: mpmath.mpf, top: mpmath.mpf) -> mpmath.mpf:
    return min(max(x, -top), top)


@dataclass(frozen=True)
class Reference:
    """Exact results in a form that whole arrays can be judged by.

    ``exact = (rounded / 2^exponent + rest) * 2^exponent`` with ``2^exponent`` the unit
    in the last place and ``rest`` in [-1/2, 1/2].
    """

    rounded: NDArray[Any]
    rest: NDArray[np.float64]
    exponent: NDArray[np.int32]

    def errors(self, result: NDArray[Any]) -> NDArray[np.float64]:
        """ULP error of each element of ``result``."""
        assert result.dtype == self.rounded.dtype
        kind = _format(result.dtype)

        # Infinity stands for 2^maxexp, no float64 itself: large values are halved.
        shift = np.where(self.exponent > 0, 1, 0)
        with np.errstate(all="ignore"):
            top = np.ldexp(1.0, kind.most - shift)
            got, wanted = (
                np.clip(np.ldexp(a.astype(np.float64), -shift), -top, top)
                for a in (result, self.rounded)
            )
            # A difference of neighbours is exact, and so is ldexp; it goes in two steps
            # as the factor may exceed the range of float64.
            power = shift - self.exponent
            steps = np.ldexp(np.ldexp(got - wanted, power // 2), power - power // 2)
            errors = np.abs(steps - self.rest)
        both_nan = np.isnan(result) & np.isnan(self.rounded)
        errors[np.isnan(errors)] = np.inf
        errors[both_nan] = 0.0
        return errors


def reference(
    exact: Iterable[mpmath.mpf],
    dtype: DTypeLike,
    crossing: Iterable[bool] | None = None,
) -> Reference:
    """The array form of exact results for outputs of type ``dtype``."""
    dtype = np.dtype(dtype)
    kind = _format(dtype)
    exact = list(exact)
    crossing = [False] * len(exact) if crossing is None else list(crossing)
    rounded = np.empty(len(exact), dtype)
    rest = np.zeros(len(exact))
    exponents = np.zeros(len(exact), np.int32)
    for i, value in enumerate(exact):
        rounded[i] = nearest(value, dtype)
        if not mpmath.isfinite(value):
            continue
        exponent = _ulp_exponent(value, kind)
        if crossing[i]:
            exponent = max(exponent, -3 - kind.digits)
        with mpmath.workprec(2400):
            top = mpmath.ldexp(1, kind.most)
            shown = _clip(mpmath.mpf(float(rounded[i])), top)
            rest[i] = float(mpmath.ldexp(_clip(value, top) - shown, -exponent))
        exponents[i] = exponent
    return Reference(rounded, rest, exponents)
