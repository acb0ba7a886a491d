"""softmax and its kin against multiple precision and SciPy."""

from __future__ import annotations

import pickle
from typing import Any

import mpmath
import numpy as np
import pytest

import fastact as fa
from fastact.engine.gufunc import ONLINE_BYTES
from fastact.engine.rowwise import RowFunction, rowwise_registry
from tests.conftest import DTYPES

ROW_FUNCTIONS = [r for r in rowwise_registry().values() if isinstance(r, RowFunction)]
FORMS = [(record, form) for record in ROW_FUNCTIONS for form in record.forms]
FORM_IDS = [f"{form.namespace or 'value'}-{record.name}" for record, form in FORMS]
SAME_SHAPE = [record.name for record in ROW_FUNCTIONS if not record.forms[0].scalar]
#: On both sides of a block of lanes, of the longest row taken side by side, of a chunk; and with
#: ends of every length beyond whole blocks.
LENGTHS = [1, 2, 10, 16, 17, 48, 49, 64, 65, 74, 83, 100, 109, 118, 1023, 1025, 2100]
#: The mathematics once more, in multiple precision.
EXACT = {
    "softmax": lambda x: _ratio([mpmath.exp(v) for v in x]),
    "softmin": lambda x: _ratio([mpmath.exp(-v) for v in x]),
    "log_softmax": lambda x: _less(x, _log_sum(x)),
    "logsumexp": lambda x: [_log_sum(x)],
}
EXACT_SLOPES = {
    "softmax": lambda g, y: [v * u for u, v in zip(_less(g, _dot(g, y)), y, strict=True)],
    "log_softmax": lambda g, y: _log_slope(g, y, mpmath.fsum(g)),
}


def _ratio(e: Any) -> Any:
    total = mpmath.fsum(e)
    return [v / total for v in e]


def _less(x: Any, shift: Any) -> Any:
    return [v - shift for v in x]


def _log_slope(g: Any, y: Any, total: Any) -> Any:
    return [u - mpmath.exp(v) * total for u, v in zip(g, y, strict=True)]


def _log_sum(x: Any) -> Any:
    return mpmath.log(mpmath.fsum(mpmath.exp(v) for v in x))


def _dot(g: Any, y: Any) -> Any:
    return mpmath.fsum(a * b for a, b in zip(g, y, strict=True))


def call(record: Any, form: Any, *arrays: Any, **keywords: Any) -> Any:
    tree = getattr(fa.ufuncs, form.namespace) if form.namespace else fa.ufuncs
    return getattr(tree, record.name)(*arrays, **keywords)


def units(results: Any, exact: Any, dtype: str, size: Any = None) -> float:
    """Greatest error in units in the last place of the exact results (or of ``size``)."""
    info = np.finfo(dtype)
    worst = 0.0
    for k, (got, true) in enumerate(zip(np.atleast_1d(results), exact, strict=True)):
        scale = abs(true) if size is None else size[k]
        exponent = -mpmath.inf if scale == 0 else mpmath.floor(mpmath.log(scale, 2))
        unit = mpmath.ldexp(1, int(max(exponent, int(info.minexp))) - int(info.nmant))
        worst = max(worst, float(abs(mpmath.mpf(float(got)) - true) / unit))
    return worst


def _along_rows(reduction: Any) -> Any:
    return lambda a: reduction(a, axis=-1, keepdims=True)


@pytest.mark.parametrize(("record", "form"), FORMS, ids=FORM_IDS)
def test_the_formula_that_is_published(record: Any, form: Any) -> None:
    names: dict[str, Any] = {name: _along_rows(getattr(np, name)) for name in ("max", "min", "sum")}
    names |= {"exp": np.exp, "log": np.log, "__builtins__": {}}
    arrays = np.random.default_rng(3).normal(size=(len(form.operands), 5, 30))
    if "y" in form.operands:
        arrays[-1] = getattr(fa, record.name)(arrays[-1])
    text = form.formula.format(formula=record.formula, name=record.name)
    expected = eval(text, names | dict(zip(form.operands, arrays, strict=True)))
    found = call(record, form, *arrays)
    expected = expected[:, 0] if form.scalar else expected
    np.testing.assert_allclose(found, expected, 1e-13, 1e-13)


@pytest.mark.parametrize("scale", [1.0, 8.0, 60.0])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("record", ROW_FUNCTIONS, ids=lambda r: r.name)
def test_error(record: Any, length: int, scale: float, precision: str) -> None:
    random = np.random.default_rng(length)
    x = (random.normal(size=length) * scale).astype(precision)
    (form, *_) = record.forms
    with mpmath.workprec(1300):
        exact = EXACT[record.name]([mpmath.mpf(float(v)) for v in x])
        assert units(call(record, form, x), exact, precision) <= record.max_ulp[precision]


