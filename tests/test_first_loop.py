"""What is compiled when a loop first needs it, each case in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


def test_code_that_cannot_be_made_is_an_error_and_may_be_tried_again(run: Run) -> None:
    code = """
import numpy as np, fastact as fa, fastact.engine.ufunc as module
relu, load = fa.relu, module._load_spans
def fail(*_): raise OSError("no room")
module._load_spans = fail
for size in (3, 3_000_000):
    for out in (None, np.ones(size)):
        try: relu(np.ones(size), out=out)
        except RuntimeError as error: assert "could not be made" in str(error)
        else: raise AssertionError
        assert out is None or out.all()
module._load_spans = load
assert relu(np.float64(2)) == 2
"""
    run(code)


def test_buffers_are_compiled_with_the_first_array_that_needs_them(
    run: Run, tmp_path: Path
) -> None:
    code = """
import os, numpy as np, fastact as fa
from concurrent.futures import ThreadPoolExecutor
def made(): return {n.rsplit("-", 1)[0] for n in os.listdir(os.environ["FASTACT_CACHE_DIR"])}
x = np.random.default_rng(0).normal(size=3_000_001)
def check(x, out=None):
    expected = np.maximum(x, 0)
    np.testing.assert_array_equal(fa.relu(x, out=out), expected)
for size in (1, 7, 8, 100, 5_000, x.size):
    check(x[:size]); check(x[:size].copy(), np.empty(2 * size)[1 : 1 + size])
y = x.copy(); check(y, y)
for dtype in "f8", "f4":
    y = x.astype(dtype); check(y[:5000], y[5000:10_000]); check(y[5000:10_000], y[:5000])
fa.leaky_relu(x[:1000], 0.2); fa.vjp.relu(x[:1000], x[1000:2000])
assert not any("buffered" in name or "storage" in name for name in made()), made()
spread = np.empty(2 * x.size)[::2]
odd = [(x[::2],), (x[::-1],), (x, spread), (x[:40:3],), (x.astype("f2"),)]
with ThreadPoolExecutor(8) as pool:
    for done in [pool.submit(check, *arrays) for arrays in odd * 3]: done.result()
y = x.copy(); check(y[1:], y[:-1])
assert {"buffered", "storage-float64", "storage-float16"} <= made(), made()
assert "storage-float32" not in made(), made()
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path), FASTACT_NUM_THREADS="2")


def test_what_few_rows_need_is_compiled_with_the_first_that_needs_it(
    run: Run, tmp_path: Path
) -> None:
    code = """
import os, numpy as np, fastact as fa
def made(): return {n.rsplit("-", 1)[0] for n in os.listdir(os.environ["FASTACT_CACHE_DIR"])}
def check(x, out=None):
    wide = x.astype("f8")
    e = np.exp(wide - wide.max(-1, keepdims=True))
    np.testing.assert_allclose(fa.softmax(x, out=out), e / e.sum(-1, keepdims=True), rtol=1e-6)
x = np.random.default_rng(0).normal(size=(300, 1200)).astype("f4")
for n in (1, 10, 65, 1001, 1200): check(x[:, :n]); check(x[0, :n])
y = x.copy(); check(y, y)
assert not {"row-transfer", "long-rows", "rows-softmax-float64"} & made(), made()
check(x.T); check(x[:, ::2]); check(x[:, :1000], np.empty((1000, 300), "f4").T)
assert "row-transfer" in made() and "long-rows" not in made(), made()
check(np.resize(x, (2, 1_100_000)))
check(np.resize(x, (1, 2_200_000))[:, ::2])
assert "long-rows" in made(), made()
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path), FASTACT_NUM_THREADS="2")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("length", [7, 1000])
def test_the_first_rows_are_of_sixteen_bits(
    run: Run, tmp_path: Path, dtype: str, length: int
) -> None:
    pytest.importorskip("ml_dtypes")
    code = f"""
import ml_dtypes, numpy as np, fastact as fa
x = np.random.default_rng(0).normal(size=(40, {length})).astype("{dtype}")
expected = fa.softmax(x.astype("f4")).astype(x.dtype)
np.testing.assert_array_equal(fa.softmax(x), expected)
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path))
    run(
        code.replace("expected =", "fa.softmax(x); expected ="),
        FASTACT_CACHE_DIR=str(tmp_path / "b"),
    )


def test_buffers_that_cannot_be_made_are_an_error_where_they_are_needed(run: Run) -> None:
    code = """
import numpy as np, fastact as fa, fastact.engine.carrier_code as module
relu, part = fa.relu, module.part
def fail(name): raise OSError("no room")
module.part = fail
x = np.ones(3_000_000)
for size in (100, x.size):
    out = np.zeros(size)
    try: relu(x[:size // 2], out=out[::2])
    except RuntimeError as error: assert "could not be made" in str(error)
    else: raise AssertionError
    assert not out.any()
    assert relu(x[:size], out=out).all()
module.part = part
assert relu(x[::2]).all()
"""
    run(code, FASTACT_NUM_THREADS="2")


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "MemoryError", "SystemExit"])
def test_an_interrupted_compilation_is_the_interrupt(run: Run, kind: str) -> None:
    code = f"""
import numpy as np, fastact as fa, fastact.engine.ufunc as module
relu, load, called = fa.vjp.relu, module._load_spans, []
def fail(*_): called.append(1); raise {kind}("now")
module._load_spans = fail
x = np.ones((50, 60))
try: relu.accumulate(x, axis=0)
except {kind} as error: assert str(error) == "now"
# NumPy goes on with the other rows; nothing is tried again while the error waits.
assert len(called) == 1, called
module._load_spans = load
assert relu.accumulate(x, axis=0).all()
"""
    run(code)


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "SystemExit"])
def test_an_interrupted_start_of_the_threads_is_the_interrupt(run: Run, kind: str) -> None:
    code = f"""
import numpy as np, fastact as fa, fastact.engine.threads as module
x, start = np.linspace(-1, 1, 3_000_000), module.start_team
rows = x.reshape(-1, 1000)
expected = fa.relu(x[0]), fa.softmax(rows[0])
def fail(): raise {kind}("now")
module.start_team = fail
for use in (fa.relu, x), (fa.softmax, rows):
    try: use[0](use[1])
    except {kind} as error: assert str(error) == "now"
    else: raise AssertionError
module.start_team = start
np.testing.assert_array_equal(fa.relu(x), np.maximum(x, 0))
np.testing.assert_array_equal(fa.softmax(rows)[0], expected[1])
"""
    run(code, FASTACT_NUM_THREADS="2")


