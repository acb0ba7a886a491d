"""log(cosh(x)): a smooth absolute value."""

from numpy import float32

from fastact.activations.tanh import tanh
from fastact.elementary.exp import exp_double_parts, exp_short_single, power_of_two
from fastact.elementary.ln2 import LN2, LN2_REST, LN2_REST_SINGLE, LN2_SINGLE
from fastact.elementary.log1p import atanh_double_parts
from fastact.elementary.scalar import fabs, fma, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines

tanh_value, tanh_single = (tanh.body("value", p) for p in ("float64", "float32"))


@activation(
    formula="abs(x) + log1p(exp(-2 * abs(x))) - log(2)",
    source="Green 1990, doi:10.1109/42.52985, as a penalty",
    range=Interval(0.0, float("inf")),
    use="A robust loss: x^2 / 2 near 0, |x| far out, smooth in between.",
    drawback="Even, and flat at 0: a penalty rather than a hidden activation.",
    max_ulp=OWED,
)
@four_lines(64)
def log_cosh(x):
    """Logarithm of the hyperbolic cosine."""
    # Far from 0 it is z - log 2 + log(1 + g^2) with g = exp(-z). Near 0 that would cancel; there
    # cosh z - 1 = m^2 / (2 g) with m = g - 1, and log(1 + y) = 2 atanh(y / (2 + y)) with
    # y / (2 + y) = m^2 / (m^2 + 4 g). Either way n / (n + base), and one exponential, one
    # quotient and one logarithm serve both.
    z = fabs(x)
    near = z < 1.0
    k, t, u = exp_double_parts(-select(z > 40.0, 40.0, z))
    scale = power_of_two(k)
    h = 1.0 + t
    g, g_low = scale * h, scale * (((1.0 - h) + t) + u)
    a, b = scale - 1.0, scale * t
    m = a + b
    m_low = fma(scale, u, (a - m) + b)
    f, f_low = select(near, m, g), select(near, m_low, g_low)
    n = f * f
    n_low = fma(2.0 * f, f_low, fma(f, f, -n))
    base, base_low = select(near, 4.0 * g, 2.0), select(near, 4.0 * g_low, 0.0)
    # The base is the greater one, and so is the line, from 1 on, than the logarithm.
    d = base + n
    d_low = ((base - d) + n) + (base_low + n_low)
    r = 1.0 / d
    q = n * r
    p, p_low = atanh_double_parts(q, (fma(-q, d_low, fma(-q, d, n)) + n_low) * r)
    line = z - LN2
    start, rest = select(near, 0.0, line), select(near, 0.0, ((z - line) - LN2) - LN2_REST)
    total = start + p
    value = total + (((start - total) + p) + (p_low + rest))
    value = select(z < 2.0**-30, 0.5 * z * z, value)
    return select(z > 40.0, line, value)


@log_cosh.single
@four_lines(32)
@ending_apart(32)
def _(x):
    # x^2 / 2 + x^4 p(x^2) below 0.92: the second term is 13 % of the sum at most.
    z = fabs(x)
    w = x * x
    square = w * w
    p = fma(float32(0.0001017936083371751), w, float32(-0.0005950097111053765))
    p = fma(p, square, fma(float32(0.002114297589287162), w, float32(-0.006726630963385105)))
    p = fma(p, square, fma(float32(0.022219788283109665), w, float32(-0.08333323150873184)))
    half = float32(0.5)
    near = fma(half, w, fma(square, p, float32(0.4) * fma(x, x, -w)))
    # The formula from there on, where log1p(e) is 30 % at most.
    bounded = select(z > float32(20.0), float32(20.0), z)
    scale, r, _, q, square = exp_short_single(-(bounded + bounded), float32(-0.0))
    t = fma(q, square, r)
    e = fma(scale, t, scale)
    q = fma(float32(0.3330058753490448), e, float32(-0.49999478459358215))
    q = fma(fma(float32(0.14757040143013), e, float32(-0.24351254105567932)), e * e, q)
    base = z - LN2_SINGLE
    low = (z - base) - LN2_SINGLE
    # e = scale + scale t; the first sum is exact for small z, the rest makes up a tenth.
    head = base + scale
    low = low + ((base - head) + scale)
    far = head + fma(scale, t, fma(e * e, q, low - LN2_REST_SINGLE))
    return select(z < float32(0.92), near, select(z > float32(1e9), z, far))


@log_cosh.derivative
def _(x):
    return tanh_value(x)


@log_cosh.derivative_single
def _(x):
    return tanh_single(x)
