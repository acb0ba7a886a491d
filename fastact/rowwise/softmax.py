"""softmax and softmin: exponentials of a row over their sum.

All exponentials of a row are relative to one power of two
(:mod:`fastact.elementary.scaled_exp`), which the quotient is free of again.
"""

from numpy import float32, float64

from fastact.elementary.scalar import fma
from fastact.elementary.scaled_exp import (
    BIAS_DOUBLE,
    BIAS_SINGLE,
    as_pair,
    scaled_exp_double,
    scaled_exp_single,
)
from fastact.engine.interleave import four_lines
from fastact.engine.rowwise import RowKernel, row_function
from fastact.rowwise.stages import (
    BOUND,
    EXPONENT,
    FACTOR,
    VALUE,
    double_sum_low,
    finish_span,
    from_output,
    map_span,
    maximum_span,
    prepare_span,
    single_sum,
    single_sum_low,
    slope_form,
    sum_span,
    whole,
)

INF = float("inf")

#: No scaled exponential is greater: what a sum that begins here loses is cheap to tell.
_HEAVY = {"float32": 2.0**32, "float64": 2.0**62}


# -- the terms: bodies of (first, shift, magic, least) -----------------------------------------


@four_lines(64)
def _single_exp(x, shift, magic, least):
    scale, near, rest = scaled_exp_single(x, shift, magic, least)
    return (near + rest) * scale


@four_lines(64)
def _single_near(x, shift, magic, least):
    _, near, _ = scaled_exp_single(x, shift, magic, least)
    return near


@four_lines(64)
def _single_rest(x, shift, magic, least):
    _, _, rest = scaled_exp_single(x, shift, magic, least)
    return rest


@four_lines(64)
def _single_scale(x, shift, magic, least):
    scale, _, _ = scaled_exp_single(x, shift, magic, least)
    return scale


@four_lines(64)
def _double_exp(x, shift, magic, least):
    scale, near, rest = scaled_exp_double(x, shift, magic, least)
    return (near + rest) * scale


@four_lines(64)
def _double_exp_low(x, shift, magic, least):
    _, near, rest = scaled_exp_double(x, shift, magic, least)
    _, low = as_pair(near, rest)
    return low


@four_lines(64)
def _double_scale(x, shift, magic, least):
    scale, _, _ = scaled_exp_double(x, shift, magic, least)
    return scale


#: In float32 both parts of an exponential are added up as they are, to be rounded in none. In
#: float64, where multiplications are the most that a processor has to do, what is stored is added
#: up and what that lacks.
_TERMS = {
    "float32": {
        "out": _single_exp,
        "high": _single_near,
        "low": _single_rest,
        "scale": _single_scale,
    },
    "float64": {
        "out": _double_exp,
        "high": _double_exp,
        "low": _double_exp_low,
        "scale": _double_scale,
    },
}
_SCALED = {"float32": ("high", "low"), "float64": ("low",)}


# -- behind the sums: bodies of (high, low) ----------------------------------------------------


# The exponentials are too large by 2^BIAS. That is taken back last: before, a product with the low
# part of the factor would be subnormal where the result is not yet, and lose half a unit.


def _single_factor(high, low):
    return float32(2.0**BIAS_SINGLE / (float64(high) + float64(low)))


def _single_factor_low(high, low):
    r = 2.0**BIAS_SINGLE / (float64(high) + float64(low))
    return float32(r - float64(float32(r)))


def _double_factor(high, low):
    return 2.0**BIAS_DOUBLE / (high + low)


def _double_factor_low(high, low):
    s = high + low
    r = 1.0 / s
    return fma((s - high) - low, r, fma(-s, r, 1.0)) * (r * 2.0**BIAS_DOUBLE)


def _scaled_single(out, factor, factor_low):
    return fma(out, factor, out * factor_low) * float32(2.0**-BIAS_SINGLE)


def _scaled_double(out, factor, factor_low):
    return fma(out, factor, out * factor_low) * 2.0**-BIAS_DOUBLE


# -- the gradient from the output: bodies of (first = g, second = y) and (g, y, factors) --------


def _dot(g, y):
    return g * y


def _dot_low(g, y):
    return fma(g, y, -(g * y))


def _softmax_slope(g, y, total, total_low):
    # One term is rounded, and their difference: 1.5 units of the larger one. From g - total,
    # which may be twice as large, it would be two.
    return fma(y, g, -fma(y, total, y * total_low))


def _softmax(precision, *, negated=False):
    """The kernel for softmax of x or of -x."""
    *factors, scaled = {
        "float32": (_single_factor, _single_factor_low, _scaled_single),
        "float64": (_double_factor, _double_factor_low, _scaled_double),
    }[precision]
    return RowKernel(
        maximum=maximum_span(precision, negated=negated),
        prepare=prepare_span(precision),
        sum=sum_span(
            precision,
            ("first", *EXPONENT),
            {"high": precision, "low": "float64"},
            _TERMS[precision],
            _HEAVY[precision],
            scaled=_SCALED[precision],
            negated=negated,
        ),
        finish=finish_span(precision, dict(zip(FACTOR, factors, strict=True))),
        map=map_span(precision, ("out", *FACTOR), scaled),
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
    forms=(VALUE, slope_form("y * (g - sum(g * y))")),
)
def softmax(namespace, precision):
    """Exponentials of each row over their sum."""
    single = precision == "float32"
    if namespace:
        totals = (single_sum, single_sum_low) if single else (whole, double_sum_low)
        finish = dict(zip(FACTOR, totals, strict=True))
        streams = ("first", "second")
        return from_output(precision, streams, _dot, _dot_low, finish, _softmax_slope)
    return _softmax(precision)


@row_function(
    formula="exp(min(x) - x) / sum(exp(min(x) - x))",
    source="PyTorch's softmin: softmax(-x)",
    use="Weights that favour the smallest element: distances, energies.",
    drawback="As softmax.",
    max_ulp=BOUND,
    infinite_shift=True,
    padding=INF,
    forms=(VALUE,),
)
def softmin(namespace, precision):
    """softmax of -x."""
    return _softmax(precision, negated=True)