@pytest.mark.parametrize("name", ["softmax", "softmin"])
def test_error_next_to_the_least_normal_number(name: str, precision: str) -> None:
    random = np.random.default_rng(4)
    sign, ends = (1 if name == "softmax" else -1), {"float32": (84, 89), "float64": (704, 711)}
    for least in random.uniform(*ends[precision], 400):
        first = random.uniform(-300, 0)
        x = (sign * np.array([first, first - least])).astype(precision)
        with mpmath.workprec(1300):
            exact = EXACT[name]([mpmath.mpf(float(v)) for v in x])
            assert units(getattr(fa, name)(x), exact, precision) <= 2.0, x


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_of_softmax_where_g_is_at_the_end_of_its_range(dtype: str) -> None:
    g, y = np.array([np.inf, 1, 2, 3], dtype), np.array([0.1, 0.2, 0.3, 0.4], dtype)
    found = fa.vjp_from_output.softmax(g, y)
    np.testing.assert_array_equal(found.astype("f8"), [np.nan, -np.inf, -np.inf, -np.inf])
    if dtype == "float32":
        y = fa.softmax(np.random.default_rng(1).normal(size=(500, 10)).astype(dtype))
        found = fa.vjp_from_output.softmax(np.full((500, 10), np.finfo(dtype).max, dtype), y)
        assert (np.abs(found) < 1e33).all()


@pytest.mark.parametrize("length", [3, 40, 100, 2000])
@pytest.mark.parametrize("name", EXACT_SLOPES)
def test_error_of_the_gradient(name: str, length: int, precision: str) -> None:
    random = np.random.default_rng(length)
    x, g = random.normal(size=(2, length)).astype(precision) * 3
    y = getattr(fa, name)(x)
    with mpmath.workprec(200):
        g_, y_ = ([mpmath.mpf(float(v)) for v in a] for a in (g, y))
        exact = EXACT_SLOPES[name](g_, y_)
        total = abs(_dot(g_, y_)) if name == "softmax" else abs(mpmath.fsum(g_))
        # Both are differences: the unit is that of the larger term.
        weight = y_ if name == "softmax" else [mpmath.exp(v) for v in y_]
        size = [
            max(abs(u) * (w if name == "softmax" else 1), w * total)
            for u, w in zip(g_, weight, strict=True)
        ]
        results = getattr(fa.vjp_from_output, name)(g, y)
        assert units(results, exact, precision, size) <= 2.0


@pytest.mark.parametrize("size", [-1.0, -0.5, 0.0, 0.5, 0.95])
@pytest.mark.parametrize("length", [3, 100, 1001])
def test_log_softmax_slope_of_any_numbers(length: int, size: float, precision: str) -> None:
    # exp(y) alone may overflow or underflow where its product with the sum does not.
    info = np.finfo(precision)
    random = np.random.default_rng(length)
    g = (random.normal(size=length) * np.exp2(size * info.maxexp)).astype(precision)
    y = (random.uniform(-3, 3, length) * np.log(info.max)).astype(precision)
    y[:2] = -info.max, info.max
    with np.errstate(all="raise"):
        results = fa.vjp_from_output.log_softmax(g, y)
    with mpmath.workprec(300):
        g_, y_ = ([mpmath.mpf(float(v)) for v in a] for a in (g, y))
        exact = EXACT_SLOPES["log_softmax"](g_, y_)
        total = abs(mpmath.fsum(g_))
        scale = [max(abs(u), mpmath.exp(v) * total) for u, v in zip(g_, y_, strict=True)]
    large = [abs(true) > float(info.max) for true in exact]
    expected = [float(mpmath.sign(true)) * np.inf for true in exact]
    np.testing.assert_array_equal(results[large], np.array(expected)[large])
    kept = [k for k in range(length) if not large[k]]
    assert units(results[kept], [exact[k] for k in kept], precision, [scale[k] for k in kept]) <= 2


@pytest.mark.parametrize("length", [2, 3, 10, 100])
def test_logsumexp_of_logarithms_of_probabilities(length: int, precision: str) -> None:
    """The result is 0 but for rounding: right in units of the larger of it and max(x)."""
    random = np.random.default_rng(length)
    with np.errstate(divide="ignore"):
        x = np.log(random.dirichlet(np.full(length, 0.5), 200)).astype(precision)
    for row, result in zip(x, fa.logsumexp(x, axis=-1), strict=True):
        with mpmath.workprec(300):
            exact = _log_sum([mpmath.mpf(float(v)) for v in row])
        scale = max(abs(float(exact)), abs(float(row.max())))
        unit = np.spacing(np.dtype(precision).type(scale))
        assert abs(float(result - exact)) <= 2 * float(unit)


