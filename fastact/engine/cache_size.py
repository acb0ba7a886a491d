"""Size of the last-level cache: results larger than it are written past the caches."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

__all__ = ["last_level_cache"]

#: Where the system does not say.
DEFAULT = 32 << 20


@functools.cache
def last_level_cache() -> int:
    """Bytes of the largest cache of the first processor."""
    sizes = [0]
    for level in (2, 3, 4):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sizes.append(os.sysconf(f"SC_LEVEL{level}_CACHE_SIZE"))
    if max(sizes) <= 0:  # not glibc, or a processor it does not know
        for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
            with contextlib.suppress(OSError, ValueError):
                sizes.append(int(path.read_text().strip().removesuffix("K")) << 10)
    return max(sizes) if max(sizes) > 0 else DEFAULT
