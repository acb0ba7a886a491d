"""Numbers that are kept as an unevaluated sum, or as a number and a power of two."""

from numpy import int64

from fastact.elementary.exp import power_of_two

__all__ = ["scaled_double", "sum_of_two"]


def sum_of_two(a, b):
    """a + b and its rounding error (Knuth's two-sum), whatever their order of magnitude."""
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back)


def scaled_double(value, k):
    """value * 2^k rounded once, also where the result is subnormal; |k| <= 2000."""
    half = int64(k >> int64(1))
    return value * power_of_two(half) * power_of_two(int64(k - half))
