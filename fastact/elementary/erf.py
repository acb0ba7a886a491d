"""The error function around 0: erf(z) = c z (1 + z^2 r(z^2)) for |z| <= 1/2.

Further out it is 1 - erfc(z), with erfc from the normal tail (elementary/ndtr.py);
near 0 that difference would cancel. Both polynomials are minimax in relative error:
degree 9 in z^2 with 2^-65.3, and degree 4 with 2^-29.5 for kernels that round to
float32 at the end.
"""

from numpy import float64

from fastact.elementary.exp import exp_wide
from fastact.elementary.scalar import fma

__all__ = ["SQRT_2", "SQRT_2_LOW", "TWO_OVER_SQRT_PI", "TWO_OVER_SQRT_PI_LOW"]
__all__ += ["erf_core_double", "erf_core_wide", "erf_far_wide"]

#: 2 / sqrt(pi), the slope of erf at 0, as a sum of two float64; likewise sqrt(2).
TWO_OVER_SQRT_PI, TWO_OVER_SQRT_PI_LOW = 1.1283791670955126, 1.533545961316588e-17
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


def erf_core_wide(z):
    """erf(z) in float64 for |z| <= 1/2, good to 2^-29.4."""
    s = z * z
    q = fma(float64(0.004717798582854604), s, float64(-0.026757100487109126))
    q = fma(q, s, float64(0.11282821690240731))
    q = fma(q, s, float64(-0.3761260852656073))
    return z * fma(q, s, float64(1.1283791655645243))


def erf_far_wide(z):
    """erf(z) in float64 for z in [0.4, 4], good to 2^-29.7: 1 - exp(-z p(z)).

    log erfc is smooth, and its error counts the less the smaller erfc is: degree 8 does,
    minimax in the error of erf (2^-30.2), without a division.
    """
    s = z * z
    s2 = s * s
    p0 = fma(0.6365755029133829, z, 1.1283837274398854)
    p1 = fma(-0.01952392037170476, z, 0.1029521825711961)
    p2 = fma(0.0013251798781402828, z, 0.0003000943159710668)
    p3 = fma(8.302224166819004e-05, z, -0.00048434807552990466)
    p0 = fma(p1, s, p0)
    p2 = fma(p3, s, p2)
    p = fma(fma(-5.927105780791816e-06, s2, p2), s2, p0)
    return 1.0 - exp_wide(-z * p)
