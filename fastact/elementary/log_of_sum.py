"""The logarithm of a sum of exponentials that were divided by their greatest."""

from numpy import float64, int64

from fastact.elementary.exp import power_of_two
from fastact.elementary.ln2 import LN2, LN2_REST
from fastact.elementary.log1p import log1p_double_parts
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import bits, fma, select

__all__ = ["log_of_sum"]

INF = float("inf")


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
    y, y_low = sum_of_two(kd * LN2, p)
    y_low = y_low + (fma(kd, LN2, -(kd * LN2)) + (fma(kd, LN2_REST, p_low)))
    y = select(usual, y, select(total == 0.0, -INF, total))
    return y, select(usual, y_low, 0.0)
