"""The normal distribution's tail: Phi(-a) = exp(-a^2 / 2) W(a) for a >= 0.

W(a) = erfcx(a / sqrt 2) / 2 falls smoothly from 1/2 like 1 / a. With c = 2 / sqrt(2 pi),
W(a) (a + c) is c / 2 both at 0 and at infinity and at most a fifth more in between. So it
is a constant plus a small rational n / d in a, whose rounding errors count for a twelfth:
nothing but the last sum and 1 / (a + c) is carried as a pair. In float32 the constant is put into
the quotient, and the rest is 1 plus a small rational. The rationals are minimax in
relative error: degree 11 on [0, 39.5] with 2^-59.8, degree 5 on [0, 13.8] with 2^-28.1.
"""

from numpy import float32

from fastact.elementary.scalar import fma, like, select

__all__ = [
    "MIDDLE",
    "PHI_0",
    "PHI_0_LOW",
    "PHI_0_SINGLE",
    "PHI_0_SINGLE_LOW",
    "mills_double_terms",
    "mills_single_terms",
    "one_and",
    "one_and_single",
    "over_sum_single",
    "tail_product",
]

#: 1 / sqrt(2 pi), the normal density at 0, as a sum of two float64.
PHI_0, PHI_0_LOW = 0.3989422804014327, -2.49232720227773e-17
#: The same as a sum of two float32.
PHI_0_SINGLE, PHI_0_SINGLE_LOW = float32(0.3989422917366028), float32(-1.1335170135851058e-08)


def one_and(r, w):
    """1 + r + w as a sum h + h', the second up to 0.06: for factors of a product."""
    one = like(r, 1.0)
    h = one + r
    return h, ((one - h) + r) + w


def one_and_single(r, w, e, small):
    """(1 + r + w)(1 + e)(1 + small) as a pair, from the terms of exp and of W in float32.

    As a sum, which needs no product but that of the two small terms. Its low part is a tenth of
    it at most: what rounding takes from that is not renormalised.
    """
    one = like(r, 1.0)
    h = one + r
    g = h + small
    low = ((h - g) + small) + ((one - h) + r) + fma(small, r + w, w)
    return g, fma(g, e, low)


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
#: What W(a) (a + c) is about.
MIDDLE, _MIDDLE_SINGLE = 0.4375, float32(0.4375)


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
    g = MIDDLE + small
    return i, e, g, (MIDDLE - g) + small


def over_sum_single(top, a, c):
    """i and what (a + c) i lacks to the top, for top / (a + c) in float32; a and c positive."""
    larger, smaller = select(a > c, a, c), select(a > c, c, a)
    b = larger + smaller
    b_low = (larger - b) + smaller
    i = top / b
    return i, fma(-b_low, i, fma(-b, i, top))


def mills_single_terms(a, v):
    """i, e, small with W(a) = i (1 + e)(1 + small) in float32, v = -a^2 / 2.

    For a in [0, 16.2]; beyond 13.8, where results are subnormal, to 2^-24.7.

    i is 7/16 / (a + c), so that the last factor is near 1: its product with another such
    is a sum, but for the product of the two small parts.
    """
    i, rest = over_sum_single(_MIDDLE_SINGLE, a, _C_SINGLE)
    e = rest * float32(1.0 / MIDDLE)
    n0 = fma(float32(0.26622527837753296), a, float32(-0.08813190460205078))
    n1 = fma(float32(-0.05063798651099205), a, float32(-0.276288777589798))
    n2 = fma(float32(-0.0040161036886274815), a, float32(-0.00492988433688879))
    n = fma(fma(n2, v, n1), v, n0)
    d0 = fma(float32(1.6914019584655762), a, float32(1.0))
    d1 = fma(float32(-0.9751495122909546), a, float32(-2.4587061405181885))
    d2 = fma(float32(0.04557336866855621), a, float32(0.4319436252117157))
    d = fma(fma(d2, v, d1), v, d0)
    return i, e, n / d
