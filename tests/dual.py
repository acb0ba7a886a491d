"""Dual numbers in multiple precision: the vocabulary of formulas, with derivatives.

A dual number is a value and its derivative by ``x``; each rule below is one line of a
table of derivatives. A slope of ``None`` says "constant", which is more than zero: a
constant stays exactly constant, and no precision is spent on it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import mpmath

__all__ = ["BallNumbers", "Dual", "MpmathNumbers", "Numbers", "vocabulary"]


class Numbers(Protocol):
    """An arithmetic: how to make its numbers and the elementary functions of it."""

    #: Whether the results may hold nothing but rounding errors.
    doubtful: bool

    def working(self) -> contextlib.AbstractContextManager[Any]: ...
    def lift(self, x: Any) -> Any: ...
    def export(self, x: Any) -> Any: ...
    def add(self, a: Any, b: Any) -> Any: ...
    def divide(self, a: Any, b: Any) -> Any: ...
    def call(self, name: str, x: Any) -> Any: ...
    def pi(self) -> Any: ...


class MpmathNumbers:
    """mpmath at a fixed precision. It knows no errors, but notes total cancellation."""

    def __init__(self, precision: int) -> None:
        self.precision = precision
        self.doubtful = False

    def working(self) -> contextlib.AbstractContextManager[Any]:
        return mpmath.workprec(self.precision)  # type: ignore[no-any-return]

    def lift(self, x: Any) -> Any:
        return mpmath.mpf(x if isinstance(x, int) else float(x))

    def export(self, x: Any) -> Any:
        return x

    def add(self, a: Any, b: Any) -> Any:
        total = a + b
        if not total and a:
            self.doubtful = True
        return total

    def divide(self, a: Any, b: Any) -> Any:
        if b:
            return a / b
        return mpmath.nan if not a else mpmath.sign(a) * mpmath.inf

    def call(self, name: str, x: Any) -> Any:
        if name == "log":
            if x < 0:
                return mpmath.nan
            if x == 1:
                self.doubtful = True  # perhaps it was 1 + tiny
            return mpmath.log(x) if x else -mpmath.inf
        if name == "log1p":
            if x <= -1:
                return mpmath.nan if x < -1 else -mpmath.inf
            return mpmath.log1p(x)
        if name == "sqrt" and x < 0:
            return mpmath.nan
        if name == "erfc" and x > 2.0**64:
            # Beyond what mpmath takes; the next term of the expansion is below 2^-128.
            return mpmath.exp(-x * x) / (x * mpmath.sqrt(mpmath.pi))
        return getattr(mpmath, name)(x)

    def pi(self) -> Any:
        return +mpmath.pi


class BallNumbers:
    """python-flint's balls: every number carries a bound of its error."""

    def __init__(self, precision: int) -> None:
        import flint

        self.flint = flint
        self.precision = precision
        self.doubtful = False
        #: Far below half the smallest subnormal, whatever the sign.
        self.nothing = flint.arb(2) ** -1400

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        before = self.flint.ctx.prec
        self.flint.ctx.prec = self.precision
        try:
            yield
        finally:
            self.flint.ctx.prec = before

    def lift(self, x: Any) -> Any:
        return self.flint.arb(x if isinstance(x, int) else float(x))

    def export(self, x: Any) -> Any:
        if not self.settled(x):
            self.doubtful = True
        if not x.is_finite():
            return mpmath.nan
        man, exp = x.mid().man_exp()
        return mpmath.mp.make_mpf(mpmath.libmp.from_man_exp(int(man), int(exp)))

    def settled(self, x: Any) -> bool:
        """Whether the ball is narrow enough to say what float64 result is meant."""
        if x.rel_accuracy_bits() >= 80 and x.is_finite():
            return True
        return bool(x.is_finite() and (x.is_exact() or x.abs_upper() < self.nothing))

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def divide(self, a: Any, b: Any) -> Any:
        return a / b

    def call(self, name: str, x: Any) -> Any:
        return getattr(x, name)()

    def pi(self) -> Any:
        return self.flint.arb.pi()


