"""The plan of a loop: what the carrier needs to know, as int64 words the loop reads.

One plan per ufunc and dtype, handed to NumPy as the ``data`` of the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["MAX_OPERANDS", "NEVER", "PLACES", "WORDS", "Plan", "make_plan", "plan_words"]

Plan = np.ndarray[tuple[int], np.dtype[np.int64]]

#: The words in order.
WORDS = (
    "SPAN",  # the span, for operands that are near
    "UNIFORM",  # the span that takes one value of each parameter for all elements
    "PARAMETERS",  # operands from here up to INPUTS are parameters
    "INPUTS",
    "OPERANDS",  # inputs and outputs
    "STORED",  # bytes of an element as it is stored
    "NATIVE",  # 1 where the span computes with the stored dtype itself
    "GATHER",  # brings elements to a buffer of the dtype that is computed
    "SCATTER",  # and back
    "SERIAL",  # the serial loop
    "TEAM",  # the words of the team
    "PARALLEL",  # length from which threads pay
    "AWAKE",  # length from which they do where they are awake
    "FETCHING",  # the serial loop that takes FAR
    "FETCH",  # length from which it does
    "STREAMING",  # the serial loop that has FAR write past the caches
    "STREAM",  # length from which it does
    "FAR",  # the span for operands beyond the near caches, uniform as well
    "GRAIN",  # a thread's share is a multiple: 1024 elements share a cache line at most, or 1 row
    "MAKER",  # called with the plan and a word that is needed and still 0; gives an exception
    "BUFFERED",  # the loop for what does not lie as a span needs it
    "PACE",  # one thread's nanoseconds for 2^PACE_BITS elements
)
#: Byte offset of each word.
(
    SPAN,
    UNIFORM,
    PARAMETERS,
    INPUTS,
    OPERANDS,
    STORED,
    NATIVE,
    GATHER,
    SCATTER,
    SERIAL,
    TEAM,
    PARALLEL,
    AWAKE,
    FETCHING,
    FETCH,
    STREAMING,
    STREAM,
    FAR,
    GRAIN,
    MAKER,
    BUFFERED,
    PACE,
) = range(0, 8 * len(WORDS), 8)
_REST_OF_A_LINE = ("",) * 7
#: The words where ``TEAM`` points, a plan of its own with ``MAKER`` where any has it: the team's
#: loop; whether it is busy, on a cache line of its own; how many threads it may use; and the
#: nanoseconds of :mod:`fastact.engine.carrier.pace`.
TEAM_WORDS = (
    *("LOOP", *_REST_OF_A_LINE),
    *("BUSY", *_REST_OF_A_LINE),
    *("CAP", "LAST", "BEGAN", "MAKER", "PATIENCE", "REST", "UNTIL"),
)
LOOP, BUSY, CAP, LAST, BEGAN, PATIENCE, REST, UNTIL = (
    8 * TEAM_WORDS.index(word)
    for word in ("LOOP", "BUSY", "CAP", "LAST", "BEGAN", "PATIENCE", "REST", "UNTIL")
)
#: Where operands are: in a near cache; further away, so that they are asked for ahead; or in
#: no cache, so that results are written past all of them, too. There is a serial loop for each.
PLACES = {"near": 0, "fetched": 1, "streamed": 2}
#: log2 of the elements that a plan's ``PACE`` is for.
PACE_BITS = 10
#: The bytes of a cache line, which are those of the widest vector there is: a span's unit.
LINE_BITS = 6
LINE = 1 << LINE_BITS
#: A length that no array has.
NEVER = int(np.iinfo(np.int64).max)
#: g, x and two parameters, or x, two parameters and two outputs, with room to spare.
MAX_OPERANDS = 8


def plan_words(**words: int) -> dict[str, int]:
    """Words by name, with those that go without saying: no parameters, and threads never pay.

    A plan without ``FETCH`` and ``STREAM`` never takes its loops for far operands.
    """
    words = {
        "PARAMETERS": words["INPUTS"],
        "AWAKE": NEVER,
        "FETCH": NEVER,
        "STREAM": NEVER,
        "GRAIN": 1024,
        **words,
    }
    if words["OPERANDS"] > MAX_OPERANDS:
        raise TypeError(f"{words['OPERANDS']} operands exceed {MAX_OPERANDS}")
    return words


def make_plan(words: Mapping[str, int], names: Sequence[str] = WORDS) -> Plan:
    """A plan of these words, with 0 for those of ``names`` that are not among them."""
    return np.array([words.get(name, 0) for name in names], dtype=np.int64)
