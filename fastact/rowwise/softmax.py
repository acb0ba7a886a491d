"""softmax and its kin: exponentials of a row, shifted by its maximum, over their sum."""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_wide, power_of_two
from fastact.elementary.logistic import scaled_double, sum_of_two
from fastact.elementary.scalar import fabs, fma, select
from fastact.elementary.shifted_exp import (
    exp_of_difference,
    log_of_sum,
    shifted_exp_double,
    shifted_exp_single,
)
from fastact.engine.lanes import LaneSpan
from fastact.engine.rowwise import RowForm, RowKernel, row_function

INF = float("inf")
WIDE = {"high": "float64", "low": "float64", "count": "float64"}

# float32 sums are carried in float64; float64 sums as pairs (two-sum per element), so that
# neither error grows with the length of the row.


def _greater(x, m):
    # A nan is passed over here; it comes out of the exponential.
    return select(x > m, x, m)


def _greater_negated(x, m):
    return select(-x > m, -x, m)


# -- the sums: bodies of (first, shift, high, low, count) ---------------------------------


def _single_exp(x, m, high, low, count):
    return shifted_exp_single(x, m)


def _single_high(x, m, high, low, count):
    return high + float64(shifted_exp_single(x, m))


def _single_exp_negated(x, m, high, low, count):
    return shifted_exp_single(-x, m)


def _single_high_negated(x, m, high, low, count):
    return high + float64(shifted_exp_single(-x, m))


def _double_exp(x, m, high, low, count):
    return shifted_exp_double(x, m)


def _double_high(x, m, high, low, count):
    return high + shifted_exp_double(x, m)


def _double_low(x, m, high, low, count):
    return low + _lost(high, shifted_exp_double(x, m))


def _double_exp_negated(x, m, high, low, count):
    return shifted_exp_double(-x, m)


def _double_high_negated(x, m, high, low, count):
    return high + shifted_exp_double(-x, m)


def _double_low_negated(x, m, high, low, count):
    return low + _lost(high, shifted_exp_double(-x, m))


def _lost(a, b):
    """What a + b loses to rounding."""
    total = a + b
    back = total - a
    return (a - (total - back)) + (b - back)


# The logarithm of a sum near 1 needs the sum less the maximum's own 1: elements equal to
# the maximum are counted, the others summed. A positive difference means that the maximum
# is infinite and was not subtracted (``infinite_shift`` is False).


def _single_rest(x, m):
    e = shifted_exp_single(x, m)
    return float64(select(x == m, float32(0.0), select(x > m, float32(INF), e)))


def _double_rest(x, m):
    return select(x == m, 0.0, select(x > m, INF, shifted_exp_double(x, m)))


def _single_rest_high(x, m, high, low, count):
    return high + _single_rest(x, m)


def _double_rest_high(x, m, high, low, count):
    return high + _double_rest(x, m)


def _double_rest_low(x, m, high, low, count):
    lost = _lost(high, _double_rest(x, m))
    return low + select(lost == lost, lost, 0.0)


def _counted(x, m, high, low, count):
    return count + select(x == m, 1.0, 0.0)


# -- between the passes: bodies of (reference, shift, high, low, count) ------------------------


def _rescaled(reference, shift, high, low, count):
    """The sums so far, relative to a greater maximum: a pair times a pair."""
    k, p, p_low = exp_of_difference(float64(reference), float64(shift))
    s, s_low = sum_of_two(high, count)
    s_low = s_low + low
    y = s * p
    return k, y, fma(s, p, -y) + fma(s, p_low, s_low * p)


def _rescaled_high(reference, shift, high, low, count):
    k, y, _ = _rescaled(reference, shift, high, low, count)
    return scaled_double(y, k)


def _rescaled_low(reference, shift, high, low, count):
    k, _, y_low = _rescaled(reference, shift, high, low, count)
    return scaled_double(y_low, k)


def _none(reference, shift, high, low, count):
    return 0.0


def _scale(reference, shift, high, low):
    """exp(reference - shift) / (high + low) as k, p, p': what a chunk is multiplied by."""
    k, e, e_low = exp_of_difference(float64(reference), float64(shift))
    s = high + low
    s_low = (high - s) + low
    r = 1.0 / s
    r_low = fma(-s_low, r, fma(-s, r, 1.0)) * r
    y = e * r
    return k, y, fma(e, r, -y) + fma(e, r_low, e_low * r)


def _single_factor(reference, shift, high, low, count):
    k, y, _ = _scale(reference, shift, high, low)
    return float32(scaled_double(y, k))


