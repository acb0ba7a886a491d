"""The inverse of the logistic function."""

from numpy import float32, float64, int32, int64

from fastact.elementary.exp import power_of_two
from fastact.elementary.ln2 import LN2_HIGH, LN2_HIGH_SINGLE, LN2_LOW, LN2_LOW_SINGLE
from fastact.elementary.log1p import atanh_double_parts
from fastact.elementary.scalar import bits, fma, from_bits, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines

INF = float("inf")
NAN = float("nan")


@activation(
    formula="log(x / (1 - x))",
    source="Berkson 1944, doi:10.1080/01621459.1944.10500699",
    range=Interval(-INF, INF),
    use="Turns a probability into an unbounded score: the inverse of sigmoid.",
    kinks={"0": "inf", "1": "inf"},
    drawback="Defined on [0, 1] only (nan outside) and infinite at its ends.",
    max_ulp=OWED,
)
def logit(x):
    """Log-odds, the inverse of the logistic function.

    The smaller of x and 1 - x, which is exact, decides: with the ratio z / (1 - z) near
    2^j, the result is j log 2 + 2 atanh(s), s = (z - 2^j (1 - z)) / (z + 2^j (1 - z)).
    """
    right = x > 0.5
    z = 1.0 - x
    z = select(z < x, z, x)
    y = 1.0 - z
    y_low = (1.0 - y) - z
    # Subnormal z are scaled up: the exponent is read off the bits.
    tiny = z < 2.0**-900
    scaled = select(tiny, z * 2.0**200, z)
    # The difference of the bit patterns is 2^52 log2 of the ratio up to 0.09, and saves a
    # division: |s| < 0.202.
    j = int64(int64(int64(bits(scaled) - bits(y)) + int64(1 << 51)) >> int64(52))
    scale = power_of_two(j)
    b, b_low = scale * y, scale * y_low
    top = scaled - b  # exact: the two are within a factor of 1.51
    d = scaled + b
    d_low = ((b + b) - d) + top + b_low
    r = 1.0 / d
    s = top * r
    s_low = (fma(-s, d_low, fma(-s, d, top)) - b_low) * r
    p, p_low = atanh_double_parts(s, s_low)
    k = float64(j) - select(tiny, 200.0, 0.0)
    # k times the first part is exact, and 0 or more than p.
    whole = k * LN2_HIGH
    high = whole + p
    value = high + (((whole - high) + p) + fma(k, LN2_LOW, p_low))
    value = select(z > 0.0, value, select(z == 0.0, -INF, NAN))
    return select(right, -value, value)


@logit.single
@four_lines(64)
@ending_apart(32)
def _(x):
    # The same in float32 arithmetic.
    zero, one = float32(0.0), float32(1.0)
    right = x > float32(0.5)
    z = one - x
    z = select(z < x, z, x)
    y = one - z
    y_low = (one - y) - z
    tiny = z < float32(2.0**-100)
    scaled = select(tiny, z * float32(2.0**32), z)
    j = int32(int32(int32(bits(scaled) - bits(y)) + int32(1 << 22)) >> int32(23))
    scale = from_bits(int32(int32(j + int32(127)) << int32(23)))
    b, b_low = scale * y, scale * y_low
    top = scaled - b  # exact: the two are within a factor of 1.51
    d = scaled + b
    d_low = ((b - d) + scaled) + b_low
    r = one / d
    s = top * r
    square = s * s
    p = fma(float32(0.30398088693618774), square, float32(0.3995606601238251))
    p = fma(p, square, float32(0.6666696667671204))
    rest = fma(-s, d_low, fma(-s, d, top) - b_low) * (r + r)
    rest = fma(square * s, p, rest)
    k = float32(j) - select(tiny, float32(32.0), zero)
    # k times the first part is exact.
    high = k * LN2_HIGH_SINGLE
    total = fma(float32(2.0), s, high)
    rest = rest + fma(k, LN2_LOW_SINGLE, fma(float32(2.0), s, high - total))
    value = total + rest
    outside = select(z == zero, float32(-INF), x * float32(NAN))
    value = select(z > zero, value, outside)
    return select(right, -value, value)


@logit.derivative
def _(x):
    # 1 / (x (1 - x)), symmetric about 1/2: of the smaller of the two, z.
    z = 1.0 - x
    # Of -0 the sum with 0 makes 0, whose inverse is the infinity that is due.
    z = select(z < x, z, x) + 0.0
    # d is at least z / 2, so z - d is exact, and what d lacks is so, too.
    d = fma(-z, z, z)
    d_low = fma(-z, z, z - d)
    r = 1.0 / d
    # Below 2^-900 the product is z itself, and there is nothing to correct.
    corrected = fma(fma(-d_low, r, fma(-d, r, 1.0)), r, r)
    value = select(z > 2.0**-900, corrected, r)
    # Below 0 the sign fills all bits, which is a nan.
    return from_bits(int64(bits(value) | int64(bits(z) >> int64(63))))


@logit.derivative_single
def _(x):
    # The same in float32 arithmetic.
    one, zero = float32(1.0), float32(0.0)
    z = one - x
    z = select(z < x, z, x) + zero
    d = fma(-z, z, z)
    d_low = fma(-z, z, z - d)
    r = one / d
    corrected = fma(fma(-d_low, r, fma(-d, r, one)), r, r)
    value = select(z > float32(2.0**-100), corrected, r)
    return from_bits(int32(bits(value) | int32(bits(z) >> int32(31))))
