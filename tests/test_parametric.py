"""Functions with defaults over the genuine ufuncs."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

import fastact as fa
from fastact.engine.entry import registry
from fastact.engine.forms import FORMS
from fastact.engine.namespace import is_function
from fastact.formulas.formula import numpy_baseline
from tests.conftest import DTYPES

X = np.linspace(-3, 3, 41, dtype=np.float32)


def cases(condition=lambda entry: True):
    for entry in registry().values():
        if is_function(entry, FORMS[0]) and condition(entry):
            for form in entry.forms:
                yield pytest.param(entry, form, id=f"{form.namespace or 'f'}.{entry.name}")


def public(entry, form):
    module = fa if not form.namespace else getattr(fa, form.namespace)
    tree = fa.ufuncs if not form.namespace else getattr(fa.ufuncs, form.namespace)
    return getattr(module, entry.name), getattr(tree, entry.name)


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_defaults_positions_and_keywords_agree(entry, form):
    function, ufunc = public(entry, form)
    operands = [X] * len(form.operands)
    values = [np.float64(v) * 1.5 + 0.25 for v in entry.parameters.values()]
    expected = ufunc(*operands, *map(float, values))
    by_name = dict(zip(entry.parameters, map(float, values), strict=True))
    np.testing.assert_array_equal(function(*operands, *by_name.values()), expected)
    np.testing.assert_array_equal(function(*operands, **by_name), expected)
    plain = ufunc(*operands, *entry.parameters.values())
    np.testing.assert_array_equal(function(*operands), plain)
    if len(form.outputs) == 1:
        out = np.empty_like(X)
        assert function(*operands, out=out) is out
        np.testing.assert_array_equal(out, plain)
        assert out.dtype == np.float32


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_numbers_of_an_earlier_call_are_not_taken_for_others(entry, form):
    function, ufunc = public(entry, form)
    values = [value * 1.5 + 0.25 for value in entry.parameters.values()]
    wide = X.astype(np.float64)
    numbers = [values, [v + 2.0**-30 for v in values], [int(v) + 1 for v in values]]
    numbers += [[np.float32(v) for v in values], values, [float("nan")] * len(values)]
    for chosen in numbers:
        # The same numbers again, and in other dtypes, where they are rounded otherwise.
        for x in (X, X, wide, wide, X, X.astype(np.float16), wide.tolist()):
            operands = [x] * len(form.operands)
            expected = ufunc(*operands, *chosen)
            results = (
                function(*operands, *chosen),
                function(*operands, **dict(zip(entry.parameters, chosen, strict=True))),
            )
            for result in results:
                np.testing.assert_array_equal(result, expected)
                assert np.asarray(result).dtype == np.asarray(expected).dtype
        if len(form.operands) == 2:
            result = function(X, wide, *chosen)
            np.testing.assert_array_equal(result, ufunc(X, wide, *chosen))


def test_numbers_are_told_apart_by_place_name_and_sign():
    two, five, zero, below = 2.0, 5.0, 0.0, -0.0
    for _ in range(3):
        np.testing.assert_array_equal(fa.hard_tanh(X, max_val=two), np.clip(X, -1, 2))
        np.testing.assert_array_equal(fa.hard_tanh(X, min_val=two, max_val=five), np.clip(X, 2, 5))
        np.testing.assert_array_equal(fa.hard_tanh(X, two, max_val=five), np.clip(X, 2, 5))
        np.testing.assert_array_equal(fa.hard_tanh(X, two, five), np.clip(X, 2, 5))
        assert not np.signbit(fa.hard_tanh(X, zero, five)).any()
        assert np.signbit(fa.hard_tanh(X, below, five)).any()
        fa.leaky_relu(X, negative_slope=two)
        with pytest.raises(TypeError, match="two values"):
            fa.leaky_relu(X, two, negative_slope=five)
        fa.softplus(X, two)
        with pytest.raises(TypeError, match="two values"):
            fa.softplus(X, two, beta=1j)


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_keywords_do_not_change_the_dtype(entry, form):
    function, _ = public(entry, form)
    for dtype in (bool, np.int8, np.float16, np.float32, np.float64):
        operands = [np.ones(3, dtype)] * len(form.operands)
        plain = function(*operands)
        for keyword in ({"order": "C"}, {"subok": False}, {"casting": "same_kind"}):
            result = function(*operands, **keyword)
            assert np.asarray(result).dtype == np.asarray(plain).dtype


def test_where_is_passed_on_as_it_was_given():
    mask = np.arange(X.size) % 2 == 0

    def warnings_of(call):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            call()
        return len(found)

    # NumPy from 2.3 on warns that the rest of the result is whatever it is.
    usual = warnings_of(lambda: np.exp(X, where=mask))
    for call in (
        lambda: fa.leaky_relu(X, where=mask),
        lambda: fa.leaky_relu(X, 0.25, where=mask),
        lambda: fa.leaky_relu(X, negative_slope=0.25, where=mask),
    ):
        assert warnings_of(call) == usual
    assert not warnings_of(lambda: fa.leaky_relu(X, 0.25, out=None, where=mask))


class Logged(np.ndarray):
    """Notes what it is called with."""

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        CALLS.append([type(value) for value in inputs])
        return self.view(np.ndarray)


CALLS: list[list[type]] = []


def test_others_see_the_numbers_that_were_given():
    out = np.empty_like(X).view(Logged)
    slope = 0.375
    for _ in range(4):
        fa.leaky_relu(X, slope)
        fa.leaky_relu(X, slope, out=out)
        fa.leaky_relu(X.view(Logged), slope)
    assert len(CALLS) == 8
    assert all(call[-1] is float for call in CALLS)


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_constants_change_no_bit(entry, form, precision):
    # Where no parameter is given another ufunc is called, in which LLVM has folded them.
    function, ufunc = public(entry, form)
    random = np.random.default_rng(3)
    bits = random.integers(0, 256, (len(form.operands), 8 * 4099), dtype=np.uint8)
    operands = list(bits.view(precision))
    defaults = [np.dtype(precision).type(v) for v in entry.parameters.values()]
    np.testing.assert_array_equal(function(*operands), ufunc(*operands, *defaults))


@pytest.mark.parametrize("kind", ["?", "b", "h", "i", "l", "B", "H"])
@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_integers_go_where_numpy_sends_them(entry, form, kind):
    function, _ = public(entry, form)
    x = np.ones(3, kind)
    expected = np.exp(x) if len(form.operands) == 1 else np.logaddexp(x, x)
    for result in np.atleast_2d(function(*[x] * len(form.operands))):
        assert result.dtype == expected.dtype


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_bad_calls_name_what_is_wrong(entry, form):
    function, _ = public(entry, form)
    operands = [X] * len(form.operands)
    first = next(iter(entry.parameters))
    with pytest.raises(TypeError, match=first):
        function(*operands, "wide")
    with pytest.raises(TypeError, match=first):
        function(*operands, **{first: None})
    with pytest.raises(TypeError, match=f"two values for '{first}'"):
        function(*operands, 1.0, **{first: 1.0})
    with pytest.raises(TypeError, match="at most"):
        function(*operands, *[1.0] * (len(entry.parameters) + 1))
    with pytest.raises(TypeError, match="not 0 operands"):
        function()
    with pytest.raises(TypeError, match="bogus"):
        function(*operands, bogus=1)


@pytest.mark.parametrize(("entry", "form"), list(cases(lambda entry: entry.domain)))
def test_parameters_outside_their_domain_are_refused(entry, form):
    function, _ = public(entry, form)
    for parameter, condition in entry.domain.items():
        with pytest.raises(ValueError, match=condition):
            function(*[X] * len(form.operands), **{parameter: -1.0})
        one_wrong = np.where(np.arange(X.size) == 3, -2.0, 1.0)
        with pytest.raises(ValueError, match=rf"{condition}, not -2.0 \(at index 3\)"):
            function(*[X] * len(form.operands), **{parameter: one_wrong})
        # nan is data: it flows through.
        result = function(*[X] * len(form.operands), **{parameter: float("nan")})
        assert np.shape(result)[-1] == X.size


def open_ended(entry):
    return any(">=" not in condition for condition in entry.domain.values())


@pytest.mark.parametrize(("entry", "form"), list(cases(open_ended)))
def test_parameters_that_round_to_the_end_of_their_domain_are_refused(entry, form):
    function, _ = public(entry, form)
    for parameter, condition in entry.domain.items():
        if ">=" not in condition:
            for dtype, value in ((np.float32, 1e-60), (np.float16, 1e-8)):
                operands = [X.astype(dtype)] * len(form.operands)
                with pytest.raises(ValueError, match=f"{condition}, not {value}, which is 0 in"):
                    function(*operands, **{parameter: value})
                assert function(*operands, **{parameter: value}, dtype=np.float64) is not None
                assert function(*operands, **{parameter: 1e-5}) is not None


@pytest.mark.parametrize("entry", [e for e in registry().values() if e.from_output_domain])
def test_parameters_for_which_the_output_does_not_tell_are_refused(entry):
    function = getattr(fa.vjp_from_output, entry.name)
    with pytest.raises(ValueError, match=entry.from_output_domain):
        function(X, X, -0.5)
    # At the end of the domain the derivative still follows from the output.
    y = getattr(fa, entry.name)(X, 0.0)
    np.testing.assert_array_equal(function(X, y, 0.0), getattr(fa.vjp, entry.name)(X, X, 0.0))


@pytest.mark.parametrize(("entry", "form"), list(cases()))
def test_parameters_broadcast(entry, form):
    function, _ = public(entry, form)
    x = np.tile(X[:, None], (1, 3))
    first, default = next(iter(entry.parameters.items()))
    per_channel = np.array([default, default + 0.5, default + 1], dtype=np.float32)
    result = function(*[x] * len(form.operands), **{first: per_channel})
    for channel, value in enumerate(per_channel):
        column = function(*[x[:, channel]] * len(form.operands), **{first: value})
        np.testing.assert_array_equal(np.asarray(result)[..., channel], column)


WITH_PARAMETERS = [
    pytest.param(entry, form, id=f"{form.namespace or 'f'}.{entry.name}")
    for entry in registry().values()
    for form in entry.forms
    if entry.parameters
]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("size", [5, 20, 1_000, 300_001])
@pytest.mark.parametrize(("entry", "form"), WITH_PARAMETERS)
def test_some_parameters_are_numbers_and_some_arrays(entry, form, size, dtype):
    """As with all of them written out, as one by one, and as the formula says."""
    function, ufunc = public(entry, form)
    random = np.random.default_rng(size)
    operands = [random.normal(size=size).astype(dtype) for _ in form.operands]
    values = [random.uniform(0.5, 2, size).astype(dtype) for _ in entry.parameters]
    for arrays in itertools.product((False, True), repeat=len(values)):
        given = [v if one else v[0] for v, one in zip(values, arrays, strict=True)]
        full = [np.broadcast_to(v, size).copy() for v in given]
        whole = ufunc(*operands, *full)
        np.testing.assert_array_equal(function(*operands, *given), whole)
        np.testing.assert_array_equal(ufunc(*operands, *given), whole)
        if not form.namespace:
            wide = [value.astype(np.float64) for value in (*operands, *full)]
            near = 4 * np.finfo(dtype).eps
            np.testing.assert_allclose(whole, numpy_baseline(entry)(*wide), near, near)
        for k in range(min(size, 20)):
            one = ufunc(*(o[k] for o in operands), *(v[k] for v in full))
            np.testing.assert_array_equal(np.asarray(whole)[..., k], one)


@pytest.mark.parametrize("value", [np.zeros(2, "S4"), np.zeros(2, "V4"), np.zeros(2, complex)])
def test_arrays_of_no_numbers_are_named(value):
    with pytest.raises(TypeError, match="beta must be a real number"):
        fa.softplus(np.ones(2), value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_nan_is_not_lost(dtype):
    x = np.array([-np.inf, -2, -0.5, 0, 0.5, 2, np.inf], dtype)
    assert np.isnan(fa.squareplus(x, np.nan)).all()
    assert fa.squareplus(x[-1], np.inf) == np.inf
    assert np.isnan(fa.vjp_from_output.celu(x, np.full_like(x, np.nan), np.inf)).all()
