"""exp(v) and exp(-rate a^2) as terms, by short chains: for callers that multiply on.

exp(v) = 2^k (1 + r + w) with r the reduced argument and w = r^2 q(r) + what rounding took
from r. The caller multiplies before it adds, p + p r + p w, so the sum need not be formed
here. q is minimax and evaluated by Estrin's scheme: degree 9 with 2^-57.9 relative to
exp(r) in float64, degree 4 with 2^-28.2 in float32.

a^2 has to be a pair: its rounding error alone, times 1/2, would cost hundreds of ULP at
a = 38.

The rounding constant carries the bias of the exponent, so that one shift makes the power
of two. It comes out too large by 2^512 (2^60 in float32), which keeps it normal; the last
product takes that back, rounding once where the result is subnormal.
"""

from numpy import float32, float64, int32, int64

from fastact.elementary.exp import exp_series_double, exp_series_single
from fastact.elementary.ln2 import (
    LN2_HIGH,
    LN2_HIGH_SINGLE,
    LN2_LOW,
    LN2_LOW_SINGLE,
    LOG2_E,
    LOG2_E_SINGLE,
    ROUND,
    ROUND_SINGLE,
)
from fastact.elementary.scalar import bits, fma, from_bits

__all__ = [
    "DOWN_DOUBLE",
    "DOWN_SINGLE",
    "VANISHED_SINGLE",
    "exp_double_terms",
    "exp_single_terms",
    "gaussian_double_terms",
    "gaussian_single_terms",
]

#: What the powers of two are too large by, inverted.
DOWN_DOUBLE = float64(2.0**-512)
DOWN_SINGLE = float32(2.0**-60)

#: exp of this number, about -187 log 2, has an exact 0 for its power of two. A kernel that
#: clamps its argument here ends in exact products; clamped at the least visible exp, its last
#: product would underflow for all that lies beyond. That takes an Intel processor 150 cycles for
#: every vector with such an element: sigmoid was 7 times and gelu 4 times as slow there.
VANISHED_SINGLE = float32(-129.6185)

_MAGIC = ROUND + 1023.0 + 512.0

_MAGIC_SINGLE = float32(ROUND_SINGLE + 127.0 + 60.0)


def _double_terms(shifted, v, v_low):
    """The terms of exp(v + v_low), whose k stands in the low bits of ``shifted``."""
    k = shifted - _MAGIC
    high = fma(k, -LN2_HIGH, v)
    low = fma(k, -LN2_LOW, v_low)
    r = high + low
    rest = (high - r) + low
    q, s = exp_series_double(r, 1.0)
    w = fma(q, s, fma(rest, r, rest))
    return from_bits(int64(bits(shifted) << int64(52))), r, w


def exp_double_terms(v, v_low):
    """scale, r, w with exp(v + v_low) = scale 2^-512 (1 + r + w), -1000 <= v <= 300."""
    return _double_terms(fma(v, LOG2_E, _MAGIC), v, v_low)


def gaussian_double_terms(a, rate):
    """scale, r, w with exp(-rate a^2) = scale 2^-512 (1 + r + w); rate a^2 below 1000."""
    p = a * a
    v = -rate * p
    v_low = -rate * fma(a, a, -p)
    shifted = fma(p, -rate * LOG2_E, _MAGIC)
    return _double_terms(shifted, v, v_low)


def _single_terms(shifted, v, v_low):
    """The terms of exp(v + v_low), whose k stands in the low bits of ``shifted``."""
    k = shifted - _MAGIC_SINGLE
    high = fma(k, -LN2_HIGH_SINGLE, v)
    low = fma(k, -LN2_LOW_SINGLE, v_low)
    r = high + low
    rest = (high - r) + low
    q, s = exp_series_single(r, float32(1.0))
    w = fma(q, s, rest)
    return from_bits(int32(bits(shifted) << int32(23))), r, w


def exp_single_terms(v, v_low):
    """scale, r, w with exp(v + v_low) = scale 2^-60 (1 + r + w), -129.9 <= v <= 40.

    Below -129.28, and so at VANISHED_SINGLE, the scale is 0.
    """
    return _single_terms(fma(v, LOG2_E_SINGLE, _MAGIC_SINGLE), v, v_low)


def gaussian_single_terms(a, rate):
    """scale, r, w with exp(-rate a^2) = scale 2^-60 (1 + r + w) in float32; rate a^2 < 128.

    Where rate a^2 is -VANISHED_SINGLE the scale is 0.
    """
    p = a * a
    v = -rate * p
    v_low = -rate * fma(a, a, -p)
    shifted = fma(p, -rate * LOG2_E_SINGLE, _MAGIC_SINGLE)
    return _single_terms(shifted, v, v_low)