class Dual:
    """``value`` and ``slope`` (None: constant) in one arithmetic."""

    __slots__ = ("numbers", "slope", "value")

    def __init__(self, numbers: Numbers, value: Any, slope: Any) -> None:
        self.numbers, self.value, self.slope = numbers, value, slope

    def _new(self, value: Any, slope: Any) -> Dual:
        return Dual(self.numbers, value, slope)

    def _other(self, other: Any) -> Dual:
        return other if isinstance(other, Dual) else self._new(self.numbers.lift(other), None)

    def chain(self, value: Any, factor: Callable[[], Any]) -> Dual:
        """A function of this number, with the factor of the chain rule."""
        return self._new(value, None if self.slope is None else factor() * self.slope)

    def __add__(self, other: Any) -> Dual:
        other = self._other(other)
        add = self.numbers.add
        if self.slope is None or other.slope is None:
            slope = other.slope if self.slope is None else self.slope
        else:
            slope = add(self.slope, other.slope)
        return self._new(add(self.value, other.value), slope)

    def __neg__(self) -> Dual:
        return self._new(-self.value, None if self.slope is None else -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + (-self._other(other))

    def __mul__(self, other: Any) -> Dual:
        other = self._other(other)
        terms = []
        if self.slope is not None:
            terms.append(self.slope * other.value)
        if other.slope is not None:
            terms.append(self.value * other.slope)
        slope = self.numbers.add(*terms) if len(terms) == 2 else terms[0] if terms else None
        return self._new(self.value * other.value, slope)

    def __truediv__(self, other: Any) -> Dual:
        other = self._other(other)
        divide = self.numbers.divide
        quotient = divide(self.value, other.value)
        if other.slope is None:
            slope = None if self.slope is None else divide(self.slope, other.value)
        else:
            # (u/v)' = (u' - (u/v) v') / v
            change = -(quotient * other.slope)
            if self.slope is not None:
                change = self.numbers.add(self.slope, change)
            slope = divide(change, other.value)
        return self._new(quotient, slope)

    def __pow__(self, exponent: int) -> Dual:
        if not isinstance(exponent, int) or exponent < 1:
            raise TypeError("formulas raise to whole positive powers only")
        lower = self.value ** (exponent - 1)
        return self.chain(lower * self.value, lambda: lower * exponent)

    def __radd__(self, other: Any) -> Dual:
        return self + other

    def __rmul__(self, other: Any) -> Dual:
        return self * other

    def __rsub__(self, other: Any) -> Dual:
        return self._other(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return self._other(other) / self

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < self._other(other).value)

    def __le__(self, other: Any) -> bool:
        return bool(self.value <= self._other(other).value)

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > self._other(other).value)

    def __ge__(self, other: Any) -> bool:
        return bool(self.value >= self._other(other).value)

    def __abs__(self) -> Dual:
        # At 0 any slope in [-1, 1] will do where a formula is smooth there.
        value = self.value
        sign = 1 if value > 0 else -1 if value < 0 else 0
        return self.chain(abs(value), lambda: sign)


def vocabulary(numbers: Numbers) -> dict[str, Any]:
    """The functions that a formula may name, over dual numbers of one arithmetic."""

    def dual(x: Any) -> Dual:
        return x if isinstance(x, Dual) else Dual(numbers, numbers.lift(x), None)

    def smooth(name: str, rule: Callable[[Any, Any], Any]) -> Callable[[Any], Dual]:
        """``rule(x, f(x))`` is the derivative."""

        def function(x: Any) -> Dual:
            x = dual(x)
            value = numbers.call(name, x.value)
            return x.chain(value, lambda: rule(x.value, value))

        return function

    one = numbers.lift(1)
    call, divide, add = numbers.call, numbers.divide, numbers.add

    def bell(x: Any) -> Any:
        return 2 * call("exp", -x * x) / call("sqrt", numbers.pi())

    def square(x: Any) -> Any:
        return x * x

    def where(condition: bool, yes: Any, no: Any) -> Dual:
        return dual(yes if condition else no)

    def maximum(a: Any, b: Any) -> Dual:
        a, b = dual(a), dual(b)
        return a if a > b else b

    def minimum(a: Any, b: Any) -> Dual:
        a, b = dual(a), dual(b)
        return a if a < b else b

    def sign(x: Any) -> Dual:
        x = dual(x)
        return dual(1 if x > 0 else -1 if x < 0 else 0)

    return {
        "exp": smooth("exp", lambda x, y: y),
        "expm1": smooth("expm1", lambda x, y: call("exp", x)),
        "log": smooth("log", lambda x, y: divide(one, x)),
        "log1p": smooth("log1p", lambda x, y: divide(one, add(one, x))),
        "sqrt": smooth("sqrt", lambda x, y: divide(one, 2 * y)),
        "tanh": smooth("tanh", lambda x, y: square(call("sech", x))),
        "erf": smooth("erf", lambda x, y: bell(x)),
        "erfc": smooth("erfc", lambda x, y: -bell(x)),
        "abs": abs,
        "sign": sign,
        "where": where,
        "maximum": maximum,
        "minimum": minimum,
        "clip": lambda x, low, high: minimum(maximum(x, low), high),
        "pi": Dual(numbers, numbers.pi(), None),
    }
