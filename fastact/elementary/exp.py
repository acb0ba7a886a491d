"""The exponential function: exp(x) = 2^k exp(r) with r = x - k log 2 in [-0.347, 0.347].

The argument is reduced in two steps after Cody and Waite (1980), rounding to k by
adding and subtracting 1.5 * 2^(mantissa bits), which leaves k in the low bits of the
sum as well. exp(r) = 1 + r + r^2 q(r), with q interpolating at Chebyshev nodes, or
minimax where pairs of coefficients are named (Estrin's scheme: half the depth).

=============  ==========  ======  ==================================================
exp_...        arithmetic  degree  error of the polynomial, relative to exp(r)
=============  ==========  ======  ==================================================
within         float64     5 + 2   2^-32.1: for kernels that round to float32 at the end
double_parts   float64     10 + 2  2^-58
series_double  float64     9 + 2   2^-57.9, in pairs of coefficients
series_single  float32     4 + 2   2^-28.2, in pairs of coefficients
=============  ==========  ======  ==================================================

``exp_twice_single`` gives exp(2 z) for tanh, with one step of reduction: degree 6, 2^-28.9;
``exp_short_...`` give exp(v) with as much of a step as what is added to a larger term needs;
``exp2_minus_single`` gives 2^-u, whose reduction is exact: degree 6, 2^-28.3.
``exp_double_parts`` returns what cannot be rounded without loss.
"""

from numpy import float32, float64, int32, int64

from fastact.elementary.ln2 import (
    LN2,
    LN2_HIGH,
    LN2_LOW,
    LN2_REST,
    LN2_SINGLE,
    LOG2_E,
    LOG2_E_SINGLE,
    ROUND,
    ROUND_SINGLE,
)
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = [
    "exp2_minus_single",
    "exp_double_parts",
    "exp_series_double",
    "exp_series_single",
    "exp_short_double",
    "exp_short_single",
    "exp_twice_single",
    "exp_wide",
    "exp_within",
    "power_of_two",
]


_TWICE_LOG2_E_SINGLE = float32(2.8853900817779268)
# With the bias of the exponent, so that one shift makes the power of two.
_MAGIC_BIASED, _MAGIC_BIASED_SINGLE = ROUND + 1023.0, float32(ROUND_SINGLE + 127.0)
_HALF_LN2_SINGLE = float32(0.34657359027997264)


def power_of_two(k):
    """2^k for an int64 k in [-1022, 1023]."""
    return from_bits(int64(int64(k + int64(1023)) << int64(52)))


def exp_wide(x):
    """exp(x) in float64, good to 2^-31, for |x| <= 708; beyond, the value there; nan for nan."""
    x = select(x > 708.0, 708.0, x)
    return exp_within(select(x < -708.0, -708.0, x))


def exp_within(x):
    """exp(x) in float64, good to 2^-31, for |x| <= 708: what a caller bounds already."""
    shifted = fma(x, LOG2_E, ROUND)
    # One step is enough here: |k| * 2^-54 is far below 2^-31.
    r = fma(shifted - ROUND, -LN2, x)
    s = r * r
    q = fma(float64(0.00019890980869750327), r, float64(0.0013933641031986701))
    low = fma(float64(0.008333310934448869), r, float64(0.04166646500604005))
    first = fma(float64(0.16666666681614256), r, float64(0.5000000013457727))
    p = fma(fma(fma(q, s, low), s, first), s, r + 1.0)
    # k sits in the low bits of the sum; shifting it into the exponent adds it there.
    return from_bits(int64(bits(p) + int64(bits(shifted) << int64(52))))


def exp_series_double(r, unit):
    """unit q and r^2 with exp(r) = 1 + r + r^2 q for |r| <= log(2) / 2: degree 9, 2^-57.9.

    Relative to exp(r): expm1 would be off by half an ULP at 2^-4. The unit is a power of two,
    with which LLVM multiplies the coefficients.
    """
    s = r * r
    a0 = fma(unit * float64(0.1666666666666641), r, unit * float64(0.5000000000000011))
    a1 = fma(unit * float64(0.008333333333495646), r, unit * float64(0.041666666666529184))
    a2 = fma(unit * float64(0.0001984126950472364), r, unit * float64(0.0013888888943923293))
    a3 = fma(unit * float64(2.7557587377214837e-06), r, unit * float64(2.4801492761971183e-05))
    a4 = fma(unit * float64(2.499995458909079e-08), r, unit * float64(2.763037893821129e-07))
    b1 = fma(a2, s, a1)
    b2 = fma(a4, s, a3)
    return fma(fma(b2, s * s, b1), s, a0), s


def exp_series_single(r, unit):
    """The same in float32 arithmetic: degree 4, 2^-28.2."""
    s = r * r
    a0 = fma(unit * float32(0.1666651964187622), r, unit * float32(0.4999999403953552))
    a1 = fma(unit * float32(0.008368780836462975), r, unit * float32(0.04166839271783829))
    return fma(fma(unit * float32(0.0013814468402415514), s, a1), s, a0), s


