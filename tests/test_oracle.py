"""The judge is judged: by closed forms and by numbers from tables."""

from __future__ import annotations

import math
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest

from accuracy.balls import crossings, references
from tests.oracle import Oracle, limit, nearest, reference, ulp_error
from tests.sampling import around, binades, seams


def formula(text: str, kinks: dict[str, str] | None = None, **parameters: float) -> Oracle:
    entry: Any = SimpleNamespace(
        name="test", formula=text, kinks=kinks or {}, parameters=parameters
    )
    return Oracle(entry)


def close(a: mpmath.mpf, b: Any) -> bool:
    with mpmath.workprec(200):
        return bool(abs(a - mpmath.mpf(b)) <= abs(a) * mpmath.mpf(2) ** -60)


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        # Abramowitz and Stegun, tables 4.4, 4.15, 7.1 and 26.1, and elementary facts.
        ("1 / (1 + exp(-x))", 0.0, "0.5", "0.25"),
        ("exp(x)", 1.0, "2.71828182845904523536028747135", "2.71828182845904523536028747135"),
        (
            "tanh(x)",
            0.5,
            "0.462117157260009758502318483643672548",
            "0.78644773296592741014969893434",
        ),
        (
            "erf(x)",
            1.0,
            "0.84270079294971486934122063508260925929606699796",
            "0.415107497420594703340268249441",
        ),
        ("erfc(x)", 0.0, "1", "-1.12837916709551257389615890312"),
        ("x * erfc(-x / sqrt(2)) / 2", 0.0, "0", "0.5"),
        ("log1p(exp(x))", 0.0, "0.693147180559945309417232121458", "0.5"),
        ("log(x)", 2.0, "0.693147180559945309417232121458", "0.5"),
        ("sqrt(x)", 2.0, "1.41421356237309504880168872421", "0.353553390593273762200422181052"),
        ("x / (1 + abs(x))", -3.0, "-0.75", "0.0625"),
        ("maximum(x, 0) ** 3", 2.0, "8", "12"),
        ("clip(x, -1, 1)", 0.5, "0.5", "1"),
        (
            "where(x > 0, x, expm1(x))",
            -1.0,
            "-0.632120558828557678404476229839",
            "0.367879441171442321595523770161",
        ),
        ("pi * x", 1.0, "3.14159265358979323846264338328", "3.14159265358979323846264338328"),
    ],
)
def test_known_values(text: str, x: float, value: str, slope: str) -> None:
    exact = formula(text)(x)
    with mpmath.workprec(200):
        assert close(exact.value, value)
        assert close(exact.derivative, slope)


def test_total_cancellation_is_seen_through() -> None:
    # x - tanh(x) = x^3/3 - ...: 2150 bits cancel. The naive 1 + tanh and log(1 + e^x)
    # lose everything on the left.
    for x in (1e-9, 1e-150, -1e-300):
        exact = formula("x - tanh(x)")(x)
        with mpmath.workprec(200):
            series = mpmath.mpf(x) ** 3 / 3 - 2 * mpmath.mpf(x) ** 5 / 15
            assert abs(exact.value - series) <= abs(series) * mpmath.mpf(2) ** -53
    with mpmath.workprec(200):
        assert close(formula("log(1 + exp(x))")(-500.0).value, mpmath.log1p(mpmath.exp(-500)))
        assert close(formula("1 + tanh(x)")(-300.0).value, 2 / (1 + mpmath.exp(600)))


@pytest.mark.parametrize("text", ["x / (1 + exp(-x))", "x * erfc(-x / sqrt(2)) / 2", "tanh(x)"])
def test_derivative_is_the_limit_of_difference_quotients(text: str) -> None:
    oracle = formula(text)
    for x in (-5.5, -0.7, 0.1, 3.25, 20.0):
        with mpmath.workprec(300):
            step = mpmath.ldexp(1, -20)
            difference = (oracle(x + float(step)).value - oracle(x - float(step)).value) / (
                2 * step
            )
            assert abs(oracle(x).derivative - difference) < 1e-11


def test_kinks_take_the_stated_value() -> None:
    oracle = formula("where(x > 0, x, slope * x)", {"0": "slope"}, slope=0.25)
    assert [float(oracle(x).derivative) for x in (-1.0, 0.0, 1.0)] == [0.25, 0.25, 1.0]


def test_limits() -> None:
    assert limit(formula("1 / (1 + exp(-x))"), 1) == (1.0, 0.0)
    assert limit(formula("x / (1 + exp(-x))"), -1) == (0.0, 0.0)
    assert limit(formula("(x + sqrt(x**2 + 4)) / 2"), 1) == (math.inf, 1.0)
    assert limit(formula("maximum(x, 0) ** 2"), 1) == (math.inf, math.inf)


