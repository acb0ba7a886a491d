"""Shape, on bit patterns: order of neighbours, range, symmetry, kinks, linearity in g.

What the shape is comes from the formula (its derivative's sign, its value's parity) and
from what the entry declares. The 16-bit types are gone through whole; of the others
hypothesis draws where on the line runs of neighbouring floats begin.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any, NamedTuple

import hypothesis.strategies as st
import mpmath
import numpy as np
import pytest
from hypothesis import given, reject, settings
from numpy.typing import NDArray

from tests.conftest import DTYPES, ENTRIES, chosen, fill, genuine
from tests.neighbours import bits_of, lines
from tests.oracle import Oracle, reference
from tests.sampling import domain_holds, parameter_sets

few = settings(max_examples=30)


def same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Bit for bit, any nan as good as another."""
    kind = bits_of(a.dtype)
    return (a.view(kind) == b.view(kind)) | (np.isnan(a) & np.isnan(b))


def assert_all(holds: NDArray[np.bool_], x: NDArray[Any], *results: NDArray[Any]) -> None:
    wrong = np.argwhere(~holds)
    assert not len(wrong), [(x[tuple(i)], *(r[tuple(i)] for r in results)) for i in wrong[:3]] + [
        f"{len(wrong)} in all"
    ]


# -- the shape that the formula has --------------------------------------------------------------


class Piece(NamedTuple):
    """Between two neighbouring corners: 1 rising, -1 falling, 0 constant, None undefined."""

    low: float
    high: float
    direction: int | None


@functools.cache
def pieces(entry: Any, parameters: tuple[float, ...]) -> list[Piece]:
    """The line cut at 0, kinks, joints and turning points, with the sign of f' on each piece."""
    oracle = Oracle(entry, dict(zip(entry.parameters, parameters, strict=True)))
    # sparse_plus is joined smoothly, with no kink, at -1 and 1.
    corners = sorted({0.0, -1.0, 1.0, *oracle.kinks, *entry.derivative_zeros})
    found: list[Piece] = []
    for low, high in itertools.pairwise([-math.inf, *corners, math.inf]):
        near, far = (
            (low if math.isfinite(low) else high - 9),
            (high if math.isfinite(high) else low + 9),
        )
        seen = set()
        for part in (0.1, 0.4, 0.7, 0.95):
            exact = oracle(near + (far - near) * part)
            nowhere = mpmath.isnan(exact.value)
            seen.add(None if nowhere else int(mpmath.sign(exact.derivative)))
        assert len(seen) == 1, (entry.name, low, high, seen)
        direction = seen.pop()
        if found and found[-1].direction == direction and low not in oracle.kinks:
            low = found.pop().low
        found.append(Piece(low, high, direction))
    return found


def parity(entry: Any) -> int:
    """1 where the formula is even, -1 where it is odd, else 0."""
    oracle = Oracle(entry, fill(entry))
    signs = set()
    for x in (0.125, 0.75, 1.5, 8.0):
        right, left = oracle(x).value, oracle(-x).value
        if right == left == 0:
            continue
        tell = abs(right) * mpmath.mpf(2) ** -60
        signs.add(1 if abs(left - right) <= tell else -1 if abs(left + right) <= tell else 0)
    return signs.pop() if len(signs) == 1 else 0


def assert_ordered(entry: Any, parameters: tuple[float, ...], x: Any, y: Any) -> None:
    left, right = y[:, :-1], y[:, 1:]
    rises, falls = right < left, right > left
    shape = pieces(entry, parameters)
    for low, high, direction in shape:
        if direction is None:
            continue
        inside = (x[:, :-1] > low) & (x[:, 1:] < high)
        if direction >= 0:
            assert_all(~(inside & rises), x[:, :-1], left, right)
        if direction <= 0:
            assert_all(~(inside & falls), x[:, :-1], left, right)
    directions = {piece.direction for piece in shape}
    # Over the corners too, wherever the pieces go the way of the whole.
    if entry.monotone == "increasing" and directions <= {0, 1}:
        assert_all(~rises, x[:, :-1], left, right)
    if entry.monotone == "decreasing" and directions <= {0, -1}:
        assert_all(~falls, x[:, :-1], left, right)


# -- value ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_neighbours_keep_their_order_and_the_range(entry: Any, dtype: str) -> None:
    kind = np.dtype(dtype).type
    parameters = tuple(fill(entry, dtype).values())
    ufunc, extra = genuine("", entry.name), [kind(p) for p in parameters]
    # The interval's ends as the type rounds them.
    low, high = kind(entry.range.low), kind(entry.range.high)
    undefined = [(a, b) for a, b, direction in pieces(entry, parameters) if direction is None]

    @few
    @given(lines(entry, dtype))
    def check(x: NDArray[Any]) -> None:
        y = ufunc(x, *extra)
        nowhere = np.zeros(x.shape, bool)
        for a, b in undefined:
            nowhere |= ((x > a) | (a == -math.inf)) & ((x < b) | (b == math.inf))
        assert_all(np.isnan(y) == nowhere, x, y)
        with np.errstate(invalid="ignore"):  # bfloat16 warns of a nan compared
            assert_all((y >= low) & (y <= high) | nowhere, x, y)
            assert_ordered(entry, parameters, x, y)

    check()


