"""What there is to draw of an activation: points of f and f', cut where they jump."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastact import ufuncs
from fastact.engine.entry import Activation
from fastact.formulas.formula import kink_points

__all__ = ["Curve", "Curves", "compute_curves"]

POINTS = 801
Points = NDArray[np.float64]


@dataclass
class Curve:
    """A line with gaps (nan) at jumps; what lies at a jump stands in ``open`` and ``filled``."""

    x: Points
    y: Points
    open: list[tuple[float, float]] = field(default_factory=list)
    filled: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Curves:
    """f and f' over an interval."""

    entry: Activation
    parameters: dict[str, float]
    value: Curve
    derivative: Curve


def compute_curves(
    entry: Activation, low: float, high: float, chosen: Mapping[str, float]
) -> Curves:
    """Sample an activation on [low, high], with every kink a border between samples."""
    parameters = entry.illustrative_parameters()
    parameters |= {name: value for name, value in chosen.items() if name in parameters}
    kinks = sorted(k for k in set(kink_points(entry, parameters)) if low < k < high)
    borders = [low, *kinks, high]
    segments = [
        np.linspace(
            np.nextafter(a, b) if a in kinks else a,
            np.nextafter(b, a) if b in kinks else b,
            max(9, round(POINTS * (b - a) / (high - low))),
        )
        for a, b in itertools.pairwise(borders)
    ]
    value = getattr(ufuncs, entry.name)
    derivative = getattr(ufuncs.grad, entry.name)
    return Curves(
        entry,
        parameters,
        _join(value, segments, kinks, list(parameters.values())),
        _join(derivative, segments, kinks, list(parameters.values())),
    )


def _join(f: Any, segments: list[Points], kinks: list[float], parameters: list[float]) -> Curve:
    """One line through the segments, broken and marked where f jumps."""
    pieces = [(x, np.asarray(f(x, *parameters), dtype=np.float64)) for x in segments]
    xs, ys = [pieces[0][0]], [pieces[0][1]]
    curve = Curve(xs[0], ys[0])
    for kink, (x, y) in zip(kinks, pieces[1:], strict=True):
        left, right, at = ys[-1][-1], y[0], float(f(kink, *parameters))
        if not np.isclose(left, right, rtol=1e-6, atol=1e-9):
            xs.append(np.array([kink]))
            ys.append(np.array([np.nan]))
            curve.filled.append((kink, at))
            ends = {float(left), float(right)} - {at}
            curve.open += [(kink, end) for end in ends if not np.isclose(end, at)]
        xs.append(x)
        ys.append(y)
    curve.x, curve.y = np.concatenate(xs), np.concatenate(ys)
    return curve
