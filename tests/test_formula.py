"""The plain-NumPy baseline: right where it is used, at the precision it was given."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from fastact.engine.entry import Activation
from fastact.formulas.formula import (
    FROM_SCIPY,
    formula_tree,
    kink_points,
    numpy_baseline,
    numpy_derivative,
    numpy_value_and_derivative,
)


def sample(entry: Activation) -> np.ndarray:
    """Points of the middle range, away from every kink."""
    if set(FROM_SCIPY) & {
        n.id for n in ast.walk(ast.parse(entry.formula)) if isinstance(n, ast.Name)
    }:
        pytest.importorskip("scipy")
    x = np.linspace(-7.03, 7.0, 1407)
    for kink in kink_points(entry, entry.illustrative_parameters()):
        x = x[np.abs(x - kink) > 1e-3]
    return x


def test_derivative_agrees_with_differences(entry: Activation) -> None:
    x, p, h = sample(entry), entry.illustrative_parameters(), 1e-6
    f = numpy_baseline(entry)
    difference = (f(x + h, **p) - f(x - h, **p)) / (2 * h)
    derivative = numpy_derivative(entry)(x, **p)
    seen = np.isfinite(difference) & (np.abs(difference) < 1e3)  # logit ends at 0 and 1
    np.testing.assert_allclose(derivative[seen], difference[seen], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_precision_is_kept(entry: Activation, kind: type[np.floating]) -> None:
    x, p = sample(entry).astype(kind), entry.illustrative_parameters()
    y, slope = numpy_value_and_derivative(entry)(x, **p)
    assert y.dtype == slope.dtype == numpy_baseline(entry)(x, **p).dtype == kind


@pytest.mark.parametrize("formula", ["x.real", "open(x)", "x if x else 0", "[x]", "__import__"])
def test_only_the_vocabulary_is_allowed(formula: str) -> None:
    with pytest.raises(TypeError, match="formula"):
        formula_tree(formula, ("x",))
