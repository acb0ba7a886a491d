"""The spans that functions of rows are put together from, stage by stage.

The sums carry what they lose, so that their error does not grow with the length of the
row. And the terms are more exact than they are stored: 1 + t, rounded, is what is kept,
but what that loses is added up too. Else one element that outweighs the others would
put its own error on all.
"""

from numpy import float32, float64

from fastact.elementary.scalar import select
from fastact.elementary.scaled_exp import (
    least_double,
    least_single,
    magic_double,
    magic_single,
    shift_double,
    shift_single,
)
from fastact.engine.lanes import Accumulator, LaneSpan
from fastact.engine.rowwise import RowForm, RowKernel

__all__ = ["BOUND", "EXPONENT", "FACTOR", "SUMS", "VALUE"]
__all__ += ["element", "finish_span", "from_output", "map_span", "maximum_span"]
__all__ += ["double_sum_low", "prepare_span", "single_sum", "single_sum_low", "slope_form"]
__all__ += ["sum_span", "whole"]

INF = float("inf")

EXPONENT = ("shift", "magic", "least")
FACTOR = ("factor", "factor_low")
#: What sums end in, whatever they were kept in.
SUMS = {"high": "float64", "low": "float64"}
VALUE = RowForm("", ("x",), "(n)->(n)", "{summary}", "{formula}")
BOUND = {"float32": 2.0, "float64": 2.0}


def slope_form(formula):
    """The form of the gradient from the output, with the formula that it follows."""
    return RowForm(
        "vjp_from_output",
        ("g", "y"),
        "(n),(n)->(n)",
        "Vector-Jacobian product of {name} from its output: only y need be kept.",
        formula,
    )


def element(x):
    return x


def whole(high, low):
    """A sum and what it lost; an infinite one has no remainder."""
    return high + select(low == low, float64(low), 0.0)


#: A number in two parts of float32, the first of which is a little less: next to the softmax of a
#: row, g of the largest numbers sums to a little more than they are.
_A_LITTLE_LESS = 1.0 - 2.0**-20


def single_sum(high, low):
    return float32(whole(high, low) * _A_LITTLE_LESS)


def single_sum_low(high, low):
    rest = whole(high, low) - float64(single_sum(high, low))
    return float32(select(rest == rest, rest, 0.0))


def double_sum_low(high, low):
    rest = (high - whole(high, low)) + low
    return select(rest == rest, rest, 0.0)


def maximum_span(precision, *, negated=False):
    """The first pass: a row's maximum, or of -x, to ``peak``."""
    return LaneSpan(
        {"first": precision},
        {"peak": (precision, element)},
        {"peak": Accumulator(precision, -INF)},
        negated=negated,
    )


def prepare_span(precision):
    """Behind it: what the exponentials are relative to, from ``peak``."""
    bodies = {
        "float32": (shift_single, magic_single, least_single),
        "float64": (shift_double, magic_double, least_double),
    }[precision]
    slots = ("shift", "magic", "least")
    return LaneSpan(
        {"peak": precision},
        {slot: (precision, body) for slot, body in zip(slots, bodies, strict=True)},
    )


def sum_span(precision, operands, sums, bodies, start=0.0, **how):
    """The second pass: sums of terms.

    ``sums`` has the dtypes of the accumulators by name, ``bodies`` what makes their terms (and a
    "scale", which multiplies those that LaneSpan's ``scaled`` names, and "out", which is stored);
    ``how`` is LaneSpan's.
    """
    kept = {slot: Accumulator(sums[slot], start if slot == "high" else 0.0) for slot in sums}
    return LaneSpan(
        dict.fromkeys(operands, precision),
        {slot: (precision, body) for slot, body in bodies.items()},
        kept,
        **how,
    )


def finish_span(precision, bodies, constants=(), *, counted=False):
    """Behind the sums: what the last pass needs, from a row's constants and its sums.

    Where the maxima are ``counted``, their count is one of the sums.
    """
    operands = dict.fromkeys(constants, precision) | SUMS
    operands |= {"count": precision} if counted else {}
    return LaneSpan(operands, {slot: (precision, body) for slot, body in bodies.items()})


def map_span(precision, operands, body):
    """The last pass: the results, from streams and what was found of the row."""
    return LaneSpan(dict.fromkeys(operands, precision), {"out": (precision, body)})


def from_output(precision, streams, high, low, finish, slope):
    """The kernel of a gradient from the output: a sum over the row, and a pass with it."""
    # The terms have either sign: float32 ones are added up in float64.
    sums = {"high": "float64", "low": precision}
    return RowKernel(
        sum=sum_span(precision, streams, sums, {"high": high, "low": low}),
        finish=finish_span(precision, finish),
        map=map_span(precision, ("first", "second", *finish), slope),
    )
