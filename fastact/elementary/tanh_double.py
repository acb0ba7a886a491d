"""The hyperbolic tangent in float64 arithmetic, by one division for the whole line.

tanh z is a large part, exact, and a small quotient g:

* z + z g near 0, where g = -w A(w) / B(w), w = z^2;
* (1 - c) + g further out. With exp(2 z) = scale (1 + t) and c = p / scale,
  1 - 2 / (exp(2 z) + 1) = 1 - c + (p t + c + p - 2) / (exp(2 z) + 1).

Numerator and denominator are selected and divided once. |g| is below 0.21 (p = 2), so what is
rounded on the way to it counts little: tanh is good to 0.84 ULP without a low part. Of
1 - 2 / (...) alone the quotient would be up to 0.46, and the result off by 1.1 ULP. A and B
are minimax, of degrees 2 and 3 on [0, 0.6^2]: 2^-56.2 relative to g, 2^-59.3 to tanh z.
"""

from numpy import float64, int64

from fastact.elementary.exp import exp_series_double
from fastact.elementary.ln2 import LN2_HIGH, LN2_LOW, ROUND
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = ["tanh_pair_double", "tanh_shrink_double", "tanh_terms_double"]

#: Below it the quotient of polynomials is taken.
_NEAR = float64(0.6)
#: Above it the tangent rounds to 1.
_END = float64(20.0)
_ZERO, _ONE, _TWO, _THREE = float64(0.0), float64(1.0), float64(2.0), float64(3.0)
_UP, _DOWN = float64(2.0**150), float64(2.0**-150)

_TWICE_LOG2_E = float64(2.8853900817779268)
# With the bias of the exponent, so that one shift makes the power of two.
_MAGIC = ROUND + 1023.0
_ONE_BITS = int64(1023 << 52)


def _near_terms(w):
    """A' and B' with g = -w (1 + w A') / (3 + w B'), for w in [0, 0.6^2]."""
    a = fma(float64(0.0005977228343698735), w, float64(0.061500658352265765))
    b = fma(float64(0.0006198033193813585), w, float64(0.06987967281172627))
    return a, fma(b, w, float64(1.3845019750567928))


def tanh_terms_double(z, share):
    """Whether z is near 0, c and g, for z in [0, 40]: tanh z = z + z g, or (1 - c) + g.

    c is share / scale. With 2, 1 - c has no error of half a unit anywhere; with 1.5, which has
    it at z = 18.4, |g| is below 0.15.
    """
    w = z * z
    a, b = _near_terms(w)
    shifted = fma(z, _TWICE_LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, z + z))
    q, s = exp_series_double(r, 1.0)
    t = fma(q, s, r)
    scale = from_bits(int64(bits(shifted) << int64(52)))
    c = from_bits(int64(int64(bits(share) + _ONE_BITS) - bits(scale)))
    near = z < _NEAR
    # 0.0 - w, not -w: g is +0.0 at 0, so that z + z g keeps the sign of a zero.
    top = select(near, fma(-a, w * w, _ZERO - w), fma(share, t, c - (_TWO - share)))
    return near, c, top / select(near, fma(b, w, _THREE), fma(scale, t, scale + _ONE))


def tanh_pair_double(z, share):
    """tanh z as a pair, for z >= 0, good to a third of a unit of the first part."""
    near, c, g = tanh_terms_double(select(z > _END, _END, z), share)
    base, factor = select(near, z, _ONE - c), select(near, z, _ONE)
    high = fma(factor, g, base)
    return high, fma(factor, g, base - high)


def tanh_shrink_double(z):
    """z - tanh z for z >= 0.

    Here the large part cancels, or is 0, so that numerator, denominator and quotient are pairs.
    """
    bounded = select(z > _END, _END, z)
    # Near 0, z^3 (1 + w A') / (3 + w B'), times 2^300 to keep its low part normal.
    v = bounded * _UP
    square = v * bounded
    w = square * _DOWN
    a, b = _near_terms(w)
    a = a * w
    cube = v * square
    cube_low = fma(v, fma(v, bounded, -square), fma(v, square, -cube))
    top = fma(cube, a, cube)
    top_low = fma(cube, a, cube - top) + cube_low
    d = fma(b, w, _THREE)
    d_low = fma(b, w, _THREE - d)
    # Further out (z - 1 + c) - (2 t + c) / (exp(2 z) + 1).
    shifted = fma(bounded, _TWICE_LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    high, low = fma(k, -LN2_HIGH, bounded + bounded), k * -LN2_LOW
    r = high + low
    q, s = exp_series_double(r, 1.0)
    rest = fma(q, s, (high - r) + low)
    t = r + rest
    t_low = (r - t) + rest
    scale = from_bits(int64(bits(shifted) << int64(52)))
    c = from_bits(int64(int64(bits(_TWO) + _ONE_BITS) - bits(scale)))
    n = fma(-_TWO, t, -c)
    n_low = fma(-_TWO, t_low, fma(-_TWO, t, -c - n))
    both = scale + _ONE
    e = fma(scale, t, both)
    e_low = fma(scale, t_low, fma(scale, t, both - e))
    near = bounded < _NEAR
    top, top_low = select(near, top, n), select(near, top_low, n_low)
    d, d_low = select(near, d, e), select(near, d_low, e_low)
    i = _ONE / d
    g = top * i
    g_low = fma(-g, d_low, fma(-g, d, top) + top_low) * i
    # Exact up to 16, and then off by a quarter of an ULP at most.
    base = select(near, _ZERO, (bounded - _ONE) + c)
    total = base + g
    value = total + (((base - total) + g) + g_low)
    return value * select(near, _DOWN * _DOWN, _ONE) + (z - bounded)