@pytest.mark.parametrize("length", [40, 1000, 100_001])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_error_where_all_roundings_are_alike(name: str, length: int, precision: str) -> None:
    # Equal terms are rounded alike as they are added; those halfway between two powers of two
    # have the most that is added apart.
    (record,) = (record for record in ROW_FUNCTIONS if record.name == name)
    for k in range(-24, -2, 3):
        x = np.full(length, (k + 0.4999) * np.log(2), precision)
        x[0] = 0.25
        with mpmath.workprec(200):
            few = [mpmath.exp(mpmath.mpf(float(v))) for v in x[:2]]
            total = few[0] + (length - 1) * few[1]
            shift = mpmath.log(total)
            exact = {
                "softmax": [v / total for v in few],
                "log_softmax": [mpmath.mpf(float(v)) - shift for v in x[:2]],
            }[name]
            assert units(getattr(fa, name)(x)[:2], exact, precision) <= record.max_ulp[precision]


def test_error_does_not_grow_with_the_length() -> None:
    # The exact sum of 10^6 float32 exponentials, by float64 exponentials and fsum.
    import math

    x = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32) * 4
    wide = x.astype(np.float64)
    e = np.exp(wide - wide.max())
    total = math.fsum(e)
    exact = e / total
    error = np.abs(fa.softmax(x) - exact) / np.spacing(exact.astype(np.float32))
    assert error.max() <= 2.0
    expected = wide.max() + math.log(total)
    assert abs(float(fa.logsumexp(x)) - expected) <= np.spacing(np.float32(expected))


#: Rows that are longer than a part of an online row, by what happens on the way.
COURSES = {
    "normal": lambda r, n: r.normal(size=n) * 4,
    "rises by little": lambda r, n: np.linspace(-3, 3, n),
    "rises by much": lambda r, n: np.linspace(-200, 200, n),
    "falls": lambda r, n: np.linspace(200, -200, n),
    "leaps": lambda r, n: np.where(np.arange(n) < n // 3, -100.0, r.normal(size=n)),
    "maximum in the tail": lambda r, n: np.where(np.arange(n) == n - 1, 30.0, r.normal(size=n)),
    "begins with nothing": lambda r, n: np.where(np.arange(n) < 5000, -np.inf, r.normal(size=n)),
    "grows too great": lambda r, n: np.linspace(0, 4000, n),
}


@pytest.mark.parametrize("course", COURSES)
def test_row_longer_than_the_caches(course: str, precision: str) -> None:
    n = ONLINE_BYTES // np.dtype(precision).itemsize + 3
    x = COURSES[course](np.random.default_rng(5), n).astype(precision)
    wide = x.astype(np.longdouble)
    e = np.exp(wide - wide.max())
    exact = e / e.sum()
    unit = np.spacing(exact.astype(precision)).astype(np.longdouble)
    results = fa.softmax(x)
    assert float((abs(results - exact) / unit).max()) <= 2.0
    np.testing.assert_array_equal(fa.softmin(-x), results)
    strided = np.empty((n, 2), precision)
    strided[:, 1] = x
    np.testing.assert_array_equal(fa.softmax(strided[:, 1]), results)
    np.testing.assert_array_equal(fa.softmax(x, out=x), results)


@pytest.mark.parametrize("place", [0, 500, -1])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_long_row_with_a_special_value(value: float, place: int, precision: str) -> None:
    x = np.zeros(ONLINE_BYTES // np.dtype(precision).itemsize + 3, precision)
    x[place] = value
    # inf as SciPy has it: inf - inf is no number, and neither is the sum.
    assert np.isnan(fa.softmax(x)).all()


@pytest.mark.parametrize("gap", [20.0, 50.0, 80.0])
def test_logarithm_next_to_one(gap: float, precision: str) -> None:
    # log(1 + e^-gap) is lost where 1 + e^-gap is rounded.
    x = np.array([0.0, -gap], precision)
    expected = np.log1p(np.exp(-gap))
    np.testing.assert_allclose(fa.log_softmax(x)[0], -expected, rtol=3e-7)
    np.testing.assert_allclose(fa.logsumexp(x), expected, rtol=3e-7)


inf, nan = np.inf, np.nan
SPECIAL = [
    [inf, 0, 1], [-inf, -inf], [-inf, 0, 1], [nan, 1], [nan, inf], [inf, inf, 3],
    [-inf, inf], [1e30, -1e30, 3], [-1e30, -1e30], [0.0, -800.0], [88.0, 89.0], [5e-324, -0.0],
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 200), (200, 0), (197, 0)])
@pytest.mark.parametrize("row", SPECIAL, ids=str)
def test_special_rows_are_scipys(row: list[float], before: int, after: int, precision: str) -> None:
    special = pytest.importorskip("scipy.special")
    x = np.zeros((3, before + len(row) + after), precision)
    x[1] = [-inf] * before + row + [-inf] * after
    with np.errstate(all="raise"):
        ours = fa.softmax(x), fa.log_softmax(x), fa.logsumexp(x, axis=1), fa.softmin(-x)
    with np.errstate(all="ignore"):
        expected = [f(x, axis=1) for f in (special.softmax, special.log_softmax, special.logsumexp)]
    for got, wanted in zip(ours, (*expected, expected[0]), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-30)


