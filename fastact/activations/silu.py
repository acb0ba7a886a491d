"""x times a logistic function: silu, swish, quick_gelu, and the piecewise hard_silu."""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_wide
from fastact.elementary.gaussian import DOWN_DOUBLE, VANISHED_SINGLE
from fastact.elementary.ln2 import LN2_700, LN2_700_REST
from fastact.elementary.logistic import (
    logistic_double_parts,
    logistic_slope_wide,
    scaled_double,
)
from fastact.elementary.logistic_double import (
    complement_double,
    complement_double_short,
    divisor_double,
    exp_minus_double,
    exp_minus_double_pair,
    times_logistic_double,
    times_slope_double,
)
from fastact.elementary.logistic_single import (
    complement_single,
    exp_minus_single,
    exp_minus_single_pair,
    times_logistic_single,
    times_slope_single,
)
from fastact.elementary.minimum import (
    quick_gelu_minimum_double,
    quick_gelu_minimum_single,
    silu_minimum_double,
    silu_minimum_single,
    silu_parts_near_minimum,
)
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import Bound, Interval, activation
from fastact.engine.interleave import four_lines

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")


@activation(
    formula="x / (1 + exp(-x))",
    source="Elfwing et al. 2017, arXiv:1702.03118",
    range=Interval(-0.2784645427610738, INF),
    use="Smooth stand-in for relu in deep convolutional networks and transformers.",
    drawback="Costs an exponential; not monotone, and its gradient still fades on the far left.",
    max_ulp=OWED,
    derivative_zeros=(-1.2784645427610738,),
)
def silu(x):
    """Sigmoid-weighted linear unit, also called swish."""
    x = select(x < -800.0, -800.0, x)
    v = select(x > 60.0, 60.0, x)
    value = times_logistic_double(x, *exp_minus_double(v))
    return select(x > 38.0, x, silu_minimum_double(x, value))


@silu.single
@four_lines
def _(x):
    x = select(x < VANISHED_SINGLE, VANISHED_SINGLE, x)
    # The clamp of the derivative, to share its exponential.
    v = select(x > float32(22.0), float32(22.0), x)
    value = times_logistic_single(x, *exp_minus_single(v))
    return select(x > float32(17.5), x, silu_minimum_single(x, value))


@silu.derivative
def _(x):
    x = select(x < -800.0, -800.0, x)
    x = select(x > 60.0, 60.0, x)
    a, e, u, u_low = complement_double_short(*exp_minus_double(x))
    w = x * u
    return times_slope_double(a, e, w, fma(x, u_low, fma(x, u, -w)))


@silu.derivative_single
def _(x):
    x = select(x < VANISHED_SINGLE, VANISHED_SINGLE, x)
    x = select(x > float32(22.0), float32(22.0), x)
    a, e, u, u_low = complement_single(*exp_minus_single(x))
    w = x * u
    return times_slope_single(a, e, w, fma(x, u_low, fma(x, u, -w)))


def _swish_argument(x, beta, least):
    """beta x as a pair, kept within what the logistic parts take."""
    v = beta * x
    low = select((v > least) & (v < 60.0), fma(beta, x, -v), -0.0)
    v = select(v < least, least, select(v > 60.0, 60.0, v))
    # Said, for LLVM not to compute x - x, which is no 0 for an infinity.
    return v, select(beta == 1.0, -0.0, low)


@activation(
    formula="x / (1 + exp(-beta * x))",
    source="Ramachandran et al. 2017, arXiv:1710.05941",
    range=Interval(-INF, INF),
    use="silu with a learned steepness: beta = 0 is x / 2, large beta approaches relu.",
    drawback="One more parameter to train for a small gain over silu.",
    max_ulp=OWED,
    derivative_zeros=(-1.2784645427610738,),
)
def swish(x, beta=1.0):
    """Swish: x times the sigmoid of beta x."""
    # Where beta is tiny, x may be huge: made smaller, it is never so small as to be subnormal.
    # And s(v) may be far below the subnormal numbers: it is 2^-700 s(v + 700 log 2) there.
    huge = fabs(x) > 2.0**80
    shrunk = x * select(huge, 2.0**-600, 1.0)
    end = select(huge, -1460.0, -800.0)
    v, low = _swish_argument(x, beta, end)
    lost = v <= end
    passed = v >= 38.0
    near, least, rise = silu_parts_near_minimum(v, low)
    far = huge & (v < -540.0)
    moved = v + LN2_700
    low = select(far, low + (((v - moved) + LN2_700) + LN2_700_REST), low)
    v = select(far, moved, v)
    scale, d, d_low = divisor_double(*exp_minus_double_pair(v, low))
    # One division for both: s(v) = c / (d + d'), and silu(v) / beta near the minimum.
    d = select(near, beta, d)
    i = 1.0 / d
    y = select(near, least, shrunk * scale)
    m = y * i
    rest = fma(-m, d, y) + select(near, rise, -m * d_low)
    y = fma(rest, i, m)
    large = select(far, 2.0**-612, 2.0**88)
    y = y * select(near, 1.0, select(huge, large, DOWN_DOUBLE))
    # An infinite x times the tail of s: the tail wins.
    return select(lost, like(x, -0.0), select(passed, x, y))


