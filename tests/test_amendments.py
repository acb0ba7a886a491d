"""Kernels in parts: what few elements need, in whatever place of a step they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fastact as fa
from fastact.engine.amendment import Amendment, amendment_of
from fastact.engine.entry import registry
from tests.conftest import genuine

AMENDED = [
    pytest.param(name, precision, id=f"{name}-{precision}")
    for name, entry in registry().items()
    for precision in ("float32", "float64")
    if amendment_of(entry.body("value", precision))
]


def parts(name: str, precision: str) -> tuple[Any, Amendment]:
    body = registry()[name].body("value", precision)
    amendment = amendment_of(body)
    assert amendment is not None
    return body, amendment


def arguments(name: str, precision: str) -> list[tuple[Any, ...]]:
    """Elements of all sorts with parameters of all sorts, many of them next to silu's minimum."""
    kind = np.dtype(precision).type
    random = np.random.default_rng(5)
    x = np.concatenate(
        [
            random.normal(0, 3, 25),
            -1.278464542761 + random.normal(0, 1, 45) * 10.0 ** random.uniform(-9, -1, 45),
            [0.0, -0.0, 1e-30, -1e10, 1e18, -1e18, 30.0, -90.0, -105.0, -700.0, np.inf, -np.inf],
        ]
    )
    parameters = registry()[name].parameters
    if not parameters:
        return [(kind(value),) for value in x]
    steep = [1.0, 0.7, -2.0, 1e-3, 1e-7, 1e-30, 1e35, 0.0, np.inf]
    return [(kind(v / (b if 1e-4 < abs(b) < 1e4 else 1.0)), kind(b)) for b in steep for v in x]


@pytest.mark.parametrize(("name", "precision"), AMENDED)
def test_only_what_asks_for_it_is_amended(name: str, precision: str) -> None:
    body, amendment = parts(name, precision)
    asked = 0
    for operands in arguments(name, precision):
        with np.errstate(all="ignore"):
            whole, value = body(*operands), amendment.value(*operands)
            amended, where = amendment.by(*operands, value), amendment.where(*operands)
        np.testing.assert_equal(amended, whole, err_msg=str(operands))
        if not where:
            np.testing.assert_equal(value, whole, err_msg=str(operands))
        asked += bool(where)
    assert 0 < asked < len(arguments(name, precision))


@pytest.mark.parametrize(("name", "precision"), AMENDED)
def test_every_place_of_a_step_may_ask(name: str, precision: str) -> None:
    _, amendment = parts(name, precision)
    ufunc = genuine("", name)
    chosen = [
        [a for a in arguments(name, precision) if np.isfinite(a).all() and amendment.where(*a) == w]
        for w in (False, True)
    ]
    length = 4 * 64 // np.dtype(precision).itemsize
    usual = [chosen[0][k % len(chosen[0])] for k in range(length)]
    alone = [ufunc(*operands) for operands in usual]
    for place in range(length):
        odd = chosen[1][place % len(chosen[1])]
        operands = np.array([*usual[:place], odd, *usual[place + 1 :]], precision).T
        expected = np.array([*alone[:place], ufunc(*odd), *alone[place + 1 :]])
        np.testing.assert_array_equal(ufunc(*operands), expected)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_products_of_what_is_amended_are_amended(precision: str) -> None:
    gate = np.linspace(-1.29, -1.27, 2001, dtype=precision)
    up = np.linspace(-3, 3, 2001, dtype=precision)
    np.testing.assert_array_equal(fa.swiglu(gate, up), fa.silu(gate) * up)
    _, by_up = fa.vjp.swiglu(up, gate, up)
    np.testing.assert_array_equal(by_up, up * fa.silu(gate))
    value, slope = fa.value_and_grad.silu(gate)
    np.testing.assert_array_equal(value, fa.silu(gate))
    np.testing.assert_array_equal(slope, fa.grad.silu(gate))
