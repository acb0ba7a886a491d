"""How many lines of 64 bytes a span computes at a time: how far their instructions alternate.

A processor looks no further ahead than some sixty vector instructions, about one gelu. A long
chain of operations, each of which waits for the one before, fills that window while most units
have nothing to do. With two lines at a time there are two chains: against one the kernels are 9 %
faster on AVX2 (geometric mean over all of them; mish's derivative in float64 1.5 times) and 4 %
on AVX-512.

With four, where registers are 32 of 64 bytes, half of the kernels gain up to another 16 %
(softplus, log_sigmoid, swish', mish'), a third gain nothing, and those that wait for the divider
or the root lose (celu 15 %, squareplus 7 %): so the ones that gain say so, with
:func:`four_lines`. AVX2 has 16 registers of 32 bytes, which two lines fill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["STEPS", "four_lines", "lines_at_once", "marked_like"]

#: Lines of the steps of a loop: what does not fill the first is left to the next.
STEPS = {2: [2, 1], 4: [4, 2, 1]}


def four_lines(body: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a kernel that is faster by four lines at a time than by two: measured, on a Zen 4."""
    vars(body)["lines"] = 4
    return body


def marked_like(body: Callable[..., Any], other: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a kernel that is little more than another as that one is."""
    vars(body)["lines"] = _lines(other)
    return body


def _lines(body: Callable[..., Any]) -> int:
    lines: int = vars(body).get("lines", 2)
    return lines


def lines_at_once(bodies: Iterable[Callable[..., Any]], *, wide: bool) -> int:
    """Lines at a time for a span of some bodies, ``wide`` with vectors of 64 bytes."""
    return min(map(_lines, bodies), default=2) if wide else 2
