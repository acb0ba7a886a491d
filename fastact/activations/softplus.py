"""log(1 + e^x) and its kin: smooth versions of relu and of the absolute value."""

from numpy import float32

from fastact.activations.sigmoid import sigmoid
from fastact.elementary.expm1 import expm1_double_parts, expm1_single_parts
from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    DOWN_SINGLE,
    VANISHED_SINGLE,
    exp_double_terms,
    exp_single_terms,
)
from fastact.elementary.ln2 import (
    LN2,
    LN2_700,
    LN2_700_REST,
    LN2_REST,
    LN2_REST_SINGLE,
    LN2_SINGLE,
)
from fastact.elementary.log1p import exp_pair, log1p_double_terms, log1p_single_terms
from fastact.elementary.logistic_double import exp_minus_double_pair, times_logistic_double
from fastact.elementary.logistic_single import (
    LEAST_SINGLE,
    exp_minus_single_pair,
    times_logistic_single,
)
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import four_lines

sigmoid_double, sigmoid_single = (sigmoid.body("value", p) for p in ("float64", "float32"))
INF = float("inf")


# Next to 0, where v is far finer than log(2), the noise of a quotient would be coarser than
# the steps from float to float and upset their order. There log(1 + e^v) = log(2) + t with
# t = v / 2 + log(cosh(v / 2)): v / 2 enters one fma exactly, what is added to it is below
# |v| / 32 and its error below half a step of v / 2, so t rises, and log(2) + t with it.
# log(cosh(v / 2)) / v^2 in v^2 interpolates at Chebyshev nodes of [0, 1/16]: degree 5 with an
# error of 2^-64, degree 2 with 2^-35.


def _above_log_2(v, v_low):
    """t with log(1 + exp(v + v_low)) = log(2) + t, for |v| < 1/4."""
    z = v * v
    z2 = z * z
    p0 = fma(-0.005208333333332817, z, 0.125)
    p1 = fma(-2.6351679918586817e-05, z, 0.000347222222125778)
    p2 = fma(-1.774169059701464e-07, z, 2.1354885910826746e-06)
    p = fma(fma(p2, z2, p1), z2, p0)
    return fma(0.5, v, fma(p, z, fma(0.5, v_low, LN2_REST)))


def _above_log_2_single(v, v_low):
    """The same in float32 arithmetic."""
    z = v * v
    p = fma(fma(float32(0.00034476575), z, float32(-0.0052082757)), z, float32(0.125))
    half = float32(0.5)
    return fma(half, v, fma(p, z, fma(half, v_low, LN2_REST_SINGLE)))


def softplus_terms(v, v_low, minus_low):
    """p, p', down with log(1 + exp(v + v_low)) = (p + p') down, for v in [-1000, 1000].

    ``minus_low`` is what -|v| lacks. Left of -40 the logarithm is its argument: the exponential
    is passed on with its power of two too large, and down takes that back.
    """
    positive = v > 0.0
    scale, r, w = exp_double_terms(-fabs(v), minus_low)
    e, e_low = exp_pair(scale, r, w)
    p, p_low = log1p_double_terms(e * DOWN_DOUBLE, e_low * DOWN_DOUBLE)
    total, rest = sum_of_two(select(positive, v, 0.0), p)
    rest = rest + (p_low + select(positive, v_low, -0.0))
    near = fabs(v) < 0.25
    total = select(near, LN2, total)
    rest = select(near, _above_log_2(v, v_low), rest)
    tail = v < -40.0
    return (
        select(tail, e, total),
        select(tail, e_low, rest),
        select(tail, DOWN_DOUBLE, 1.0),
    )


def softplus_single_terms(v, v_low, minus_low):
    """The same in float32 arithmetic, for v in [-130, 130]."""
    zero = float32(0.0)
    positive = v > zero
    scale, r, w = exp_single_terms(-fabs(v), minus_low)
    e, e_low = exp_pair(scale, r, w)
    # From 20 on the logarithm does not count, or is its argument; its squares would underflow.
    down = select(fabs(v) > float32(20.0), zero, DOWN_SINGLE)
    p, p_low = log1p_single_terms(e * down, e_low * down)
    total, rest = sum_of_two(select(positive, v, zero), p)
    rest = rest + (p_low + select(positive, v_low, -zero))
    near = fabs(v) < float32(0.25)
    total = select(near, LN2_SINGLE, total)
    rest = select(near, _above_log_2_single(v, v_low), rest)
    tail = v < float32(-20.0)
    return (
        select(tail, e, total),
        select(tail, e_low, rest),
        select(tail, DOWN_SINGLE, float32(1.0)),
    )


#: 144 log 2 as a pair.
_FAR_SINGLE, _FAR_SINGLE_LOW = float32(99.81319427490234), float32(-2.7427020654613443e-07)


