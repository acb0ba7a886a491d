"""Errors in units in the last place, fast enough for 2^32 inputs."""

import numba
import numpy as np

__all__ = ["inputs", "misordered", "worst_error"]


@numba.njit(nogil=True)
def worst_error(x, result, reference, zeros):
    """Greatest error of float32 results against float64 ones: (ULP, index), index -1 for none.

    The unit is the spacing of float32 at the reference, of subnormals where it is
    subnormal. Within 0.1 of the interior ``zeros`` of a derivative it is
    ulp(max(abs(f'), 1/8)). A nan or an infinity where none belongs counts as infinite.
    """
    if _near(x, zeros):
        return _worst_error_each(x, result, reference, zeros)
    worst = _greatest(result, reference)
    # An infinity may be right, and nan, which as an integer is above all, too.
    if worst >= _INFINITY_BITS:
        return _worst_error_each(x, result, reference, zeros)
    return _first_with(result, reference, worst)


_INFINITY_BITS = 0x7FF << 52


@numba.njit(error_model="numpy", nogil=True, inline="always")
def _error_bits(result, exact):
    """Bit pattern of the error in ULP: patterns of positive floats are in their order."""
    exponent = (np.float64(exact).view(np.int64) >> 52) & 0x7FF
    exponent = exponent if exponent > 1023 - 126 else 1023 - 126
    unit = np.int64((23 + 2 * 1023 - exponent) << 52).view(np.float64)
    return np.float64(abs(np.float64(result) - exact) * unit).view(np.int64)


@numba.njit(error_model="numpy", nogil=True)
def _greatest(result, reference):
    """A loop without branches, which LLVM vectorises: six times as fast as one with them."""
    worst = 0
    for i in range(result.size):
        error = _error_bits(result[i], reference[i])
        worst = error if error > worst else worst
    return worst


@numba.njit(error_model="numpy", nogil=True)
def _first_with(result, reference, worst):
    for i in range(result.size):
        if _error_bits(result[i], reference[i]) == worst:
            return np.int64(worst).view(np.float64), i if worst > 0 else -1
    return 0.0, -1


@numba.njit(nogil=True)
def _near(x, zeros):
    for zero in zeros:
        for i in range(x.size):
            if abs(x[i] - zero) <= 0.1:
                return True
    return False


@numba.njit(error_model="numpy", nogil=True)
def _worst_error_each(x, result, reference, zeros):
    """:func:`worst_error`, each case on its own."""
    worst, at = 0.0, -1
    for i in range(x.size):
        exact, got = reference[i], np.float64(result[i])
        if np.isnan(exact) or np.isnan(got):
            if np.isnan(exact) != np.isnan(got):
                return np.inf, i
            continue
        if np.isinf(exact) or np.isinf(got):
            # The largest float32 plus half an ULP: from there on infinity is right.
            if exact != got and not (np.isinf(got) and abs(exact) > 3.4028235677973366e38):
                return np.inf, i
            continue
        size = abs(exact)
        for zero in zeros:
            if abs(x[i] - zero) <= 0.1:
                size = max(size, 0.125)
        exponent = max((np.float64(size).view(np.int64) >> 52) - 1023, -126)
        error = abs(got - exact) * np.int64((23 - exponent + 1023) << 52).view(np.float64)
        if error > worst:
            worst, at = error, i
    return worst, at


@numba.njit(nogil=True)
def misordered(result, reference):
    """How many neighbours the result has in the order opposite to the reference's."""
    count = 0
    for i in range(result.size - 1):
        rises = (result[i] < result[i + 1]) & (reference[i] > reference[i + 1])
        falls = (result[i] > result[i + 1]) & (reference[i] < reference[i + 1])
        count += rises | falls
    return count


@numba.njit(nogil=True)
def inputs(start, count, step):
    """float32 patterns start, start + step, ... as float32 and as float64."""
    x, wide = np.empty(count, np.float32), np.empty(count, np.float64)
    patterns = x.view(np.uint32)
    for i in range(count):
        patterns[i] = np.uint32(start + i * step)
        wide[i] = x[i]
    return x, wide
