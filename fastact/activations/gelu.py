"""Gaussian error linear units."""

from numpy import float32

from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    DOWN_SINGLE,
    exp_single_terms,
    gaussian_double_terms,
)
from fastact.elementary.gelu_slope import slope_single_terms
from fastact.elementary.logistic_double import (
    complement_double_short,
    exp_minus_double_pair,
    times_logistic_double,
    times_slope_double,
)
from fastact.elementary.logistic_single import (
    complement_single,
    exp_minus_single_pair,
    times_logistic_single,
    times_slope_single,
)
from fastact.elementary.minimum import (
    gelu_minimum_double,
    gelu_minimum_single,
    gelu_tanh_minimum_double,
    gelu_tanh_minimum_single,
)
from fastact.elementary.ndtr import (
    PHI_0,
    PHI_0_LOW,
    mills_double_terms,
    mills_single_terms,
    one_and,
    one_and_single,
    tail_product,
)
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import fabs, fma, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines

INF = float("inf")


def _tail_product(a, scale, r, w, i, e, g, g_low):
    """a scale (1 + r + w) i (1 + e) (g + g') as a pair.

    g comes last: it is behind a polynomial and a division, and all else is ready by then.
    """
    h, h_low = one_and(r, w)
    b = a * scale
    u = b * h
    return tail_product(u, fma(b, h_low, fma(b, h, -u)), i, e, g, g_low)


def _slope_product(scale, r, w, i, e, g, g_low, y, y_low):
    """scale (1 + r + w)(W - y - y') with W = i (1 + e)(g + g'), as a pair."""
    h, h_low = one_and(r, w)
    u = scale * h
    m = i * g
    m_low = fma(m, e, fma(i, g_low, fma(i, g, -m)))
    # The two meet at the zero of the derivative.
    d, d_low = sum_of_two(m, -y)
    d_low = d_low + (m_low - y_low)
    p = u * d
    return p, fma(u, d_low, fma(scale * h_low, d, fma(u, d, -p)))


@activation(
    formula="x * erfc(-x / sqrt(2)) / 2",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415",
    range=Interval(-0.16997120747990366, INF),
    use="The activation of most transformers: smooth, and close to relu for large |x|.",
    drawback="The most expensive of the common ones; not monotone below -0.75.",
    max_ulp=OWED,
    derivative_zeros=(-0.7517915246935645,),
)
def gelu(x):
    """Gaussian error linear unit, x Phi(x), exact.

    x Phi(x) on the left and x - x Phi(-x) on the right, with Phi's tail kept relative:
    the left tail is accurate down to the smallest subnormal.
    """
    a = fabs(x)
    a = select(a > 39.0, 39.0, a)
    scale, r, w = gaussian_double_terms(a, 0.5)
    m, low = _tail_product(a, scale, r, w, *mills_double_terms(a))
    left = gelu_minimum_double(x, (m + low) * -DOWN_DOUBLE)
    # On the right the sum is exact where it has the unit of the left one. Elsewhere it has
    # a larger one, and the error of the left counts for half at most.
    return select(x < 0.0, left, x + left)


@gelu.single
def _(x):
    # At 16.1 the power of two is 0 (VANISHED_SINGLE), and what it multiplies need only be finite.
    a = fabs(x)
    a = select(a > float32(16.1006), float32(16.1006), a)
    half = float32(0.5) * a
    v = -(half * a)
    scale, r, w = exp_single_terms(v, -fma(half, a, v))
    i, e, small = mills_single_terms(a, v)
    g, g_low = one_and_single(r, w, e, small)
    p = i * g
    p_low = fma(i, g_low, fma(i, g, -p))
    b = a * scale
    # What the left tail is taken from: x, or -0, which a vanished power leaves as it is.
    nothing = float32(-0.0)
    right = select(x < nothing, nothing, x)
    return gelu_minimum_single(x, fma(fma(b, p, b * p_low), -DOWN_SINGLE, right))


@gelu.derivative
def _(x):
    a = fabs(x)
    a = select(a > 39.0, 39.0, a)
    scale, r, w = gaussian_double_terms(a, 0.5)
    i, e, g, g_low = mills_double_terms(a)
    y = a * PHI_0
    y_low = fma(a, PHI_0_LOW, fma(a, PHI_0, -y))
    d, low = _slope_product(scale, r, w, i, e, g, g_low, y, y_low)
    high = d * DOWN_DOUBLE
    right = 1.0 - high
    right = right + (((1.0 - right) - high) - low * DOWN_DOUBLE)
    return select(x < 0.0, (d + low) * DOWN_DOUBLE, right)


@gelu.derivative_single
def _(x):
    a = fabs(x)
    a = select(a > float32(16.1006), float32(16.1006), a)
    half = float32(0.5) * a
    v = -(half * a)
    scale, r, w = exp_single_terms(v, -fma(half, a, v))
    d, d_low, s, s_low = slope_single_terms(a, v)
    h, h_low = one_and(r, w)
    u = h * s
    u_low = fma(h_low, s + s_low, fma(h, s_low, fma(h, s, -u)))
    b, b_low = scale * d, scale * d_low
    # Negated last: the zero of a vanished power is then -0.
    left = fma(b, u, fma(b, u_low, b_low * (u + u_low))) * -DOWN_SINGLE
    return select(x < float32(0.0), left, float32(1.0) - left)