def test_rows_of_no_elements() -> None:
    assert fa.softmax(np.ones((3, 0))).shape == (3, 0)
    assert fa.softmax(np.ones((0, 3))).shape == (0, 3)
    np.testing.assert_array_equal(fa.logsumexp(np.ones((3, 0)), axis=-1), [-inf] * 3)


@pytest.mark.skipif("bfloat16" not in DTYPES, reason="ml_dtypes is optional")
def test_bfloat16_gives_way_to_wider_operands() -> None:
    x = np.linspace(-2, 2, 60).reshape(2, 30).astype("bfloat16")
    slope = fa.vjp_from_output.softmax
    for dtype in (np.float32, np.float64):
        assert slope(x.astype(dtype), x).dtype == slope(x, x.astype(dtype)).dtype == dtype
        assert fa.softmax(x, dtype=dtype).dtype == dtype
    for axis in (None, 0, (0, 1)):
        assert fa.logsumexp(x, axis).dtype == x.dtype
    assert fa.softmax(x, out=np.empty(x.shape, np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", SAME_SHAPE)
def test_axis_and_signature(name: str) -> None:
    function = getattr(fa, name)
    assert isinstance(function, np.ufunc)
    assert function.signature == "(n)->(n)"
    x = np.random.default_rng(2).normal(size=(3, 4, 5))
    for axis in (0, 1, 2, -1, -3):
        moved = np.moveaxis(function(np.moveaxis(x, axis, -1)), -1, axis)
        np.testing.assert_array_equal(function(x, axis=axis), moved)
    with pytest.raises(np.exceptions.AxisError):
        function(x, axis=3)
    with pytest.raises(TypeError):
        function(np.array(["a"]))
    with pytest.raises(TypeError):
        function(x.astype(complex))
    assert pickle.loads(pickle.dumps(function)) is function


def test_logsumexp_takes_scipys_axes() -> None:
    special = pytest.importorskip("scipy.special")
    x = np.random.default_rng(3).normal(size=(3, 4, 5))
    for axis in (None, 0, -1, (0, 1), (2, 0), (0, 1, 2)):
        for keepdims in (False, True):
            got = fa.logsumexp(x, axis, keepdims)
            wanted = special.logsumexp(x, axis=axis, keepdims=keepdims)
            assert np.shape(got) == np.shape(wanted)
            np.testing.assert_allclose(got, wanted, rtol=1e-15)
    assert fa.logsumexp(3.0) == 3.0
    with pytest.raises(np.exceptions.AxisError):
        fa.logsumexp(x, axis=7)
    with pytest.raises(ValueError, match="axis must name each axis once"):
        fa.logsumexp(x, axis=(0, -3))
    with pytest.raises(TypeError, match="axis must be an integer or a tuple of them"):
        fa.logsumexp(x, axis=[0, 1])
    np.testing.assert_array_equal(fa.logsumexp(x, axes=[0, ()]), fa.logsumexp(x, axis=0))
    with pytest.raises(TypeError, match="axis or axes"):
        fa.logsumexp(x, 0, axes=[0, ()])
    with pytest.raises(TypeError, match="x must not be masked"):
        fa.logsumexp(np.ma.masked_array(x, mask=x > 1))


@pytest.mark.parametrize(
    ("axis", "keepdims", "shape"),
    [(None, False, ()), (1, False, (3, 5)), (1, True, (3, 1, 5)), ((0, 2), False, (4,))],
)
def test_logsumexp_writes_into_out(axis: Any, keepdims: bool, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(3).normal(size=(3, 4, 5))
    out = np.full(shape, np.nan)
    for given in (out, (out,)):
        assert fa.logsumexp(x, axis, keepdims, out=given) is out
        np.testing.assert_array_equal(out, fa.logsumexp(x, axis, keepdims))
    larger = np.full((2, *shape), np.nan)
    with pytest.raises(ValueError, match=r"out must be an array of shape .* not \(2"):
        fa.logsumexp(x, axis, keepdims, out=larger)
    assert np.isnan(larger).all()
    with pytest.raises(TypeError, match="axis must be an integer"):
        fa.logsumexp(x, axis="last")
