"""(x + sqrt(x^2 + b)) / 2: relu made smooth without an exponential."""

from numpy import float32, float64, int64

from fastact.elementary.scalar import bits, fabs, fma, from_bits, select, sqrt
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")

# Less the bits of a number, those of its inverse within 7 %.
_INVERSE_BITS = int64(0x7FDEDB6000000000)


def _squareplus_terms(x, b):
    """s, s', r and root with (x + sqrt(x^2 + b)) / 2 = s + (s' + r / root), root being rounded.

    With h = root / 2, y = x / 2 and h + y = s + s', h - y = d + d', the error of h is
    (x^2 + b - root^2) / (4 root) = (b / 4 - (s + s') (d + d')) / root, where b / 4 and the
    product cancel in one fma. What cancels in h + y left of 0 is exact, and far out r / root
    is all that is left: b / (4 |x|).
    """
    q = fma(x, x, b)
    # Where |x| and the root are 2 units apart or less, |x| it is: the rounding of q could move
    # the root by one, and what is left would not be exact. There q overflows, too.
    root = select(2.0**-51 * q > b, fabs(x), sqrt(q))
    h, y = 0.5 * root, 0.5 * x
    s, d = h + y, h - y
    s_low, d_low = (h - s) + y, (h - d) - y
    return s, s_low, fma(-s_low, d, fma(-s, d_low, fma(-s, d, 0.25 * b))), root


@activation(
    formula="where(x > 0, (x + sqrt(x * x + b)) / 2, b / (2 * (sqrt(x * x + b) - x)))",
    source="Barron 2021, arXiv:2112.11687",
    range=Interval(0.0, INF),
    use="softplus from one square root: the cheap smooth rectifier.",
    drawback="Approaches 0 like 1 / x, not exponentially: negative inputs leak through.",
    max_ulp=OWED,
    monotone="increasing",
    domain={"b": "b > 0"},
)
def squareplus(x, b=4.0):
    """(x + sqrt(x^2 + b)) / 2, rewritten for x < 0 where it would cancel."""
    s, s_low, rest, root = _squareplus_terms(x, b)
    c = rest / select(root > 0.0, root, 1.0)
    # c is of the first order: near x^2 = 2^51 b, c^2 / root counts one unit in the left
    # result. 1 / root within 7 % is enough for it, and for what rounding took from c.
    inverse = from_bits(int64(_INVERSE_BITS - bits(root)))
    inverse = select(root > 2.0**900, 0.0, inverse)
    total = s + c
    left = fma(-c, c, fma(-c, root, rest))
    value = total + (((s - total) + c) + fma(left, inverse, s_low))
    # An infinity less itself is in the low parts.
    return select(fabs(x) == INF, select(x > 0.0, x, 0.0), value)


@squareplus.single
def _(x, b):
    # The square root in float64, for its range; the division in float32, where it costs a
    # quarter, with the rest of (root + |x|) / 2 in its residual.
    z = fabs(float64(x))
    wide = 0.5 * (z + sqrt(fma(z, z, float64(b))))
    half = float32(wide)
    low = float32(wide - float64(half))
    r = float32(1.0) / select(half == float32(0.0), float32(1.0), half)
    # Four times the value: b / 4 may have lost bits.
    q = b * r
    q = fma(fma(-q, low, fma(-q, half, b)), r, q)
    left = select(half == float32(INF), float32(0.0), float32(0.25) * q)
    return select(x > float32(0.0), half, left)


@squareplus.derivative
def _(x, b):
    # (1 + x / root) / 2 is the value divided by the root, so 1 / root serves twice; e is its
    # rounding, and 2 c that of the root.
    s, s_low, rest, root = _squareplus_terms(x, b)
    i = 1.0 / select(root > 0.0, root, 1.0)
    e = fma(-root, i, 1.0)
    c = fma(rest, i, (rest * i) * e)
    v = s + c
    # The last is of the second order in the root's error: see the value.
    v_low = ((s - v) + c) + fma(-c * c, i, s_low)
    value = fma(v, i, fma(v, fma(-2.0 * c, i, e), v_low) * i)
    value = select(root == INF, select(x > 0.0, 1.0, 0.0), value)
    return select(root == 0.0, 0.5, value)


@squareplus.derivative_single
def _(x, b):
    # b / (2 root (root + |x|)) is what the right side lacks to 1: one quotient for both,
    # its two divisions in float32 as above and its residual in float64.
    z = fabs(float64(x))
    root = sqrt(fma(z, z, float64(b)))
    total = 0.5 * (z + root)
    r = float32(1.0) / float32(total)
    # Four times the quotient: q and 1 / root may be subnormal, or infinite with their inverse.
    s = float32(1.0) / float32(root)
    q = b * r * s
    rest = float32(fma(-float64(q), root * total, float64(b)))
    q = float32(0.25) * fma(rest * r, s, q)
    q = select(fabs(x) == float32(INF), float32(0.0), q)
    q = select((x == float32(0.0)) & (b == float32(0.0)), float32(0.5), q)
    return select(x > float32(0.0), float32(1.0) - q, q)
