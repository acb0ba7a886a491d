"""softmax and softmin: exponentials of a row over their sum.

All exponentials of a row are relative to one power of two
(:mod:`fastact.elementary.scaled_exp`), which the quotient is free of again.
"""

from numpy import float32, float64

from fastact.elementary.scalar import fabs, fma, like, select
from fastact.elementary.scaled_exp import (
    scaled_exp_double,
    scaled_exp_single,
)
from fastact.engine.rowwise import RowForm, RowKernel, row_function
from fastact.rowwise.assembly import (
    BOUND,
    EXPONENT,
    FACTOR,
    SLOPE,
    VALUE,
    double_sum_low,
    finish_span,
    from_output,
    greater,
    lost,
    map_span,
    maximum_span,
    prepare_span,
    single_sum,
    single_sum_low,
    sum_span,
    whole,
)

INF = float("inf")

#: No scaled exponential is greater, so that three operations tell what a sum which begins
#: here loses (Dekker's fast two-sum).
_HEAVY = {"float32": 2.0**32, "float64": 2.0**62}


def _greater_negated(x, peak):
    return select(-x > peak, -x, peak)


# -- the sums: bodies of (first, shift, magic, least, high, low) -------------------------------


def _heavy_low(high, low, scale, p, p_low):
    """``low`` with what is lost where scale (p + p_low) is added to a greater ``high``."""
    # The product is exact: fma adds what an addition would, and does not wait for it.
    return fma(p_low, scale, low) + (p * scale - (fma(p, scale, high) - high))


def _single_exp(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_single(x, shift, magic, least)
    return p * scale


def _single_high(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_single(x, shift, magic, least)
    return fma(p, scale, high)


def _single_low(x, shift, magic, least, high, low):
    scale, p, p_low = scaled_exp_single(x, shift, magic, least)
    return _heavy_low(high, low, scale, p, p_low)


def _double_exp(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_double(x, shift, magic, least)
    return p * scale


def _double_high(x, shift, magic, least, high, low):
    scale, p, _ = scaled_exp_double(x, shift, magic, least)
    return fma(p, scale, high)


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


# -- behind the sums: bodies of (high, low) ----------------------------------------------------


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


# -- the gradient from the output: bodies of (first = g, second = y, high, low) -----------------


def _single_dot_high(g, y, high, low):
    return high + float64(g * y)


def _dot_low(g, y, high, low):
    p = g * y
    return low + fma(g, y, -p)


def _double_dot_high(g, y, high, low):
    return high + g * y


def _double_dot_low(g, y, high, low):
    p = g * y
    return low + (lost(high, p) + fma(g, y, -p))


def _softmax_slope(g, y, total, total_low):
    # The difference whole, so that the product alone is rounded.
    d = g - total
    rest = lost(g, -total) - total_low
    return fma(y, d, y * select(fabs(total) < INF, rest, like(y, 0.0)))


def _softmax(precision, greater, exp, high, low):
    """The kernel for softmax of x or of -x."""
    sums = dict.fromkeys(("high", "low"), precision)
    factors = {
        "float32": (_single_factor, _single_factor_low),
        "float64": (_double_factor, _double_factor_low),
    }[precision]
    return RowKernel(
        maximum=maximum_span(precision, greater),
        prepare=prepare_span(precision),
        sum=sum_span(
            ("first",),
            EXPONENT,
            sums,
            {"out": exp, "high": high, "low": low},
            _HEAVY[precision],
        ),
        finish=finish_span(sums, *factors),
        map=map_span(precision, ("out", *FACTOR), _scaled),
    )


@row_function(
    formula="exp(x - max(x)) / sum(exp(x - max(x)))",
    source="Bridle 1990, doi:10.1007/978-3-642-76153-9_28; Blanchard et al. 2021 on its errors, "
    "doi:10.1093/imanum/draa038",
    use="Output layer of a classifier, attention weights: positive numbers that sum to 1.",
    drawback="Saturates: the gradient vanishes where one element outweighs the others.",
    max_ulp=BOUND,
    infinite_shift=True,
    padding=-INF,
    forms=(RowForm(*VALUE), RowForm(*SLOPE, "y * (g - sum(g * y))")),
)
def softmax(namespace, precision):
    """Exponentials of each row over their sum."""
    single = precision == "float32"
    if namespace:
        sums = (_single_dot_high, _dot_low) if single else (_double_dot_high, _double_dot_low)
        totals = (single_sum, single_sum_low) if single else (whole, double_sum_low)
        finish = dict(zip(FACTOR, totals, strict=True))
        return from_output(precision, ("first", "second"), *sums, finish, _softmax_slope)
    if single:
        return _softmax(precision, greater, _single_exp, _single_high, _single_low)
    return _softmax(precision, greater, _double_exp, _double_high, _double_low)


@row_function(
    formula="exp(min(x) - x) / sum(exp(min(x) - x))",
    source="PyTorch's softmin: softmax(-x)",
    use="Weights that favour the smallest element: distances, energies.",
    drawback="As softmax.",
    max_ulp=BOUND,
    infinite_shift=True,
    padding=INF,
    forms=(RowForm(*VALUE),),
)
def softmin(namespace, precision):
    """softmax of -x."""
    if precision == "float32":
        bodies = (_single_exp_negated, _single_high_negated, _single_low_negated)
    else:
        bodies = (_double_exp_negated, _double_high_negated, _double_low_negated)
    return _softmax(precision, _greater_negated, *bodies)
