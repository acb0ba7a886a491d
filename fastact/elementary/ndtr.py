"""The normal distribution's tail: Phi(-a) = exp(-a^2 / 2) W(a) for a >= 0.

W(a) = erfcx(a / sqrt 2) / 2 falls smoothly from 1/2 like 1 / a, so W(a) (a + 3) is
nearly a polynomial in t = (a - 3) / (a + 3), which maps the half line onto [-1, 1)
(the mapping is Schonfelder's, Math. Comp. 32 (1978) 1232-1240). The polynomials
interpolate at Chebyshev nodes: degree 26 on [0, 39.5] with a relative error of
2^-60.60, degree 10 on [0, 15] with 2^-29.65 for kernels that round to float32.

exp(-a^2 / 2) needs a^2 as a pair: its rounding error alone, times 1/2, would cost
hundreds of ULP at a = 38.
"""

from numpy import float64

from fastact.elementary.exp import exp_double_parts, exp_wide
from fastact.elementary.logistic import sum_of_two
from fastact.elementary.scalar import fma

__all__ = [
    "PHI_0",
    "PHI_0_LOW",
    "gaussian_double_parts",
    "gaussian_wide",
    "mills_double_parts",
    "mills_wide",
    "upper_tail_double_parts",
]

#: 1 / sqrt(2 pi), the normal density at 0, as a sum of two float64.
PHI_0, PHI_0_LOW = 0.3989422804014327, -2.49232720227773e-17

_SHIFT = 3.0
_G0, _G0_LOW = 0.729083690133373, -3.822434568727328e-17
_G1, _G1_LOW = -0.5093319819174894, 4.7121593825504883e-17
_G2, _G2_LOW = 0.23001771997460096, 9.256193534748501e-18
_G3 = -0.04726302514298593
_G4 = -0.010462867023138738
_G5 = 0.006972621241013785
_G6 = 0.0010275922549055265
_G7 = -0.0010458286323747495
_G8 = -0.00025657529433174137
_G9 = 0.00015439455844568103
_G10 = 7.881230144089745e-05
_G11 = -1.3246593839499391e-05
_G12 = -2.0687521507313984e-05
_G13 = -3.515488589423318e-06
_G14 = 3.6356310805465006e-06
_G15 = 2.2502442400869272e-06
_G16 = 1.5389062454572734e-08
_G17 = -5.804224140864435e-07
_G18 = -2.8023320796712613e-07
_G19 = 2.482552583223245e-08
_G20 = 9.752478176562985e-08
_G21 = 4.1186070319279797e-08
_G22 = -1.1316904622350739e-08
_G23 = -1.5886133804802932e-08
_G24 = -2.368570830762104e-09
_G25 = 2.229339860132614e-09
_G26 = 7.492247619345789e-10

_W0 = 0.7290836907139794
_W1 = -0.5093319888345391
_W2 = 0.2300176766741665
_W3 = -0.04726276192117602
_W4 = -0.01046228896653126
_W5 = 0.006969920150912792
_W6 = 0.0010241573243785498
_W7 = -0.0010344765508861836
_W8 = -0.0002447093207917761
_W9 = 0.00013332395420363602
_W10 = 5.5491871716794676e-05


def _step(p, p_low, t, t_low, c, c_low):
    """(p + p_low)(t + t_low) + c + c_low: one Horner step in double-double."""
    m = p * t
    m_low = fma(p_low, t, fma(p, t_low, fma(p, t, -m)))
    s, s_low = sum_of_two(c, m)
    return s, s_low + (m_low + c_low)


def mills_double_parts(a, a_low):
    """W(a + a_low) as a pair, good to 2^-57, for a in [0, 39.5]."""
    top, top_low = sum_of_two(a, -_SHIFT)
    bottom, bottom_low = sum_of_two(a, _SHIFT)
    top_low = top_low + a_low
    bottom_low = bottom_low + a_low
    r = 1.0 / bottom
    r_low = fma(-bottom_low, r, fma(-bottom, r, 1.0)) * r
    t = top * r
    t_low = (fma(-t, bottom_low, fma(-t, bottom, top)) + top_low) * r
    g = fma(_G26, t, _G25)
    g = fma(g, t, _G24)
    g = fma(g, t, _G23)
    g = fma(g, t, _G22)
    g = fma(g, t, _G21)
    g = fma(g, t, _G20)
    g = fma(g, t, _G19)
    g = fma(g, t, _G18)
    g = fma(g, t, _G17)
    g = fma(g, t, _G16)
    g = fma(g, t, _G15)
    g = fma(g, t, _G14)
    g = fma(g, t, _G13)
    g = fma(g, t, _G12)
    g = fma(g, t, _G11)
    g = fma(g, t, _G10)
    g = fma(g, t, _G9)
    g = fma(g, t, _G8)
    g = fma(g, t, _G7)
    g = fma(g, t, _G6)
    g = fma(g, t, _G5)
    g = fma(g, t, _G4)
    g = fma(g, t, _G3)
    # Only the last three steps are large enough for their rounding errors to be seen.
    g, g_low = _step(g, 0.0, t, t_low, _G2, _G2_LOW)
    g, g_low = _step(g, g_low, t, t_low, _G1, _G1_LOW)
    g, g_low = _step(g, g_low, t, t_low, _G0, _G0_LOW)
    w = g * r
    return w, fma(g_low, r, fma(g, r_low, fma(g, r, -w)))


def gaussian_double_parts(a, rate):
    """k, e, e' with exp(-rate a^2) = 2^k (e + e'); rate is 1 or 1/2, the exponent above -1500."""
    p = a * a
    p_low = fma(a, a, -p)
    k, t, u = exp_double_parts(-rate * p)
    e = 1.0 + t
    return k, e, fma(-rate * p_low, e, ((1.0 - e) + t) + u)


def upper_tail_double_parts(a, a_low, e, e_low):
    """p, p' with Phi(-a - a_low) = 2^k (p + p'), where exp(-a^2 / 2) = 2^k (e + e_low).

    The exponential is the caller's: erfc knows its own argument exactly, and a, which
    is sqrt(2) times that, as a pair only.
    """
    w, w_low = mills_double_parts(a, a_low)
    p = e * w
    return p, fma(e_low, w, fma(e, w_low, fma(e, w, -p)))


def mills_wide(a):
    """W(a) in float64, good to 2^-29.6, for a in [0, 15]."""
    r = float64(1.0) / (a + _SHIFT)
    t = (a - _SHIFT) * r
    g = fma(_W10, t, _W9)
    g = fma(g, t, _W8)
    g = fma(g, t, _W7)
    g = fma(g, t, _W6)
    g = fma(g, t, _W5)
    g = fma(g, t, _W4)
    g = fma(g, t, _W3)
    g = fma(g, t, _W2)
    g = fma(g, t, _W1)
    g = fma(g, t, _W0)
    return g * r


def gaussian_wide(a):
    """exp(-a^2 / 2) in float64, good to 2^-31; a is a float32, its square exact."""
    return exp_wide(-0.5 * (a * a))
