"""log 2 and its kin, as the reductions of exponentials and logarithms want them."""

from numpy import float32, float64

__all__ = [
    "LN2",
    "LN2_700",
    "LN2_700_REST",
    "LN2_HIGH",
    "LN2_HIGH_SINGLE",
    "LN2_LOW",
    "LN2_LOW_SINGLE",
    "LN2_REST",
    "LN2_REST_SINGLE",
    "LN2_SINGLE",
    "LOG2_E",
    "LOG2_E_SINGLE",
    "ROUND",
    "ROUND_SINGLE",
]

LOG2_E, LOG2_E_SINGLE = float64(1.4426950408889634), float32(1.4426950408889634)

#: log 2 as a pair: rounded, and what that lost.
LN2, LN2_REST = float64(0.6931471805599453), float64(2.3190468138462996e-17)
LN2_SINGLE, LN2_REST_SINGLE = float32(0.6931471805599453), float32(-1.9046542121259336e-09)

#: log 2 as a pair whose first part has few bits, 41 and 17, so that a whole number k below 2^12
#: (2^7) times it is exact, and x - k log 2 by two steps too (Cody and Waite 1980).
LN2_HIGH, LN2_LOW = float64(0.693147180559663), float64(2.8235290563031577e-13)
LN2_HIGH_SINGLE, LN2_LOW_SINGLE = float32(0.693145751953125), float32(1.4286068203094173e-06)

#: 700 log 2 as a pair: what lifts an exponential from far below the subnormal numbers.
LN2_700, LN2_700_REST = float64(485.2030263919617), float64(2.4665621915721564e-15)

#: 1.5 * 2^(mantissa bits): added to a number, it leaves the nearest whole one in the low bits.
ROUND, ROUND_SINGLE = float64(6755399441055744.0), float32(12582912.0)
