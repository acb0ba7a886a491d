"""The bits of a result depend on its operands alone: not on where they lie or who computes."""

from __future__ import annotations

import ctypes
import hashlib
import platform
from typing import Any

import numpy as np
import pytest

import fastact as fa
from fastact.engine.assembly.span import span_assembly
from fastact.engine.carrier.elements import LONG
from fastact.engine.machine_code import target
from fastact.engine.plan import LINE
from tests.conftest import DTYPES, ENTRIES, fill, genuine
from tests.sampling import binades


def operands(form: Any, x: np.ndarray) -> list[np.ndarray]:
    """The form's array operands, all of one layout with ``x``."""
    return [x] * len(form.operands)


def outputs(results: Any) -> list[np.ndarray]:
    return list(results) if isinstance(results, tuple) else [results]


def digest(results: Any) -> str:
    """Hash of all bits; every nan counts as the same value."""
    found = hashlib.sha256()
    for result in outputs(results):
        canonical = np.where(np.isnan(result), result.dtype.type(np.nan), result)
        found.update(np.ascontiguousarray(canonical).tobytes())
    return found.hexdigest()


def sample(dtype: str) -> np.ndarray:
    random = np.random.default_rng(7)
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], dtype)
    dense = random.normal(0, 6, 600).astype(dtype)
    if dtype == "bfloat16":  # float32 with fewer digits
        every = binades("float32", 1)[::3].astype(dtype)
    else:
        every = binades(dtype, 1)[::3]
    return np.concatenate([every, dense, special])


