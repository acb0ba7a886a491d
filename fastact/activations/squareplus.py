"""(x + sqrt(x^2 + b)) / 2: relu made smooth without an exponential."""

from numpy import float32, float64, int32, int64

from fastact.elementary.scalar import bits, fabs, fma, from_bits, select, sqrt
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart

INF = float("inf")

# Less the bits of a number, those of its inverse within 7 %; in float32, of half its inverse.
_INVERSE_BITS = int64(0x7FDEDB6000000000)
_HALF_INVERSE_BITS_SINGLE = int32(0x7E76DB00)


_DOWN = float64(2.0**-200)


def _moved_inverse(root):
    """2^200 / root, 2^-34 of it off: 1 / root may be subnormal, and this, of 2^-537 on, is not.

    Two steps of third order from the bits of the root: seven operations that run beside the
    square root, where a division would wait for its unit.
    """
    moved = root * _DOWN
    i = from_bits(int64(_INVERSE_BITS - bits(moved)))
    e = fma(-moved, i, 1.0)
    i = fma(fma(e, e, e), i, i)
    e = fma(-moved, i, 1.0)
    return fma(fma(e, e, e), i, i)


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


def _root_single(x, b):
    """scale, b scale^2, z, root and c with sqrt(z^2 + b scale^2) = root + c, z = |x| scale or 1.

    The scale, a power of two that depends on b alone, makes b between 2^-40 and 2^-38: z^2
    neither overflows nor counts where it would underflow, and from z = 1 on the root is z.
    """
    e = int32(int32(bits(b) >> int32(23)) & int32(255))
    scale = from_bits(
        int32(int32(int32(107) - int32(int32(e - int32(127)) >> int32(1))) << int32(23))
    )
    scaled = b * scale * scale
    z = fabs(x) * scale
    z = select(z > float32(1.0), float32(1.0), z)
    q = fma(z, z, scaled)
    root = sqrt(q)
    # What q lost, and the square root; 1 / (2 root) within 7 % is enough for half a unit.
    square = q - scaled
    lost = fma(z, z, -square) - ((q - square) - scaled)
    half_inverse = from_bits(int32(_HALF_INVERSE_BITS_SINGLE - bits(root)))
    return scale, scaled, z, root, (fma(-root, root, q) + lost) * half_inverse


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
@ending_apart(32)
def squareplus(x, b=4.0):
    """(x + sqrt(x^2 + b)) / 2, rewritten for x < 0 where it would cancel."""
    s, s_low, rest, root = _squareplus_terms(x, b)
    i = _moved_inverse(root) * _DOWN
    # c is of the first order: near x^2 = 2^51 b, c^2 / root counts one unit in the left result.
    c = rest * i
    total = s + c
    left = fma(-c, c, fma(-c, root, rest))
    value = total + (((s - total) + c) + fma(left, i, s_low))
    # An infinity less itself is in the low parts. b may be a nan, which stays.
    return select(fabs(x) == INF, select(b == b, select(x > 0.0, x, 0.0), b), value)


@squareplus.single
@ending_apart(32)
def _(x, b):
    scale, _, z, root, c = _root_single(x, b)
    s = root + z
    s_low = ((root - s) + z) + c
    # Far out the root is |x|. Twice the value on the right, and what b is divided by on the left.
    far = fabs(x) * scale
    far = select(far > float32(2.0**125), float32(2.0**125), far)
    s = select(far + far > s, far + far, s)
    s = select(s < float32(2.0**-126), float32(2.0**-126), s)
    r = float32(1.0) / s
    half = b * (float32(0.5) * scale)
    q = half * r
    left = fma(fma(-q, s, half) - q * s_low, r, q)
    left = select(fabs(x) == float32(INF), select(b == b, float32(0.0), b), left)
    right = (s + s_low) * (float32(0.5) / scale)
    # Beyond what the scale leaves room for, it is x. b may be a nan, which stays.
    right = select(right > x, right, select(b == b, x, b))
    return select(x > float32(0.0), right, left)


@squareplus.derivative
def _(x, b):
    # (1 + x / root) / 2 is the value divided by the root, so 1 / root serves twice; e is what
    # it lacks, and 2 c is what the root does.
    s, s_low, rest, root = _squareplus_terms(x, b)
    moved = _moved_inverse(root)
    i = moved * _DOWN
    e = fma(-(root * _DOWN), moved, 1.0)
    c = fma(rest, i, (rest * i) * e)
    v = s + c
    # The last is of the second order in the root's error: see the value.
    v_low = ((s - v) + c) + fma(-c * c, i, s_low)
    value = fma(v, moved, fma(v, fma(-2.0 * c, i, e), v_low) * moved) * _DOWN
    value = select(root == INF, select(x > 0.0, 1.0, 0.0), value)
    return select(root == 0.0, 0.5, value)


@squareplus.derivative_single
def _(x, b):
    # b / (2 root (root + |x|)) is what the right side lacks to 1: one quotient for both.
    scale, scaled, z, root, c = _root_single(x, b)
    s = root + z
    s_low = ((root - s) + z) + c
    far = fabs(x) * scale
    far = select(far > float32(2.0**62), float32(2.0**62), far)
    root = select(far > root, far, root)
    s = select(far + far > s, far + far, s)
    p = root * s
    p_low = fma(root, s_low, fma(c, s, fma(root, s, -p)))
    r = float32(1.0) / select(p < float32(2.0**-126), float32(2.0**-126), p)
    half = float32(0.5) * scaled
    q = half * r
    q = fma(fma(-q, p, half) - q * p_low, r, q)
    q = select((x == float32(0.0)) & (b == float32(0.0)), float32(0.5), q)
    return select(x > float32(0.0), float32(1.0) - q, q)
