"""Gaussian error linear units."""

from numpy import float32, float64

from fastact.elementary.exp import exp_wide
from fastact.elementary.logistic import (
    logistic_slope_double,
    logistic_slope_wide,
    sum_of_two,
    times_logistic_double,
)
from fastact.elementary.scalar import fma, select
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")

# sqrt(8 / pi) and 0.044715 sqrt(8 / pi), each as a sum of two float64: rounded to one,
# they would cost 40 ULP in the tail, where the exponent reaches 745.
LINEAR, LINEAR_LOW = 1.5957691216057308, -9.96930880911092e-17
CUBIC, CUBIC_LOW = 0.07135481627260025, -6.175149918155315e-19


def _tanh_argument(x):
    """v = sqrt(8/pi) (x + 0.044715 x^3) and y = x v', each as a pair."""
    p = x * x
    p_low = fma(x, x, -p)
    a = CUBIC * p
    a_low = fma(CUBIC_LOW, p, fma(CUBIC, p_low, fma(CUBIC, p, -a)))
    b, b_low = sum_of_two(LINEAR, a)
    b_low = b_low + (a_low + LINEAR_LOW)
    v = x * b
    v_low = fma(x, b_low, fma(x, b, -v))
    a3 = 3.0 * a
    a3_low = fma(3.0, a_low, fma(3.0, a, -a3))
    d, d_low = sum_of_two(LINEAR, a3)
    d_low = d_low + (a3_low + LINEAR_LOW)
    y = x * d
    return v, v_low, y, fma(x, d_low, fma(x, d, -y))


@activation(
    formula="x / (1 + exp(-sqrt(8 / pi) * (x + 0.044715 * x**3)))",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415; PyTorch's approximate='tanh'",
    range=Interval(-0.17004075057125405, INF),
    use="GPT-2 and BERT checkpoints trained with it; JAX's default gelu.",
    drawback="Off from gelu by up to 5e-4: mixing the two shifts a trained model's results.",
    max_ulp=OWED,
    derivative_zeros=(-0.7524614220710163,),
)
def gelu_tanh(x):
    """GELU in its tanh approximation, x s(2u) with u = sqrt(2/pi) (x + 0.044715 x^3)."""
    x = select(x < -23.0, -23.0, x)
    v, v_low, _, _ = _tanh_argument(select(x > 7.5, 7.5, x))
    return times_logistic_double(x, v, v_low)


@gelu_tanh.single
def _(x):
    x = select(x < float32(-50.0), float32(-50.0), x)
    wide = float64(x)
    # A large positive x only makes the exponential vanish; the clamp keeps x^3 finite.
    inner = float64(select(x > float32(50.0), float32(50.0), x))
    v = inner * fma(inner * inner, CUBIC, LINEAR)
    return float32(wide / (1.0 + exp_wide(-v)))


@gelu_tanh.derivative
def _(x):
    x = select(x < -23.0, -23.0, x)
    x = select(x > 7.5, 7.5, x)
    v, v_low, y, y_low = _tanh_argument(x)
    return logistic_slope_double(v, v_low, y, y_low)


@gelu_tanh.derivative_single
def _(x):
    x = select(x < float32(-50.0), float32(-50.0), x)
    wide = float64(select(x > float32(50.0), float32(50.0), x))
    p = wide * wide
    v = wide * fma(p, CUBIC, LINEAR)
    return float32(logistic_slope_wide(v, wide * fma(p, 3.0 * CUBIC, LINEAR)))
