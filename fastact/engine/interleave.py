"""How many lines of 64 bytes a span computes at a time: how far their instructions alternate.

A processor looks no further ahead than some sixty vector instructions, about one gelu. A long
chain of operations, each of which waits for the one before, fills that window while most units
have nothing to do. With two lines at a time there are two chains: against one the kernels are 9 %
faster on AVX2 (geometric mean over all of them; mish's derivative in float64 1.5 times) and 4 %
on AVX-512.

With four some gain more and others lose, so the ones that gain say so, with :func:`four_lines`, and
with vectors of how many bytes. Of 64 (32 registers, a Zen 4) half of the kernels gain up to another
16 % (softplus, log_sigmoid, swish', mish'), a third gain nothing, and those that wait for the
divider or the root lose (celu 15 %, squareplus 7 %). Of 32 (16 registers, which two lines fill, a
Zen 3) short chains gain: sigmoid 12 % in float32, its derivative and tanh's 17 %; most others keep
more in memory than they gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["STEPS", "four_lines", "lines_at_once", "marked_like"]

Body = Callable[..., Any]

#: Lines of the steps of a loop: what does not fill the first is left to the next.
STEPS = {2: [2, 1], 4: [4, 2, 1]}


def four_lines(*vector_bytes: int) -> Callable[[Body], Body]:
    """Mark a kernel that is faster by four lines at a time than by two, with such vectors."""

    def mark(body: Body) -> Body:
        vars(body)["four_lines"] = vector_bytes
        return body

    return mark


def marked_like(body: Body, other: Body) -> Body:
    """Mark a kernel that is little more than another as that one is."""
    return four_lines(*_marks(other))(body)


def _marks(body: Body) -> tuple[int, ...]:
    marks: tuple[int, ...] = vars(body).get("four_lines", ())
    return marks


def lines_at_once(bodies: Iterable[Body], vector_bytes: int) -> int:
    """Lines at a time for a span of some bodies, where vectors are of so many bytes."""
    marks = [_marks(body) for body in bodies]
    return 4 if marks and all(vector_bytes in some for some in marks) else 2
