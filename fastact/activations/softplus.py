"""log(1 + e^x) and its kin: smooth versions of relu and of the absolute value."""

from numpy import float32, float64, int64

from fastact.activations.sigmoid import sigmoid
from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    DOWN_SINGLE,
    exp_double_terms,
    exp_single_terms,
)
from fastact.elementary.log1p import exp_pair, log1p_double_terms, log1p_single_terms
from fastact.elementary.logistic import sum_of_two
from fastact.elementary.logistic_double import exp_minus_double_pair, times_logistic_double
from fastact.elementary.logistic_single import exp_minus_single_pair, times_logistic_single
from fastact.elementary.scalar import bits, fabs, fma, from_bits, like, select, sqrt
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
sigmoid_double, sigmoid_single = (sigmoid.body("value", p) for p in ("float64", "float32"))
INF = float("inf")


# Next to 0, where v is far finer than log(2), the noise of a quotient would be coarser than
# the steps from float to float and upset their order. There log(1 + e^v) = log(2) + t with
# t = v / 2 + log(cosh(v / 2)): v / 2 enters one fma exactly, what is added to it is below
# |v| / 32 and its error below half a step of v / 2, so t rises, and log(2) + t with it.
# log(cosh(v / 2)) / v^2 in v^2 interpolates at Chebyshev nodes of [0, 1/16]: degree 5 with an
# error of 2^-64, degree 2 with 2^-35.
_LOG_2, _LOG_2_LOW = 0.6931471805599453, 2.3190468138462996e-17
_LOG_2_SINGLE, _LOG_2_LOW_SINGLE = float32(0.6931471824645996), float32(-1.9046542121259336e-09)


def _above_log_2(v, v_low):
    """t with log(1 + exp(v + v_low)) = log(2) + t, for |v| < 1/4."""
    z = v * v
    z2 = z * z
    p0 = fma(-0.005208333333332817, z, 0.125)
    p1 = fma(-2.6351679918586817e-05, z, 0.000347222222125778)
    p2 = fma(-1.774169059701464e-07, z, 2.1354885910826746e-06)
    p = fma(fma(p2, z2, p1), z2, p0)
    return fma(0.5, v, fma(p, z, fma(0.5, v_low, _LOG_2_LOW)))


def _above_log_2_single(v, v_low):
    """The same in float32 arithmetic."""
    z = v * v
    p = fma(fma(float32(0.00034476575), z, float32(-0.0052082757)), z, float32(0.125))
    half = float32(0.5)
    return fma(half, v, fma(p, z, fma(half, v_low, _LOG_2_LOW_SINGLE)))


def softplus_terms(v, v_low):
    """p, p', down with log(1 + exp(v + v_low)) = (p + p') down, for v in [-1000, 1000].

    Left of -40 the logarithm is its argument: the exponential is passed on with its power
    of two too large, and down takes that back.
    """
    positive = v > 0.0
    scale, r, w = exp_double_terms(-fabs(v), select(positive, -v_low, v_low))
    e, e_low = exp_pair(scale, r, w)
    p, p_low = log1p_double_terms(e * DOWN_DOUBLE, e_low * DOWN_DOUBLE)
    total, rest = sum_of_two(select(positive, v, 0.0), p)
    rest = rest + (p_low + select(positive, v_low, 0.0))
    near = fabs(v) < 0.25
    total = select(near, _LOG_2, total)
    rest = select(near, _above_log_2(v, v_low), rest)
    tail = v < -40.0
    return (
        select(tail, e, total),
        select(tail, e_low, rest),
        select(tail, DOWN_DOUBLE, 1.0),
    )


def softplus_single_terms(v, v_low):
    """The same in float32 arithmetic, for v in [-120, 120]."""
    zero = float32(0.0)
    positive = v > zero
    scale, r, w = exp_single_terms(-fabs(v), select(positive, -v_low, v_low))
    e, e_low = exp_pair(scale, r, w)
    p, p_low = log1p_single_terms(e * DOWN_SINGLE, e_low * DOWN_SINGLE)
    total, rest = sum_of_two(select(positive, v, zero), p)
    rest = rest + (p_low + select(positive, v_low, zero))
    near = fabs(v) < float32(0.25)
    total = select(near, _LOG_2_SINGLE, total)
    rest = select(near, _above_log_2_single(v, v_low), rest)
    tail = v < float32(-20.0)
    return (
        select(tail, e, total),
        select(tail, e_low, rest),
        select(tail, DOWN_SINGLE, float32(1.0)),
    )


def _bounded_product(x, beta, limit):
    """beta x as a pair, kept within the limit of the exponential."""
    v = beta * x
    low = fma(beta, x, -v)
    zero = like(x, 0.0)
    inside = fabs(v) < limit
    v = select(v < -limit, -limit, v)
    v = select(v > limit, limit, v)
    return v, select(inside, low, zero)