# sqrt(8 / pi) and 0.044715 sqrt(8 / pi), each as a sum of two float64: rounded to one,
# they would cost 40 ULP in the tail, where the exponent reaches 745.
LINEAR, LINEAR_LOW = 1.5957691216057308, -9.96930880911092e-17
CUBIC, CUBIC_LOW = 0.07135481627260025, -4.1218577217431825e-18

# Where the argument of the logistic function is LEAST_SINGLE, and where the result is x.
_TANH_LEAST_SINGLE = float32(-11.310738)
_TANH_END_SINGLE, _TANH_END = float32(8.0 - 2.0**-21), 8.0 - 2.0**-50


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


# The linear coefficient ends at 2^-46: LINEAR - b is then exact for any b below 2^7.
_LINEAR_SHORT, _LINEAR_REST = 1.595769121605727, 3.675065195634423e-15


def _cubic(x, p, p_low, c, c_low):
    """x (sqrt(8 / pi) + (c + c') (p + p')) as a pair, for p below 23^2."""
    b = fma(c, p, _LINEAR_SHORT)
    b_low = fma(c, p, _LINEAR_SHORT - b) + fma(c, p_low, fma(c_low, p, _LINEAR_REST))
    v = x * b
    return v, fma(x, b_low, fma(x, b, -v))


# In float32 the linear coefficient ends at 2^-19: LINEAR - b is then exact for any b below 2^5.
_LINEAR_SINGLE, _LINEAR_LOW_SINGLE = float32(1.5957698822021484), float32(-7.605964e-07)


def _cubic_single(x, p, p_low, c, c_low):
    """x (sqrt(8 / pi) + (c + c') (p + p')) as a pair in float32."""
    b = fma(c, p, _LINEAR_SINGLE)
    b_low = fma(c, p, _LINEAR_SINGLE - b) + fma(c, p_low, fma(c_low, p, _LINEAR_LOW_SINGLE))
    v = x * b
    return v, fma(x, b_low, fma(x, b, -v))


def _tanh_argument_single(x):
    """x^2 and v = sqrt(8/pi) (x + 0.044715 x^3), each as a pair in float32."""
    p = x * x
    p_low = fma(x, x, -p)
    v, v_low = _cubic_single(x, p, p_low, float32(0.071354814), float32(2.3988325e-09))
    return p, p_low, v, v_low


@activation(
    formula="x / (1 + exp(-sqrt(8 / pi) * (x + 0.044715 * x**3)))",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415; PyTorch's approximate='tanh'",
    range=Interval(-0.17004075057125405, INF),
    use="Models that were trained with it, such as GPT-2; JAX's default gelu.",
    drawback="Off from gelu by up to 5e-4: mixing the two shifts a trained model's results.",
    max_ulp=OWED,
    derivative_zeros=(-0.7524614220710163,),
)
@four_lines(32, 64)
@ending_apart(32)
def gelu_tanh(x):
    """GELU in its tanh approximation, x s(2u) with u = sqrt(2/pi) (x + 0.044715 x^3)."""
    x = select(x < -23.0, -23.0, x)
    # What is cut off is added at the end, as in silu.
    inner = select(x > _TANH_END, _TANH_END, x)
    v, v_low, _, _ = _tanh_argument(inner)
    value = times_logistic_double(inner, *exp_minus_double_pair(v, v_low))
    return gelu_tanh_minimum_double(inner, value) - (inner - x)


@gelu_tanh.single
@four_lines(64)
@ending_apart(32)
def _(x):
    # Beyond the clamps the result rounds to 0 and to x.
    x = select(x < _TANH_LEAST_SINGLE, _TANH_LEAST_SINGLE, x)
    inner = select(x > _TANH_END_SINGLE, _TANH_END_SINGLE, x)
    _, _, v, v_low = _tanh_argument_single(inner)
    value = times_logistic_single(inner, *exp_minus_single_pair(v, v_low))
    return gelu_tanh_minimum_single(inner, value) - (inner - x)


@gelu_tanh.derivative
@four_lines(32, 64)
def _(x):
    x = select(x < -23.0, -23.0, x)
    x = select(x > _TANH_END, _TANH_END, x)
    p = x * x
    p_low = fma(x, x, -p)
    v, v_low = _cubic(x, p, p_low, CUBIC, CUBIC_LOW)
    y, y_low = _cubic(x, p, p_low, 0.21406444881780073, 1.5122146425849084e-18)
    # Without the rest of r, which counts 0.3 ULP at most: 1.5 are owed.
    scale, r, _, q, square = exp_minus_double_pair(v, v_low)
    scale, i, e, u, u_low = complement_double_short(scale, r, 0.0, q, square)
    w = y * u
    return times_slope_double(scale, i, e, w, fma(y, u_low, fma(y_low, u, fma(y, u, -w))))


@gelu_tanh.derivative_single
@four_lines(64)
@ending_apart(32)
def _(x):
    x = select(x < _TANH_LEAST_SINGLE, _TANH_LEAST_SINGLE, x)
    x = select(x > _TANH_END_SINGLE, _TANH_END_SINGLE, x)
    p, p_low, v, v_low = _tanh_argument_single(x)
    y, y_low = _cubic_single(x, p, p_low, float32(0.214064449), float32(-2.5408342e-10))
    scale, i, e, u, u_low = complement_single(*exp_minus_single_pair(v, v_low))
    w = y * u
    return times_slope_single(scale, i, e, w, fma(y, u_low, fma(y_low, u, fma(y, u, -w))))
