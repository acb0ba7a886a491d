"""The plan of a row-wise loop: an ordinary plan, and behind it the words of rows."""

from __future__ import annotations

import numpy as np

from fastact.engine.plan import make_plan, plan_words

__all__ = ["ROW_WORDS", "make_row_plan"]

#: Addresses of the lane spans (0 for none), for one row and for rows side by side, then
#: what kind of function it is: SCALAR, one number per row; INFINITE_SHIFT, a maximum of
#: infinity is subtracted all the same. FILL pads a row: the bits of its neutral element.
#: COMPUTED, bytes of the precision that the spans compute with. ONLINE, the length from which
#: a row's maximum is found while its exponentials are stored.
ROW_WORDS = (
    "MAXIMUM",
    "PREPARE",
    "SUM",
    "FINISH",
    "MAP",
    "SIDE_MAXIMUM",
    "SIDE_PREPARE",
    "SIDE_SUM",
    "SIDE_FINISH",
    "SIDE_MAP",
    "ROW_INPUTS",
    "SCALAR",
    "INFINITE_SHIFT",
    "FILL",
    "COMPUTED",
    "ONLINE",
)
#: Words left to the ordinary plan.
FIRST_ROW_WORD = 32
(
    MAXIMUM,
    PREPARE,
    SUM,
    FINISH,
    MAP,
    SIDE_MAXIMUM,
    SIDE_PREPARE,
    SIDE_SUM,
    SIDE_FINISH,
    SIDE_MAP,
    ROW_INPUTS,
    SCALAR,
    INFINITE_SHIFT,
    FILL,
    COMPUTED,
    ONLINE,
) = range(8 * FIRST_ROW_WORD, 8 * (FIRST_ROW_WORD + len(ROW_WORDS)), 8)
#: From a span for a row to the one for rows side by side.
SIDE = SIDE_MAXIMUM - MAXIMUM


def make_row_plan(
    ordinary: dict[str, int], rowwise: dict[str, int]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A plan from its words by name."""
    plan = np.zeros(FIRST_ROW_WORD + len(ROW_WORDS), dtype=np.int64)
    head = make_plan(plan_words(**ordinary))
    plan[: head.size] = head
    plan[FIRST_ROW_WORD:] = [rowwise[word] for word in ROW_WORDS]
    return plan