def _single_factor_low(reference, shift, high, low, count):
    k, y, _ = _scale(reference, shift, high, low)
    whole = scaled_double(y, k)
    return float32(whole - float64(float32(whole)))


def _double_factor(reference, shift, high, low, count):
    k, y, _ = _scale(reference, shift, high, low)
    return scaled_double(y, k)


def _double_factor_low(reference, shift, high, low, count):
    k, _, y_low = _scale(reference, shift, high, low)
    return scaled_double(y_low, k)


def _scaled(out, factor, factor_low):
    return fma(out, factor, out * factor_low)


def _log(reference, shift, high, low, count):
    y, _ = log_of_sum(count, high, low)
    return y


def _log_low(reference, shift, high, low, count):
    _, y_low = log_of_sum(count, high, low)
    return y_low


def _single_log_ratio(x, m, y):
    return float32((float64(x) - float64(m)) - y)


def _double_log_ratio(x, m, y, y_low):
    d, low = sum_of_two(x, -m)
    s, s_low = sum_of_two(d, -y)
    rest = s_low + (low - y_low)
    return select(fabs(s) < INF, s + rest, s)


def _log_sum(shift, high, low, count):
    y, y_low = log_of_sum(count, high, low)
    s, s_low = sum_of_two(float64(shift), y)
    return select(fabs(s) < INF, s + (s_low + y_low), s)


def _single_log_sum(reference, shift, high, low, count):
    return float32(_log_sum(shift, high, low, count))


def _double_log_sum(reference, shift, high, low, count):
    return _log_sum(shift, high, low, count)


# -- gradients from the output: bodies of (first = g, second = y, high, low, ...) ---------------


def _single_dot(g, y, high, low, count):
    return high + float64(g) * float64(y)


def _double_dot_high(g, y, high, low, count):
    return high + g * y


def _double_dot_low(g, y, high, low, count):
    p = g * y
    return low + (_lost(high, p) + fma(g, y, -p))


def _single_softmax_slope(g, y, high, low):
    return float32(float64(y) * (float64(g) - high))


def _double_softmax_slope(g, y, high, low):
    d, d_low = sum_of_two(g, -high)
    return y * (d + (d_low - low))


def _single_total(g, y, high, low, count):
    return high + float64(g)


def _double_total_high(g, y, high, low, count):
    return high + g


def _double_total_low(g, y, high, low, count):
    return low + _lost(high, g)


def _single_log_softmax_slope(g, y, high, low):
    return float32(fma(-exp_wide(float64(y)), high, float64(g)))


def _double_log_softmax_slope(g, y, high, low):
    k, e, e_low = exp_of_difference(y, 0.0)
    half = int64(k >> int64(1))
    scale = power_of_two(half)
    rest = power_of_two(int64(k - half))
    total = fma(e, low, e_low * high)
    return fma(-(e * scale) * rest, high, g) - total * scale * rest


# -- assembly -------------------------------------------------------------------------------


def _maximum(precision, body):
    return LaneSpan({"first": precision, "shift": precision}, {"shift": (precision, body)})


def _between(precision, results):
    return LaneSpan({"reference": precision, "shift": precision, **WIDE}, results)


def _rescale(precision):
    return _between(
        precision,
        {
            "high": ("float64", _rescaled_high),
            "low": ("float64", _rescaled_low),
            "count": ("float64", _none),
        },
    )


def _sum(precision, high, low=None, stored=None, count=None):
    results = {"high": ("float64", high)}
    if low is not None:
        results["low"] = ("float64", low)
    if stored is not None:
        results["out"] = (precision, stored)
    if count is not None:
        results["count"] = ("float64", count)
    return LaneSpan({"first": precision, "shift": precision, **WIDE}, results)


def _from_output(precision, high, low, slope):
    streams = {"first": precision, "second": precision}
    sums = {"high": ("float64", high)} | ({} if low is None else {"low": ("float64", low)})
    return RowKernel(
        sum=LaneSpan({**streams, **WIDE}, sums),
        map=LaneSpan({**streams, "high": "float64", "low": "float64"}, {"out": (precision, slope)}),
    )


def _softmax(precision, greater, single, double):
    """The kernel for softmax of x or of -x."""
    exp, high, low = (*single, None) if precision == "float32" else double
    factors = (
        (_single_factor, _single_factor_low)
        if precision == "float32"
        else (_double_factor, _double_factor_low)
    )
    return RowKernel(
        maximum=_maximum(precision, greater),
        sum=_sum(precision, high, low, stored=exp),
        rescale=_rescale(precision),
        finish=_between(
            precision,
            {"factor": (precision, factors[0]), "factor_low": (precision, factors[1])},
        ),
        map=LaneSpan(
            {"out": precision, "factor": precision, "factor_low": precision},
            {"out": (precision, _scaled)},
        ),
    )


