"""The plan of a row-wise loop: an ordinary plan, and behind it the words of rows."""

from __future__ import annotations

from fastact.engine.plan import WORDS

__all__ = ["ROW_PLAN_WORDS"]

#: Behind the words of any plan.
ROW_WORDS = (
    "MAXIMUM",  # the lane spans of the passes, 0 for none: a row, or rows in turn
    "PREPARE",
    "SUM",
    "FINISH",
    "MAP",
    "SIDE_MAXIMUM",  # the same for rows side by side
    "SIDE_PREPARE",
    "SIDE_SUM",
    "SIDE_FINISH",
    "SIDE_MAP",
    "SCALAR",  # 1 where a row gives one number
    "INFINITE_SHIFT",  # 1 where a maximum of infinity is subtracted all the same
    "FILL",  # bits of the neutral element that pads a row
    "COMPUTED",  # bytes of the precision that the spans compute with
    "ONLINE",  # length from which a row's maximum is found while its exponentials are stored
    "LONG_ROW",  # what does that
    "BRING",  # takes rows that are not contiguous to where they are
    "SEND",  # and back
)
ROW_PLAN_WORDS = (*WORDS, *ROW_WORDS)
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
    SCALAR,
    INFINITE_SHIFT,
    FILL,
    COMPUTED,
    ONLINE,
    LONG_ROW,
    BRING,
    SEND,
) = range(8 * len(WORDS), 8 * len(ROW_PLAN_WORDS), 8)
#: From a span for a row to the one for rows side by side.
SIDE = SIDE_MAXIMUM - MAXIMUM
