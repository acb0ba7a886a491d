"""Every ufunc behaves as NumPy's own: each scenario runs on np.exp too."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys

import numba
import numpy as np
import pytest

import fastact as fa
from fastact.engine.carrier import hazard
from fastact.engine.carrier.hazard import worst_hazard
from fastact.engine.entry import registry
from fastact.engine.intrinsics.machine import teach
from fastact.engine.plan import make_plan, plan_words
from tests.conftest import genuine

#: Parameter-free entries are ufuncs of one operand, as np.exp is.
UNARY = [entry.name for entry in registry().values() if not entry.parameters]
SOME = UNARY[:: max(1, len(UNARY) // 5)]


def test_is_a_ufunc_with_the_right_shape(form_and_entry):
    form, entry = form_and_entry
    ufunc = genuine(form.namespace, entry.name)
    assert isinstance(ufunc, np.ufunc)
    assert ufunc.nin == len(form.operands) + len(entry.parameters)
    assert ufunc.nout == len(form.outputs)
    kinds = [types[0] for types in ufunc.types]
    assert kinds == ["e", "f", "d"]
    assert list(inspect.signature(ufunc).parameters)[: ufunc.nin] == [
        *form.operands,
        *entry.parameters,
    ]
    assert entry.source in ufunc.__doc__


def test_pickles_into_another_process():
    code = "import pickle, sys; f = pickle.load(sys.stdin.buffer); print(f.__module__, f.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(fa.grad.gelu), capture_output=True
    )
    assert done.stdout.decode().split() == ["fastact.grad", "gelu"], done.stderr.decode()


class Subclass(np.ndarray):
    pass


def read_only(array):
    array.flags.writeable = False
    return array


def misaligned(array):
    room = np.empty(array.nbytes + 1, dtype=np.uint8)
    view = room[1:].view(array.dtype)
    view[:] = array
    return view


LAYOUTS = {
    "contiguous": lambda a: a,
    "reversed": lambda a: a[::-1],
    "every third": lambda a: a[::3],
    "backwards by two": lambda a: a[::-2],
    "zero stride": lambda a: np.broadcast_to(a[:1], a.shape),
    "fortran order": lambda a: np.asfortranarray(a[:120].reshape(12, 10)),
    "transposed": lambda a: a[:120].reshape(12, 10).T,
    "inner slice": lambda a: a[:120].reshape(12, 10)[:, 1:7],
    "misaligned": misaligned,
    "byte-swapped": lambda a: a.astype(a.dtype.newbyteorder()),
    "subclass": lambda a: a.view(Subclass),
    "0-d": lambda a: a[0].reshape(()),
    "scalar": lambda a: a[0],
    "list": lambda a: a.tolist(),
    "empty": lambda a: a[:0],
    "masked byte view": lambda a: a.view(f"V{a.itemsize}").view(a.dtype),
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SOME)
def test_layouts(name, layout, dtype):
    ufunc = getattr(fa, name)
    base = np.linspace(-4, 4, 1501).astype(dtype)
    x = LAYOUTS[layout](base)
    result, model = ufunc(x), np.exp(x)
    assert type(result) is type(model)
    assert result.dtype == model.dtype
    assert np.shape(result) == np.shape(model)
    if isinstance(result, np.ndarray):
        assert result.strides == model.strides
    flat = np.array(x, dtype=result.dtype).ravel()
    one_by_one = np.array([ufunc(value) for value in flat], dtype=result.dtype)
    np.testing.assert_array_equal(np.asarray(result).ravel(), one_by_one)


@pytest.mark.parametrize("length", [1, 3, 63, 64, 65, 1000, 5000])
@pytest.mark.parametrize("shift", [1, 7, 64])
@pytest.mark.parametrize("name", SOME)
def test_overlapping_input_and_output(name, shift, length):
    ufunc = getattr(fa, name)
    data = np.random.default_rng(1).normal(size=length + shift).astype(np.float32)
    for source, target in (
        (slice(shift, None), slice(None, length)),
        (slice(None, length), slice(shift, None)),
        (slice(None, None, -1), slice(None)),
    ):
        array = data.copy()
        expected = ufunc(array[source].copy())
        ufunc(array[source], out=array[target])
        np.testing.assert_array_equal(array[target], expected)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("columns", [(0, 1, 2), (1, 0, 2), (2, 0, 3), (0, 1, -2), (1, 0, -2)])
def test_input_and_output_between_each_other(columns, dtype):
    source, target, step = columns
    data = np.random.default_rng(1).normal(size=(5000, abs(step))).astype(dtype)
    table = data[::-1] if step < 0 else data
    x, out = table[:, source], table[:, target]
    expected, others = fa.sigmoid(x.copy()), np.delete(data, target, 1)
    fa.sigmoid(x, out=out)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(np.delete(data, target, 1), others)


@pytest.mark.parametrize(
    ("shift", "step", "expected"),
    [
        (4, 8, "APART"), (-4, 8, "APART"), (12, 8, "ONE_BY_ONE"), (2, 8, "ONE_BY_ONE"),
        (6, 8, "ONE_BY_ONE"), (8, 8, "ONE_BY_ONE"), (-8, 8, "IN_ORDER"), (0, 8, "SAME"),
        (400, 4, "APART"), (-400, 4, "APART"), (396, 4, "ONE_BY_ONE"), (4, -8, "APART"),
        (0, 0, "ONE_BY_ONE"),
    ],
)  # fmt: skip
def test_what_an_output_may_do_to_an_input(shift, step, expected):
    memory = np.zeros(4096, np.uint8)
    base = memory.ctypes.data + 2048
    arguments, steps = np.array([base, base + shift]), np.array([step, step])
    plan = make_plan(plan_words(INPUTS=1, OPERANDS=2, STORED=4))
    teach(worst_hazard)
    worst = numba.njit(worst_hazard)
    found = worst(arguments.ctypes.data, steps.ctypes.data, plan.ctypes.data, 100)
    assert found == getattr(hazard, expected)


@pytest.mark.parametrize("name", SOME)
def test_keywords(name):
    ufunc = getattr(fa, name)
    x = np.linspace(-3, 3, 301, dtype=np.float32)
    out = np.full_like(x, 7)
    assert ufunc(x, out=out) is out
    assert ufunc(x, out) is out
    assert ufunc(x, out=(out,)) is out
    mask = np.arange(x.size) % 3 == 0
    out = np.full_like(x, 7)
    ufunc(x, out=out, where=mask)
    np.testing.assert_array_equal(out, np.where(mask, ufunc(x), np.float32(7)))
    assert ufunc(x, dtype=np.float64).dtype == np.float64
    np.testing.assert_array_equal(ufunc(x, dtype=np.float64), ufunc(x.astype(np.float64)))
    for order in "CFAK":
        block = np.asfortranarray(x[:300].reshape(20, 15))
        assert ufunc(block, order=order).strides == np.exp(block, order=order).strides
    assert type(ufunc(x.view(Subclass), subok=False)) is np.ndarray


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda f, x: f(x, out=read_only(x.copy())), ValueError),
        (lambda f, x: f(x, out=np.empty(x.size + 1, x.dtype)), ValueError),
        (lambda f, x: f(x, out=np.empty(x.size, np.int32)), TypeError),
        (lambda f, x: f(x, out=[1.0]), TypeError),
        (lambda f, x: f(x, axis=0), TypeError),
        (lambda f, x: f(), TypeError),
        (lambda f, x: f(x, dtype=np.float16, casting="no"), TypeError),
        (lambda f, x: f(x.astype(complex)), TypeError),
        (lambda f, x: f(x.astype(np.longdouble)), TypeError),
        (lambda f, x: f(np.array(["1"])), TypeError),
        (lambda f, x: f(np.array([None])), TypeError),
        (lambda f, x: f(x.astype("M8[s]")), TypeError),
    ],
)
def test_bad_input_is_refused_as_by_numpy(name, call, error):
    with pytest.raises(error):
        call(getattr(fa, name), np.ones(5))


def test_refused_input_writes_nothing():
    out = np.full(5, 7.0)
    with pytest.raises(TypeError):
        fa.gelu(np.ones(5, dtype=complex), out=out)
    with pytest.raises(ValueError, match="broadcast"):
        fa.gelu(np.ones(4), out=out)
    assert (out == 7).all()


DTYPES = sorted({np.dtype(kind) for kind in np.typecodes["AllInteger"] + "?efd"}, key=str)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_result_dtype_is_numpys(form_and_entry, dtype):
    form, entry = form_and_entry
    ufunc = genuine(form.namespace, entry.name)
    model = np.exp if ufunc.nin == 1 else np.logaddexp
    x = np.array([0, 1], dtype=dtype)
    expected = model(*[x] * model.nin).dtype
    results = ufunc(*[x] * ufunc.nin)
    for result in results if ufunc.nout > 1 else (results,):
        assert result.dtype == expected


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_python_scalars_stay_weak(form_and_entry, dtype):
    form, entry = form_and_entry
    ufunc = genuine(form.namespace, entry.name)
    operands = [1.0] * ufunc.nin
    operands[len(form.operands) - 1] = np.ones(3, dtype=dtype)
    results = ufunc(*operands)
    for result in results if ufunc.nout > 1 else (results,):
        assert result.dtype == dtype