def _logarithmic(precision, finish, map_span):
    if precision == "float32":
        total = _sum(precision, _single_rest_high, count=_counted)
    else:
        total = _sum(precision, _double_rest_high, _double_rest_low, count=_counted)
    return RowKernel(
        maximum=_maximum(precision, _greater),
        sum=total,
        rescale=_rescale(precision),
        finish=_between(precision, finish),
        map=map_span,
    )


_VALUE = ("", ("x",), "(n)->(n)", "{summary}", "{formula}")
_SLOPE = (
    "vjp_from_output",
    ("g", "y"),
    "(n),(n)->(n)",
    "Vector-Jacobian product of {name} from its output: only y need be kept.",
)
_BOUND = {"float32": 2.0, "float64": 2.0}


@row_function(
    formula="exp(x - max(x)) / sum(exp(x - max(x)))",
    source="Bridle 1990, doi:10.1007/978-3-642-76153-9_28; Blanchard et al. 2021 on its errors, "
    "doi:10.1093/imanum/draa038",
    use="Output layer of a classifier, attention weights: positive numbers that sum to 1.",
    drawback="Saturates: the gradient vanishes where one element outweighs the others.",
    max_ulp=_BOUND,
    infinite_shift=True,
    padding=-INF,
    forms=(RowForm(*_VALUE), RowForm(*_SLOPE, "y * (g - sum(g * y))")),
)
def softmax(namespace, precision):
    """Exponentials of each row over their sum."""
    if namespace:
        if precision == "float32":
            return _from_output(precision, _single_dot, None, _single_softmax_slope)
        return _from_output(precision, _double_dot_high, _double_dot_low, _double_softmax_slope)
    return _softmax(
        precision,
        _greater,
        (_single_exp, _single_high),
        (_double_exp, _double_high, _double_low),
    )


@row_function(
    formula="exp(min(x) - x) / sum(exp(min(x) - x))",
    source="PyTorch's softmin: softmax(-x)",
    use="Weights that favour the smallest element: distances, energies.",
    drawback="As softmax.",
    max_ulp=_BOUND,
    infinite_shift=True,
    padding=INF,
    forms=(RowForm(*_VALUE),),
)
def softmin(namespace, precision):
    """softmax of -x."""
    return _softmax(
        precision,
        _greater_negated,
        (_single_exp_negated, _single_high_negated),
        (_double_exp_negated, _double_high_negated, _double_low_negated),
    )


@row_function(
    formula="x - max(x) - log(sum(exp(x - max(x))))",
    source="The logarithm of softmax; Blanchard et al. 2021, doi:10.1093/imanum/draa038",
    use="Cross-entropy losses: finite where softmax itself has underflowed.",
    drawback="Unbounded below: a loss term rather than a layer.",
    max_ulp=_BOUND,
    infinite_shift=False,
    padding=-INF,
    forms=(RowForm(*_VALUE), RowForm(*_SLOPE, "g - exp(y) * sum(g)")),
)
def log_softmax(namespace, precision):
    """Logarithm of softmax, accurate also where one element outweighs the others."""
    single = precision == "float32"
    if namespace:
        if single:
            return _from_output(precision, _single_total, None, _single_log_softmax_slope)
        return _from_output(
            precision, _double_total_high, _double_total_low, _double_log_softmax_slope
        )
    operands = {"first": precision, "shift": precision, "factor": "float64"}
    finish = {"factor": ("float64", _log)}
    if not single:
        operands["factor_low"] = "float64"
        finish["factor_low"] = ("float64", _log_low)
    body = _single_log_ratio if single else _double_log_ratio
    return _logarithmic(precision, finish, LaneSpan(operands, {"out": (precision, body)}))


@row_function(
    formula="max(x) + log(sum(exp(x - max(x))))",
    source="Blanchard et al. 2021, doi:10.1093/imanum/draa038; scipy.special.logsumexp",
    use="Sums of probabilities kept as logarithms, normalising constants.",
    drawback="Relative accuracy is lost where the result passes through 0.",
    max_ulp=_BOUND,
    infinite_shift=False,
    padding=-INF,
    forms=(RowForm("", ("x",), "(n)->()", "{summary}", "{formula}"),),
)
def logsumexp(namespace, precision):
    """Logarithm of the sum of exponentials of each row."""
    body = _single_log_sum if precision == "float32" else _double_log_sum
    return _logarithmic(precision, {"factor": (precision, body)}, None)
