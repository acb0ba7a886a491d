"""Piecewise stand-ins for softplus and sigmoid, with exact zeros."""

from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation

INF = float("inf")


def _within_1(x):
    """x clipped to [-1, 1]."""
    one = like(x, 1.0)
    x = select(x < -one, -one, x)
    return select(x > one, one, x)


@activation(
    formula="where(x <= -1, 0, where(x >= 1, x, (x + 1)**2 / 4))",
    source="JAX's sparse_plus, after Liu and Furber 2016, doi:10.1109/TSP.2016.2572049",
    range=Interval(0.0, INF),
    use="softplus with exact zeros: the integral of sparse_sigmoid.",
    drawback="Dead below -1, like relu below 0.",
    max_ulp=OWED,
    monotone="increasing",
)
def sparse_plus(x):
    """Piecewise quadratic rectifier."""
    # (x + 1)^2 / 4 is never below x: beyond 1, where it stays 1, the greater of the two is x.
    half, inner = like(x, 0.5), _within_1(x)
    b = fma(half, inner, half)
    b_low = fma(half, inner, half - b)
    square = fma(b, b, (b + b) * b_low)
    return select(square < x, x, square)


@sparse_plus.derivative
def _(x):
    half = like(x, 0.5)
    return fma(half, _within_1(x), half)


@activation(
    formula="where(x <= -1, 0, where(x >= 1, 1, (x + 1) / 2))",
    source="JAX's sparse_sigmoid; Martins and Astudillo 2016, arXiv:1602.02068",
    range=Interval(0.0, 1.0),
    use="A sigmoid that reaches 0 and 1 exactly: sparse gates.",
    drawback="Gradient exactly 0 beyond 1: a gate that closes may stay closed.",
    max_ulp=OWED,
    monotone="increasing",
    kinks={"-1": "0", "1": "0"},
)
def sparse_sigmoid(x):
    """Piecewise linear sigmoid on [-1, 1]."""
    half = like(x, 0.5)
    return fma(half, _within_1(x), half)


@sparse_sigmoid.derivative
def _(x):
    inside = select(fabs(x) < like(x, 1.0), like(x, 0.5), like(x, 0.0))
    return select(x == x, inside, x)
