"""x times a logistic function: silu, quick_gelu, and the piecewise hard_silu."""

from numpy import float32

from fastact.elementary.logistic_double import (
    complement_double_short,
    exp_minus_double,
    exp_minus_double_pair,
    times_logistic_double,
    times_slope_double,
)
from fastact.elementary.logistic_single import (
    LEAST_SINGLE,
    complement_single,
    exp_minus_single,
    exp_minus_single_pair,
    times_logistic_single,
    times_slope_single,
)
from fastact.elementary.minimum import (
    near_silu_minimum_double,
    near_silu_minimum_single,
    quick_gelu_minimum_double,
    quick_gelu_minimum_single,
    silu_minimum_double,
    silu_minimum_single,
)
from fastact.elementary.scalar import fma, like, select
from fastact.engine.amendment import amended
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines

INF = float("inf")

# Silu and its kin end as their argument. v is x cut off at the greatest float below a power of two,
# where f(v) rounds to v, and what was cut off is added: x, whatever it is, as x - v and the
# sum are exact or round back. A comparison would take a multiplier's turn on a Zen 4.
_END_SINGLE, _END = float32(32.0 - 2.0**-19), 64.0 - 2.0**-47


def _silu_double(x):
    x = select(x < -800.0, -800.0, x)
    v = select(x > _END, _END, x)
    # The difference with this sign leaves -0 as it is.
    return times_logistic_double(v, *exp_minus_double(v)) - (v - x)


def _silu_single(x):
    x = select(x < LEAST_SINGLE, LEAST_SINGLE, x)
    v = select(x > _END_SINGLE, _END_SINGLE, x)
    return times_logistic_single(v, *exp_minus_single(v)) - (v - x)


@activation(
    formula="x / (1 + exp(-x))",
    source="Elfwing et al. 2017, arXiv:1702.03118",
    range=Interval(-0.2784645427610738, INF),
    use="Smooth stand-in for relu in deep convolutional networks and transformers.",
    drawback="Costs an exponential; not monotone, and its gradient still fades on the far left.",
    max_ulp=OWED,
    derivative_zeros=(-1.2784645427610738,),
)
@ending_apart(32)
@amended(value=_silu_double, where=near_silu_minimum_double, by=silu_minimum_double)
def silu(x):
    """Sigmoid-weighted linear unit, also called swish."""
    return silu_minimum_double(x, _silu_double(x))


@silu.single
@four_lines(64)
@ending_apart(32)
@amended(value=_silu_single, where=near_silu_minimum_single, by=silu_minimum_single)
def _(x):
    return silu_minimum_single(x, _silu_single(x))


@silu.derivative
@four_lines(32, 64)
@ending_apart(32)
def _(x):
    x = select(x < -800.0, -800.0, x)
    x = select(x > _END, _END, x)
    scale, i, e, u, u_low = complement_double_short(*exp_minus_double(x))
    w = x * u
    return times_slope_double(scale, i, e, w, fma(x, u_low, fma(x, u, -w)))


@silu.derivative_single
@four_lines(32, 64)
@ending_apart(32)
def _(x):
    x = select(x < LEAST_SINGLE, LEAST_SINGLE, x)
    x = select(x > _END_SINGLE, _END_SINGLE, x)
    scale, i, e, u, u_low = complement_single(*exp_minus_single(x))
    w = x * u
    return times_slope_single(scale, i, e, w, fma(x, u_low, fma(x, u, -w)))


_QUICK = 1.702
_QUICK_LEAST_SINGLE = float32(-71.26954)
_QUICK_END_SINGLE, _QUICK_END = float32(16.0 - 2.0**-20), 32.0 - 2.0**-48


@activation(
    formula="x / (1 + exp(-1.702 * x))",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2",
    range=Interval(-0.1636101896363536, INF),
    use="The cheap approximation of gelu that CLIP and its descendants were trained with.",
    drawback="Off from gelu by up to 0.021: use it only for models trained with it.",
    max_ulp=OWED,
    derivative_zeros=(-0.7511542554412890,),
)
@four_lines(64)
@ending_apart(32)
def quick_gelu(x):
    """Sigmoid approximation of GELU."""
    x = select(x < -500.0, -500.0, x)
    inner = select(x > _QUICK_END, _QUICK_END, x)
    v = inner * _QUICK
    low = fma(inner, _QUICK, -v)
    value = times_logistic_double(inner, *exp_minus_double_pair(v, low))
    return quick_gelu_minimum_double(inner, value) - (inner - x)


def _quick_argument_single(x):
    """1.702 x as a pair in float32: its rounding would cost 4 ULP in the tail."""
    v = x * float32(1.702)
    return v, fma(x, float32(-2.1934509e-08), fma(x, float32(1.702), -v))


@quick_gelu.single
@four_lines(64)
@ending_apart(32)
def _(x):
    x = select(x < _QUICK_LEAST_SINGLE, _QUICK_LEAST_SINGLE, x)
    inner = select(x > _QUICK_END_SINGLE, _QUICK_END_SINGLE, x)
    value = times_logistic_single(inner, *exp_minus_single_pair(*_quick_argument_single(inner)))
    return quick_gelu_minimum_single(inner, value) - (inner - x)


@quick_gelu.derivative
@four_lines(32, 64)
@ending_apart(32)
def _(x):
    x = select(x < -500.0, -500.0, x)
    x = select(x > _QUICK_END, _QUICK_END, x)
    v = x * _QUICK
    low = fma(x, _QUICK, -v)
    scale, i, e, u, u_low = complement_double_short(*exp_minus_double_pair(v, low))
    w = v * u
    return times_slope_double(scale, i, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@quick_gelu.derivative_single
@four_lines(32, 64)
@ending_apart(32)
def _(x):
    x = select(x < _QUICK_LEAST_SINGLE, _QUICK_LEAST_SINGLE, x)
    x = select(x > _QUICK_END_SINGLE, _QUICK_END_SINGLE, x)
    v, low = _quick_argument_single(x)
    scale, i, e, u, u_low = complement_single(*exp_minus_single_pair(v, low))
    w = v * u
    return times_slope_single(scale, i, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


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
