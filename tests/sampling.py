"""Where an activation is looked at: every binade, and every place that may go wrong."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tests.oracle import Oracle

__all__ = ["around", "binades", "domain_holds", "inputs", "parameter_sets", "seams"]

SEED = 20240229


def binades(dtype: DTypeLike, each: int, seed: int = SEED) -> NDArray[Any]:
    """``each`` random floats of every binade and sign, subnormal ones included, and 0."""
    dtype = np.dtype(dtype)
    info = np.finfo(dtype)
    unsigned = np.dtype(f"u{dtype.itemsize}")
    random = np.random.default_rng(seed)
    mantissas = 1 << int(info.nmant)
    normal = np.arange(1, (1 << int(info.iexp)) - 1, dtype=np.uint64)
    patterns = np.repeat(normal, each) << np.uint64(info.nmant)
    patterns += random.integers(mantissas, size=patterns.size, dtype=np.uint64)
    floors = np.repeat(1 << np.arange(int(info.nmant), dtype=np.uint64), each)
    patterns = np.concatenate([patterns, floors + random.integers(floors, dtype=np.uint64)])
    positive = patterns.astype(unsigned).view(dtype)
    edges = [info.max, info.tiny, info.smallest_subnormal, 0.0]
    positive = np.concatenate([positive, np.array(edges, dtype)])
    return np.concatenate([positive, -positive])


def around(points: Iterable[float], dtype: DTypeLike, steps: int = 3) -> NDArray[Any]:
    """The floats next to each point, and some at 2, 4, 8 ... units of its last place."""
    dtype = np.dtype(dtype)
    signed = np.dtype(f"i{dtype.itemsize}")
    offsets = np.array(
        [*range(-steps, steps + 1), *(s << k for k in range(2, 12, 3) for s in (-1, 1))]
    )
    centre = np.array([p for p in points if math.isfinite(p)], np.float64)
    with np.errstate(all="ignore"):
        patterns = centre.astype(dtype).view(signed)[:, None]
        near = (patterns + offsets.astype(signed)).view(dtype).ravel()
    near = near[np.isfinite(near)]
    if dtype != np.float64:
        limit = np.finfo(dtype).max
        near = near[np.abs(near) < limit]
    return near


def seams(entry: Any) -> list[float]:
    """Every constant that the entry's bodies compare, clamp or split at, with both signs.

    Which of its constants are seams a kernel does not say, so all of them are taken.
    """
    found: set[float] = set()
    for body in entry.bodies.values():
        found.update(_constants(body, set()))
    return sorted(s * c for c in found for s in (-1.0, 1.0) if 2.0**-60 < abs(c) < 2.0**12)


def _constants(function: FunctionType, seen: set[FunctionType]) -> Iterator[float]:
    if function in seen:
        return
    seen.add(function)
    code = function.__code__
    named = (function.__globals__.get(name) for name in code.co_names)
    for constant in itertools.chain(code.co_consts, named):
        if isinstance(constant, FunctionType) and constant.__module__.startswith("fastact"):
            yield from _constants(constant, seen)
        elif isinstance(constant, (float, np.floating)) and math.isfinite(constant):
            yield float(constant)


def inputs(
    entry: Any, dtype: DTypeLike, oracle: Oracle, each: int = 1, dense: int = 400
) -> NDArray[Any]:
    """Sorted distinct inputs: binades, dense ranges, seams, kinks, zeros of f'."""
    dtype = np.dtype(dtype)
    random = np.random.default_rng(SEED + 1)
    log = np.exp(random.uniform(math.log(1e-4), math.log(1000.0), dense))
    special = [*oracle.kinks, *oracle.derivative_zeros]
    points = np.concatenate(
        [
            binades(dtype, each).astype(np.float64),
            random.uniform(-30, 30, dense),
            log,
            -log,
            around(special, dtype, steps=20),
            around(seams(entry), dtype),
        ]
    )
    with np.errstate(all="ignore"):
        points = points.astype(dtype)
    points = points[np.isfinite(points)]
    # By bit pattern, so that -0.0 and +0.0 are two inputs.
    signed = np.dtype(f"i{dtype.itemsize}")
    points = np.unique(points.view(signed)).view(dtype)
    return points[np.argsort(points, kind="stable")]


# -- parameters -----------------------------------------------------------------------

#: Tried for every parameter; those that an entry's ``domain`` excludes are left out.
VALUES = (0.25, 1.0, 0.0, 2.5, -0.75, 0.01, 6.0)


def domain_holds(entry: Any, values: Mapping[str, float]) -> bool:
    """Whether the entry's conditions on its parameters are met."""
    scope = {"__builtins__": {}, "inf": math.inf}
    return all(eval(condition, scope, dict(values)) for condition in entry.domain.values())


def parameter_sets(entry: Any, dtype: DTypeLike, more: int = 3) -> list[dict[str, float]]:
    """Defaults first (where there are any), then ``more`` other sets within the domain.

    Values are those that survive the rounding to ``dtype``: a kernel sees no others.
    """
    if not entry.parameters:
        return [{}]
    kind = np.dtype(dtype).type
    names = list(entry.parameters)
    first = entry.illustrative_parameters()
    sets = [first]
    for i, value in enumerate(VALUES):
        # Later parameters take other values than the first, e.g. min_val < max_val.
        changed = {n: VALUES[(i + 2 * k) % len(VALUES)] for k, n in enumerate(names)}
        if len(names) == 1:
            changed = {names[0]: value}
        sets.append(changed)
    rounded = [{n: float(kind(v)) for n, v in values.items()} for values in sets]
    kept: list[dict[str, float]] = []
    for values in rounded:
        if values not in kept and domain_holds(entry, values):
            kept.append(values)
    return kept[: 1 + more]