@swish.single
def _(x, beta):
    wide = float64(x)
    v = float64(beta) * wide
    value = wide / (1.0 + exp_wide(-v))
    return float32(select(v < -300.0, -0.0, value))


@swish.derivative
@four_lines
def _(x, beta):
    v, low = _swish_argument(x, beta, -800.0)
    a, e, u, u_low = complement_double(*exp_minus_double_pair(v, low))
    w = v * u
    return times_slope_double(a, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@swish.derivative_single
def _(x, beta):
    v = float64(beta) * float64(x)
    v = select(v < -300.0, -300.0, select(v > 300.0, 300.0, v))
    return float32(logistic_slope_wide(v, v))


@swish.parameter_derivative
def _(x, beta):
    # x^2 s(v) s(-v), v = beta x: even in v, and for v <= 0 the power of two of s is at hand.
    z = fabs(x)
    huge = z > 2.0**300
    end = select(huge, -2200.0, -1200.0)
    v, low = _swish_argument(-z, fabs(beta), end)
    n, s, s_low, q, q_low = logistic_double_parts(v, low)
    m = s * q
    m_low = fma(s, q_low, fma(s_low, q, fma(s, q, -m)))
    z = z * select(huge, 2.0**-600, 1.0)
    p = z * z
    y = m * p
    y_low = fma(m, fma(z, z, -p), fma(m_low, p, fma(m, p, -y)))
    value = scaled_double(y + y_low, n + select(huge, int64(1200), int64(0)))
    return select(v <= end, like(x, 0.0), value)


@swish.parameter_derivative_single
def _(x, beta):
    wide = float64(x)
    v = float64(beta) * wide
    e = exp_wide(-select(v < 0.0, -v, v))
    value = wide * wide * (e / ((1.0 + e) * (1.0 + e)))
    return float32(select((v < -300.0) | (v > 300.0), 0.0, value))


_QUICK = 1.702


@activation(
    formula="x / (1 + exp(-1.702 * x))",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2",
    range=Interval(-0.1636101896363536, INF),
    use="The cheap approximation of gelu that CLIP and its descendants were trained with.",
    drawback="Off from gelu by up to 0.02: use it only for models trained with it.",
    max_ulp=OWED,
    derivative_zeros=(-0.7511542554412890,),
)
@four_lines
def quick_gelu(x):
    """Sigmoid approximation of GELU."""
    x = select(x < -500.0, -500.0, x)
    inner = select(x > 30.0, 30.0, x)
    v = inner * _QUICK
    low = fma(inner, _QUICK, -v)
    value = times_logistic_double(x, *exp_minus_double_pair(v, low))
    return select(x > 24.0, x, quick_gelu_minimum_double(x, value))


def _quick_argument_single(x):
    """1.702 x as a pair in float32: its rounding would cost 4 ULP in the tail."""
    v = x * float32(1.702)
    return v, fma(x, float32(-2.1934509e-08), fma(x, float32(1.702), -v))


@quick_gelu.single
@four_lines
def _(x):
    x = select(x < float32(-76.16), float32(-76.16), x)
    inner = select(x > float32(13.0), float32(13.0), x)
    value = times_logistic_single(x, *exp_minus_single_pair(*_quick_argument_single(inner)))
    return select(x > float32(10.25), x, quick_gelu_minimum_single(x, value))


@quick_gelu.derivative
@four_lines
def _(x):
    x = select(x < -500.0, -500.0, x)
    x = select(x > 30.0, 30.0, x)
    v = x * _QUICK
    low = fma(x, _QUICK, -v)
    a, e, u, u_low = complement_double_short(*exp_minus_double_pair(v, low))
    w = v * u
    return times_slope_double(a, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@quick_gelu.derivative_single
@four_lines
def _(x):
    x = select(x < float32(-76.16), float32(-76.16), x)
    x = select(x > float32(13.0), float32(13.0), x)
    v, low = _quick_argument_single(x)
    a, e, u, u_low = complement_single(*exp_minus_single_pair(v, low))
    w = v * u
    return times_slope_single(a, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@activation(
    formula="x * clip(x / 6 + 0.5, 0, 1)",
    source="Howard et al. 2019, arXiv:1905.02244",
    range=Interval(-0.375, INF),
    use="silu for integer and mobile hardware: no exponential.",
    drawback="Exactly 0 with gradient 0 below -3: units can die there as with relu.",
    max_ulp=OWED,
    aliases=("hard_swish", "hardswish"),
    kinks={"-3": "0", "3": "1"},
    derivative_zeros=(-1.5,),
)
def hard_silu(x):
    """Piecewise quadratic approximation of silu."""
    # x (a / 6) with a = x + 3 and the quotient as pairs; at -3, where x stays, it is -0.
    three, six, sixth = like(x, 3.0), like(x, 6.0), like(x, 1.0 / 6.0)
    z = select(x < -three, -three, x)
    a = z + three
    q = a * sixth
    q_low = (fma(-q, six, a) + (z - (a - three))) * sixth
    return select(x >= three, x, fma(z, q, z * q_low))


@hard_silu.derivative
def _(x):
    three = like(x, 3.0)
    inner = (x + x + three) / like(x, 6.0)
    return select(x <= -three, like(x, 0.0), select(x >= three, like(x, 1.0), inner))
