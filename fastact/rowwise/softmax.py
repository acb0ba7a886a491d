"""softmax and its kin: exponentials of a row over their sum.

All exponentials of a row are relative to one power of two
(:mod:`fastact.elementary.scaled_exp`), which the quotient is free of again.
"""

from numpy import float32, float64

from fastact.elementary.log_of_sum import log_of_sum
from fastact.elementary.logistic import sum_of_two
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.elementary.scaled_exp import (
    biased_exp_double,
    biased_exp_single,
    least_double,
    least_single,
    magic_double,
    magic_single,
    peak_double,
    peak_wide,
    scaled_exp_double,
    scaled_exp_single,
    shift_double,
    shift_single,
)
from fastact.engine.lanes import LaneSpan
from fastact.engine.rowwise import RowForm, RowKernel, row_function

INF = float("inf")

# The sums carry what they lose, so that their error does not grow with the length of the
# row. And the terms are more exact than they are stored: 1 + t, rounded, is what is kept,
# but what that loses is added up too. Else one element that outweighs the others would
# put its own error on all.

#: No scaled exponential is greater, so that three operations tell what a sum which begins
#: here loses (Dekker's fast two-sum).
_HEAVY = {"float32": 2.0**32, "float64": 2.0**62}


def _greater(x, peak):
    # A nan is passed over here; it comes out of the exponential.
    return select(x > peak, x, peak)


def _greater_negated(x, peak):
    return select(-x > peak, -x, peak)


# -- the sums: bodies of (first, shift, magic, least, high, low) -------------------------------


def _heavy_low(high, low, scale, p, p_low):
    """``low`` with what is lost where scale (p + p_low) is added to a greater ``high``."""
    e = p * scale
    return fma(p_low, scale, low) + (e - ((high + e) - high))


