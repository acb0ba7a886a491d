"""The float64 run at a million inputs: it looks everywhere, and it sees what is wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import fastact as fa
from fastact.engine.entry import registry
from tests.oracle import Oracle
from tests.sampling import seams

pytest.importorskip("flint")
pytest.importorskip("rich")

from accuracy.points import near, ordered, points, unordered
from accuracy.reference import judge, missed


def test_inputs_cover_what_was_asked_for(entry: Any) -> None:
    oracle = Oracle(entry, entry.illustrative_parameters())
    x = points(oracle, 20_000)
    assert x.size >= 20_000
    assert np.isfinite(x).all()
    assert np.unique(x.view(np.int64)).size == x.size
    low, high = (0.0, 1.0) if entry.name == "logit" else (-math.inf, math.inf)
    # Every binade and sign, the last floats, and 0.
    signs = [1, -1] if low < 0 else [1]
    for sign in signs:
        exponents = set(np.frexp(x[np.sign(x) == sign])[1].tolist())
        assert exponents >= set(range(-1073, 1025 if high > 1 else 1))
    # Neighbours of kinks and of constants that kernels split at.
    for centre in [*oracle.kinks, *seams(entry)]:
        if low < centre < high and centre:
            assert np.count_nonzero(np.abs(x - centre) <= abs(centre) * 1e-12) >= 3


def test_inputs_are_the_same_on_every_run() -> None:
    oracle = Oracle(registry()["mish"])
    np.testing.assert_array_equal(points(oracle, 8000), points(oracle, 8000))


def test_neighbours_are_counted_by_bit_pattern() -> None:
    x = np.array([-1.0, -5e-324, 0.0, 5e-324, 1.0])
    np.testing.assert_array_equal(unordered(ordered(x)), x)
    assert ordered(x)[1:4].tolist() == [-1, 0, 1]
    drawn = near(np.random.default_rng(3), [1.0], 1000, reach=4)
    assert np.abs(drawn - 1.0).max() < 16 * 2.0**-52
    assert {np.nextafter(1.0, 0.0), 1.0, np.nextafter(1.0, 2.0)} <= set(drawn.tolist())


@pytest.mark.parametrize("namespace", ["", "grad"])
def test_one_wrong_result_is_seen(monkeypatch: pytest.MonkeyPatch, namespace: str) -> None:
    role = ["", "grad"].index(namespace)
    home = fa.grad if namespace else fa
    right = home.gelu  # type: ignore[attr-defined]
    x = np.linspace(-5.0, 5.0, 101)

    def wrong(values: np.ndarray) -> np.ndarray:
        results = right(values)
        results[70] *= 1 + 2.0**-50
        return results

    assert judge("gelu", x)[role][0][0] < 1
    monkeypatch.setattr(home, "gelu", wrong)
    error, at = judge("gelu", x)[role][0]
    assert 3 < error < 9
    assert at == x[70]
    key = f"gelu {'derivative' if namespace else 'value'}"
    (line,) = missed({key: {"ulp": error, "input": at.hex(), "points": 101}})
    assert line.startswith(f"{key}: ")
