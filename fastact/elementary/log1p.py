"""log(1 + e) for 0 <= e <= 1: all that softplus and its kin need.

log(1 + e) = 2 atanh(s) with s = e / (2 + e) <= 1/3, and 2 atanh(s) = 2 s + s^3 P(s^2).
No table and no second reduction: the leading term is nearly the whole result, so
carrying s as a pair makes the rounding of the rest invisible. P interpolates at
Chebyshev nodes on [0, 1/9]: degree 11 with a relative error of 2^-67 of the result. Those
of the ``_terms`` functions are minimax and evaluated by Estrin's scheme: degree 9 with
2^-59.4, degree 4 with 2^-33.1.
"""

from numpy import float32

from fastact.elementary.scalar import fma, like

__all__ = [
    "atanh_double_parts",
    "exp_pair",
    "log1p_double_parts",
    "log1p_double_terms",
    "log1p_single_terms",
]


def atanh_double_parts(s, s_low):
    """2 atanh(s + s_low) as a pair, for |s| <= 1/3 and a little more."""
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    p0 = fma(0.4000000000000002, z, 0.6666666666666666)
    p1 = fma(0.22222222223432467, z, 0.28571428571421276)
    p2 = fma(0.15384620599763113, z, 0.18181818078267595)
    p3 = fma(0.11768168261583876, z, 0.13333167347492178)
    p4 = fma(0.09955667113732562, z, 0.10478460938932105)
    p5 = fma(0.15323737695672626, z, 0.06279995071997924)
    p0 = fma(p1, z2, p0)
    p2 = fma(p3, z2, p2)
    p4 = fma(p5, z2, p4)
    p = fma(fma(p4, z4, p2), z4, p0)
    high = s + s
    rest = fma(z * s, p, s_low + s_low)
    total = high + rest
    return total, (high - total) + rest


def log1p_double_parts(e, e_low):
    """log(1 + e + e_low) as a pair, for e in [0, 1]."""
    d = 2.0 + e
    d_low = ((2.0 - d) + e) + e_low
    r = 1.0 / d
    s = e * r
    return atanh_double_parts(s, (fma(-s, d_low, fma(-s, d, e)) + e_low) * r)


def log1p_double_terms(e, e_low):
    """p, p' with log(1 + e + e_low) = p + p', |p'| < p / 25, for e in [0, 1].

    Rounded once as p + p' or with an addend between: the polynomial makes up 4 % at most.
    """
    d = 2.0 + e
    d_low = ((2.0 - d) + e) + e_low
    r = 1.0 / d
    s = e * r
    s_low = (fma(-s, d_low, fma(-s, d, e)) + e_low) * r
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    p0 = fma(0.4000000000015528, z, 0.6666666666666631)
    p1 = fma(0.222222239550148, z, 0.28571428548096767)
    p2 = fma(0.15386549493258053, z, 0.18181744429130423)
    p3 = fma(0.12105066545619755, z, 0.1330110645888138)
    p4 = fma(0.17010797529018612, z, 0.08344424700011494)
    p0 = fma(p1, z2, p0)
    p2 = fma(p3, z2, p2)
    p = fma(fma(p4, z4, p2), z4, p0)
    return s + s, fma(z * s, p, s_low + s_low)


def log1p_single_terms(e, e_low):
    """The same in float32 arithmetic."""
    d = float32(2.0) + e
    d_low = ((float32(2.0) - d) + e) + e_low
    r = float32(1.0) / d
    s = e * r
    s_low = (fma(-s, d_low, fma(-s, d, e)) + e_low) * r
    z = s * s
    z2 = z * z
    p0 = fma(float32(0.39998888969421387), z, float32(0.6666667461395264))
    p1 = fma(float32(0.21430563926696777), z, float32(0.28616610169410706))
    p = fma(fma(float32(0.24290286004543304), z2, p1), z2, p0)
    return s + s, fma(z * s, p, s_low + s_low)


def exp_pair(scale, r, w):
    """scale (1 + r + w) as a pair: its second part below the first's last place."""
    one = like(r, 1.0)
    t = r + w
    h = one + t
    return scale * h, scale * (((one - h) + t) + ((r - t) + w))
