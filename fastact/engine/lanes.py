"""Lane spans as data: vector loops over the blocks of a row that also keep something per lane.

A lane span is ``void span(char **operands, intp blocks)``, like a span
(:mod:`fastact.engine.assembly.span`), over blocks of LANES or SIDE_LANES elements. Its operands are
*streams*, which advance from block to block, and *lanes*, as many values that stay: a shift, a
factor, or an accumulator, which is a running maximum or sum. Bodies say what an element adds to an
accumulator; adding is the same for all (:mod:`fastact.engine.assembly.accumulate`). So nothing is
reassociated, and the place of an element in its row alone says which lane it goes to.

Every span is made in two arrangements. ``"row"`` takes rows one after the other: what
stays is one number for all lanes of a row, read and written as float64, and the lanes of
an accumulator are folded at its end, halves upon halves. ``"side"`` takes SIDE_LANES short
rows side by side (element j of each in block j): every lane is a row of its own and nothing is
folded. Without streams a span computes what stands between two passes, for as many rows at once.

The rows of one call do not wait for each other: while one is folded, the next is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ARRANGEMENTS", "LANES", "LANE_BITS", "ROWS", "SIDE_LANES", "SLOTS", "STREAMS"]
__all__ += ["STRIDES", "TABLE_WORDS", "TAILED", "TAILS", "TAIL_STRIDE", "Accumulator", "LaneSpan"]

#: Elements of a block: one vector of float32 on AVX2, two of float64, or one of 512 bits. Sums in
#: float32 have twice as many lanes where rows are taken in turn
#: (:mod:`fastact.engine.assembly.accumulate`).
LANE_BITS = 3
LANES = 1 << LANE_BITS
#: Rows side by side: a group of them waits for one pass after the other, and twice as many wait
#: as long.
SIDE_LANES = 2 * LANES
ARRANGEMENTS = ("row", "side")
STREAMS = ("first", "second", "out")
_CONSTANTS = ("peak", "shift", "magic", "least")
_SUMS = ("high", "low", "count")
#: Position of every operand in the table of addresses; all lane spans share it.
SLOTS = {name: k for k, name in enumerate((*STREAMS, *_CONSTANTS, *_SUMS, "factor", "factor_low"))}
#: Behind the addresses: the number of rows in one call, at most LANES, and the bytes from a
#: row of each stream to the next.
ROWS = len(SLOTS)
STRIDES = {name: ROWS + 1 + k for k, name in enumerate(STREAMS)}
#: Then whether every row has one block more, padded, which lies elsewhere: 1 or 0; the bytes from
#: one such block to the next, and the first of each stream.
TAILED = ROWS + 1 + len(STREAMS)
TAIL_STRIDE = TAILED + 1
TAILS = {name: TAIL_STRIDE + 1 + k for k, name in enumerate(STREAMS)}
TABLE_WORDS = TAIL_STRIDE + 1 + len(STREAMS)


@dataclass(frozen=True)
class Accumulator:
    """What an accumulator is kept in, and begins from; it gives back what it has gained.

    "peak" is a maximum, all others are sums. "low" takes its own terms and, where "high" has
    the same precision, what "high" loses to rounding.
    """

    precision: str
    start: float = 0.0


@dataclass(frozen=True)
class LaneSpan:
    """What a lane span reads and writes: slots with their precision, and a body per result.

    Every body takes all operands in order; what bodies have in common is computed once. That
    of an accumulator gives what an element adds to it, divided by its "scale", a power of two, if
    it is one of those ``scaled``. ``negated``: the first stream has its sign changed.
    ``claims_out``: the lines that the last pass will write are asked for in this one, which has
    arithmetic to hide it; log_softmax of 1024 elements, 1e6 in all, takes a quarter less time so on
    an Intel server. Where a processor is only held up by that, nothing is asked for
    (:func:`~fastact.engine.machine_code.target.asks_ahead`).
    """

    operands: dict[str, str]
    results: dict[str, tuple[str, Callable[..., Any]]]
    accumulators: dict[str, Accumulator] = field(default_factory=dict)
    scaled: tuple[str, ...] = ()
    negated: bool = False
    claims_out: bool = False

    @property
    def first(self) -> bool:
        """Whether it is the first pass over its streams: it needs nothing from another."""
        return bool(self.accumulators) and all(slot in STREAMS for slot in self.operands)
