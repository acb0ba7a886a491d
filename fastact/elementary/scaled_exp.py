"""exp relative to the greatest of a row, without its cancellation: what softmax is made of.

Rounded to x - m alone, an exponent of -80 would cost exp 40 ULP in either precision.
So exp(x) is divided by a *whole power of two* near exp(m), which changes the exponent
alone: nothing is subtracted before the reduction. Where |m| is large, m is subtracted
first, and exactly: every x that counts is then between m / 2 and 2 m (Sterbenz).

The result is 2^BIAS exp(x - shift) 2^-n, n = round((m - shift) / log 2), as a power of
two times e + e': e = 1 + r, whole, and e' all that comes after it, up to 0.07. Their sum,
rounded, is 1.05 units of 2^-24 (2^-53) off, without that rounding a third of one, the
error of the reduction. The bias keeps all that could
be seen in the last place of a result, subnormal or not, within the normal numbers; what
is smaller stands at the least of them.

==========  ======  =====================================================================
arithmetic  degree  error of the polynomial, relative to exp
==========  ======  =====================================================================
float32     4 + 2   2^-28.2
float64     9 + 2   2^-57.9
==========  ======  =====================================================================
"""

from numpy import float32, float64, int32, int64

from fastact.elementary.exp import exp_double_parts, exp_wide
from fastact.elementary.ln2 import (
    LN2,
    LN2_HIGH,
    LN2_HIGH_SINGLE,
    LN2_LOW,
    LN2_LOW_SINGLE,
    LOG2_E,
    LOG2_E_SINGLE,
    ROUND,
    ROUND_SINGLE,
)
from fastact.elementary.pairs import scaled_double
from fastact.elementary.scalar import bits, fabs, fma, from_bits, like, select

__all__ = [
    "BIAS_DOUBLE",
    "BIAS_SINGLE",
    "as_pair",
    "factored_exp_double",
    "factored_exp_single",
    "least_double",
    "least_single",
    "magic_double",
    "magic_single",
    "peak_double",
    "peak_wide",
    "scaled_exp_double",
    "scaled_exp_single",
    "shift_double",
    "shift_single",
    "spread_least_double",
    "spread_least_single",
    "spread_magic_double",
    "spread_magic_single",
    "spread_unit",
]

BIAS_SINGLE, BIAS_DOUBLE = 30, 60
# Added to k, they leave k + bias + BIAS in the low bits, where the exponent begins.
_ZERO = ROUND + float64(1023 + BIAS_DOUBLE)
_ZERO_SINGLE = ROUND_SINGLE + float32(127 + BIAS_SINGLE)
# For a scale in two factors: twice the bias of an exponent.
_ZERO_OF_TWO, _ZERO_OF_TWO_SINGLE = ROUND + 2046.0, float64(ROUND_SINGLE) + 254.0


def shift_single(m):
    """What is subtracted from x: m from 256 on (from 212 on x - m is exact where it counts)."""
    return select(fabs(m) < float32(256.0), float32(0.0), m)


def magic_single(m):
    """The number that, added to x log2(e), leaves the exponent of the result in the low bits."""
    n = fma(m - shift_single(m), LOG2_E_SINGLE, ROUND_SINGLE) - ROUND_SINGLE
    return _ZERO_SINGLE - n


def least_single(m):
    """Here the power of two is 0, or the least there is: 2^-157 of the greatest.

    Nothing can be seen below 2^-152. But a product that underflows takes an Intel processor
    150 cycles: with the clamp there, a row padded or masked by -inf took three times as long.
    """
    return (m - shift_single(m)) - float32(108.817)


def _one_and(r, square, q):
    """1 + r + r^2 q in two parts: 1 + r, whole, and the rest."""
    one = like(r, 1.0)
    near = one + r
    return near, fma(q, square, (one - near) + r)


def as_pair(near, rest):
    """Their sum, rounded, and what that loses."""
    e = near + rest
    return e, (near - e) + rest


def _reduced_single(d, magic):
    """exp(d) 2^-k as e + e', and the sum whose low bits hold k as ``magic`` wants it."""
    shifted = fma(d, LOG2_E_SINGLE, magic)
    k = shifted - magic
    r = fma(k, -LN2_LOW_SINGLE, fma(k, -LN2_HIGH_SINGLE, d))
    # In pairs of coefficients: the depth counts where rows are long.
    p = r * r
    a = fma(float32(0.1666652113199234), r, float32(0.4999999403953552))
    b = fma(float32(0.008368677459657192), r, float32(0.04166826978325844))
    q = fma(fma(float32(0.001382041140459478), p, b), p, a)
    return shifted, *_one_and(r, p, q)


def scaled_exp_single(x, shift, magic, least):
    """2^k, e, e' with 2^k (e + e') the scaled exponential; nan for nan."""
    d = x - shift
    d = select(d < least, least, d)
    shifted, e, low = _reduced_single(d, magic)
    return from_bits(int32(bits(shifted) << int32(23))), e, low


def shift_double(m):
    """What is subtracted from x: m from 2048 on (from 1500 on x - m is exact where it counts)."""
    return select(fabs(m) < 2048.0, 0.0, m)


