"""exp(x - m) for x <= m, and the logarithm of a sum of such: what softmax is made of.

The difference is carried as a pair: rounded to x - m alone, an exponent of -80 would cost
exp 40 ULP in either precision.
"""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_double_parts, exp_single_parts, power_of_two
from fastact.elementary.log1p import log1p_double_parts
from fastact.elementary.logistic import scaled_double, scaled_single, sum_of_two
from fastact.elementary.scalar import bits, fma, select

__all__ = ["exp_of_difference", "log_of_sum", "shifted_exp_double", "shifted_exp_single"]

INF = float("inf")
_LN2, _LN2_LOW = 0.6931471805599453, 2.3190468138462996e-17


def shifted_exp_single(x, m):
    """exp(x - m) rounded once, for float32 x <= m; 0 far below, nan for nan and inf - inf."""
    d, low = sum_of_two(x, -m)
    far = d < float32(-110.0)
    d = select(far, float32(-110.0), d)
    # An infinite difference has no remainder.
    low = select(far, float32(0.0), low)
    k, t, u = exp_single_parts(d)
    p = float32(1.0) + t
    return scaled_single(p + (((float32(1.0) - p) + t) + fma(low, p, u)), k)


def shifted_exp_double(x, m):
    """exp(x - m) rounded once, for float64 x <= m; 0 far below, nan for nan and inf - inf."""
    d, low = sum_of_two(x, -m)
    far = d < -760.0
    d = select(far, -760.0, d)
    low = select(far, 0.0, low)
    k, t, u = exp_double_parts(d)
    p = 1.0 + t
    return scaled_double(p + (((1.0 - p) + t) + fma(low, p, u)), k)


def exp_of_difference(a, b):
    """k, p, p' with exp(a - b) = 2^k (p + p') for float64 a <= b; 2^-1090 or less far below."""
    d, low = sum_of_two(a, -b)
    far = d < -760.0
    d = select(far, -760.0, d)
    low = select(far, 0.0, low)
    k, t, u = exp_double_parts(d)
    p = 1.0 + t
    return k, p, ((1.0 - p) + t) + fma(low, p, u)


def log_of_sum(count, high, low):
    """log(count + high + low) as a pair, for count >= 0; -inf for 0, inf for inf.

    Relative accuracy is kept where the sum is close to 1, as it is when one element of
    a row outweighs the others: count = 1 and the rest is e, as given, in log1p(e).
    """
    total = count + high
    usual = (total > 0.0) & (total < INF)
    safe = select(usual, total, 1.0)
    k = int64(int64(bits(safe) >> int64(52)) - int64(1023))
    scale = power_of_two(int64(-k))
    e, e_low = sum_of_two(select(usual, count, 1.0) * scale - 1.0, select(usual, high, 0.0) * scale)
    e_low = e_low + select(usual, low, 0.0) * scale
    p, p_low = log1p_double_parts(e, e_low)
    kd = float64(k)
    y, y_low = sum_of_two(kd * _LN2, p)
    y_low = y_low + (fma(kd, _LN2, -(kd * _LN2)) + (fma(kd, _LN2_LOW, p_low)))
    y = select(usual, y, select(total == 0.0, -INF, total))
    return y, select(usual, y_low, 0.0)