def layouts(x: np.ndarray) -> dict[str, np.ndarray]:
    """The same values, elsewhere."""
    shifted = np.empty(x.size + 1, x.dtype)[1:]
    raw = np.empty(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
    matrix = np.empty((x.size, 3), x.dtype)[:, 1]
    strided = np.empty(3 * x.size, x.dtype)[::3]
    found = {"one element on": shifted, "misaligned": raw, "a column": matrix, "strided": strided}
    found["reversed"] = np.empty(x.size, x.dtype)[::-1]
    if x.dtype.isbuiltin == 1:  # a user dtype has one byte order
        found["byte-swapped"] = np.empty(x.size, x.dtype.newbyteorder())
    for array in found.values():
        array[...] = x
    return found


@pytest.mark.parametrize("dtype", DTYPES)
def test_layout_and_position_change_no_bit(form_and_entry: Any, dtype: str) -> None:
    form, entry = form_and_entry
    ufunc, extra = genuine(form.namespace, entry.name), fill(entry, dtype).values()
    extra = [np.dtype(dtype).type(value) for value in extra]
    x = sample(dtype)
    expected = digest(ufunc(*operands(form, x), *extra))
    for name, array in layouts(x).items():
        assert digest(ufunc(*operands(form, array), *extra)) == expected, name
    # Parameters: one value for all, one for each element, and the first of either kind.
    arrays = [np.full(x.size, value, dtype) for value in extra]
    assert digest(ufunc(*operands(form, x), *arrays)) == expected
    assert digest(ufunc(*operands(form, x), *arrays[:1], *extra[1:])) == expected
    # Part by part, of lengths on all sides of the block of 64 and of the vector.
    borders = np.cumsum([0, 1, 2, 3, 7, 8, 31, 63, 64, 65, 127, 128, 129])
    parts = [slice(a, b) for a, b in zip(borders, [*borders[1:], x.size], strict=True)]
    pieces = [outputs(ufunc(*operands(form, x[part]), *extra)) for part in parts]
    joined = tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
    assert digest(joined) == expected
    # Broadcast from one element, and written over its own input.
    out = tuple(np.empty_like(result) for result in outputs(ufunc(*operands(form, x), *extra)))
    ufunc(*operands(form, x.copy()), *extra, out=out)
    assert digest(out) == expected
    if len(out) == 1:
        own = x.copy()
        ufunc(*operands(form, own), *extra, out=own)
        assert digest(own) == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_end_where_they_should_wherever_they_begin(dtype: str) -> None:
    # From LONG bytes on whole lines are written, and those at the ends overlap.
    lanes = 64 // np.dtype(dtype).itemsize
    random = np.random.default_rng(3)
    for n in (
        lanes,
        lanes + 1,
        LONG // 64 * lanes - 1,
        LONG // 64 * lanes,
        3 * LONG // 64 * lanes + 5,
    ):
        spread = np.empty(2 * n, dtype)[::2]
        spread[...] = random.normal(0, 3, n)
        expected = fa.sigmoid(spread), fa.grad.sigmoid(spread)  # strided: through buffers
        for begin, second in ((0, 0), (1, 0), (lanes - 1, 3), (4, 4), (5, 1), (lanes, 2)):
            x = np.empty(n + lanes, dtype)[second : second + n]
            x[...] = spread
            rooms = np.full((2, n + 2 * lanes + 2), 7, dtype)
            rooms[0, begin + 1 : begin + 1 + n] = x  # an output that is the input too
            own, room = rooms[:, begin + 1 : begin + 1 + n]
            fa.sigmoid(x, out=room)
            assert np.array_equal(room, expected[0])
            fa.value_and_grad.sigmoid(x, out=(room, x))
            assert np.array_equal([room, x], expected)
            fa.sigmoid(own, out=own)
            assert np.array_equal(own, expected[0])
            rooms[:, begin + 1 : begin + 1 + n] = 7
            assert np.all(rooms == 7), "written beyond the ends"


#: Prints a hash of every form of every function in every dtype, on the processor it runs on.
EVERYTHING = """
import numpy as np
from fastact.engine.entry import registry
from tests.conftest import DTYPES, fill, genuine
from tests.test_bits import digest, operands, sample
for entry in registry().values():
    for form in entry.forms:
        for dtype in DTYPES:
            extra = [np.dtype(dtype).type(v) for v in fill(entry, dtype).values()]
            x = sample(dtype)
            ufunc = genuine(form.namespace, entry.name)
            print(entry.name, form.namespace, dtype, digest(ufunc(*operands(form, x), *extra)))
"""


def test_processor_changes_no_bit(run: Any, tmp_path: Any) -> None:
    here = run(EVERYTHING).splitlines()
    cache = {"FASTACT_CACHE_DIR": str(tmp_path)}
    generic = run(EVERYTHING, NUMBA_CPU_NAME="generic", timeout=400, **cache).splitlines()
    assert len(here) > 400
    assert [line for line in here if line not in generic] == []


THREADS = """
import numpy as np, fastact as fa
from fastact.engine.entry import registry
from tests.conftest import fill, genuine
from tests.test_bits import digest, sample
x = np.tile(sample("float32"), 800)
for entry in list(registry().values())[::3]:
    extra = [np.float32(v) for v in fill(entry, "float32").values()]
    print(entry.name, digest(genuine("", entry.name)(x, *extra)))
"""


def test_thread_count_changes_no_bit(run: Any) -> None:
    alone, team = (run(THREADS, FASTACT_NUM_THREADS=count) for count in "12")
    assert alone == team


STREAMED = """
import numpy as np, fastact as fa
from fastact.engine.machine_code.cache_size import last_level_share
n = last_level_share() // 4 + 3001
x = np.random.default_rng(0).normal(size=n + 5).astype(np.float32) * 4
x[::1000] = np.nan
def parts(call, *arrays):
    cut = zip(*(np.array_split(a, 64) for a in arrays))
    return np.concatenate([call(*part) for part in cut], axis=-1)
for shift in (0, 1, 5):  # the output begins on a cache line, and not
    v = x[shift : shift + n]
    room = np.empty(n + 16, np.float32)
    slopes = [lambda a, **k: fa.leaky_relu(a, 0.3, **k), lambda a, **k: fa.prelu(a, a, **k)]
    for function in (fa.sigmoid, fa.leaky_relu, *slopes, lambda a, **k: fa.vjp.silu(a, a, **k)):
        expected = parts(function, v)
        out = room[shift : shift + n]
        out[:] = 7
        function(v, out=out)
        assert np.array_equal(out, expected, equal_nan=True)
        own = v.copy()
        function(own, out=own)
        assert np.array_equal(own, expected, equal_nan=True)
    both = fa.value_and_grad.sigmoid(v)
    expected = parts(lambda a: np.stack(fa.value_and_grad.sigmoid(a)), v)
    assert np.array_equal(np.stack(both), expected, equal_nan=True)
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_results_larger_than_the_cache(run: Any, threads: str) -> None:
    run(STREAMED, FASTACT_NUM_THREADS=threads, timeout=300)


#: Bytes of vectors. The marks for 32 name an x86 processor, which LLVM does not know elsewhere.
WIDTHS = (16, 32, 64) if platform.machine() in ("x86_64", "AMD64") else (16, 64)
MARKED = [
    pytest.param(form, entry, precision, id=f"{form.namespace or 'value'}-{entry.name}-{precision}")
    for entry in ENTRIES.values()
    for form in entry.forms
    for precision in ("float32", "float64")
    if any("marks" in vars(entry.body(role, precision)) for role in form.outputs)
]


@pytest.mark.parametrize(("form", "entry", "precision"), MARKED)
def test_what_gains_on_some_processor_has_the_same_bits_on_all(
    form: Any, entry: Any, precision: str, monkeypatch: Any
) -> None:
    """Lines at a time and the order of instructions, as they are for vectors of each size."""
    x = sample(precision)
    per_line = LINE // x.itemsize
    # Steps of four lines, one of two and one of one.
    units = (x.size // per_line) | 3
    arrays = [np.resize(x, units * per_line) for _ in form.operands]
    arrays += [np.full(units * per_line, value, precision) for value in fill(entry).values()]
    found, spans = set(), set()
    for width in WIDTHS:
        monkeypatch.setattr(target, "vector_bytes", lambda width=width: width)
        symbol = f"bits.{form.namespace}.{entry.name}.{precision}.{width}"
        modules = span_assembly(symbol, entry, form, precision)
        same = modules[0].replace(symbol, "")
        if same in spans:
            continue
        spans.add(same)
        address = target.load_object(target.emit_object(modules), [symbol])[symbol]
        results = [np.empty_like(arrays[0]) for _ in form.outputs]
        places = [array.ctypes.data for array in (*arrays, *results)]
        run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_ssize_t)(address)
        run((ctypes.c_void_p * len(places))(*places), units, 0)
        found.add(digest(tuple(results)))
    assert len(found) == 1
    assert len(spans) > 1 or len(form.outputs) > 1 or 32 not in WIDTHS
