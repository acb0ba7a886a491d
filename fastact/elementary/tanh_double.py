"""The hyperbolic tangent in float64 arithmetic, by one division for the whole line.

tanh z = z + z g near 0, with g = (tanh z - z) / z = -w A(w) / B(w), w = z^2; and 1 + g
further out, with g = -2 / (exp(2 z) + 1). Either way g is a quotient, so its numerator and
denominator are selected and divided once; and |g| is below 0.27, so the roundings on the
way to it count little beside the last one. A and B are of degree 3, minimax on [0, 0.95^2]
with 2^-58.0 relative to g and 2^-59.8 relative to tanh z.
"""

from numpy import float64, int64

from fastact.elementary.exp import exp_series_double
from fastact.elementary.scalar import bits, copysign, fma, from_bits, select

__all__ = ["NEAR", "tanh_terms_double"]

#: Below it the quotient of polynomials is taken.
NEAR = float64(0.6)

_TWICE_LOG2_E = float64(2.8853900817779268)
# With the bias of the exponent, so that one shift makes the power of two.
_MAGIC = float64(6755399441055744.0 + 1023.0)
# 41 bits, so that k * _LN2_HIGH is exact.
_LN2_HIGH = float64(0.693147180559663)
_LN2_LOW = float64(2.8235290563031577e-13)
_UP, _DOWN, _END = float64(2.0**150), float64(2.0**-150), float64(20.0)
_ONE, _TWO, _THREE = float64(1.0), float64(2.0), float64(3.0)
# Less the bits of a power of two, those of 2 over it.
_RECIPROCAL = int64(2 * 1023 + 1 << 52)


def exp_twice_double(z):
    """scale, r, q, r^2 with exp(2 z) = scale (1 + r + r^2 q), for z in [0, 40]."""
    shifted = fma(z, _TWICE_LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    r = fma(k, -_LN2_LOW, fma(k, -_LN2_HIGH, z + z))
    q, s = exp_series_double(r)
    return from_bits(int64(bits(shifted) << int64(52))), r, q, s


def _near_terms(w):
    """A' and B' with g = -w (1 + w A') / (3 + w B'), for w in [0, 0.6^2]."""
    a = fma(float64(0.0005977228343698735), w, float64(0.061500658352265765))
    b = fma(float64(0.0006198033193813585), w, float64(0.06987967281172627))
    return a, fma(b, w, float64(1.3845019750567928))


def tanh_terms_double(z):
    """Whether z is near 0, c and g, for z in [0, 20]: tanh z = z + z g, or (1 - c) + g."""
    w = z * z
    square = w * w
    a, b = _near_terms(w)
    scale, r, q, s = exp_twice_double(z)
    t = fma(q, s, r)
    c = from_bits(int64(_RECIPROCAL - bits(scale)))
    far = fma(scale, t, scale + _ONE)
    near = z < NEAR
    # 0.0 - w, not -w: g is +0.0 at 0, so that z + z g keeps the sign of a zero.
    top = select(near, fma(-a, square, float64(0.0) - w), fma(_TWO, t, c))
    return near, c, top / select(near, fma(b, w, _THREE), far)


def tanh_shrink_double(z):
    """z - tanh z for z >= 0."""
    bounded = select(z > _END, _END, z)
    # The series' branch: numerator z^3 (1 + w A') and denominator 3 + w B' as pairs, the
    # numerator times 2^300, so that its low part stays normal.
    v = z * _UP
    square = v * bounded
    w = square * _DOWN
    a, b = _near_terms(w)
    cube = v * square
    cube_low = fma(v, fma(v, bounded, -square), fma(v, square, -cube))
    a = a * w
    top = fma(cube, a, cube)
    top_low = fma(cube, a, cube - top) + cube_low
    d = fma(b, w, _THREE)
    d_low = fma(b, w, _THREE - d)
    # The other branch's: -(2 t + c) and 1 + exp(2 z).
    shifted = fma(bounded, _TWICE_LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    high, low = fma(k, -_LN2_HIGH, bounded + bounded), k * -_LN2_LOW
    r = high + low
    q, s = exp_series_double(r)
    scale = from_bits(int64(bits(shifted) << int64(52)))
    c = from_bits(int64(_RECIPROCAL - bits(scale)))
    rest = fma(q, s, (high - r) + low)
    t = r + rest
    t_low = (r - t) + rest
    n = fma(-_TWO, t, -c)
    n_low = fma(-_TWO, t_low, fma(-_TWO, t, -c - n))
    both = scale + _ONE
    e = fma(scale, t, both)
    e_low = fma(scale, t_low, fma(scale, t, both - e))
    near = bounded < NEAR
    top, top_low = select(near, top, n), select(near, top_low, n_low)
    d, d_low = select(near, d, e), select(near, d_low, e_low)
    i = _ONE / d
    g = top * i
    g_low = fma(-g, d_low, fma(-g, d, top) + top_low) * i
    # Exact but for a quarter of an ULP at most.
    base = select(near, float64(0.0), (bounded - _ONE) + c)
    total = base + g
    value = total + (((base - total) + g) + g_low)
    return value * select(near, _DOWN * _DOWN, _ONE) + (z - bounded)
