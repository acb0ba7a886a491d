"""Runs of neighbouring floats for hypothesis to draw, by bit pattern."""

from __future__ import annotations

import functools
import math
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

from tests.conftest import fill
from tests.oracle import Oracle
from tests.sampling import seams

__all__ = ["bits_of", "lines"]

BASES, RUN = 12, 257


def bits_of(dtype: Any) -> Any:
    return np.dtype(f"i{np.dtype(dtype).itemsize}")


def last(dtype: str) -> int:
    """The rank of infinity: floats are counted from 0, -0 and 0 together."""
    return int(np.array(np.inf, dtype).view(bits_of(dtype)))


def ranked(ranks: NDArray[np.int64], dtype: str) -> NDArray[Any]:
    """The floats of these ranks; 0 is -0 for odd places, to have seen both."""
    kind = bits_of(dtype)
    size = np.abs(ranks).astype(kind).view(dtype)
    negative = (ranks < 0) | ((ranks == 0) & (np.arange(ranks.size) % 2 == 1).reshape(ranks.shape))
    return np.where(negative, -size, size)


def rank(x: float, dtype: str) -> int:
    pattern = int(np.array(abs(x), dtype).view(bits_of(dtype)))
    return -pattern if x < 0 else pattern


@functools.cache
def lines(entry: Any, dtype: str) -> st.SearchStrategy[NDArray[Any]]:
    """Rows of ascending neighbours: all floats of a short type, runs of those of a long one."""
    end = last(dtype)
    if np.dtype(dtype).itemsize == 2:
        return st.just(ranked(np.arange(-end, end + 1), dtype)[None, :])
    low, high = rank(2.0**-40, dtype), rank(2.0**11, dtype)
    corners = {*seams(entry), *Oracle(entry, fill(entry)).kinks, *entry.derivative_zeros, 0.0}
    corners |= {math.inf, -math.inf}
    with np.errstate(over="ignore"):
        places = sorted({rank(c, dtype) for c in corners})
    first = st.one_of(
        st.integers(-end, end),
        st.integers(low, high),
        st.integers(-high, -low),
        st.sampled_from(places),
    )
    bases = hnp.arrays(np.int64, BASES, elements=first, fill=st.nothing())

    def neighbours(bases: NDArray[np.int64]) -> NDArray[Any]:
        # The drawn one in the middle; no sum runs over, as infinity's rank is far from 2^63.
        ranks = bases[:, None] + np.arange(-(RUN // 2), RUN // 2 + 1)
        return ranked(np.clip(ranks, -end, end), dtype)

    return bases.map(neighbours)
