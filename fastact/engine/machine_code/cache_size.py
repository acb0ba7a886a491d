"""The caches, and which operands are beyond them."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

from fastact.engine.machine_code import target
from fastact.engine.plan import NEVER

__all__ = ["far_lengths", "first_level_cache", "last_level_share", "second_level_cache"]

#: Where the system does not say: bytes of the levels.
DEFAULT_FIRST, DEFAULT_SECOND, DEFAULT_LAST = 32 << 10, 1 << 20, 32 << 20
#: Bytes that a processor may have of a last-level cache, whatever the system says: a virtual
#: machine of two processors is told the size of a cache that a hundred others share. With
#: 480 MB in sight, relu of 64 MB took 0.45 ns per element by ordinary stores and 0.27 by
#: streamed ones, as out of memory; of 16 MB the same by either.
MOST_PER_PROCESSOR = 16 << 20
#: Seconds per byte from which arithmetic hides the memory traffic. Below it streaming made
#: relu 1.4 times faster and sigmoid (0.04e-9 per thread) 1.2 times; gelu_tanh (0.08e-9)
#: gained nothing and lost a tenth at some distances between its arrays.
BUSY = 0.06e-9
_CPU = Path("/sys/devices/system/cpu/cpu0/cache")


@functools.cache
def _sizes() -> dict[int, int]:
    """Bytes of the caches by level, of the first processor."""
    sizes: dict[int, int] = {}
    for path in _CPU.glob("index*"):
        with contextlib.suppress(OSError, ValueError):
            if (path / "type").read_text().strip() != "Instruction":
                size = (path / "size").read_text().strip().removesuffix("K")
                sizes[int((path / "level").read_text())] = int(size) << 10
    return sizes


def _sharing() -> int:
    """Processors that share the last level with the first, as far as the system says."""
    with contextlib.suppress(OSError, ValueError):
        text = (_CPU / f"index{max(_sizes(), default=3)}" / "shared_cpu_list").read_text()
        ends = [tuple(map(int, part.split("-"))) for part in text.strip().split(",")]
        return sum(end[-1] - end[0] + 1 for end in ends)
    return os.cpu_count() or 1


@functools.cache
def last_level_share() -> int:
    """Bytes of the last-level cache that may be this process's."""
    return min(max(_sizes().values(), default=DEFAULT_LAST), MOST_PER_PROCESSOR * _sharing())


def first_level_cache() -> int:
    """Bytes of the data cache that is next to a processor."""
    return _sizes().get(1, DEFAULT_FIRST)


def second_level_cache() -> int:
    """Bytes of the cache that a processor has to itself."""
    return _sizes().get(2, DEFAULT_SECOND)


def far_lengths(
    seconds: float, threads: int, moved: int, written: int, *, copies: bool
) -> dict[str, int]:
    """Elements from which a span for what is far pays, and from which results are streamed.

    ``seconds`` are one thread's for an element in the first-level cache, ``moved`` and
    ``written`` the bytes of its operands and of its results; ``copies``: it does little else.
    """
    out_of_reach = last_level_share() // written
    stream = out_of_reach if seconds <= BUSY * moved * threads else NEVER
    fetch = NEVER
    if target.asks_ahead():
        fetch = second_level_cache() // moved
    elif copies and target.copying_width() < 8 * target.vector_bytes():
        # Up to here enough is still in the cache for wider vectors to be as fast.
        fetch = 2 * second_level_cache() // moved
    return {"FETCH": fetch, "STREAM": stream}
