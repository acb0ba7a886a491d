"""The error function around 0: erf(z) = c z (1 + z^2 r(z^2)) for |z| <= 1/2.

Further out it is 1 - erfc(z), with erfc from the normal tail (elementary/ndtr.py);
near 0 that difference would cancel. The polynomial is minimax in relative error: degree 9
in z^2 with 2^-65.3, and for float32, up to 3/4, degree 5 with 2^-29.2. Shorter ones, for
results that are added to 1 or 1/2, are so in absolute error.
"""

from numpy import float32

from fastact.elementary.exp import exp2_minus_single
from fastact.elementary.scalar import fma

__all__ = ["SLOPE_SINGLE", "SLOPE_SINGLE_LOW", "SQRT_2", "SQRT_2_LOW"]
__all__ += ["SQRT_2_SINGLE", "SQRT_2_SINGLE_LOW", "TWO_OVER_SQRT_PI", "TWO_OVER_SQRT_PI_LOW"]
__all__ += ["erf_core_double", "erf_core_single", "erf_far_single"]
__all__ += ["erf_near_single", "phi_near_single"]

#: 2 / sqrt(pi), the slope of erf at 0, as a sum of two float64; likewise sqrt(2).
TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW = 1.1283791670955126, 1.533545961316588e-17
SLOPE_SINGLE, SLOPE_SINGLE_LOW = float32(1.128379225730896), float32(-5.8635382771399236e-08)
SQRT_2, SQRT_2_LOW = 1.4142135623730951, -9.667293313452913e-17
SQRT_2_SINGLE, SQRT_2_SINGLE_LOW = float32(1.4142135381698608), float32(2.4203234972e-08)


def erf_core_double(x, s, c, c_low):
    """(c + c_low) x (1 + s r(s)): erf(x) for s = x^2, Phi(x) - 1/2 for s = x^2 / 2.

    c is the slope at 0. Good to 0.02 ULP before the rounding, for s <= 1/4; the product
    x c is exact inside the fma, so the rounded result is monotone.
    """
    r = fma(-1.2954672180190926e-07, s, 1.4508319760587332e-06)
    r = fma(r, s, -1.322515305722483e-05)
    r = fma(r, s, 0.00010683718867539804)
    r = fma(r, s, -0.0007575757116134251)
    r = fma(r, s, 0.004629629626549252)
    r = fma(r, s, -0.023809523809405084)
    r = fma(r, s, 0.09999999999999767)
    r = fma(r, s, -0.3333333333333333)
    return fma(x, c, x * fma(c * s, r, c_low))


def erf_core_single(x):
    """erf(x) in float32 arithmetic for |x| <= 0.75: x + x r(x^2).

    r is at most an eighth and the product exact inside the fma: 0.53 ULP, also of subnormals.
    """
    s = x * x
    s2 = s * s
    r0 = fma(float32(-0.3761261999607086), s, float32(0.12837916612625122))
    r1 = fma(float32(-0.026834335178136826), s, float32(0.11283379048109055))
    r2 = fma(float32(-0.0006737583316862583), s, float32(0.005113156978040934))
    return fma(x, fma(fma(r2, s2, r1), s2, r0), x)


def erf_near_single(z, v):
    """erf(z) with v = -z^2 in float32 arithmetic for |z| <= 0.21: absolute error 2^-26.8.

    As above a small factor and an exact product: neighbours keep their order.
    """
    r = fma(float32(0.11078781634569168), v, float32(0.3760813772678375))
    return fma(z, fma(r, v, float32(0.12837891280651093)), z)


def phi_near_single(a, half, v):
    """Phi(a) - 1/2 with half = a / 2 and v = -a^2 / 2, for |a| <= 0.27: 2^-28.7."""
    r = fma(float32(0.03929396718740463), v, float32(0.13296985626220703))
    return fma(a, fma(r, v, float32(-0.101057767868042)), half)


def erf_far_single(z):
    """erf(z) in float32 arithmetic for z in [0.75, 4]: 1 - 2^-(2 z + z p(z)).

    log erfc is smooth, and its error counts the less the smaller erfc is: degree 5 does,
    minimax in the error of erf (2^-28.2), without a division. 2 z is exact and the larger
    part of the exponent where neighbours are closest, and the exponent is a pair: both keep
    them in order. To base 2 the reduction is exact.
    """
    s = z * z
    p0 = fma(float32(0.9170535802841187), z, float32(-0.37187036871910095))
    p1 = fma(float32(-0.03310389816761017), z, float32(0.15198568999767303))
    p2 = fma(float32(-0.00031179902725853026), z, float32(0.004663500003516674))
    p = fma(fma(p2, s, p1), s, p0)
    twice = z + z
    u = fma(z, p, twice)
    scale, t = exp2_minus_single(u, fma(z, p, twice - u))
    return fma(scale, t, float32(1.0) - scale)
