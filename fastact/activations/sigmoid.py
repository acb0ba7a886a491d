"""The logistic function."""

from numpy import float32

from fastact.elementary.logistic_double import logistic_derivative_double, logistic_double
from fastact.elementary.logistic_single import (
    LEAST_SINGLE,
    logistic_derivative_single,
    logistic_single,
)
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import four_lines


@activation(
    formula="1 / (1 + exp(-x))",
    source="Verhulst 1845; as an activation Rumelhart et al. 1986, doi:10.1038/323533a0",
    range=Interval(0.0, 1.0),
    use="Output layer of a binary classifier, gates of recurrent networks: a probability.",
    drawback="Saturates on both sides: the gradient is at most 1/4 and vanishes through depth.",
    max_ulp=OWED,
    aliases=("expit", "logistic"),
    monotone="increasing",
)
def sigmoid(x):
    """Logistic function.

    Evaluated by one formula for the whole line that neither overflows nor cancels:
    see :mod:`fastact.elementary.logistic_double`.
    """
    # Beyond the clamps the result rounds to 0 and to 1.
    x = select(x > 38.0, 38.0, x)
    x = select(x < -760.0, -760.0, x)
    return logistic_double(x)


@sigmoid.single
@four_lines(32, 64)
def _(x):
    x = select(x > float32(17.5), float32(17.5), x)
    x = select(x < LEAST_SINGLE, LEAST_SINGLE, x)
    return logistic_single(x)


@sigmoid.derivative
def _(x):
    # s(x) s(-x) = e / (1 + e)^2 with e = exp(-|x|): even, and no 1 - s to cancel.
    v = -fabs(x)
    return logistic_derivative_double(select(v < -760.0, -760.0, v), 1.0)


@sigmoid.derivative_single
@four_lines(32)
def _(x):
    v = -fabs(x)
    v = select(v < LEAST_SINGLE, LEAST_SINGLE, v)
    return logistic_derivative_single(v, float32(1.0))


@sigmoid.from_output
def _(y):
    # 1 - y is exact for y in [1/2, 1]; the loss is that of y itself, near 1.
    return y * (like(y, 1.0) - y)


@activation(
    formula="clip(x / 6 + 0.5, 0, 1)",
    source="Courbariaux et al. 2015, arXiv:1511.00363; PyTorch's hardsigmoid",
    range=Interval(0.0, 1.0),
    use="Gates in networks for integer and mobile hardware.",
    drawback="Gradient exactly 0 beyond 3. ONNX and Thinc use a slope of 0.2.",
    max_ulp=OWED,
    monotone="increasing",
    aliases=("hardsigmoid",),
    kinks={"-3": "0", "3": "0"},
)
def hard_sigmoid(x):
    """Piecewise linear sigmoid."""
    three, six, sixth = like(x, 3.0), like(x, 6.0), like(x, 1.0 / 6.0)
    x = select(x < -three, -three, x)
    x = select(x > three, three, x)
    # x + 3 whole, and what the rounded sixth leaves of it: no division, 0.5 ULP.
    a = x + three
    q = a * sixth
    return fma(fma(-q, six, a) + (x - (a - three)), sixth, q)


@hard_sigmoid.derivative
def _(x):
    three = like(x, 3.0)
    inside = (x > -three) & (x < three)
    slope = select(inside, like(x, 1.0) / like(x, 6.0), like(x, 0.0))
    return select(x == x, slope, x)
