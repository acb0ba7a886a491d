"""The logistic function by parts, for the derivative of swish by its parameter.

s(v) = 1 / (1 + exp(-v)). With exp(-v) = 2^k h it is 2^-k / D, and 1 - s(v) = h / D,
where D = 2^-k + h: one formula for the whole line that neither overflows nor cancels,
and both quotients keep their relative accuracy in their own tail. They are returned as
unevaluated pairs, so that a kernel may multiply before it rounds for the only time.
"""

from numpy import int64

from fastact.elementary.exp import exp_double_parts, power_of_two
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import fma, select

__all__ = ["logistic_double_parts"]


def logistic_double_parts(v, v_low):
    """n, s, s', q, q' with s(v + v_low) = 2^n (s + s') and 1 - s(v + v_low) = q + q'.

    For v in [-2200, 60], which the caller ensures; v_low is of 2^-53 v.
    """
    k, t, u = exp_double_parts(-v)
    h = 1.0 + t
    h_low = ((1.0 - h) + t) + fma(-v_low, h, u)
    # Below 2^-100 the addend no longer counts; the power itself must stay normal.
    c = power_of_two(select(k > int64(100), int64(-100), int64(-k)))
    d, d_low = sum_of_two(c, h)
    d_low = d_low + h_low
    r = 1.0 / d
    r_low = fma(-d_low, r, fma(-d, r, 1.0)) * r
    q = h * r
    q_low = (fma(-q, d_low, fma(-q, d, h)) + h_low) * r
    return int64(-k), r, r_low, q, q_low
