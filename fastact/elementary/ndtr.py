"""The normal distribution's tail: Phi(-a) = exp(-a^2 / 2) W(a) for a >= 0.

W(a) = erfcx(a / sqrt 2) / 2 falls smoothly from 1/2 like 1 / a. With c = 2 / sqrt(2 pi),
W(a) (a + c) is c / 2 both at 0 and at infinity and at most a fifth more in between. So it
is a constant plus a small rational n / d in a, whose rounding errors count for a twelfth:
nothing but the last sum and 1 / (a + c) is carried as a pair. In float32 the constant is put into
the quotient, and the rest is 1 plus a small rational. The rationals are minimax in
relative error: degree 11 on [0, 39.5] with 2^-59.8, degree 5 on [0, 13.8] with 2^-28.1.

For kernels in float64 that round to float32 at the end, W(a) (a + 3) is a polynomial in
t = (a - 3) / (a + 3), which maps the half line onto [-1, 1) (the mapping is Schonfelder's,
Math. Comp. 32 (1978) 1232-1240): degree 10 on [0, 15] with 2^-29.65.
"""

from numpy import float32, float64

from fastact.elementary.exp import exp_within
from fastact.elementary.scalar import fma, like, select

__all__ = [
    "PHI_0",
    "PHI_0_LOW",
    "PHI_0_SINGLE",
    "PHI_0_SINGLE_LOW",
    "gaussian_wide",
    "mills_double_terms",
    "mills_single_terms",
    "mills_wide",
    "one_and",
    "over_sum_single",
    "tail_product",
]

#: 1 / sqrt(2 pi), the normal density at 0, as a sum of two float64.
PHI_0, PHI_0_LOW = 0.3989422804014327, -2.49232720227773e-17
#: The same as a sum of two float32.
PHI_0_SINGLE, PHI_0_SINGLE_LOW = float32(0.3989422917366028), float32(-1.1335170135851058e-08)

_SHIFT = 3.0

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
    return exp_within(-0.5 * (a * a))


def one_and(r, w):
    """1 + r + w as a sum h + h', the second up to 0.06: for factors of a product."""
    one = like(r, 1.0)
    h = one + r
    return h, ((one - h) + r) + w


def tail_product(u, u_low, i, e, g, g_low):
    """(u + u_low) i (1 + e) (g + g_low) as a pair.

    g comes last: it is behind two polynomials and a division, all else is ready by then.
    """
    v = u * i
    v_low = fma(v, e, fma(u_low, i, fma(u, i, -v)))
    m = v * g
    return m, fma(v, g_low, fma(v_low, g, fma(v, g, -m)))


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


def over_sum_single(top, a, c):
    """i and what (a + c) i lacks to the top, for top / (a + c) in float32; a and c positive."""
    larger, smaller = select(a > c, a, c), select(a > c, c, a)
    b = larger + smaller
    b_low = (larger - b) + smaller
    i = top / b
    return i, fma(-b_low, i, fma(-b, i, top))


def mills_single_terms(a, v):
    """i, e, small with W(a) = i (1 + e)(1 + small) in float32; a in [0, 13.8], v = -a^2 / 2.

    i is 7/16 / (a + c), so that the last factor is near 1: its product with another such
    is a sum, but for the product of the two small parts.
    """
    i, rest = over_sum_single(_MIDDLE_SINGLE, a, _C_SINGLE)
    e = rest * float32(1.0 / _MIDDLE)
    n0 = fma(float32(0.26622527837753296), a, float32(-0.08813190460205078))
    n1 = fma(float32(-0.05063798651099205), a, float32(-0.276288777589798))
    n2 = fma(float32(-0.0040161036886274815), a, float32(-0.00492988433688879))
    n = fma(fma(n2, v, n1), v, n0)
    d0 = fma(float32(1.6914019584655762), a, float32(1.0))
    d1 = fma(float32(-0.9751495122909546), a, float32(-2.4587061405181885))
    d2 = fma(float32(0.04557336866855621), a, float32(0.4319436252117157))
    d = fma(fma(d2, v, d1), v, d0)
    return i, e, n / d
