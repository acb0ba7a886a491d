"""How the instructions of the vectors of a step alternate: lines at a time, and their ends.

A span computes several lines of 64 bytes at a time. A processor looks no further ahead than some
sixty vector instructions, about one gelu. A long chain of operations, each of which waits for the
one before, fills that window while most units have nothing to do. With two lines at a time there
are two chains: against one the kernels are 9 % faster on AVX2 (geometric mean over all of them;
mish's derivative in float64 1.5 times) and 4 % on AVX-512.

With four some gain more and others lose, so the ones that gain say so, with :func:`four_lines`, and
with vectors of how many bytes. Of 64 (32 registers, a Zen 4) half of the kernels gain up to another
16 % (softplus, log_sigmoid, swish', mish'), a third gain nothing, and those that wait for the
divider or the root lose (celu 15 %, squareplus 7 %). Of 32 (16 registers, which two lines fill, a
Zen 3) fewer gain, among them sigmoid 12 % in float32, its derivative and tanh's 17 %; most others
keep more in memory than they gain. The first processors with AVX-512 use vectors of 32 bytes and
are given the same, though they have 32 registers.

LLVM orders all that by a model of the processor. By that of a Zen, whose divider it takes to be
quick, the vectors of a step divide together, and what comes before is done for one after the
other, as there are few registers. By that of a Jaguar, with a slow divider, they begin side by
side and end one by one. The results have the same bits. With vectors of 32 bytes on a Zen 3 this
is worth a factor of 1.26 to gelu_tanh, 1.22 to quick_gelu and 1.09 to silu (float32; in llvm-mca's
simulation 1.0 to 1.18 on a Haswell or Skylake). Others lose up to 12 %, so the ones that gain say
so, with :func:`ending_apart`. Shifting the vectors of a step against each other, or pipelining the
loop, gains in order what it loses in registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["STEPS", "ending_apart", "four_lines", "lines_at_once", "marked_like", "scheduling"]

Body = Callable[..., Any]

#: Lines of the steps of a loop: what does not fill the first is left to the next.
STEPS = {2: [2, 1], 4: [4, 2, 1]}
#: LLVM's name for a processor with a slow divider, a Jaguar.
SLOW_DIVIDER = "btver2"


def four_lines(*vector_bytes: int) -> Callable[[Body], Body]:
    """Mark a kernel as faster by four lines at a time than by two, by bytes of the vectors."""
    return _marker("four_lines", vector_bytes)


def ending_apart(*vector_bytes: int) -> Callable[[Body], Body]:
    """Mark a kernel as faster if the vectors of a step end one by one, by bytes of the vectors."""
    return _marker("ending_apart", vector_bytes)


def marked_like(body: Body, other: Body) -> Body:
    """Mark a kernel that is little more than another as that one is."""
    vars(body)["marks"] = dict(_marks(other))
    return body


def _marker(name: str, vector_bytes: tuple[int, ...]) -> Callable[[Body], Body]:
    if not vector_bytes or not set(vector_bytes) <= {16, 32, 64}:
        raise TypeError(f"{name}: bytes of vectors are 16, 32 or 64, not {vector_bytes!r}")

    def mark(body: Body) -> Body:
        vars(body)["marks"] = {**_marks(body), name: vector_bytes}
        return body

    return mark


def _marks(body: Body) -> dict[str, tuple[int, ...]]:
    marks: dict[str, tuple[int, ...]] = vars(body).get("marks", {})
    return marks


def _all_marked(bodies: Iterable[Body], name: str, vector_bytes: int) -> bool:
    marks = [_marks(body).get(name, ()) for body in bodies]
    return bool(marks) and all(vector_bytes in some for some in marks)


def lines_at_once(bodies: Iterable[Body], vector_bytes: int) -> int:
    """Lines at a time for a span of some bodies, where vectors are of so many bytes."""
    return 4 if _all_marked(bodies, "four_lines", vector_bytes) else 2


def scheduling(bodies: list[Body], vector_bytes: int) -> str:
    """LLVM's attribute that orders a span of some bodies by another model; "" keeps its own.

    Value and derivative in one are too much for the registers either way, and lose 3 to 8 %.
    """
    apart = len(bodies) == 1 and _all_marked(bodies, "ending_apart", vector_bytes)
    return f'"tune-cpu"="{SLOW_DIVIDER}"' if apart else ""
