"""The error function, its complement, and the normal distribution function."""

from numpy import float32

from fastact.elementary.erf import (
    SLOPE_SINGLE,
    SLOPE_SINGLE_LOW,
    SQRT_2,
    SQRT_2_LOW,
    SQRT_2_SINGLE,
    SQRT_2_SINGLE_LOW,
    TWO_OVER_SQRT_PI,
    TWO_OVER_SQRT_PI_LOW,
    erf_core_double,
    erf_core_single,
    erf_far_single,
    erf_near_single,
    phi_near_single,
)
from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    DOWN_SINGLE,
    exp_single_terms,
    gaussian_double_terms,
    gaussian_single_terms,
)
from fastact.elementary.ndtr import (
    MIDDLE,
    PHI_0,
    PHI_0_LOW,
    PHI_0_SINGLE,
    PHI_0_SINGLE_LOW,
    mills_double_terms,
    mills_single_terms,
    one_and,
    one_and_single,
    tail_product,
)
from fastact.elementary.scalar import copysign, fabs, fma, select
from fastact.engine.entry import Bound, Interval, activation
from fastact.engine.interleave import four_lines

SOURCE = "Abramowitz and Stegun 1964, Handbook of Mathematical Functions, "


def _complement(z):
    """p, p' with erfc(z) = 2^-512 (p + p') for z in [0, 27.5]."""
    scale, r, w = gaussian_double_terms(z, 1.0)
    h, h_low = one_and(r, w)
    a = z * SQRT_2
    a_low = fma(z, SQRT_2_LOW, fma(z, SQRT_2, -a))
    i, e, g, g_low = mills_double_terms(a)
    double = scale + scale
    return tail_product(double * h, double * h_low, i, fma(-a_low, i, e), g, g_low)


def _tail_single(scale, r, w, i, e, small):
    """2^60 Phi(-a), rounded once, from the terms of exp(-a^2 / 2) and of W(a) in float32."""
    g, g_low = one_and_single(r, w, e, small)
    return fma(i, g, i * g_low) * scale


def _from_above(top, p, p_low):
    """top - 2^-512 (p + p_low), rounded once."""
    high = p * DOWN_DOUBLE
    difference = top - high
    return difference + (((top - difference) - high) - p_low * DOWN_DOUBLE)


def _times_bell(height, height_low, scale, r, w):
    """(height + height_low) scale (1 + r + w), rounded once."""
    h, h_low = one_and(r, w)
    y = height * h
    return (y + fma(height, h_low, fma(height_low, h, fma(height, h, -y)))) * scale


def _bell(x, limit, rate, height, height_low):
    """height * exp(-rate x^2), rounded once; 0 from limit on."""
    a = fabs(x)
    terms = gaussian_double_terms(select(a > limit, limit, a), rate)
    return _times_bell(height, height_low, *terms) * DOWN_DOUBLE


def _bell_single(x, limit, rate, height, height_low):
    """The same in float32 arithmetic."""
    a = fabs(x)
    scale, r, w = gaussian_single_terms(select(a > limit, limit, a), rate)
    h, h_low = one_and(r, w)
    # The product is exact inside the fma; a remainder of its own would cost two operations.
    y = fma(height, h, fma(height, h_low, height_low * h))
    return y * scale * DOWN_SINGLE


@activation(
    formula="erf(x)",
    source=SOURCE + "7.1.1",
    range=Interval(-1.0, 1.0),
    use="A sigmoid with Gaussian tails: it saturates faster than tanh. The core of exact gelu.",
    drawback="Its gradient vanishes faster than that of tanh: below 1e-10 at x = 5.",
    max_ulp={"float32": Bound(1.0, 1.0), "float64": Bound(0.75, 0.8)},
    monotone="increasing",
    odd=True,
)
def erf(x):
    """Error function: a polynomial up to 1/2, from there 1 - erfc."""
    z = fabs(x)
    near = erf_core_double(z, z * z, TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW)
    # erf rounds to 1 from 5.93 on.
    p, p_low = _complement(select(z > 6.0, 6.0, z))
    return copysign(select(z < 0.47, near, _from_above(1.0, p, p_low)), x)


@erf.single
def _(x):
    z = fabs(x)
    # From 3.92 on it rounds to 1.
    far = erf_far_single(select(z > float32(4.0), float32(4.0), z))
    return select(z < float32(0.75), erf_core_single(x), copysign(far, x))


@erf.derivative
@four_lines(64)
def _(x):
    return _bell(x, 28.0, 1.0, TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW)


