"""The plan of a loop: what the carrier needs to know, as int64 words the loop reads.

One plan per ufunc and dtype, handed to NumPy as the ``data`` of the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["MAX_OPERANDS", "NEVER", "PLACES", "WORDS", "Plan", "make_plan", "plan_words"]

Plan = np.ndarray[tuple[int], np.dtype[np.int64]]

#: The words in order; NATIVE is 1 where the span computes with the stored dtype itself.
WORDS = (
    "SPAN",
    "UNIFORM",
    "PARAMETERS",
    "INPUTS",
    "OPERANDS",
    "STORED",
    "NATIVE",
    "GATHER",
    "SCATTER",
    "SERIAL",
    "TEAM",
    "PARALLEL",
    "AWAKE",
    "FETCHING",
    "FETCH",
    "STREAMING",
    "STREAM",
    "FAR",
    "GRAIN",
    "MAKER",
    "BUFFERED",
    "PACE",
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
LOOP, BUSY, CAP, LAST, BEGAN, PATIENCE, REST, UNTIL = 0, 64, 128, 136, 144, 160, 168, 176
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
    """Words by name, with those that go without saying.

    Operands from ``PARAMETERS`` up to ``INPUTS`` are parameters; ``UNIFORM`` and ``FAR`` are
    the spans that take one value of each for all elements.
    ``PARALLEL`` is the length from which threads pay, ``AWAKE`` the one from which they do
    where they are awake, ``PACE`` one thread's nanoseconds for 2^PACE_BITS elements. From
    ``FETCH`` on the carrier ``FETCHING`` takes ``FAR``, the span for operands beyond the near
    caches, and from ``STREAM`` on ``STREAMING``, which has it write past the caches; a plan
    without them never does. A thread's share is a multiple of
    ``GRAIN``: 1024 elements, so that two threads share a cache line at most, or 1 row.
    Where a word that is needed is still 0 (``SERIAL``, ``FAR``, ``BUFFERED``), ``MAKER`` is called
    with the plan and that word; the exception that it may give is raised.
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