def test_nearest_rounds_once_and_to_even() -> None:
    with mpmath.workprec(300):
        one = mpmath.mpf(1)
        half_ulp = mpmath.ldexp(1, -24)
        assert nearest(one + half_ulp, np.float32) == 1.0
        assert nearest(one + half_ulp + mpmath.ldexp(1, -200), np.float32) == 1 + 2**-23
        assert nearest(mpmath.ldexp(3, -150), np.float32) == 2.0**-148  # 1.5 steps: to even
        assert nearest(mpmath.ldexp(1, -150), np.float32) == 0.0
        assert nearest(mpmath.ldexp(1, 128) - mpmath.ldexp(1, 103), np.float32) == math.inf


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_nearest_agrees_with_the_hardware(dtype: Any) -> None:
    random = np.random.default_rng(1)
    values = np.concatenate([random.normal(size=500), binades(dtype, 1).astype(float) * 1.0000001])
    with np.errstate(all="ignore"):
        expected = values.astype(dtype)
    assert [nearest(mpmath.mpf(v), dtype) for v in values] == [float(e) for e in expected]


def test_ulp_error_units() -> None:
    with mpmath.workprec(200):
        third = mpmath.mpf(1) / 3
        rounded = float(np.float32(1 / 3))
        step = 2.0**-25
        assert ulp_error(rounded, third, np.float32) < 0.5
        assert 0.5 < ulp_error(rounded - step, third, np.float32) < 1.5
        # Subnormal spacing is absolute; infinity is 2^128; a lost tail is a large error.
        assert ulp_error(0.0, mpmath.ldexp(3, -149), np.float32) == 3.0
        assert ulp_error(math.inf, mpmath.ldexp(1, 128) - mpmath.ldexp(1, 104), np.float32) == 1.0
        assert ulp_error(0.0, mpmath.mpf(2) ** -120, np.float32) == 2.0**23
        assert ulp_error(math.nan, third, np.float32) == math.inf
        assert ulp_error(math.nan, mpmath.nan, np.float32) == 0.0
        # At a crossing the unit is that of 1/8.
        assert ulp_error(0.0, mpmath.ldexp(1, -26), np.float32, crossing=True) == 1.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_array_form_agrees_with_the_scalar_one(dtype: Any) -> None:
    random = np.random.default_rng(2)
    with mpmath.workprec(200):
        exact = [mpmath.mpf(float(v)) * (1 + mpmath.mpf(2) ** -70) for v in binades(dtype, 1)[::7]]
        exact += [mpmath.ldexp(1, 5000), -mpmath.ldexp(1, 2000), mpmath.ldexp(1, -5000), mpmath.nan]
        crossing = list(random.random(len(exact)) < 0.2)
        results = np.array([nearest(e, dtype) for e in exact], dtype)
        with np.errstate(all="ignore"):
            for shifted in (
                results,
                np.nextafter(results, dtype(1)),
                np.nextafter(results, dtype(0)),
            ):
                errors = reference(exact, dtype, crossing).errors(shifted)
                expected = [
                    ulp_error(float(s), e, dtype, c)
                    for s, e, c in zip(shifted, exact, crossing, strict=True)
                ]
                np.testing.assert_allclose(errors, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.skipif(find_spec("flint") is None, reason="python-flint is optional")
def test_both_arithmetics_agree(entry: Any) -> None:
    parameters = entry.illustrative_parameters()
    points = [*np.linspace(-30, 30, 41), 1e-300, -1e-20, 5e-324, 1e3, -1e3, 1e308, -1e308]
    for x in map(float, points):
        a = Oracle(entry, parameters, balls=False)(x)
        b = Oracle(entry, parameters, balls=True)(x)
        for p, q in ((a.value, b.value), (a.derivative, b.derivative)):
            with mpmath.workprec(200):
                same = p == q or (mpmath.isnan(p) and mpmath.isnan(q))
                tiny = max(abs(p), abs(q)) < mpmath.mpf(2) ** -1200
                assert same or tiny or abs(p - q) <= abs(q) * mpmath.mpf(2) ** -78, (x, p, q)


@pytest.mark.skipif(find_spec("flint") is None, reason="python-flint is optional")
def test_many_points_at_once_agree_with_one_by_one(entry: Any) -> None:
    oracle = Oracle(entry, entry.illustrative_parameters())
    special = [*oracle.kinks, *entry.derivative_zeros, 1.0]
    near = around([*special, *seams(entry)], np.float64, steps=1)
    x = np.concatenate([binades(np.float64, 1)[::61], near[::5], np.linspace(-40, 40, 81), special])
    exact = [oracle(float(v)) for v in x]
    value = reference([e.value for e in exact], np.float64)
    slope = reference([e.derivative for e in exact], np.float64, list(crossings(oracle, x)))
    slope.rounded[np.isnan(value.rounded)] = np.nan
    for one_by_one, many in zip((value, slope), references(oracle, x), strict=True):
        # Whether tanh(50) is 1 or below it, in the next binade, is more than 80 bits can tell,
        # and logit(1/2 + 2^-45) 2^-43: they agree to 2^-78, which is 2^-25 of a unit.
        same = one_by_one.exponent == many.exponent
        assert np.all(same | (np.abs(one_by_one.rest) < 2**-25))
        for shifted in (one_by_one.rounded, np.nextafter(one_by_one.rounded, 0.0)):
            a, b = many.errors(shifted)[same], one_by_one.errors(shifted)[same]
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)