@chosen(lambda entry: entry.derivative_zeros)
def test_order_next_to_the_turning_point(entry: Any, precision: str) -> None:
    # There neighbours differ by less than the noise of an ordinary kernel.
    parameters = tuple(fill(entry, precision).values())
    ufunc, extra = genuine("", entry.name), [np.dtype(precision).type(p) for p in parameters]
    random = np.random.default_rng(20240301)
    (turn,) = entry.derivative_zeros
    distance = 10.0 ** random.uniform(-9, -0.3, 4000) * random.choice([-1.0, 1.0], 4000)
    kind = bits_of(np.dtype(precision))
    start = (turn + distance).astype(precision).view(kind)
    # Of negative floats the one with the smaller pattern is the greater.
    x = (start[:, None] - np.arange(-128, 129, dtype=kind)).view(precision)
    assert_ordered(entry, parameters, x, ufunc(x, *extra))


# Where there is a turning point it moves with the parameter.
@chosen(lambda entry: entry.parameters and not entry.derivative_zeros)
def test_order_at_other_parameters(entry: Any, precision: str) -> None:
    value = st.integers(-512, 512).map(lambda k: k / 64)
    values = st.tuples(*[value] * len(entry.parameters))
    kind = np.dtype(precision).type
    ufunc = genuine("", entry.name)

    @few
    @given(lines(entry, precision), values)
    def check(x: NDArray[Any], drawn: Any) -> None:
        # Most domains are the positive numbers.
        for parameters in (drawn, tuple(map(abs, drawn))):
            if domain_holds(entry, dict(zip(entry.parameters, parameters, strict=True))):
                break
        else:
            reject()
        assert_ordered(entry, parameters, x, ufunc(x, *map(kind, parameters)))

    check()


@chosen(lambda entry: entry.derivative_zeros and math.isfinite(entry.range.low))
def test_the_range_ends_where_the_derivative_vanishes(entry: Any) -> None:
    # Records are written by hand: the zero of f' and the minimum there have to agree.
    oracle = Oracle(entry, fill(entry))
    (zero,) = entry.derivative_zeros
    left, right = (oracle(zero + step).derivative for step in (-1e-4, 1e-4))
    # One step of the secant method, good to 1e-8: its square is nothing beside the minimum.
    turn = zero - float((left + right) / (right - left)) * 1e-4
    assert abs(turn - zero) < 1e-6
    assert entry.range.low == pytest.approx(float(oracle(turn).value), rel=1e-15, abs=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_odd_and_even_bit_for_bit(entry: Any, dtype: str) -> None:
    sign = parity(entry)
    if entry.odd:
        assert sign == -1
    if sign == 0:
        pytest.skip("neither odd nor even")
    extra = [np.dtype(dtype).type(v) for v in fill(entry, dtype).values()]
    value, slope = genuine("", entry.name), genuine("grad", entry.name)

    @few
    @given(lines(entry, dtype))
    def check(x: NDArray[Any]) -> None:
        y, mirrored = value(x, *extra), value(-x, *extra)
        assert_all(same(mirrored, -y if sign < 0 else y), x, y, mirrored)
        y, mirrored = slope(x, *extra), slope(-x, *extra)
        assert_all(same(mirrored, y if sign < 0 else -y), x, y, mirrored)

    check()


# -- kinks ----------------------------------------------------------------------------------------


@chosen(lambda entry: entry.kinks)
def test_derivative_at_kinks_and_next_to_them(entry: Any, precision: str) -> None:
    kind, infinity = np.dtype(precision).type, np.dtype(precision).type(np.inf)
    for parameters in parameter_sets(entry, precision):
        extra = [kind(p) for p in parameters.values()]
        oracle = Oracle(entry, parameters)
        for point, slope in oracle.kinks.items():
            x, wanted, one = np.array([point], precision), kind(slope), kind(1)
            seen = [
                genuine("grad", entry.name)(x, *extra),
                genuine("value_and_grad", entry.name)(x, *extra)[1],
                genuine("vjp", entry.name)(one, x, *extra),
                -genuine("vjp", entry.name)(-one, x, *extra),
                genuine("vjp", entry.name)(kind(0.5), x, *extra) * 2,
            ]
            assert [float(s[0]) for s in seen] == [float(wanted)] * len(seen), point
            beside = np.array([np.nextafter(x[0], -infinity), np.nextafter(x[0], infinity)])
            exact = [oracle(float(v)) for v in beside]
            expected = [mpmath.nan if mpmath.isnan(e.value) else e.derivative for e in exact]
            results = genuine("grad", entry.name)(beside, *extra)
            errors = reference(expected, precision).errors(results)
            assert (errors <= entry.max_ulp[precision].derivative).all(), (beside, results)


# -- linearity in the incoming gradient --------------------------------------------------------


SCALED = [(f, e) for e in ENTRIES.values() for f in e.forms if f.scaled]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "form_and_entry", SCALED, ids=[f"{f.namespace}-{e.name}" for f, e in SCALED]
)
def test_linear_in_the_gradient(form_and_entry: Any, dtype: str) -> None:
    form, entry = form_and_entry
    kind = np.dtype(dtype).type
    extra = [kind(v) for v in fill(entry, dtype).values()]
    ufunc = genuine(form.namespace, entry.name)
    # bfloat16 has the exponents of float32.
    tiny = np.finfo("float32" if dtype == "bfloat16" else dtype).tiny
    gradients = st.sampled_from([1.0, 0.375, -3.0, 24.0])

    @few
    @given(lines(entry, dtype), gradients)
    def check(x: NDArray[Any], gradient: float) -> None:
        g = kind(gradient)
        once, twice, opposite, none = (
            ufunc(factor, x, *extra) for factor in (g, kind(2) * g, -g, kind(0))
        )
        assert_all(same(opposite, -once), x, once, opposite)
        with np.errstate(over="ignore"):
            size = np.abs(once)
            scales = (size >= 2 * tiny) & np.isfinite(kind(2) * once)
            assert_all(same(twice, kind(2) * once) | ~scales, x, once, twice)
        assert_all((none == 0) | ~np.isfinite(once), x, none)

    check()
