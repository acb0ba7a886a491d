"""The caches, and which operands are beyond them."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

from fastact.engine.plan import NEVER

__all__ = ["far_lengths", "last_level_share", "second_level_cache"]

#: Where the system does not say: bytes of the second and of the last level.
DEFAULT_SECOND, DEFAULT_LAST = 1 << 20, 32 << 20
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
    for level in (2, 3, 4):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sizes[level] = os.sysconf(f"SC_LEVEL{level}_CACHE_SIZE")
    sizes = {level: size for level, size in sizes.items() if size > 0}
    for path in () if sizes else _CPU.glob("index*/size"):  # not glibc, or unknown to it
        with contextlib.suppress(OSError, ValueError):
            level = int((path.parent / "level").read_text())
            size = int(path.read_text().strip().removesuffix("K")) << 10
            sizes[level] = max(size, sizes.get(level, 0))
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


def second_level_cache() -> int:
    """Bytes of the cache that a processor has to itself."""
    return _sizes().get(2, DEFAULT_SECOND)


def far_lengths(seconds: float, threads: int, moved: int, written: int) -> dict[str, int]:
    """Elements from which what is read is asked for ahead, and from which results are streamed.

    ``seconds`` are one thread's for an element in the first-level cache, ``moved`` and
    ``written`` the bytes of its operands and of its results.
    """
    out_of_reach = last_level_share() // written
    stream = out_of_reach if seconds <= BUSY * moved * threads else NEVER
    return {"FETCH": second_level_cache() // moved, "STREAM": stream}
