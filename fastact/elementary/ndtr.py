"""The normal distribution's tail: Phi(-a) = exp(-a^2 / 2) W(a) for a >= 0.

W(a) = erfcx(a / sqrt 2) / 2 falls smoothly from 1/2 like 1 / a, so W(a) (a + 3) is
nearly a polynomial in t = (a - 3) / (a + 3), which maps the half line onto [-1, 1)
(the mapping is Schonfelder's, Math. Comp. 32 (1978) 1232-1240). The polynomials
interpolate at Chebyshev nodes: degree 26 on [0, 39.5] with a relative error of
2^-60.60, degree 10 on [0, 15] with 2^-29.65 for kernels that round to float32.

exp(-a^2 / 2) needs a^2 as a pair: its rounding error alone, times 1/2, would cost
hundreds of ULP at a = 38.
"""

from numpy import float32, float64

from fastact.elementary.exp import exp_double_parts, exp_wide
from fastact.elementary.logistic import sum_of_two
from fastact.elementary.scalar import fma, select

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
    t = fma(-2.0 * _SHIFT, r, 1.0)
    s = t * t
    s2 = s * s
    g0 = fma(_W1, t, _W0)
    g1 = fma(_W3, t, _W2)
    g2 = fma(_W5, t, _W4)
    g3 = fma(_W7, t, _W6)
    g4 = fma(_W9, t, _W8)
    g0 = fma(g1, s, g0)
    g2 = fma(g3, s, g2)
    g4 = fma(_W10, s, g4)
    g = fma(fma(g4, s2, g2), s2, g0)
    return g * r


def gaussian_wide(a):
    """exp(-a^2 / 2) in float64, good to 2^-31; a is a float32, its square exact."""
    return exp_wide(-0.5 * (a * a))


#: 2 / sqrt(2 pi) rounded: with this shift W(a) (a + c) is c / 2 at 0 and at infinity.
_C = 0.7978845608028654
_C_SINGLE = float32(0.7978846)
_MIDDLE, _MIDDLE_SINGLE = 0.4375, float32(0.4375)


def mills_double_terms(a):
    """i, e, g, g' with W(a) = i (1 + e) (g + g'), for a in [0, 39.5].

    W(a) (a + c) is c / 2 at both ends and never above it by more than a fifth: what is
    left for the rational is small, so that its own rounding hardly counts.
    """
    larger, smaller = select(a > _C, a, _C), select(a > _C, _C, a)
    b = larger + smaller
    b_low = (larger - b) + smaller
    i = 1.0 / b
    e = fma(-b, i, 1.0) - b_low * i
    s = a * a
    s2 = s * s
    n0 = fma(0.08575214739530608, a, -0.0385577195985673)
    n1 = fma(0.09364107556721003, a, 0.1408188113577676)
    n2 = fma(0.009070981837014673, a, 0.03664896579997532)
    n3 = fma(4.462372363096266e-05, a, 0.0013104115182969642)
    n4 = fma(-5.7297476310856436e-06, a, -2.4463637473398083e-05)
    n5 = fma(-2.7833388370630165e-08, a, -6.00887567269001e-07)
    n0 = fma(n1, s, n0)
    n2 = fma(n3, s, n2)
    n4 = fma(n5, s, n4)
    n = fma(fma(n4, s2, n2), s2, n0)
    d0 = fma(2.4881649490616686, a, 1.0)
    d1 = fma(2.092637963571423, a, 2.8991605933610005)
    d2 = fma(0.3773026861540047, a, 1.0423219218751327)
    d3 = fma(0.020474541280090137, a, 0.10165055661402238)
    d4 = fma(0.00031898248957672084, a, 0.003038939456739441)
    d5 = fma(7.218629281090674e-07, a, 2.1543381776806204e-05)
    d0 = fma(d1, s, d0)
    d2 = fma(d3, s, d2)
    d4 = fma(d5, s, d4)
    d = fma(fma(d4, s2, d2), s2, d0)
    small = n / d
    g = _MIDDLE + small
    return i, e, g, (_MIDDLE - g) + small


def mills_single_terms(a):
    """The same in float32 arithmetic, for a in [0, 14.5]."""
    larger, smaller = select(a > _C_SINGLE, a, _C_SINGLE), select(a > _C_SINGLE, _C_SINGLE, a)
    b = larger + smaller
    b_low = (larger - b) + smaller
    i = float32(1.0) / b
    e = fma(-b, i, float32(1.0)) - b_low * i
    s = a * a
    n0 = fma(float32(0.11606468260288239), a, float32(-0.03855770826339722))
    n1 = fma(float32(0.011573504656553268), a, float32(0.061719879508018494))
    n2 = fma(float32(-0.00046367544564418495), a, float32(-0.0004808721714653075))
    n = fma(fma(n2, s, n1), s, n0)
    d0 = fma(float32(1.70200777053833), a, float32(1.0))
    d1 = fma(float32(0.4986991882324219), a, float32(1.24606454372406))
    d2 = fma(float32(0.012026313692331314), a, float32(0.11170792579650879))
    d = fma(fma(d2, s, d1), s, d0)
    small = n / d
    g = _MIDDLE_SINGLE + small
    return i, e, g, (_MIDDLE_SINGLE - g) + small
