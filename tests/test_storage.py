"""float16 and bfloat16: the float32 result, rounded once, for every one of 2^16 inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fastact as fa
from tests.conftest import DTYPES, fill, genuine
from tests.test_bits import outputs

STORAGE = [dtype for dtype in DTYPES if dtype.endswith("16")]


def every(dtype: str) -> np.ndarray:
    """All bit patterns; signalling nans, which would raise a flag in NumPy's casts, quiet."""
    x = np.arange(1 << 16, dtype=np.uint16).view(dtype)
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(x), x.dtype.type(np.nan), x)


@pytest.mark.parametrize("dtype", STORAGE)
@pytest.mark.parametrize("gradient", [1.0, -0.34375])
def test_every_result_is_the_rounded_float32_result(
    form_and_entry: Any, dtype: str, gradient: float
) -> None:
    form, entry = form_and_entry
    if form.operands[0] != "g" and gradient != 1.0:
        pytest.skip("no gradient to scale by")
    kind = np.dtype(dtype).type
    x = every(dtype)
    extra = [kind(value) for value in fill(entry).values()]
    if form.operands[0] == "g":
        extra.insert(0, kind(gradient))
        order = lambda values, x: (values[0], x, *values[1:])  # noqa: E731
    else:
        order = lambda values, x: (x, *values)  # noqa: E731
    ufunc = genuine(form.namespace, entry.name)
    with np.errstate(all="raise"):
        results = outputs(ufunc(*order(extra, x)))
    with np.errstate(all="ignore"):  # overflow in the rounding of the reference is meant
        wide = [np.float32(value) for value in extra]
        expected = [r.astype(dtype) for r in outputs(ufunc(*order(wide, x.astype(np.float32))))]
    for result, wanted in zip(results, expected, strict=True):
        assert result.dtype == np.dtype(dtype)
        both_nan = np.isnan(result) & np.isnan(wanted)
        same = (result.view(np.uint16) == wanted.view(np.uint16)) | both_nan
        assert same.all(), [(x[i], result[i], wanted[i]) for i in np.flatnonzero(~same)[:5]]


@pytest.mark.skipif("bfloat16" not in DTYPES, reason="ml_dtypes is optional")
class TestBfloat16:
    """What NumPy leaves to the package: which loop a mixture of operands takes."""

    def test_every_form_is_closed(self, form_and_entry: Any) -> None:
        form, entry = form_and_entry
        x = np.linspace(0.125, 0.875, 4).astype("bfloat16")
        function = getattr(fa if not form.namespace else getattr(fa, form.namespace), entry.name)
        required = [0.25 for default in entry.parameters.values() if default is None]
        for operands in ([x] * len(form.operands), [1.0, x][-len(form.operands) :]):
            for result in outputs(function(*operands, *required)):
                assert result.dtype == x.dtype

    def test_python_numbers_are_weak_and_arrays_are_not(self) -> None:
        x = np.array([-1, 2], "bfloat16")
        for slope in (0.2, 2, x, x.dtype.type(0.2), True):
            assert fa.leaky_relu(x, slope).dtype == x.dtype
        assert fa.leaky_relu(x, np.float32(0.2)).dtype == np.float32
        assert fa.leaky_relu(x, np.array([0.2, 0.2])).dtype == np.float64
        assert fa.hard_tanh(x, -1, 0.5).tolist() == [-1.0, 0.5]
        assert fa.soft_shrink(x, x.dtype.type(0.5)).tolist() == [-0.5, 1.5]
        assert fa.vjp.gelu(1.0, x).dtype == fa.vjp.gelu(x, 2).dtype == x.dtype

    def test_out_and_dtype_have_the_last_word(self) -> None:
        x = np.array([-1, 2], "bfloat16")
        wide = fa.vjp.silu(1.0, x, dtype=np.float64)
        assert wide.dtype == np.float64
        out = np.empty(2, np.float32)
        assert fa.vjp.silu(1.0, x, out=out) is out

    def test_other_dtypes_go_where_they_went(self) -> None:
        for dtype in (np.float16, np.float32, np.float64, np.int8, np.int32, np.bool_):
            ones = np.ones(2, dtype)
            assert fa.gelu(ones).dtype == np.exp(ones).dtype
            assert fa.vjp.gelu(ones, ones).dtype == np.logaddexp(ones, ones).dtype

    def test_ml_dtypes_may_be_imported_late(self, run: Any) -> None:
        code = """
import numpy as np, fastact as fa
fa.gelu(np.ones(2, np.float32))
import ml_dtypes
print(fa.gelu(np.ones(2, ml_dtypes.bfloat16)).dtype)
"""
        assert run(code) == "bfloat16"

    def test_without_ml_dtypes_all_else_works(self, run: Any) -> None:
        code = """
import sys
sys.modules["ml_dtypes"] = None
import importlib.util
importlib.util.find_spec = lambda name, find=importlib.util.find_spec: (
    None if name == "ml_dtypes" else find(name)
)
import numpy as np, fastact as fa
print(fa.gelu(np.ones(2, np.float32)).dtype)
"""
        assert run(code) == "float32"


def test_importing_the_package_does_not_import_ml_dtypes(run: Any) -> None:
    assert run("import sys, fastact; print('ml_dtypes' in sys.modules)") == "False"