def _single_exp(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_single(x, shift, magic, least)
    return p * scale


def _single_high(x, shift, magic, least, high, low):
    return high + _single_exp(x, shift, magic, least, high, low)


def _single_low(x, shift, magic, least, high, low):
    scale, p, p_low = scaled_exp_single(x, shift, magic, least)
    return _heavy_low(high, low, scale, p, p_low)


def _double_exp(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_double(x, shift, magic, least)
    return p * scale


def _double_high(x, shift, magic, least, high, low):
    return high + _double_exp(x, shift, magic, least, high, low)


def _double_low(x, shift, magic, least, high, low):
    scale, p, p_low = scaled_exp_double(x, shift, magic, least)
    return _heavy_low(high, low, scale, p, p_low)


def _single_exp_negated(x, shift, magic, least, high, low):
    return _single_exp(-x, shift, magic, least, high, low)


def _single_high_negated(x, shift, magic, least, high, low):
    return _single_high(-x, shift, magic, least, high, low)


def _single_low_negated(x, shift, magic, least, high, low):
    return _single_low(-x, shift, magic, least, high, low)


def _double_exp_negated(x, shift, magic, least, high, low):
    return _double_exp(-x, shift, magic, least, high, low)


def _double_high_negated(x, shift, magic, least, high, low):
    return _double_high(-x, shift, magic, least, high, low)


def _double_low_negated(x, shift, magic, least, high, low):
    return _double_low(-x, shift, magic, least, high, low)


# The logarithm of a sum near 1 needs the sum less the maximum's own 1: elements equal to
# the maximum are counted, the others summed. What is left may be small: float32 terms are
# added up in float64, and nothing heavy before them. Bodies of (first, peak, shift, ...).


def _lost(a, b):
    """What a + b loses to rounding."""
    total = a + b
    back = total - a
    return (a - (total - back)) + (b - back)


def _single_rest_high(x, peak, shift, magic, least, high, low, count):
    scale, p, _ = scaled_exp_single(x, shift, magic, least)
    return high + float64(p * select(x == peak, float32(0.0), scale))


def _single_rest_low(x, peak, shift, magic, least, high, low, count):
    scale, _, p_low = scaled_exp_single(x, shift, magic, least)
    return fma(p_low, select(x == peak, float32(0.0), scale), low)


def _double_rest_high(x, peak, shift, magic, least, high, low, count):
    scale, p, _ = scaled_exp_double(x, shift, magic, least)
    return high + p * select(x == peak, 0.0, scale)


def _double_rest_low(x, peak, shift, magic, least, high, low, count):
    scale, p, p_low = scaled_exp_double(x, shift, magic, least)
    scale = select(x == peak, 0.0, scale)
    return fma(p_low, scale, low) + _lost(high, p * scale)


def _single_counted(x, peak, shift, magic, least, high, low, count):
    return count + select(x == peak, float32(1.0), float32(0.0))


def _double_counted(x, peak, shift, magic, least, high, low, count):
    return count + select(x == peak, 1.0, 0.0)


# -- behind the sums: bodies of (high, low) and (peak, shift, magic, high, low, count) ---------


def _single_factor(high, low):
    return float32(1.0 / (float64(high) + float64(low)))


def _single_factor_low(high, low):
    r = 1.0 / (float64(high) + float64(low))
    return float32(r - float64(float32(r)))


def _double_factor(high, low):
    return 1.0 / (high + low)


def _double_factor_low(high, low):
    s = high + low
    r = 1.0 / s
    return fma((s - high) - low, r, fma(-s, r, 1.0)) * r


def _scaled(out, factor, factor_low):
    return fma(out, factor, out * factor_low)


def _single_log(peak, shift, magic, high, low, count):
    rest = (float64(high) + float64(low)) / peak_wide(peak, shift, magic)
    y, _ = log_of_sum(float64(count), rest, 0.0)
    return y


def _double_log(peak, shift, magic, high, low, count):
    e, e_low = peak_double(peak, shift, magic)
    # A small sum is all in what the heavy start lost.
    total = high + low
    rest = total / e
    rest_low = (fma(-rest, e, total) + fma(-rest, e_low, (high - total) + low)) / e
    return log_of_sum(count, rest, rest_low)


def _single_log_rounded(peak, shift, magic, high, low, count):
    return float32(_single_log(peak, shift, magic, high, low, count))


def _double_log_rounded(peak, shift, magic, high, low, count):
    y, _ = _double_log(peak, shift, magic, high, low, count)
    return y


def _log_ratio(x, peak, factor):
    # Neither term is positive: three roundings, of 1/2 ULP of the result at most each.
    return (x - peak) - factor


def _single_log_sum(peak, shift, magic, high, low, count):
    return float32(float64(peak) + _single_log(peak, shift, magic, high, low, count))


def _double_log_sum(peak, shift, magic, high, low, count):
    y, y_low = _double_log(peak, shift, magic, high, low, count)
    s, s_low = sum_of_two(peak, y)
    return select(fabs(s) < INF, s + (s_low + y_low), s)


# -- gradients from the output: bodies of (first = g, second = y, high, low) --------------------


def _single_dot_high(g, y, high, low):
    return high + float64(g * y)


def _dot_low(g, y, high, low):
    p = g * y
    return low + fma(g, y, -p)


def _double_dot_high(g, y, high, low):
    return high + g * y


def _double_dot_low(g, y, high, low):
    p = g * y
    return low + (_lost(high, p) + fma(g, y, -p))


def _single_total_high(g, high, low):
    return high + float64(g)


def _single_total_low(g, high, low):
    return low


def _double_total_high(g, high, low):
    return high + g


def _double_total_low(g, high, low):
    return low + _lost(high, g)


# An infinite sum has no remainder.


def _whole(high, low):
    return high + select(low == low, float64(low), 0.0)


def _single_sum(high, low):
    return float32(_whole(high, low))


def _single_sum_low(high, low):
    rest = _whole(high, low) - float64(float32(_whole(high, low)))
    return float32(select(rest == rest, rest, 0.0))


def _double_sum_low(high, low):
    rest = (high - _whole(high, low)) + low
    return select(rest == rest, rest, 0.0)


def _softmax_slope(g, y, total, total_low):
    # The difference whole, so that the product alone is rounded.
    d = g - total
    rest = _lost(g, -total) - total_low
    return fma(y, d, y * select(fabs(total) < INF, rest, like(y, 0.0)))


def _log_softmax_slope(g, total, high, low, p, p_low):
    """g - total (p + p_low), where total has been scaled to high + low."""
    rest = fma(high, p_low, low * p)
    return fma(-high, p, g - select(fabs(total) < INF, rest, like(g, 0.0)))


def _single_log_softmax_slope(g, y, total, total_low):
    scale, unbias, p, p_low = biased_exp_single(y)
    high, low = scale * total * unbias, scale * total_low * unbias
    return _log_softmax_slope(g, total, high, low, p, p_low)


def _double_log_softmax_slope(g, y, total, total_low):
    scale, unbias, p, p_low = biased_exp_double(y)
    high, low = scale * total * unbias, scale * total_low * unbias
    return _log_softmax_slope(g, total, high, low, p, p_low)


# -- assembly -------------------------------------------------------------------------------


def _maximum(precision, body):
    return LaneSpan(
        {"first": precision, "peak": precision}, {"peak": (precision, body)}, {"peak": -INF}
    )


def _prepare(precision):
    bodies = {
        "float32": (shift_single, magic_single, least_single),
        "float64": (shift_double, magic_double, least_double),
    }[precision]
    slots = ("shift", "magic", "least")
    return LaneSpan(
        {"peak": precision},
        {slot: (precision, body) for slot, body in zip(slots, bodies, strict=True)},
    )


def _sum(streams, constants, sums, bodies, start=0.0):
    """A sum and what it loses: ``sums`` with their precisions; bodies for those and "out"."""
    precision = sums["low"]
    starts = dict.fromkeys(sums, 0.0) | {"high": start}
    return LaneSpan(
        {**dict.fromkeys((*streams, *constants), precision), **sums},
        {slot: (sums.get(slot, precision), body) for slot, body in bodies.items()},
        starts,
    )


def _finish(operands, *bodies):
    precision = operands["low"]
    slots = ("factor", "factor_low")
    return LaneSpan(
        operands, {slot: (precision, body) for slot, body in zip(slots, bodies, strict=False)}
    )


def _map(precision, operands, body):
    return LaneSpan(dict.fromkeys(operands, precision), {"out": (precision, body)})


_EXPONENT = ("shift", "magic", "least")
_FACTOR = ("factor", "factor_low")


def _from_output(precision, streams, high, low, finish, slope):
    # The terms have either sign: float32 ones are added up in float64.
    sums = {"high": "float64", "low": precision}
    return RowKernel(
        sum=_sum(streams, (), sums, {"high": high, "low": low}),
        finish=_finish(sums, *finish),
        map=_map(precision, ("first", "second", *_FACTOR), slope),
    )


def _softmax(precision, greater, exp, high, low):
    """The kernel for softmax of x or of -x."""
    sums = dict.fromkeys(("high", "low"), precision)
    factors = {
        "float32": (_single_factor, _single_factor_low),
        "float64": (_double_factor, _double_factor_low),
    }[precision]
    return RowKernel(
        maximum=_maximum(precision, greater),
        prepare=_prepare(precision),
        sum=_sum(
            ("first",),
            _EXPONENT,
            sums,
            {"out": exp, "high": high, "low": low},
            _HEAVY[precision],
        ),
        finish=_finish(sums, *factors),
        map=_map(precision, ("out", *_FACTOR), _scaled),
    )


def _logarithmic(precision, finish, map_span):
    if precision == "float32":
        bodies = (_single_rest_high, _single_rest_low, _single_counted)
    else:
        bodies = (_double_rest_high, _double_rest_low, _double_counted)
    sums = {"high": "float64", "low": precision, "count": precision}
    before = dict.fromkeys(("peak", "shift", "magic"), precision)
    return RowKernel(
        maximum=_maximum(precision, _greater),
        prepare=_prepare(precision),
        sum=_sum(("first",), ("peak", *_EXPONENT), sums, dict(zip(sums, bodies, strict=True))),
        finish=_finish(before | sums, finish),
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
    single = precision == "float32"
    if namespace:
        sums = (_single_dot_high, _dot_low) if single else (_double_dot_high, _double_dot_low)
        finish = (_single_sum, _single_sum_low) if single else (_whole, _double_sum_low)
        return _from_output(precision, ("first", "second"), *sums, finish, _softmax_slope)
    if single:
        return _softmax(precision, _greater, _single_exp, _single_high, _single_low)
    return _softmax(precision, _greater, _double_exp, _double_high, _double_low)


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
    if precision == "float32":
        bodies = (_single_exp_negated, _single_high_negated, _single_low_negated)
    else:
        bodies = (_double_exp_negated, _double_high_negated, _double_low_negated)
    return _softmax(precision, _greater_negated, *bodies)


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
        sums = (
            (_single_total_high, _single_total_low)
            if single
            else (_double_total_high, _double_total_low)
        )
        finish = (_single_sum, _single_sum_low) if single else (_whole, _double_sum_low)
        slope = _single_log_softmax_slope if single else _double_log_softmax_slope
        return _from_output(precision, ("first",), *sums, finish, slope)
    finish = _single_log_rounded if single else _double_log_rounded
    return _logarithmic(precision, finish, _map(precision, ("first", "peak", "factor"), _log_ratio))


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
    return _logarithmic(precision, body, None)
