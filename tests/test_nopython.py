"""The public names inside ``numba.njit``: the same bits, in vector loops of the user's own."""

from __future__ import annotations

import re

import numba
import numpy as np
import pytest

import fastact as fa
from fastact.engine.entry import registry

#: Some of each form: to compile them all would take minutes.
SOME = [
    pytest.param(entry, form, id=f"{form.namespace or 'f'}-{entry.name}")
    for entry in registry().values()
    for form in entry.forms
][::5]


@pytest.mark.parametrize(("entry", "form"), SOME)
def test_nopython_agrees_with_the_ufunc(entry, form):
    function = getattr(fa if not form.namespace else getattr(fa, form.namespace), entry.name)
    missing = [0.25 for default in entry.parameters.values() if default is None]
    x = np.linspace(-3, 3, 33, dtype=np.float32)
    expected = function(*[x] * len(form.operands), *missing)
    missing = tuple(missing)
    if len(form.operands) == 1:
        compiled = numba.njit(lambda x: function(x, *missing))
    else:
        compiled = numba.njit(lambda x: function(x, x, *missing))
    np.testing.assert_array_equal(compiled(x), expected)
    scalars = np.array([compiled(value) for value in x]).T
    np.testing.assert_array_equal(scalars.astype(np.float32), np.asarray(expected))


#: Of every family the function with the longest kernel, or nearly so.
@pytest.mark.parametrize("name", ["softplus", "mish", "gelu", "log_cosh", "erfc", "tanh_shrink"])
@pytest.mark.parametrize("namespace", ["", "grad"])
@pytest.mark.parametrize("kind", ["loop", "expression"])
def test_loops_around_kernels_are_vector_loops(name, namespace, precision, kind):
    function = getattr(getattr(fa, namespace) if namespace else fa, name)

    def loop(x, out):
        if kind == "loop":
            for i in range(x.size):
                out[i] = function(x[i])
        else:
            out[:] = function(x)

    # What Numba makes of an array expression is a call of its own, which the user puts in line.
    loop = numba.njit(loop, forceinline=kind == "expression")
    x = np.linspace(-3, 3, 33, dtype=precision)
    out = np.empty_like(x)
    loop(x, out)
    np.testing.assert_array_equal(out, function(x))
    (text,) = loop.inspect_llvm().values()
    assert re.search(r"<\d+ x (float|double)> @llvm.fma", text)
    # A kernel that is called would be defined in the same module.
    assert not re.search(r"^define [^\n]*fastact[^\n]*(activations|elementary)", text, re.MULTILINE)


def test_array_expressions_are_fused():

    def allocations(function):
        compiled = numba.njit(function)
        compiled(np.ones(4, np.float32))
        (text,) = compiled.inspect_llvm().values()
        return text.count("call ptr @NRT_MemInfo_alloc")

    model = allocations(lambda x: np.exp(x) * x + np.exp(x))
    assert model >= 1
    assert allocations(lambda x: fa.silu(x) * x + fa.sigmoid(x)) == model