@pytest.mark.parametrize(
    "fail",
    [
        "def fail(): raise OSError('no room')\nmodule.start_team = fail",
        "import sys; fa.relu(x[:100]); assert 'numba' not in sys.modules\n"
        "sys.modules['numba'] = None",
    ],
    ids=["no room", "no Numba"],
)
def test_threads_that_cannot_be_had_are_done_without(run: Run, tmp_path: Path, fail: str) -> None:
    code = """
import numpy as np, fastact as fa, fastact.engine.threads as module
x = np.linspace(-1, 1, 3_000_000)
"""
    then = """
for _ in range(2): np.testing.assert_array_equal(fa.relu(x), np.maximum(x, 0))
"""
    cache = {"FASTACT_CACHE_DIR": str(tmp_path), "FASTACT_NUM_THREADS": "2"}
    run(f"{code}fa.relu(x)", **cache)
    run(f"{code}{fail}{then}", **cache)


def test_the_threads_start_while_numba_is_imported(run: Run, tmp_path: Path) -> None:
    code = """
import sys, threading, numpy as np, fastact as fa
x, both, found = np.linspace(-1, 1, 3_000_000), threading.Barrier(2), []
fa.relu(x[:1000])
def note(what):
    both.wait()
    try: what()
    except BaseException as error: found.append(error)
def imports(): import numba
threads = [threading.Thread(target=note, args=(w,)) for w in (lambda: fa.relu(x), imports)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not found, found
"""
    cache = {"FASTACT_CACHE_DIR": str(tmp_path), "FASTACT_NUM_THREADS": "2"}
    run(code, **cache)
    for _ in range(3):
        run(f"{code}\nassert 'numba' in sys.modules", **cache)


def test_the_cause_of_a_failure_is_told(run: Run) -> None:
    code = """
import numpy as np, fastact as fa, fastact.engine.ufunc as module
relu = fa.relu
def fail(*_): raise OSError("no room")
module._load_spans = fail
try: relu(np.ones(3))
except RuntimeError as error: assert repr(error.__cause__) == "OSError('no room')"
else: raise AssertionError
"""
    run(code)


def test_failures_in_many_threads_at_once(run: Run) -> None:
    code = """
import sys, threading, numpy as np, fastact as fa, fastact.engine.ufunc as module
relu, x, right = fa.relu, np.ones(3), []
def fail(*_): raise OSError("no room")
module._load_spans = fail
sys.setswitchinterval(1e-5)
def call():
    for _ in range(1000):
        try: relu(x)
        except RuntimeError as error: right.append(str(error.__cause__) == "no room")
threads = [threading.Thread(target=call) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(right) == 6000 and all(right)
"""
    run(code)


def test_what_is_raised_has_its_cause_alone(run: Run, tmp_path: Path) -> None:
    code = """
import numpy as np, fastact as fa, fastact.engine.machine_code.target as module
def fail(*_, **__): raise OSError("no room")
module.emit_object = fail
try: fa.relu
except OSError as error: assert error.__context__ is None, error.__context__
else: raise AssertionError
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path))


#: Each thread may come to wait for Numba's compiler lock, and for fastact's own.
TOGETHER = {
    "typing touches names": """
@numba.njit
def use(x): return fa.gelu(x) + fa.mish(x) + fa.erf(x) + fa.tanh(x)
first, second = (lambda: use(1.0)), (lambda: fa.softmax(np.ones((3, 3))))
""",
    "typing calls": """
from numba.extending import overload
def relu_of_two(): pass
@overload(relu_of_two)
def _():
    value = float(fa.relu(2.0))
    return lambda: value
@numba.njit
def use(): return relu_of_two()
first, second = use, (lambda: fa.gelu(np.ones(100)[::2]))
""",
}


@pytest.mark.parametrize("delay", [0.0, 0.1])
@pytest.mark.parametrize("what", TOGETHER)
def test_two_threads_that_compile_do_not_wait_for_each_other(
    run: Run, tmp_path: Path, what: str, delay: float
) -> None:
    code = f"""
import threading, time, faulthandler, numba, numpy as np, fastact as fa
faulthandler.dump_traceback_later(60, exit=True)
{TOGETHER[what]}
def later(): time.sleep({delay}); second()
threads = [threading.Thread(target=f) for f in (first, later)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path))


def test_all_threads_get_the_same_ufunc(run: Run, tmp_path: Path) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
import fastact as fa
names = ["relu", "gelu", "leaky_relu", "softmax"]
with ThreadPoolExecutor(8) as pool:
    made = list(pool.map(lambda name: getattr(fa, name), names * 8))
assert all(function is getattr(fa, name) for function, name in zip(made, names * 8))
"""
    run(code, FASTACT_CACHE_DIR=str(tmp_path))
