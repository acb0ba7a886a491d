"""The plan of a row-wise loop: an ordinary plan, and behind it the words of rows."""

from __future__ import annotations

from fastact.engine.plan import WORDS

__all__ = ["ROW_PLAN_WORDS"]

#: Addresses of the lane spans (0 for none), for one row and for rows side by side, then
#: what kind of function it is: SCALAR, one number per row; INFINITE_SHIFT, a maximum of
#: infinity is subtracted all the same. FILL pads a row: the bits of its neutral element.
#: COMPUTED, bytes of the precision that the spans compute with. ONLINE, the length from which
#: a row's maximum is found while its exponentials are stored. LONG_ROW, and BRING and SEND, are
#: addresses of what only such rows need, and only those that are not contiguous: filled in when the
#: first is met.
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
    "SCALAR",
    "INFINITE_SHIFT",
    "FILL",
    "COMPUTED",
    "ONLINE",
    "LONG_ROW",
    "BRING",
    "SEND",
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
