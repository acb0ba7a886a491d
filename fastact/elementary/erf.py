"""The error function around 0: erf(z) = c z (1 + z^2 r(z^2)) for |z| <= 1/2.

Further out it is 1 - erfc(z), with erfc from the normal tail (elementary/ndtr.py);
near 0 that difference would cancel. The polynomial is minimax in relative error: degree 9
in z^2 with 2^-65.3, and for float32, up to 0.7, degree 5 with 2^-30.2.
"""

from numpy import float32

from fastact.elementary.exp import exp_short_single
from fastact.elementary.scalar import fma

__all__ = ["SLOPE_SINGLE", "SLOPE_SINGLE_LOW"]
__all__ += ["SQRT_2", "SQRT_2_LOW", "TWO_OVER_SQRT_PI", "TWO_OVER_SQRT_PI_LOW"]
__all__ += ["erf_core_double", "erf_core_single", "erf_far_single"]

#: 2 / sqrt(pi), the slope of erf at 0, as a sum of two float64; likewise sqrt(2).
TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW = 1.1283791670955126, 1.533545961316588e-17
SLOPE_SINGLE, SLOPE_SINGLE_LOW = float32(1.128379225730896), float32(-5.8635382771399236e-08)
SQRT_2, SQRT_2_LOW = 1.4142135623730951, -9.667293313452913e-17


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


def erf_core_single(z):
    """erf(z) in float32 arithmetic for 0 <= z <= 0.7."""
    s = z * z
    p0 = fma(float32(0.11283566057682037), s, float32(-0.37612631916999817))
    p1 = fma(float32(0.0051393648609519005), s, float32(-0.026845356449484825))
    p = fma(fma(float32(-0.0006953710690140724), s * s, p1), s * s, p0)
    # The product with the slope is exact inside the fma.
    return fma(z, SLOPE_SINGLE, z * fma(p, s, SLOPE_SINGLE_LOW))


def erf_far_single(z):
    """erf(z) in float32 arithmetic for z in [0.7, 4]: 1 - exp(-c z - z^2 p(z)).

    log erfc is smooth, and its error counts the less the smaller erfc is: degree 7 does,
    minimax in the error of erf (2^-30.0), without a division. The exponent is a pair, as
    erfc is up to 0.32.
    """
    s = z * z
    p0 = fma(float32(0.10428221523761749), z, float32(0.6360985040664673))
    p1 = fma(float32(0.002208818681538105), z, float32(-0.02157399244606495))
    p2 = fma(float32(-0.00010274676606059074), z, float32(0.00022661981347482651))
    p1 = fma(fma(float32(9.870534995570779e-06), s, p2), s, p1)
    p = fma(p1, s, p0)
    # Neighbours differ by 2^-21 in the exponent: two roundings less keep them in order.
    c = float32(1.1284562349319458)
    a = z * c
    v = fma(-s, p, -a)
    v_low = fma(-s, p, -a - v) - fma(fma(z, z, -s), p, fma(z, c, -a))
    scale, r, w = exp_short_single(v, v_low)
    return fma(-scale, r + w, float32(1.0) - scale)
