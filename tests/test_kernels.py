"""Kernels as what they are: Python functions over scalars, which run without a compiler."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastact.elementary.scaled_exp import (
    least_double,
    least_single,
    magic_double,
    magic_single,
    scaled_exp_double,
    scaled_exp_single,
    shift_double,
    shift_single,
)
from tests.conftest import fill, genuine

VALUES = (0.0, -0.0, 1e-3, 0.3, 0.7, 1.3, 3.0, 9.0, 17.7, 45.0, 110.0, 1e4, np.inf)


def test_plain_python_gives_the_same_bits(entry: Any, precision: str) -> None:
    kind = np.dtype(precision).type
    parameters = fill(entry, precision).values()
    for role, namespace in (("value", ""), ("derivative", "grad")):
        body, ufunc = entry.body(role, precision), genuine(namespace, entry.name)
        for x in (kind(sign * value) for value in VALUES for sign in (1, -1)):
            with np.errstate(all="ignore"):
                plain = kind(body(x, *map(kind, parameters)))
            compiled = ufunc(x, *map(kind, parameters))
            same = plain.tobytes() == compiled.tobytes() or (np.isnan(plain) and np.isnan(compiled))
            assert same, (role, x, plain, compiled)


def test_what_is_masked_underflows_nowhere(precision: str) -> None:
    """An exact 0, and not the least number there is, is what -inf in a row is made."""
    kind, single = np.dtype(precision).type, precision == "float32"
    shift, magic, least, exp = (
        (shift_single, magic_single, least_single, scaled_exp_single)
        if single
        else (shift_double, magic_double, least_double, scaled_exp_double)
    )
    zeros = 0
    for peak in np.random.default_rng(0).normal(0, 50, 200).astype(kind):
        with np.errstate(all="ignore"):
            scale, _, low = exp(kind(-np.inf), shift(peak), magic(peak), least(peak))
        assert 0 <= scale < 2 * np.finfo(kind).smallest_normal
        assert np.isfinite(low)
        zeros += int(scale == 0)
    assert zeros >= 190
