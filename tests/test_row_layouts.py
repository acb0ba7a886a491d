"""softmax and its kin where their rows lie in other ways, on other threads and processors."""

from __future__ import annotations

import itertools
import os
from typing import Any

import numpy as np
import pytest

from tests.conftest import DTYPES
from tests.test_rowwise import FORM_IDS, FORMS, LENGTHS, call

LAYOUTS = {
    "contiguous": np.copy,
    "columns": lambda a: np.array(a, order="F"),
    "every second": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "reversed": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    # A dtype that is not NumPy's own has one byte order.
    "swapped": lambda a: a.astype(a.dtype.newbyteorder()) if a.dtype.isbuiltin == 1 else a,
}
ROWS = 19


def arrays_of(form: Any, length: int, dtype: str) -> list[Any]:
    random = np.random.default_rng(length)
    return [random.normal(size=(ROWS, length)).astype(dtype) for _ in form.operands]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("record", "form"), FORMS, ids=FORM_IDS)
def test_layout_changes_no_bit(record: Any, form: Any, length: int, dtype: str) -> None:
    arrays = arrays_of(form, length, dtype)
    expected = call(record, form, *arrays)
    row = [call(record, form, *(a[k] for a in arrays)) for k in range(ROWS)]
    np.testing.assert_array_equal(np.stack(row), expected)
    for names in itertools.product(LAYOUTS, repeat=len(arrays)):
        laid = [LAYOUTS[name](a) for name, a in zip(names, arrays, strict=True)]
        np.testing.assert_array_equal(call(record, form, *laid), expected, err_msg=str(names))
    if not form.scalar:
        turned = call(record, form, *(a.T for a in arrays), axis=0)
        np.testing.assert_array_equal(turned.T, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("record", "form"), FORMS, ids=FORM_IDS)
def test_out_of_any_layout(record: Any, form: Any, length: int, dtype: str) -> None:
    if form.scalar:
        pytest.skip("the results are numbers")
    arrays = arrays_of(form, length, dtype)
    expected = call(record, form, *arrays)
    around = np.full((length, 2 * ROWS + 2), 7, dtype)
    for columns in (slice(1, ROWS + 1), slice(1, -1, 2)):
        around[...] = 7
        out = around[:, columns].T
        assert call(record, form, *arrays, out=out) is out
        np.testing.assert_array_equal(out, expected)
        around[:, columns] = 7
        assert (around == 7).all()  # what lies between is as it was
    for layout in LAYOUTS.values():
        laid = [layout(a) for a in arrays]
        call(record, form, *laid, out=laid[0])
        np.testing.assert_array_equal(laid[0], expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [5, 100])
def test_broadcast_operands(length: int, dtype: str) -> None:
    for record, form in FORMS:
        if len(form.operands) == 2:
            g, y = arrays_of(form, length, dtype)
            whole = np.broadcast_to(g[0], y.shape)
            expected = call(record, form, whole.copy(), y)
            np.testing.assert_array_equal(call(record, form, g[0], y), expected)
            np.testing.assert_array_equal(call(record, form, g[0], np.asfortranarray(y)), expected)


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype.endswith("16")])
@pytest.mark.parametrize("length", [5, 200])
@pytest.mark.parametrize(("record", "form"), FORMS, ids=FORM_IDS)
def test_short_dtypes_are_float32_rounded_once(
    record: Any, form: Any, length: int, dtype: str
) -> None:
    x = (np.random.default_rng(1).normal(size=(30, length)) * 4).astype(dtype)
    x[0, :3] = -np.inf
    x[1, 1] = np.inf
    x[2, 2] = np.nan
    arrays = [x] * len(form.operands)
    with np.errstate(all="raise"):
        got = call(record, form, *arrays)
    wide = call(record, form, *(a.astype(np.float32) for a in arrays))
    assert got.dtype == dtype
    with np.errstate(all="ignore"):  # gradients that overflow float16
        rounded = wide.astype(dtype)
    # Compared as float32: NumPy's assertion knows no nan of bfloat16.
    np.testing.assert_array_equal(got.astype(np.float32), rounded.astype(np.float32))


THREADS = """
import numpy as np, fastact as fa, hashlib
x = np.random.default_rng(0).normal(size=(3000, 700)).astype(np.float32)
y = fa.softmax(x)
one = np.stack([fa.softmax(row) for row in x])
assert np.array_equal(y, one)
z = fa.logsumexp(x, axis=1)
assert np.array_equal(z, [fa.logsumexp(row) for row in x])
print(hashlib.sha256(y.tobytes() + z.tobytes()).hexdigest())
"""


def test_thread_count_changes_no_bit(run: Any) -> None:
    assert run(THREADS, FASTACT_NUM_THREADS="1") == run(THREADS, FASTACT_NUM_THREADS="2")


#: Every second element of two rows: each thread asks for 80 MB to copy its own to, and there are
#: 50 MB, or enough for one of them.
NO_MEMORY = """
import pathlib, resource
import numpy as np, fastact as fa
# Long rows are compiled, and threads started, while there is memory.
fa.softmax(np.zeros((4, 4_000_000), np.float32)[:, ::2])
x, out = np.zeros((2, 40_000_000), np.float32)[:, ::2], np.zeros((2, 20_000_000), np.float32)
pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
for more in (50, 120, 120, 120):
    out.fill(-1)
    limit = pages * resource.getpagesize() + more * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    try:
        fa.softmax(x, out=out)
        raised = False
    except MemoryError:
        raised = True
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert raised or (more > 50 and out.min() > 0)
print(fa.softmax(x, out=out).min() > 0)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="Linux says what is in use")
def test_no_memory_is_an_error_in_every_thread(run: Any) -> None:
    assert run(NO_MEMORY, FASTACT_NUM_THREADS="2") == "True"


PROCESSOR = """
import hashlib
import numpy as np
from tests.test_rowwise import FORMS, call
for record, form in FORMS:
    for dtype in ("float32", "float64"):
        for length in (5, 40, 64, 65, 94, 100, 1000, 3003):
            random = np.random.default_rng(length)
            arrays = [random.normal(0, 4, (150, length)).astype(dtype) for _ in form.operands]
            found = hashlib.sha256(call(record, form, *arrays).tobytes()).hexdigest()
            print(form.namespace, record.name, dtype, length, found)
"""


def test_processor_changes_no_bit(run: Any, tmp_path: Any) -> None:
    # How many lines a pass takes at once depends on the registers; the order of additions must not.
    here = run(PROCESSOR).splitlines()
    cache = {"FASTACT_CACHE_DIR": str(tmp_path)}
    generic = run(PROCESSOR, NUMBA_CPU_NAME="generic", timeout=400, **cache).splitlines()
    assert len(here) == 16 * len(FORMS)
    assert [line for line in here if line not in generic] == []
