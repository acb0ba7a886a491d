"""The logistic function."""

from numpy import float32, float64, int32, int64

from fastact.elementary.exp import (
    exp_double_parts,
    exp_single_parts,
    exp_wide,
    power_of_two,
    power_of_two_single,
)
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import Bound, Interval, activation


@activation(
    formula="1 / (1 + exp(-x))",
    source="Verhulst 1845; as an activation Rumelhart et al. 1986, doi:10.1038/323533a0",
    range=Interval(0.0, 1.0),
    use="Output layer of a binary classifier, gates of recurrent networks: a probability.",
    drawback="Saturates on both sides: the gradient is at most 1/4 and vanishes through depth.",
    max_ulp={"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)},
    aliases=("expit", "logistic"),
    monotone="increasing",
)
def sigmoid(x):
    """Logistic function.

    1 / (1 + exp(-x)) with exp(-x) = 2^k h is evaluated as 2^-k / (2^-k + h): one
    formula for the whole line, which neither overflows nor cancels.
    """
    # Beyond the clamps the result rounds to 0 and to 1.
    x = select(x > 40.0, 40.0, x)
    x = select(x < -760.0, -760.0, x)
    k, t, u = exp_double_parts(-x)
    h = 1.0 + t
    low = ((1.0 - h) + t) + u
    # Below 2^-100 the addend no longer counts; the power itself must stay normal.
    c = power_of_two(select(k > int64(100), int64(-100), int64(-k)))
    d = c + h
    back = d - c
    low = low + ((c - (d - back)) + (h - back))
    r = 1.0 / d
    r = fma(fma(-low, r, fma(-d, r, 1.0)), r, r)
    # In two steps: the result may be subnormal, 2^-k with it.
    half = int64(k >> int64(1))
    return r * power_of_two(int64(-half)) * power_of_two(int64(half - k))


@sigmoid.single
def _(x):
    x = select(x > float32(18.0), float32(18.0), x)
    x = select(x < float32(-105.0), float32(-105.0), x)
    k, t, u = exp_single_parts(-x)
    one = float32(1.0)
    h = one + t
    low = ((one - h) + t) + u
    c = power_of_two_single(select(k > int32(60), int32(-60), int32(-k)))
    d = c + h
    back = d - c
    low = low + ((c - (d - back)) + (h - back))
    r = one / d
    r = fma(fma(-low, r, fma(-d, r, one)), r, r)
    half = int32(k >> int32(1))
    return r * power_of_two_single(int32(-half)) * power_of_two_single(int32(half - k))


@sigmoid.derivative
def _(x):
    # s(x) s(-x) = e / (1 + e)^2 with e = exp(-|x|): even, and no 1 - s to cancel.
    z = fabs(x)
    z = select(z > 760.0, 760.0, z)
    k, t, u = exp_double_parts(-z)
    h = 1.0 + t
    h_low = ((1.0 - h) + t) + u
    scale = power_of_two(select(k < int64(-100), int64(-100), k))
    e, e_low = scale * h, scale * h_low
    d = 1.0 + e
    d_low = ((1.0 - d) + e) + e_low
    square = d * d
    square_low = fma(2.0 * d, d_low, fma(d, d, -square))
    r = 1.0 / square
    q = h * r
    q = fma(fma(-q, square_low, fma(-q, square, h) + h_low), r, q)
    half = int64(k >> int64(1))
    return q * power_of_two(half) * power_of_two(int64(k - half))


@sigmoid.derivative_single
def _(x):
    e = exp_wide(-fabs(float64(x)))
    d = 1.0 + e
    return float32(e / (d * d))


@sigmoid.from_output
def _(y):
    # 1 - y is exact for y in [1/2, 1]; the loss is that of y itself, near 1.
    return y * (like(y, 1.0) - y)
