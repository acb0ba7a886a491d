"""Outputs that overlap inputs: in which order the elements of a loop may be computed."""

# Type annotations would be wrong here: these functions only exist compiled.

from fastact.engine.intrinsics.addresses import load_nth, load_word
from fastact.engine.plan import INPUTS, OPERANDS, STORED

__all__ = ["APART", "ONE_BY_ONE", "SAME", "worst_hazard"]

#: What an output may do to an input, from harmless to worst: see :func:`hazard`.
APART, SAME, IN_ORDER, ONE_BY_ONE = range(-1, 3)


def hazard(args, steps, k, j, n, size):
    """Whether output ``j`` overwrites elements of ``size`` bytes that input ``k`` reads later.

    APART: none. SAME: each just before it is written, as in place. IN_ORDER: none if they are
    computed in order, as for ``f(a[1:], out=a[:-1])``. ONE_BY_ONE: each element must be finished
    before the next, as in ``accumulate``.
    """
    input_, output = load_nth(args, k), load_nth(args, j)
    in_step, out_step = load_nth(steps, k), load_nth(steps, j)
    in_last, out_last = input_ + (n - 1) * in_step, output + (n - 1) * out_step
    if min(input_, in_last) >= max(output, out_last) + size:
        return APART
    if min(output, out_last) >= max(input_, in_last) + size:
        return APART
    if in_step == out_step and out_step != 0:
        if input_ == output:
            return SAME
        # Columns, or the parts of complex numbers: between one element and the next.
        step = out_step if out_step > 0 else -out_step
        place = output - input_ if output > input_ else output - input_ + step
        if place >= size and place + size <= step:
            return APART
    if in_step == out_step and out_step > 0 and output < input_:
        return IN_ORDER
    return ONE_BY_ONE


def worst_hazard(args, steps, plan, n):
    """The greatest of the hazards of all outputs and inputs of a loop over ``n`` elements."""
    inputs, operands = load_word(plan, INPUTS), load_word(plan, OPERANDS)
    size = load_word(plan, STORED)
    worst = APART
    for j in range(inputs, operands):
        if load_nth(steps, j) == 0:
            worst = ONE_BY_ONE
        for k in range(inputs):
            worst = max(worst, hazard(args, steps, k, j, n, size))
    return worst
