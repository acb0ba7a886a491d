"""Every activation and derivative against its formula in multiple precision.

The bound of the entry is the one that counts; the catalogue's cap bounds the entries.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from accuracy.balls import crossings
from fastact.engine.forms import FORMS
from tests.conftest import ENTRIES, ROOT, chosen, fill, genuine
from tests.dual import Dual, MpmathNumbers, vocabulary
from tests.oracle import Exact, Oracle, Reference, reference
from tests.sampling import SEED, inputs, parameter_sets

CAP = {"float32": (1.0, 1.0), "float64": (1.0, 1.5)}
#: The roles of the two outputs that are compared, and the namespaces they are found in.
ROLES = {"value": "", "derivative": "grad"}
#: Inputs of the greatest errors that accuracy/reference.py found.
HARDEST = ROOT / "tests" / "hardest.json"


class Sample(NamedTuple):
    """Inputs and what the formula says of them."""

    x: NDArray[Any]
    exact: list[Exact]
    value: Reference
    derivative: Reference


def judge(entry: Any, x: NDArray[Any], oracle: Oracle) -> Sample:
    # Outside its domain (logit beyond [0, 1]) a function has no derivative either.
    exact = [
        dataclasses.replace(e, derivative=mpmath.nan) if mpmath.isnan(e.value) else e
        for e in (oracle(float(v)) for v in x)
    ]
    return Sample(
        x,
        exact,
        reference([e.value for e in exact], x.dtype),
        reference([e.derivative for e in exact], x.dtype, crossings(oracle, x).tolist()),
    )


def edges(sample: Sample) -> NDArray[Any]:
    """More inputs where results turn subnormal, vanish or overflow."""
    tiny = np.finfo(sample.x.dtype).tiny
    random = np.random.default_rng(SEED + 2)
    found = []
    for results in (sample.value.rounded, sample.derivative.rounded):
        size = np.abs(results)
        kind = np.select([size == 0, size < tiny, np.isinf(size)], [0, 1, 3], 2)
        for i in np.flatnonzero(kind[1:] != kind[:-1]):
            low, high = sample.x[i : i + 2].astype(float)
            found.append(random.uniform(low, high, 40))
    return np.concatenate([np.empty(0), *found]).astype(sample.x.dtype)


@functools.lru_cache(maxsize=2)
def defaults_sample(name: str, precision: str) -> Sample:
    from tests.conftest import ENTRIES

    entry = ENTRIES[name]
    oracle = Oracle(entry, fill(entry, precision))
    each = 2 if precision == "float32" else 1
    x = inputs(entry, precision, oracle, each)
    sample = judge(entry, x, oracle)
    more = edges(sample)
    return judge(entry, np.concatenate([x, more]), oracle) if more.size else sample


def assert_within(
    results: NDArray[Any], expected: Reference, x: NDArray[Any], bound: float, what: str
) -> None:
    errors = expected.errors(results)
    # Where the formula itself has no value (logit outside [0, 1]) nan must come out;
    # errors() counts that. An infinite slope at a single point is no accuracy matter.
    errors[np.isinf(expected.rounded) & np.isinf(results)] = 0.0
    worst = int(np.argmax(errors))
    assert errors[worst] <= bound, (
        f"{what}: {errors[worst]:.6g} ULP (bound {bound}) at x = {x[worst]!r} "
        f"({float(x[worst]).hex()}): {results[worst]!r}, exactly about "
        f"{expected.rounded[worst]!r}; {np.count_nonzero(errors > bound)} of {x.size} beyond"
    )


@pytest.mark.parametrize("role", ROLES)
def test_error_at_default_parameters(entry: Any, precision: str, role: str) -> None:
    sample = defaults_sample(entry.name, precision)
    ufunc = genuine(ROLES[role], entry.name)
    results = ufunc(sample.x, *fill(entry, precision).values())
    bound = getattr(entry.max_ulp[precision], role)
    assert_within(results, getattr(sample, role), sample.x, bound, f"{role} of {entry.name}")


@pytest.mark.parametrize("role", ROLES)
def test_error_at_the_hardest_inputs(entry: Any, role: str) -> None:
    """The greatest errors of accuracy/reference.py: run it after a kernel has changed."""
    key = f"{entry.name} {role}"
    hardest = json.loads(HARDEST.read_text())
    assert key in hardest, f"{key}: run python accuracy/reference.py {entry.name}"
    x = np.array([float.fromhex(text) for text in hardest[key]])
    if not x.size:
        return  # exact wherever it was looked at
    parameters = fill(entry)
    sample = judge(entry, x, Oracle(entry, parameters))
    results = genuine(ROLES[role], entry.name)(x, *parameters.values())
    bound = getattr(entry.max_ulp["float64"], role)
    assert_within(results, getattr(sample, role), x, bound, f"{role} of {entry.name}")


@chosen(lambda entry: entry.parameters)
@pytest.mark.parametrize("role", ROLES)
def test_error_at_other_parameters(entry: Any, precision: str, role: str) -> None:
    for parameters in parameter_sets(entry, precision)[1:]:
        oracle = Oracle(entry, parameters)
        x = inputs(entry, precision, oracle, each=1, dense=100)
        x = np.concatenate([x[:: max(1, x.size // 600)], x[np.isin(x, [*oracle.kinks])]])
        sample = judge(entry, x, oracle)
        results = genuine(ROLES[role], entry.name)(sample.x, *parameters.values())
        bound = getattr(entry.max_ulp[precision], role)
        what = f"{role} of {entry.name} at {parameters}"
        assert_within(results, getattr(sample, role), sample.x, bound, what)


def test_entry_promises_what_the_catalogue_asks(entry: Any, precision: str) -> None:
    value, derivative = CAP[precision]
    promised = entry.max_ulp[precision]
    assert 0 <= promised.value <= value
    assert 0 <= promised.derivative <= derivative


@chosen(lambda entry: entry.derivative_zeros)
def test_derivative_zeros_are_zeros(entry: Any) -> None:
    # They loosen the unit around them: an entry may not name a point that is none.
    oracle = Oracle(entry, fill(entry))
    for zero in entry.derivative_zeros:
        left, right = (oracle(zero + s * 1e-3).derivative for s in (-1, 1))
        assert mpmath.sign(left) * mpmath.sign(right) < 0


def test_the_slope_of_gelu_is_right_to_a_unit_of_itself_next_to_its_zero() -> None:
    # In float32 the zero is divided out (fastact/elementary/gelu_slope.py): no looser unit there.
    (zero,), oracle = ENTRIES["gelu"].derivative_zeros, Oracle(ENTRIES["gelu"], {})
    near = np.float32(zero).view(np.int32) + np.arange(-100, 100, dtype=np.int32)
    x = near.view(np.float32)
    expected = reference([oracle(float(v)).derivative for v in x], "float32")
    assert max(expected.errors(genuine("grad", "gelu")(x))) <= 1.0


@pytest.mark.parametrize("factor", [1.0, -2.7, 1e-3])
def test_vjp_is_the_product_with_the_derivative(entry: Any, precision: str, factor: float) -> None:
    # g * f' may be rounded once more than f', no worse.
    parameters = fill(entry, precision)
    oracle = Oracle(entry, parameters)
    kind = np.dtype(precision).type
    g = kind(factor)
    x = np.random.default_rng(SEED).uniform(-12, 12, 200).astype(precision)
    x = x[[not mpmath.isnan(oracle(float(v)).value) for v in x]]
    with mpmath.workprec(200):
        slopes = [oracle(float(v)).derivative for v in x]
        products = [s * mpmath.mpf(float(g)) for s in slopes]
    crossing = crossings(oracle, x).tolist()
    expected = reference(products, precision)
    results = genuine("vjp", entry.name)(g, x, *parameters.values())
    assert results.dtype == precision
    digits = np.finfo(precision).nmant
    bound = entry.max_ulp[precision].derivative
    for error, s, p, near, v in zip(
        expected.errors(results), slopes, products, crossing, x, strict=True
    ):
        unit = max(float(abs(s)), 0.125 if near else np.finfo(precision).tiny)
        own = 2.0 ** (math.floor(math.log2(unit)) - digits) * abs(float(g))
        rounding = max(float(abs(p)), np.finfo(precision).tiny)
        unit_of_product = 2.0 ** (math.floor(math.log2(rounding)) - digits)
        assert error <= bound * own / unit_of_product + 0.5001, (entry.name, v)


def test_both_in_one_pass_are_the_two_apart(entry: Any, precision: str) -> None:
    x = defaults_inputs(precision)
    parameters = fill(entry, precision).values()
    value, slope = genuine("value_and_grad", entry.name)(x, *parameters)
    bits = f"u{x.dtype.itemsize}"
    for together, apart in (
        (value, genuine("", entry.name)(x, *parameters)),
        (slope, genuine("grad", entry.name)(x, *parameters)),
    ):
        np.testing.assert_array_equal(together.view(bits), apart.view(bits))


def defaults_inputs(precision: str) -> NDArray[Any]:
    from tests.sampling import binades

    random = np.random.default_rng(SEED)
    return np.concatenate([binades(precision, 1), random.normal(size=500).astype(precision) * 8])


@pytest.mark.parametrize("factor", [1.0, -3.0])
def test_vjp_from_output(entry: Any, precision: str, factor: float) -> None:
    """From a rounded output no more than that output can tell is asked."""
    (form,) = (f for f in FORMS if f.namespace == "vjp_from_output")
    if form not in entry.forms:
        pytest.skip("f' is no function of f")
    parameters = fill(entry, precision)
    oracle = Oracle(entry, parameters)
    kind = np.dtype(precision).type
    info = np.finfo(precision)
    tiny, digits = float(info.tiny), info.nmant
    x = np.random.default_rng(SEED).uniform(-15, 15, 300).astype(precision)
    x = x[~np.isin(x, [*oracle.kinks])]
    exact = [oracle(float(v)) for v in x]
    y = reference([e.value for e in exact], precision).rounded
    results = genuine("vjp_from_output", entry.name)(kind(factor), y, *parameters.values())
    bound = entry.max_ulp[precision].derivative + 1.0
    for v, output, e, result in zip(x, y, exact, results, strict=True):
        slope = abs(float(e.derivative))
        # Half a unit of y may stand for all inputs within `reach` of x.
        spacing = 2.0 ** (math.floor(math.log2(max(abs(float(output)), tiny))) - digits)
        reach = min(spacing / slope, 50.0) if slope else 50.0
        near = [oracle(float(v) + s * reach).derivative for s in (-1, -0.5, 0.5, 1)]
        told = max(abs(float(n - e.derivative)) for n in near)
        unit = 2.0 ** (math.floor(math.log2(max(slope, tiny))) - digits)
        allowed = abs(factor) * (told + bound * unit)
        assert abs(float(result) - factor * float(e.derivative)) <= allowed, (entry.name, v, output)


@pytest.mark.parametrize("alpha", [0.001, 0.3, 1.0, 3.0, 1e6])
def test_celu_slope_from_its_output_near_the_end(alpha: float, precision: str) -> None:
    kind = np.dtype(precision).type
    step = np.spacing(kind(alpha))
    y = -kind(alpha) + step * np.arange(400, dtype=precision)
    results = genuine("vjp_from_output", "celu")(kind(1), y, kind(alpha))
    with mpmath.workprec(200):
        a = mpmath.mpf(float(kind(alpha)))
        exact = [(mpmath.mpf(float(v)) + a) / a for v in y]
    assert reference(exact, precision).errors(results).max() <= 1.5
    assert genuine("vjp_from_output", "celu")(kind(1), kind(-1), kind(np.inf)) == 1


def test_parameter_gradient(entry: Any, precision: str) -> None:
    if entry.trainable is None:
        pytest.skip("no trainable parameter")
    name = entry.trainable
    x = np.random.default_rng(SEED).uniform(-12, 12, 200).astype(precision)
    for parameters in parameter_sets(entry, precision):
        p = parameters[name]
        results = genuine("vjp_param", entry.name)(np.dtype(precision).type(1), x, p)
        step = 2.0**-40
        slopes = []
        for v in x:
            # A central difference in 300 bits: its own error, of order step^2, is far
            # below the last place.
            with mpmath.workprec(300):
                high, low = (
                    _value_at(entry, {**parameters, name: mpmath.mpf(p) + s * step}, float(v))
                    for s in (1, -1)
                )
                slopes.append((high - low) / (2 * step))
        errors = reference(slopes, precision).errors(results)
        worst = int(np.argmax(errors))
        assert errors[worst] <= CAP[precision][1], (parameters, x[worst], errors[worst])


@pytest.mark.parametrize("size", [0, 100, 1000])
def test_swish_of_huge_numbers_and_tiny_betas(size: int) -> None:
    # Neither x s(beta x) nor its gradient by beta is 0 while it can be represented.
    random = np.random.default_rng(size)
    x = random.uniform(-1, 1, 500) * 2.0**size * random.choice([1.0, 30.0], 500)
    beta = random.uniform(-1500, 1500, 500) / x
    kept = np.isfinite(beta) & np.isfinite(x)
    x, beta = x[kept], beta[kept]
    with mpmath.workprec(200):
        v, b = [mpmath.mpf(float(k)) for k in x], [mpmath.mpf(float(k)) for k in beta]
        logistic = [1 / (1 + mpmath.exp(-p * q)) for p, q in zip(v, b, strict=True)]
        values = [p * s for p, s in zip(v, logistic, strict=True)]
        # 1 - s cancels on the right.
        rests = [1 / (1 + mpmath.exp(p * q)) for p, q in zip(v, b, strict=True)]
        slopes = [p * p * s * r for p, s, r in zip(v, logistic, rests, strict=True)]
        value, slope = genuine("", "swish"), genuine("vjp_param", "swish")
        results = value(x, beta), slope(np.float64(1), x, beta)
        for exact, result, bound in zip((values, slopes), results, CAP["float64"], strict=True):
            assert reference(exact, "float64").errors(result).max() <= bound


@pytest.mark.parametrize("size", [0, 19, 21, 60, 126, 359, 361, 1000])
def test_softplus_of_tiny_betas(size: int, precision: str) -> None:
    info = np.finfo(precision)
    random = np.random.default_rng(size)
    beta = (random.uniform(1, 2, 300) * 2.0 ** -min(size, info.maxexp - 2)).astype(precision)
    lowest = 1.5 * float(info.minexp - info.nmant)
    exact = random.uniform(lowest, 100, 300) / beta.astype(np.float64)
    x = np.clip(exact, -float(info.max), float(info.max)).astype(precision)
    with mpmath.workprec(200):
        pairs = [(mpmath.mpf(float(v)), mpmath.mpf(float(b))) for v, b in zip(x, beta, strict=True)]
        values = [mpmath.log1p(mpmath.exp(v * b)) / b for v, b in pairs]
        errors = reference(values, precision).errors(genuine("", "softplus")(x, beta))
        assert errors.max() <= CAP[precision][0]


def _value_at(entry: Any, parameters: dict[str, Any], x: float) -> mpmath.mpf:
    numbers = MpmathNumbers(400)
    # Lifted without rounding to float64.
    lifted = {n: Dual(numbers, mpmath.mpf(v), None) for n, v in {"x": x, **parameters}.items()}
    result = eval(entry.formula, {"__builtins__": {}}, vocabulary(numbers) | lifted)
    return result.value