@activation(
    formula="log1p(exp(beta * x)) / beta",
    source="Dugas et al. 2001, Incorporating second-order functional knowledge",
    range=Interval(0.0, INF),
    use="A positive output with full support, such as a variance; smooth relu.",
    drawback="Costs an exponential and a logarithm; 0.69 at 0 where relu is 0.",
    max_ulp=OWED,
    monotone="increasing",
    aliases=("log1pexp",),
    domain={"beta": "beta > 0"},
)
def softplus(x, beta=1.0):
    """Smooth rectifier log(1 + exp(beta x)) / beta, without PyTorch's cutoff."""
    v, low = _bounded_product(x, beta, 1000.0)
    p, p_low, down = softplus_terms(v, low)
    r = 1.0 / beta
    q = p * r
    value = (q + fma(fma(-q, beta, p), r, p_low * r)) * down
    return select(v >= 1000.0, x, value)


@softplus.single
def _(x, beta):
    limit = float32(120.0)
    v, low = _bounded_product(x, beta, limit)
    p, p_low, down = softplus_single_terms(v, low)
    r = float32(1.0) / beta
    q = p * r
    value = (q + fma(fma(-q, beta, p), r, p_low * r)) * down
    return select(v >= limit, x, value)


@softplus.derivative
def _(x, beta):
    v, low = _bounded_product(x, beta, 760.0)
    large = v > 38.0
    v, low = select(large, 38.0, v), select(large, 0.0, low)
    return times_logistic_double(1.0, *exp_minus_double_pair(v, low))


@softplus.derivative_single
def _(x, beta):
    v, low = _bounded_product(x, beta, float32(110.0))
    large = v > float32(18.0)
    v, low = select(large, float32(18.0), v), select(large, float32(0.0), low)
    return times_logistic_single(float32(1.0), *exp_minus_single_pair(v, low))


@activation(
    formula="-log1p(exp(-x))",
    source="The logarithm of the logistic function; PyTorch's logsigmoid",
    range=Interval(-INF, 0.0),
    use="Log-likelihood of a binary classifier, without the log of a rounded 0.",
    drawback="A loss term, not a hidden activation: unbounded below.",
    max_ulp=OWED,
    monotone="increasing",
    aliases=("logsigmoid", "log_expit"),
)
def log_sigmoid(x):
    """Logarithm of the logistic function."""
    v = select(x < -1000.0, -1000.0, x)
    p, p_low, down = softplus_terms(-select(v > 1000.0, 1000.0, v), 0.0)
    return select(x <= -1000.0, x, -((p + p_low) * down))


@log_sigmoid.single
def _(x):
    limit = float32(120.0)
    v = select(x < -limit, -limit, x)
    p, p_low, down = softplus_single_terms(-select(v > limit, limit, v), float32(0.0))
    return select(x <= -limit, x, -((p + p_low) * down))


@log_sigmoid.derivative
def _(x):
    return sigmoid_double(-x)


@log_sigmoid.derivative_single
def _(x):
    return sigmoid_single(-x)


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
    # result. 1 / root within 7 % is enough for it,
    # and for what rounding took from c.
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


@activation(
    formula="where(x <= -1, 0, where(x >= 1, x, (x + 1)**2 / 4))",
    source="JAX's sparse_plus, after Liu and Furber 2016, doi:10.1109/TSP.2016.2572049",
    range=Interval(0.0, INF),
    use="softplus with exact zeros: the integral of sparse_sigmoid.",
    drawback="Dead below -1, like relu below 0.",
    max_ulp=OWED,
    monotone="increasing",
)
def sparse_plus(x):
    """Piecewise quadratic rectifier."""
    one = like(x, 1.0)
    a, a_low = sum_of_two(x, one)
    inner = like(x, 0.25) * fma(a, a, like(x, 2.0) * a * a_low)
    return select(x <= -one, like(x, 0.0), select(x >= one, x, inner))


@sparse_plus.derivative
def _(x):
    one = like(x, 1.0)
    inner = like(x, 0.5) * (x + one)
    return select(x <= -one, like(x, 0.0), select(x >= one, one, inner))


@activation(
    formula="where(x <= -1, 0, where(x >= 1, 1, (x + 1) / 2))",
    source="JAX's sparse_sigmoid; Martins and Astudillo 2016, arXiv:1602.02068",
    range=Interval(0.0, 1.0),
    use="A sigmoid that reaches 0 and 1 exactly: sparse gates.",
    drawback="Gradient exactly 0 beyond 1: a gate that closes may stay closed.",
    max_ulp=OWED,
    monotone="increasing",
    kinks={"-1": "0", "1": "0"},
)
def sparse_sigmoid(x):
    """Piecewise linear sigmoid on [-1, 1]."""
    one = like(x, 1.0)
    inner = like(x, 0.5) * (x + one)
    return select(x <= -one, like(x, 0.0), select(x >= one, one, inner))


@sparse_sigmoid.derivative
def _(x):
    inside = select(fabs(x) < like(x, 1.0), like(x, 0.5), like(x, 0.0))
    return select(x == x, inside, x)