def magic_double(m):
    """As :func:`magic_single`."""
    n = fma(m - shift_double(m), LOG2_E, ROUND) - ROUND
    return _ZERO - n


def least_double(m):
    """As :func:`least_single`: 2^-1083 of the greatest."""
    return (m - shift_double(m)) - 750.671


def _reduced_double(d, magic):
    """As :func:`_reduced_single`."""
    shifted = fma(d, LOG2_E, magic)
    k = shifted - magic
    r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, d))
    p = r * r
    square = p * p
    a = fma(float64(0.16666666666666427), r, float64(0.5000000000000011))
    b = fma(float64(0.008333333333485186), r, float64(0.04166666666652682))
    c = fma(float64(0.00019841269526710875), r, float64(0.0013888888944409532))
    e = fma(float64(2.7557568301334295e-06), r, float64(2.480149235749018e-05))
    f = fma(float64(2.500582091583515e-08), r, float64(2.7630496364262967e-07))
    q = fma(fma(f, square, fma(e, p, c)), square, fma(b, p, a))
    return shifted, *_one_and(r, p, q)


def scaled_exp_double(x, shift, magic, least):
    """2^k, e, e' with 2^k (e + e') the scaled exponential; nan for nan."""
    d = x - shift
    d = select(d < least, least, d)
    shifted, e, low = _reduced_double(d, magic)
    return from_bits(int64(bits(shifted) << int64(52))), e, low


# -- exp(y) times a number, whatever either: the number is spread into f 2^t, |f| in [2, 4), and t
# joins the exponent of exp(y). Both factors of f 2^i times exp(y) 2^(t - i), i about t / 2, are
# then far from overflow and from subnormal numbers, and exact: their product in an fma is
# rounded once, wherever it lies.


def _spread_exponent(total):
    e = int64(int64(bits(total) >> int64(52)) & int64(2047))
    e = select(e < int64(1), int64(1), e)
    return select(e > int64(2046), int64(2046), e)


def spread_unit(total):
    """2^-t of a float64 number: a normal number for any."""
    return from_bits(int64(int64(int64(2047) - _spread_exponent(total)) << int64(52)))


def _spread_power(total):
    return float64(_spread_exponent(total)) - 1024.0


def spread_magic_single(total):
    """What ``magic`` is for :func:`factored_exp_single`."""
    return float32(_ZERO_OF_TWO_SINGLE + _spread_power(total))


def spread_magic_double(total):
    """What ``magic`` is for :func:`factored_exp_double`."""
    return _ZERO_OF_TWO + _spread_power(total)


def spread_least_single(total):
    """A y at which both powers are 0: see :func:`least_single`. From 2^-198 on the product is 0."""
    return float32((-253.99 - _spread_power(total)) * LN2)


def spread_least_double(total):
    """As :func:`spread_least_single`: from 2^-1128 on the product is 0."""
    return (-2045.99 - _spread_power(total)) * LN2


def factored_exp_single(y, magic, least):
    """2^i, 2^j, e, e' with 2^(i + j) (e + e') = exp(y) 2^t, i and j equal or next to it."""
    # From 2^140 on the product is infinite, and what it loses must not be.
    most = least + float32(394.0 * LN2)
    y = select(y < least, least, y)
    y = select(y > most, most, y)
    shifted, near, rest = _reduced_single(y, magic)
    e, low = as_pair(near, rest)
    k = bits(shifted)
    first = from_bits(int32(int32(k & int32(-2)) << int32(22)))
    second = from_bits(int32(int32(int32(k + int32(1)) & int32(-2)) << int32(22)))
    return first, second, e, low


def factored_exp_double(y, magic, least):
    """As :func:`factored_exp_single`."""
    # From 2^1040 on the product is infinite.
    most = least + 3086.0 * LN2
    y = select(y < least, least, y)
    y = select(y > most, most, y)
    shifted, near, rest = _reduced_double(y, magic)
    e, low = as_pair(near, rest)
    k = bits(shifted)
    first = from_bits(int64(int64(k & int64(-2)) << int64(51)))
    second = from_bits(int64(int64(int64(k + int64(1)) & int64(-2)) << int64(51)))
    return first, second, e, low


def peak_wide(m, shift, magic):
    """The scaled exponential of a float32 m itself, in float64: good to 2^-31."""
    n = float64(_ZERO_SINGLE - magic)
    return exp_wide(fma(n, -LN2_LOW, fma(n, -LN2_HIGH, float64(m - shift)))) * float64(
        2.0**BIAS_SINGLE
    )


def peak_double(m, shift, magic):
    """The scaled exponential of m itself, as a pair."""
    n = _ZERO - magic
    k, t, u = exp_double_parts(fma(n, -LN2_HIGH, m - shift))
    p = 1.0 + t
    low = ((1.0 - p) + t) + fma(-n * LN2_LOW, p, u)
    e = p + low
    k = int64(k + int64(BIAS_DOUBLE))
    return scaled_double(e, k), scaled_double((p - e) + low, k)
