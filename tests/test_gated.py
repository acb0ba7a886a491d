"""Gated units against their activations, and glu against its definition."""

from __future__ import annotations

import pickle
from typing import Any

import mpmath
import numba
import numpy as np
import pytest

import fastact as fa
from fastact.engine.rowwise import GatedUnit, rowwise_registry
from tests.conftest import DTYPES
from tests.oracle import Oracle
from tests.test_rowwise import units

GATED = {r.name: r for r in rowwise_registry().values() if isinstance(r, GatedUnit)}


def operands(dtype: str) -> Any:
    g, gate, up = np.random.default_rng(5).normal(size=(3, 1000)) * 4
    return g.astype(dtype), gate.astype(dtype), up.astype(dtype)


@pytest.mark.parametrize("name", GATED)
def test_errors(name: str, precision: str) -> None:
    unit, ufuncs = GATED[name], fa.ufuncs
    g, gate, up = (array[:300] for array in operands(precision))
    exact = [Oracle(unit.act)(float(element)) for element in gate]
    with mpmath.workprec(200):
        by_g, by_up = ([mpmath.mpf(float(element)) for element in array] for array in (g, up))
        values = [e.value * u for e, u in zip(exact, by_up, strict=True)]
        gate_slopes = [e.derivative * (u * d) for e, u, d in zip(exact, by_up, by_g, strict=True)]
        up_slopes = [e.value * d for e, d in zip(exact, by_g, strict=True)]
        # Around a zero of the derivative its error is in units of 1/8.
        steep = [abs(e.derivative) > 0.125 or e.derivative == 0 for e in exact]
        by_gate, by_second = getattr(ufuncs.vjp, name)(g, gate, up)
        bound = unit.max_ulp[precision]
        assert units(getattr(ufuncs, name)(gate, up), values, precision) <= bound
        assert units(by_second, up_slopes, precision) <= bound
        # The product of g and up is rounded, too: 1/2 ULP, up to 1 of what it is a factor of.
        bound = 2 * unit.act.max_ulp[precision].derivative + 1.5
        chosen = [slope for slope, clear in zip(gate_slopes, steep, strict=True) if clear]
        assert units(by_gate[np.array(steep)], chosen, precision) <= bound


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", GATED)
def test_value_is_the_activation_times_up(name: str, dtype: str) -> None:
    _, gate, up = operands(dtype)
    ufunc = getattr(fa.ufuncs, name)
    assert isinstance(ufunc, np.ufunc)
    got = ufunc(gate, up)
    assert got.dtype == dtype
    wide = np.float32 if dtype.endswith("16") else dtype
    expected = getattr(fa, GATED[name].act.name)(gate.astype(wide)) * up.astype(wide)
    np.testing.assert_array_equal(got, expected.astype(dtype))


@pytest.mark.parametrize("name", GATED)
def test_gradients_of_both_operands_in_one_pass(name: str, precision: str) -> None:
    g, gate, up = operands(precision)
    gate_gradient, up_gradient = getattr(fa.ufuncs.vjp, name)(g, gate, up)
    activation = GATED[name].act.name
    slope = getattr(fa.grad, activation)(gate)
    np.testing.assert_array_equal(gate_gradient, g * up * slope)
    np.testing.assert_array_equal(up_gradient, g * getattr(fa, activation)(gate))


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype.endswith("16")])
@pytest.mark.parametrize("name", GATED)
def test_gradients_in_short_dtypes_are_float32_rounded_once(name: str, dtype: str) -> None:
    arrays = operands(dtype)
    ufunc = getattr(fa.ufuncs.vjp, name)
    for got, wide in zip(ufunc(*arrays), ufunc(*(a.astype("f4") for a in arrays)), strict=True):
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, wide.astype(dtype))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_glu_gates_the_first_half_with_the_second(axis: int) -> None:
    x = np.random.default_rng(6).normal(size=(6, 8))
    up, gate = np.split(x, 2, axis)
    np.testing.assert_array_equal(fa.glu(x, axis), fa.sigmoid(gate) * up)
    g = np.random.default_rng(7).normal(size=up.shape)
    expected = np.concatenate([g * fa.sigmoid(gate), g * up * fa.grad.sigmoid(gate)], axis)
    got = fa.vjp.glu(g, x, axis)
    np.testing.assert_array_equal(got, expected)
    out = np.empty_like(x)
    assert fa.vjp.glu(g, x, axis, out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_gradient_of_glu_keeps_numpys_conventions() -> None:
    x = np.linspace(-2, 2, 24, dtype=np.float32).reshape(3, 8)
    expected = fa.vjp.glu(np.float32(1), x)
    assert fa.vjp.glu(1, x).dtype == fa.vjp.glu(1.0, x).dtype == np.float32
    assert fa.vjp.glu(1.0, x.astype(np.float16)).dtype == np.float16
    for dtype in (np.float64, "f8", np.dtype("f8")):
        assert fa.vjp.glu(np.ones(4, np.float32), x, dtype=dtype).dtype == np.float64
    assert fa.vjp.glu(np.ones(4), x, signature="fff->ff", casting="same_kind").dtype == np.float32
    assert fa.vjp.glu(1.0, x, order="F").flags.f_contiguous
    out = np.empty_like(x)
    assert fa.vjp.glu(1.0, x, out=(out,)) is out
    np.testing.assert_array_equal(out, expected)
    masked = fa.vjp.glu(1.0, np.ma.masked_array(x, mask=x > 1))
    assert masked.mask[2].all()
    np.testing.assert_array_equal(masked.compressed(), expected[~masked.mask])


def test_glu_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="even length along axis -1, not 5"):
        fa.glu(np.ones((4, 5)))
    with pytest.raises(np.exceptions.AxisError):
        fa.glu(np.ones(4), axis=2)
    with pytest.raises(ValueError, match="out must be an array of shape"):
        fa.vjp.glu(np.ones(2), np.ones(4), out=np.ones(3))
    with pytest.raises(ValueError, match=r"out must be an array of shape \(4,\), not 'wide'"):
        fa.vjp.glu(np.ones(2), np.ones(4), out="wide")
    with pytest.raises(ValueError, match=r"g must broadcast to \(3, 2\)"):
        fa.vjp.glu(np.ones((5, 3, 2)), np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"g must broadcast to \(2,\)"):
        fa.vjp.glu(np.ones(3), np.ones(4))


@pytest.mark.parametrize("name", GATED)
def test_nopython_and_pickle(name: str) -> None:
    ufunc = getattr(fa.ufuncs, name)
    _, gate, up = operands("float32")
    compiled = numba.njit(lambda gate, up: ufunc(gate, up))
    np.testing.assert_array_equal(compiled(gate, up), ufunc(gate, up))
    for function in (getattr(fa, name), ufunc, getattr(fa.vjp, name)):
        assert pickle.loads(pickle.dumps(function)) is function