def _bounded_product(x, beta, limit):
    """beta x as a pair, kept within the limit of the exponential."""
    v = beta * x
    nothing = like(x, -0.0)
    low = select(fabs(v) < limit, fma(beta, x, -v), nothing)
    v = select(v < -limit, -limit, v)
    v = select(v > limit, limit, v)
    # Said, for LLVM not to compute x - x, which is no 0 for an infinity.
    return v, select(beta == like(x, 1.0), nothing, low)


def _quotient(p, p_low, beta):
    """(p + p_low) / beta, rounded once."""
    r = like(p, 1.0) / beta
    q = p * r
    rest = fma(p_low, r, fma(-q, beta, p) * r)
    return q + select(beta == like(p, 1.0), p_low, rest)


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
@four_lines(64)
def softplus(x, beta=1.0):
    """Smooth rectifier log(1 + exp(beta x)) / beta, without PyTorch's cutoff."""
    # By a tiny beta a logarithm far below the subnormal numbers is lifted above them: it is
    # 2^-700 of that of v + 700 log 2 there. The quotient is kept from overflow.
    tiny = beta < 2.0**-360
    product = beta * x
    v, low = _bounded_product(x, beta, select(tiny, 1460.0, 1000.0))
    far = tiny & (v < -1000.0)
    moved = v + LN2_700
    low = select(far, low + (((v - moved) + LN2_700) + LN2_700_REST), low)
    v = select(far, moved, select(v > 1000.0, 1000.0, v))
    p, p_low, down = softplus_terms(v, low, select(v > 0.0, -low, low))
    beta = select(tiny, beta * 2.0**512, beta)
    value = _quotient(p, p_low, beta) * (down * select(tiny, 2.0**512, 1.0))
    value = value * select(far, 2.0**-700, 1.0)
    value = select(tiny & (product < -1460.0), 0.0, value)
    return select(product >= 1000.0, x, value)


@softplus.single
@four_lines(32, 64)
def _(x, beta):
    limit, one = -VANISHED_SINGLE, float32(1.0)
    tiny = beta < float32(2.0**-20)
    product = beta * x
    v, low = _bounded_product(x, beta, select(tiny, float32(219.0), limit))
    # Below -120 the low part of the exponential would be subnormal.
    far = tiny & (v < float32(-120.0))
    moved = v + _FAR_SINGLE
    low = select(far, low + (((v - moved) + _FAR_SINGLE) + _FAR_SINGLE_LOW), low)
    v = select(far, moved, select(v > limit, limit, v))
    p, p_low, down = softplus_single_terms(v, low, select(v > float32(0.0), -low, low))
    beta = select(tiny, beta * float32(2.0**60), beta)
    value = _quotient(p, p_low, beta) * (down * select(tiny, float32(2.0**60), one))
    value = value * select(far, float32(2.0**-144), one)
    value = select(tiny & (product < float32(-219.0)), float32(0.0), value)
    return select(product >= limit, x, value)


@softplus.derivative
def _(x, beta):
    v, low = _bounded_product(x, beta, 760.0)
    large = v > 38.0
    v, low = select(large, 38.0, v), select(large, 0.0, low)
    return times_logistic_double(1.0, *exp_minus_double_pair(v, low))


@softplus.derivative_single
def _(x, beta):
    v, low = _bounded_product(x, beta, -LEAST_SINGLE)
    large = v > float32(18.0)
    v, low = select(large, float32(18.0), v), select(large, float32(0.0), low)
    return times_logistic_single(float32(1.0), *exp_minus_single_pair(v, low))


@softplus.from_output
def _(y, beta):
    # s(beta x) = 1 - exp(-beta y), which an error of y counts in once at most.
    v = -(beta * y)
    m, m_low = expm1_double_parts(select(v < -60.0, -60.0, v))
    # A difference from 0, for 0 to be positive.
    return 0.0 - (m + m_low)


@softplus.from_output_single
def _(y, beta):
    v = -(beta * y)
    m, m_low = expm1_single_parts(select(v < float32(-30.0), float32(-30.0), v))
    return float32(0.0) - (m + m_low)


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
@four_lines(64)
def log_sigmoid(x):
    """Logarithm of the logistic function."""
    v = select(x < -1000.0, -1000.0, x)
    p, p_low, down = softplus_terms(-select(v > 1000.0, 1000.0, v), -0.0, -0.0)
    return select(x <= -1000.0, x, -((p + p_low) * down))


@log_sigmoid.single
@four_lines(32, 64)
def _(x):
    limit = -VANISHED_SINGLE
    v = select(x < -limit, -limit, x)
    nothing = float32(-0.0)
    p, p_low, down = softplus_single_terms(-select(v > limit, limit, v), nothing, nothing)
    return select(x <= -limit, x, -((p + p_low) * down))


@log_sigmoid.derivative
def _(x):
    return sigmoid_double(-x)


@log_sigmoid.derivative_single
@four_lines(32)
def _(x):
    return sigmoid_single(-x)