@erf.derivative_single
@four_lines(64)
def _(x):
    return _bell_single(x, float32(11.0), float32(1.0), SLOPE_SINGLE, SLOPE_SINGLE_LOW)


@activation(
    formula="erfc(x)",
    source=SOURCE + "7.1.2",
    range=Interval(0.0, 2.0),
    use="Tail probabilities: 1 - erf(x) without the cancellation, down to the smallest subnormal.",
    drawback="Decreasing, and not centred: not a unit to put between layers.",
    max_ulp={"float32": Bound(0.95, 1.0), "float64": Bound(0.9, 0.8)},
    monotone="decreasing",
)
def erfc(x):
    """Complementary error function, 1 - erf(x)."""
    z = fabs(x)
    p, p_low = _complement(select(z > 27.5, 27.5, z))
    far = select(x < 0.0, _from_above(2.0, p, p_low), (p + p_low) * DOWN_DOUBLE)
    # Around 0 neighbours differ by less than the rounding of the tail: only a sum with
    # one rounding of a monotone term is sure to be monotone.
    near = 1.0 - erf_core_double(x, x * x, TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW)
    return select(z < 0.47, near, far)


@erfc.single
def _(x):
    # At the end, as that of 16.1, its square makes the power of two 0 (VANISHED_SINGLE).
    z = fabs(x)
    z = select(z > float32(11.3848), float32(11.3848), z)
    v = -(z * z)
    a = z * SQRT_2_SINGLE
    a_low = fma(z, SQRT_2_SINGLE_LOW, fma(z, SQRT_2_SINGLE, -a))
    i, e, small = mills_single_terms(a, v)
    # W(a + a') is as nearly as needed W(a) (1 - a' / (a + c)), and i / MIDDLE is 1 / (a + c).
    e = fma(a_low * float32(-1.0 / MIDDLE), i, e)
    tail = _tail_single(*exp_single_terms(v, -fma(z, z, v)), i, e, small)
    double = float32(2.0) * DOWN_SINGLE
    far = select(x < float32(0.0), fma(tail, -double, float32(2.0)), tail * double)
    near = float32(1.0) - erf_near_single(x, v)
    return select(z < float32(0.21), near, far)


@erfc.derivative
@four_lines(64)
def _(x):
    return -_bell(x, 28.0, 1.0, TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW)


@erfc.derivative_single
@four_lines(64)
def _(x):
    return -_bell_single(x, float32(11.0), float32(1.0), SLOPE_SINGLE, SLOPE_SINGLE_LOW)


@activation(
    formula="erfc(-x / sqrt(2)) / 2",
    source=SOURCE + "26.2.2",
    range=Interval(0.0, 1.0),
    use="Gates and probits: the probability that a standard normal variable is below x.",
    drawback="Saturates faster than sigmoid, and costs more.",
    max_ulp={"float32": Bound(0.95, 1.0), "float64": Bound(0.9, 0.8)},
    aliases=("Phi",),
    monotone="increasing",
)
def ndtr(x):
    """Distribution function of the standard normal, Phi(x)."""
    a = fabs(x)
    a = select(a > 39.0, 39.0, a)
    scale, r, w = gaussian_double_terms(a, 0.5)
    h, h_low = one_and(r, w)
    p, p_low = tail_product(scale * h, scale * h_low, *mills_double_terms(a))
    far = select(x < 0.0, (p + p_low) * DOWN_DOUBLE, _from_above(1.0, p, p_low))
    # Monotone around 0, as in erfc.
    near = 0.5 + erf_core_double(x, 0.5 * (x * x), PHI_0, PHI_0_LOW)
    return select(a < 0.66, near, far)


@ndtr.single
def _(x):
    # At the end the power of two is 0 (VANISHED_SINGLE).
    a = fabs(x)
    a = select(a > float32(16.1006), float32(16.1006), a)
    half = float32(0.5) * a
    v = -(half * a)
    terms = exp_single_terms(v, -fma(half, a, v))
    tail = _tail_single(*terms, *mills_single_terms(a, v))
    far = select(x < float32(0.0), tail * DOWN_SINGLE, fma(tail, -DOWN_SINGLE, float32(1.0)))
    near = float32(0.5) + copysign(phi_near_single(a, half, v), x)
    return select(a < float32(0.27), near, far)


@ndtr.derivative
@four_lines(64)
def _(x):
    return _bell(x, 39.5, 0.5, PHI_0, PHI_0_LOW)


@ndtr.derivative_single
def _(x):
    return _bell_single(x, float32(15.5), float32(0.5), PHI_0_SINGLE, PHI_0_SINGLE_LOW)
