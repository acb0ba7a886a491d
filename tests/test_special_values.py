"""nan, infinities, zeros and extremes: right values, and never a warning."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest

from tests.conftest import DTYPES, fill, genuine, public
from tests.oracle import Oracle, limit


def awkward(dtype: str, size: int) -> np.ndarray:
    """nan, infinities, huge, tiny, subnormal and ordinary numbers, over and over."""
    # bfloat16 is float32 with fewer digits: its extremes are the roundings of these.
    info = np.finfo("float32" if dtype == "bfloat16" else dtype)
    values = [np.nan, np.inf, -np.inf, info.max, -info.max, info.tiny, -info.tiny, 0.0, -0.0]
    smallest = 2.0**-133 if dtype == "bfloat16" else info.smallest_subnormal
    values += [smallest, -smallest, 1.0, -1.0, 88.7, -103.9, 0.5]
    return np.resize(np.array(values, dtype), size)


@pytest.mark.parametrize("dtype", DTYPES)
def test_never_a_warning(form_and_entry: Any, dtype: str) -> None:
    form, entry = form_and_entry
    ufunc = genuine(form.namespace, entry.name)
    extra = [np.dtype(dtype).type(value) for value in fill(entry, dtype).values()]
    everything = awkward(dtype, 1 << 20 if dtype == "float32" else 4096)
    with np.errstate(all="raise"):
        for size in range(41):
            for start in (0, 5):
                x = everything[start : start + size]
                ufunc(*[x] * len(form.operands), *extra)
                column = np.stack([x, x], axis=1)[:, 0]
                ufunc(*[column] * len(form.operands), *extra)
        ufunc(*[everything] * len(form.operands), *extra)


def test_nan_gives_nan(entry: Any) -> None:
    for dtype in DTYPES:
        nan = np.full(3, np.nan, dtype)
        extra = [np.dtype(dtype).type(value) for value in fill(entry, dtype).values()]
        assert np.isnan(genuine("", entry.name)(nan, *extra)).all()
        assert np.isnan(genuine("vjp", entry.name)(nan, nan, *extra)).all()


def test_limits_at_infinity(entry: Any, precision: str) -> None:
    extra = list(fill(entry, precision).values())
    oracle = Oracle(entry, fill(entry, precision))
    for sign in (-1, 1):
        x = np.array([sign * math.inf], precision)
        if mpmath.isnan(oracle(sign * 1e3).value):
            assert np.isnan(genuine("", entry.name)(x, *extra)).all()
            continue
        value, slope = limit(oracle, sign)
        # A limit of 0 may be approached no faster than 1 / x: 2^-1000 is as good as 0.
        np.testing.assert_allclose(
            genuine("", entry.name)(x, *extra), value, rtol=1e-6, atol=2.0**-990
        )
        np.testing.assert_allclose(
            genuine("grad", entry.name)(x, *extra), slope, rtol=1e-6, atol=1e-30
        )


def test_python_scalars_and_lists(entry: Any) -> None:
    function = public("", entry.name)
    missing = [0.25 for default in entry.parameters.values() if default is None]
    listed = function([0.25, 0.5], *missing)
    assert listed.dtype == np.float64
    assert isinstance(function(0.25, *missing), np.float64)
    assert function(0.25, *missing) == listed[0]
