"""Where float64 functions are looked at: a million inputs of each, the same on every run.

Coarse inputs are judged first. Where their exact results change kind (sign, subnormal,
vanished, overflowed) the dense ones go, besides every binade, the range where networks
work, and the places that the entry names or its kernels split at.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accuracy.balls import References, references
from tests.oracle import Oracle, Reference
from tests.sampling import SEED, binades, inputs, seams

__all__ = ["points"]

Floats = NDArray[np.float64]
TINY, LARGEST = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)


class Places(NamedTuple):
    """What the coarse inputs show of a function."""

    low: float  #: The domain, as far as coarse inputs tell.
    high: float
    zeros: list[float]  #: Floats next to where f or f' passes through 0.
    turns: list[tuple[float, float]]  #: Intervals in which results leave the normal range.


def points(oracle: Oracle, count: int) -> Floats:
    """At least ``count`` distinct inputs, sorted."""
    entry = oracle.entry
    random = np.random.default_rng(SEED + 64)
    coarse = inputs(entry, np.float64, oracle)
    places = look(oracle, coarse)
    drawn = [coarse, binades(np.float64, max(1, count // 4 // 4196), SEED + 65)]
    special = [*oracle.kinks, *entry.derivative_zeros, *seams(entry), *places.zeros]
    # Powers of two, where float spacing changes, and where exp changes its reduction.
    powers = np.ldexp(1.0, np.arange(-1074, 1024))
    steps = np.arange(-2200, 2200) * (math.log(2.0) / 4)
    drawn += [
        near(random, special, count // 6),
        near(random, [*powers, *-powers], count // 12),
        near(random, list(steps), count // 12, reach=8),
    ]
    for low, high in places.turns:
        wide = 0.1 * (high - low)
        low, high = max(low - wide, -LARGEST), min(high + wide, LARGEST)
        drawn.append(random.uniform(low, high, count // 8 // len(places.turns)))
    x = distinct(drawn, places)
    while x.size < count:
        x = distinct([x, *ranges(random, places, count - x.size + 100)], places)
    return x


def ranges(random: np.random.Generator, places: Places, count: int) -> list[Floats]:
    """Uniform density where activations are used, and in the logarithm further out."""
    low, high = places.low, places.high
    each = count // (2 + (low < 0) + (high > 0)) + 1
    signed = [(sign, min(end, 1100.0)) for sign, end in ((1.0, high), (-1.0, -low)) if end > 0]
    return [
        random.uniform(max(low, -4.0), min(high, 4.0), each),
        random.uniform(max(low, -40.0), min(high, 40.0), each),
        *(s * np.exp(random.uniform(math.log(1e-4), math.log(end), each)) for s, end in signed),
    ]


def distinct(drawn: list[Floats], places: Places) -> Floats:
    """Sorted inputs within the domain, -0.0 and +0.0 being two."""
    x = np.concatenate(drawn)
    x = x[np.isfinite(x) & (x >= places.low) & (x <= places.high)]
    x = np.unique(x.view(np.int64)).view(np.float64)
    return x[np.argsort(x, kind="stable")]


def near(random: np.random.Generator, centres: list[float], count: int, reach: int = 50) -> Floats:
    """``count`` floats around the centres: distances of 0 to 2^reach steps, in the logarithm."""
    each = max(1, count // max(1, len(centres)))
    patterns = np.repeat(ordered(np.array(centres, np.float64)), each)
    away = np.floor(np.exp2(random.uniform(-1, reach, patterns.size))).astype(np.int64)
    limit = int(ordered(np.array([LARGEST]))[0])
    patterns = patterns + np.where(random.random(away.size) < 0.5, -away, away)
    return unordered(np.clip(patterns, -limit, limit))


def ordered(x: Floats) -> NDArray[np.int64]:
    """Whole numbers that count the floats: neighbours differ by one, 0 is 0."""
    patterns = x.view(np.int64)
    return np.where(patterns < 0, np.int64(-(1 << 63)) - patterns, patterns)


def unordered(patterns: NDArray[np.int64]) -> Floats:
    """Floats of such numbers."""
    return np.where(patterns < 0, np.int64(-(1 << 63)) - patterns, patterns).view(np.float64)


def look(oracle: Oracle, x: Floats) -> Places:
    """Domain, zeros and turns of a function, from its exact results at ``x``."""
    exact = references(oracle, x)
    inside = np.flatnonzero(~np.isnan(exact.value.rounded))
    zeros: list[float] = []
    turns: set[tuple[float, float]] = set()
    for which, results in enumerate(exact):
        kind = _kinds(results)
        for i in inside[:-1][kind[inside[:-1]] != kind[inside[1:]]]:
            between = float(x[i]), float(x[i + 1])
            size = {abs(int(kind[i])), abs(int(kind[i + 1]))}
            if size == {2}:
                zeros.extend(_bisect(oracle, which, *between))
            else:
                turns.add(between)
    return Places(float(x[inside[0]]), float(x[inside[-1]]), zeros, sorted(turns))


def _kinds(results: Reference) -> NDArray[np.int64]:
    size = np.abs(results.rounded)
    size = np.select([size == 0, size < TINY, np.isinf(size)], [0, 1, 3], 2)
    return np.where(np.signbit(results.rounded), -size, size)


def _bisect(oracle: Oracle, which: int, low: float, high: float) -> tuple[float, float]:
    """Neighbouring floats between which the value or the derivative changes sign."""

    def sign(at: float) -> bool:
        results: References = references(oracle, np.array([at]))
        return bool(np.signbit(results[which].rounded[0]))

    first, (a, b) = sign(low), ordered(np.array([low, high])).tolist()
    while b - a > 1:
        middle = (a + b) // 2
        if sign(float(unordered(np.array([middle]))[0])) == first:
            a = middle
        else:
            b = middle
    low, high = unordered(np.array([a, b])).tolist()
    return low, high
