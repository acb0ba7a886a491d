"""log_softmax and logsumexp: the logarithm of a row's sum of exponentials.

The logarithm of a sum near 1 needs the sum less the maximum's own 1: elements equal to
the maximum are counted, the others summed. What is left may be small: float32 terms are
added up in float64, and nothing heavy before them.
"""

from numpy import float32, float64

from fastact.elementary.log_of_sum import log_of_sum
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.elementary.scaled_exp import (
    as_pair,
    factored_exp_double,
    factored_exp_single,
    peak_double,
    peak_wide,
    scaled_exp_double,
    scaled_exp_single,
    spread_least_double,
    spread_least_single,
    spread_magic_double,
    spread_magic_single,
    spread_unit,
)
from fastact.engine.interleave import four_lines
from fastact.engine.rowwise import RowForm, RowKernel, row_function
from fastact.rowwise.stages import (
    BOUND,
    EXPONENT,
    SUMS,
    VALUE,
    double_sum_low,
    element,
    finish_span,
    from_output,
    map_span,
    maximum_span,
    prepare_span,
    slope_form,
    sum_span,
    whole,
)

INF = float("inf")


# -- the terms: bodies of (first, peak, shift, magic, least) ------------------------------------


def _single_near(x, peak, shift, magic, least):
    scale, near, _ = scaled_exp_single(x, shift, magic, least)
    return near * select(x == peak, float32(0.0), scale)


def _single_rest(x, peak, shift, magic, least):
    _, _, rest = scaled_exp_single(x, shift, magic, least)
    return rest


def _single_scale(x, peak, shift, magic, least):
    scale, _, _ = scaled_exp_single(x, shift, magic, least)
    return select(x == peak, float32(0.0), scale)


def _double_exp(x, peak, shift, magic, least):
    scale, near, rest = scaled_exp_double(x, shift, magic, least)
    return (near + rest) * select(x == peak, 0.0, scale)


def _double_exp_low(x, peak, shift, magic, least):
    _, near, rest = scaled_exp_double(x, shift, magic, least)
    _, low = as_pair(near, rest)
    return low


def _double_scale(x, peak, shift, magic, least):
    scale, _, _ = scaled_exp_double(x, shift, magic, least)
    return select(x == peak, 0.0, scale)


def _counted(x, peak, shift, magic, least):
    return select(x == peak, like(x, 1.0), like(x, 0.0))


# -- behind them: bodies of (peak, shift, magic, high, low, count) -----------------------------


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


# -- the gradient from the output: bodies of (first = g), (high, low) and (g, y, factors) -------


def _nothing(g):
    # Not 0: LLVM leaves out additions of -0 alone, as 0 makes 0 of -0.
    return like(g, -0.0)


def _single_spread(high, low):
    total = whole(high, low)
    return float32(total * spread_unit(total))


def _single_spread_low(high, low):
    total = whole(high, low)
    spread = total * spread_unit(total)
    rest = spread - float64(float32(spread))
    return float32(select(rest == rest, rest, 0.0))


def _single_spread_magic(high, low):
    return spread_magic_single(whole(high, low))


def _single_spread_least(high, low):
    return spread_least_single(whole(high, low))


def _double_spread(high, low):
    total = whole(high, low)
    return total * spread_unit(total)


def _double_spread_low(high, low):
    return double_sum_low(high, low) * spread_unit(whole(high, low))


def _double_spread_magic(high, low):
    return spread_magic_double(whole(high, low))


def _double_spread_least(high, low):
    return spread_least_double(whole(high, low))


def _log_softmax_slope(g, total, total_low, first, second, p, p_low):
    """g - first second (total + total_low) (p + p_low)."""
    high, low = total * first, total_low * first
    p, p_low = p * second, p_low * second
    rest = fma(high, p_low, low * p)
    return fma(-high, p, g - select(fabs(total) < INF, rest, like(g, 0.0)))


@four_lines(64)
def _single_log_softmax_slope(g, y, total, total_low, magic, least):
    first, second, p, p_low = factored_exp_single(y, magic, least)
    return _log_softmax_slope(g, total, total_low, first, second, p, p_low)


def _double_log_softmax_slope(g, y, total, total_low, magic, least):
    first, second, p, p_low = factored_exp_double(y, magic, least)
    return _log_softmax_slope(g, total, total_low, first, second, p, p_low)


def _logarithmic(precision, finish, map_span):
    if precision == "float32":
        bodies = (_single_near, _single_rest, _counted, _single_scale)
    else:
        bodies = (_double_exp, _double_exp_low, _counted, _double_scale)
    sums = SUMS | {"count": precision}
    return RowKernel(
        maximum=maximum_span(precision),
        prepare=prepare_span(precision),
        sum=sum_span(
            precision,
            ("first", "peak", *EXPONENT),
            sums,
            dict(zip((*sums, "scale"), bodies, strict=True)),
            scaled=("low",),
            claims_out=map_span is not None,
        ),
        finish=finish_span(precision, {"factor": finish}, ("peak", "shift", "magic"), counted=True),
        map=map_span,
    )


@row_function(
    formula="x - max(x) - log(sum(exp(x - max(x))))",
    source="The logarithm of softmax; Blanchard et al. 2021, doi:10.1093/imanum/draa038",
    use="Cross-entropy losses: finite where softmax itself has underflowed.",
    drawback="Unbounded below: a loss term rather than a layer.",
    max_ulp=BOUND,
    infinite_shift=False,
    padding=-INF,
    forms=(VALUE, slope_form("g - exp(y) * sum(g)")),
)
def log_softmax(namespace, precision):
    """Logarithm of softmax, accurate also where one element outweighs the others."""
    single = precision == "float32"
    if namespace:
        finish = {
            "factor": _single_spread if single else _double_spread,
            "factor_low": _single_spread_low if single else _double_spread_low,
            "magic": _single_spread_magic if single else _double_spread_magic,
            "least": _single_spread_least if single else _double_spread_least,
        }
        slope = _single_log_softmax_slope if single else _double_log_softmax_slope
        return from_output(precision, ("first",), element, _nothing, finish, slope)
    finish = _single_log_rounded if single else _double_log_rounded
    return _logarithmic(
        precision, finish, map_span(precision, ("first", "peak", "factor"), _log_ratio)
    )


@row_function(
    formula="max(x) + log(sum(exp(x - max(x))))",
    source="Blanchard et al. 2021, doi:10.1093/imanum/draa038; scipy.special.logsumexp",
    use="Sums of probabilities kept as logarithms, normalising constants.",
    drawback="Relative accuracy is lost where the result passes through 0.",
    max_ulp=BOUND,
    valid="in units of the larger of the result and max(x)",
    infinite_shift=False,
    padding=-INF,
    forms=(RowForm("", ("x",), "(n)->()", "{summary}", "{formula}"),),
)
def logsumexp(namespace, precision):
    """Logarithm of the sum of exponentials of each row."""
    body = _single_log_sum if precision == "float32" else _double_log_sum
    return _logarithmic(precision, body, None)