def _rest_double(r, p):
    """q with exp(r) = 1 + r + r^2 / 2 + r^3 q, for p = r^2: degree 9, 2^-60 of exp(r) - 1."""
    # In pairs of coefficients: half the depth of Horner's scheme.
    square = p * p
    a = fma(float64(0.04166666666666667), r, float64(0.1666666666666667))
    b = fma(float64(0.0013888888888883752), r, float64(0.008333333333326141))
    c = fma(float64(2.4801587325533363e-05), r, float64(0.00019841269874800493))
    d = fma(float64(2.7557273661348637e-07), r, float64(2.7557255425746435e-06))
    e = fma(float64(2.0914679376583935e-09), r, float64(2.510520637395701e-08))
    return fma(fma(fma(e, p, d), square, fma(c, p, b)), p, a)


def exp_double_parts(x):
    """k, t, u with exp(x) = 2^k (1 + t + u), |t| < 0.42 and u of 2^-53 t; k as int64.

    For |x| <= 2^20 or so; the caller clamps.
    """
    shifted = fma(x, LOG2_E, ROUND)
    k = shifted - ROUND
    high = fma(k, -LN2_HIGH, x)
    low = k * LN2_LOW
    r = high - low
    rest = (high - r) - low
    p = r * r
    q = _rest_double(r, p)
    # r^2 / 2 is carried whole: rounded, it would cost expm1 half an ULP near log(2) / 2.
    half = 0.5 * p
    # The rest, r^2 (q - 1/2) + rest (1 + r), is at most 0.008.
    w = fma(p * r, q, fma(0.5, fma(r, r, -p), fma(rest, r, rest)))
    s = r + half
    s_low = (r - s) + half
    t = s + w
    u = ((s - t) + w) + s_low
    return int64(bits(shifted) - bits(ROUND)), t, u


def exp_twice_single(z):
    """2^k, t with exp(2 z) = 2^k (1 + 2 t), |t| < 0.21, for |z| <= 40, where t is good to 2^-25.

    One step of reduction: |k| log(2) / 2 is off by |k| 2^-30.
    """
    shifted = fma(z, _TWICE_LOG2_E_SINGLE, _MAGIC_BIASED_SINGLE)
    r = fma(shifted - _MAGIC_BIASED_SINGLE, -_HALF_LN2_SINGLE, z)
    p = r * r
    q = fma(
        float32(0.044299605786800385),
        p,
        fma(float32(0.1339877349138260), r, float32(0.33334404960188485)),
    )
    t = fma(fma(q, p, fma(float32(0.6666572147607803), r, float32(1.0))), p, r)
    return from_bits(int32(bits(shifted) << int32(23))), t


def exp_short_double(v, v_low):
    """2^k, r, r', q, r^2 with exp(v + v_low) = 2^k (1 + r + r' + r^2 q), for v in [-700, 700].

    For results that are added to a larger term, or to 2^k - 1: r' is what log 2 lacks, and what
    rounding takes from r is left out. At 0 the relative accuracy of exp(v) - 1 is kept.
    """
    shifted = fma(v, LOG2_E, _MAGIC_BIASED)
    k = shifted - _MAGIC_BIASED
    r = fma(k, -LN2, v) + v_low
    p = r * r
    q = fma(r, _rest_double(r, p), 0.5)
    return from_bits(int64(bits(shifted) << int64(52))), r, k * -LN2_REST, q, p


def exp_short_single(v, v_low):
    """The same in float32 arithmetic for v in [-80, 60]; r' is left out, |k| 2^-29."""
    shifted = fma(v, LOG2_E_SINGLE, _MAGIC_BIASED_SINGLE)
    r = fma(shifted - _MAGIC_BIASED_SINGLE, -LN2_SINGLE, v) + v_low
    q, s = exp_series_single(r, float32(1.0))
    return from_bits(int32(bits(shifted) << int32(23))), r, float32(-0.0), q, s


def exp2_minus_single(u, u_low):
    """2^k, t with 2^-(u + u_low) = 2^k (1 - t), |t| < 0.42, for u in [-100, 100]."""
    shifted = _MAGIC_BIASED_SINGLE - u
    f = (u + (shifted - _MAGIC_BIASED_SINGLE)) + u_low
    s = f * f
    q0 = fma(float32(-0.24022647738456726), f, float32(0.6931471824645996))
    q1 = fma(float32(-0.00961849931627512), f, float32(0.05550359562039375))
    q2 = fma(float32(-0.0001532926398795098), f, float32(0.0013390969252213836))
    return from_bits(int32(bits(shifted) << int32(23))), f * fma(fma(q2, s, q1), s, q0)
