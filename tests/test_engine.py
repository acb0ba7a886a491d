"""Cache, threads and compiler, each in a process of its own where state matters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fastact as fa
from fastact.engine.machine_code import target
from fastact.engine.machine_code.cache_size import far_lengths, second_level_cache
from fastact.engine.plan import NEVER

PACKAGE = Path(fa.__file__).parent


SMALL = """
import sys, numpy as np, fastact as fa
y = fa.relu(np.float32([-1, 0, 2])); assert y.tolist() == [0, 0, 2], y
print('numba' in sys.modules)
"""
LARGE = """
import numpy as np, fastact as fa
x = np.random.default_rng(0).normal(size=3_000_000).astype(np.float32)
serial = np.concatenate([fa.gelu(part) for part in np.array_split(x, 3000)])
def check():
    assert np.array_equal(fa.gelu(x), serial)
"""


# -- machine code ------------------------------------------------------------------------


def test_a_warm_start_imports_no_numba_and_adds_no_files(run, tmp_path):
    cache = {"FASTACT_CACHE_DIR": str(tmp_path)}
    assert run(SMALL, **cache) == "True"
    files = sorted(os.listdir(tmp_path))
    assert files
    for _ in range(2):
        assert run(SMALL, **cache) == "False"
    assert sorted(os.listdir(tmp_path)) == files


def test_the_driver_of_the_threads_is_compiled_once_and_repaired(run, tmp_path):
    driver = "from fastact.engine.carrier.parallel import drive"
    code = LARGE + f"check()\n{driver}\nprint(drive.signatures)"
    cache = {"FASTACT_CACHE_DIR": str(tmp_path), "FASTACT_NUM_THREADS": "2"}
    assert run(code, **cache) != "[]"
    files = sorted(tmp_path.glob("*.o"))
    assert run(code, **cache) == "[]"
    assert sorted(tmp_path.glob("*.o")) == files
    (driver,) = tmp_path.glob("team-*")
    driver.write_bytes(driver.read_bytes()[:-1])
    for latency in tmp_path.glob("region-*"):  # none where the machine was too busy to say
        latency.write_bytes(b"")
    assert run(code, **cache) != "[]"
    assert run(code, **cache) == "[]"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:100] + bytes([data[100] ^ 255]) + data[101:],
        lambda data: bytes(len(data)),
    ],
    ids=["truncated", "empty", "one byte", "zeros"],
)
def test_a_damaged_cache_is_harmless(run, tmp_path, damage):
    run(SMALL, FASTACT_CACHE_DIR=str(tmp_path))
    for path in tmp_path.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    assert run(SMALL, FASTACT_CACHE_DIR=str(tmp_path)) == "True"
    assert run(SMALL, FASTACT_CACHE_DIR=str(tmp_path)) == "False"  # it was repaired


def test_old_files_of_other_versions_are_removed(run, tmp_path):
    run(SMALL, FASTACT_CACHE_DIR=str(tmp_path))
    ours = sorted(tmp_path.iterdir())
    stale, young = tmp_path / f"relu-{'0' * 24}.o", tmp_path / f"relu-{'1' * 24}.o"
    foreign = tmp_path / "notes-of-mine.txt"
    for path in (stale, young):
        path.write_bytes(ours[0].read_bytes())
    foreign.write_text("keep")
    for path in (*ours, stale, foreign):
        os.utime(path, (1e9, 1e9))
    code = "from fastact.engine.machine_code.codecache import remove_stale; print(remove_stale(60))"
    assert run(code, FASTACT_CACHE_DIR=str(tmp_path)) == "1"
    assert set(tmp_path.iterdir()) == {*ours, young, foreign}


def test_a_cache_that_cannot_be_written_is_harmless(run, tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    for place in (file, file / "below", Path("/proc/none"), tmp_path / ("a" * 300)):
        assert run(SMALL, FASTACT_CACHE_DIR=str(place)) == "True"
    assert file.read_text() == "not a folder"


def test_a_user_without_a_home_has_no_cache(run):
    code = """
import fastact.engine.machine_code.codecache as module
def homeless(*_, **__): raise RuntimeError("no home")
module.platformdirs.user_cache_dir = homeless
import fastact as fa
assert fa.relu(2.0) == 2
"""
    run("import os; os.environ.pop('FASTACT_CACHE_DIR', None)" + code)
    code = "import fastact as fa\ntry: fa.relu(1.0)\nexcept ValueError as error: print(error)"
    message = run(code, FASTACT_CACHE_DIR="~nobody-of-this-name/x")
    assert message.startswith("FASTACT_CACHE_DIR must be a folder, not '~nobody-of-this-name/x'")


def test_from_an_archive_nothing_is_cached(run, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "package"), "zip", PACKAGE.parent, "fastact")
    folder = tmp_path / "cache"
    code = "import fastact as fa; assert '.zip' in fa.__file__; assert fa.step(3.0) == 1"
    run(code, cwd=tmp_path, PYTHONPATH=archive, FASTACT_CACHE_DIR=str(folder))
    assert not folder.exists()


@pytest.mark.parametrize(
    "module", ["engine/carrier/elements.py", "elementary/exp.py", "__init__.py"]
)
def test_an_edit_of_any_module_is_seen(run, tmp_path, module):
    shutil.copytree(PACKAGE, tmp_path / "fastact", ignore=shutil.ignore_patterns("__pycache__"))
    places = {"PYTHONPATH": str(tmp_path), "FASTACT_CACHE_DIR": str(tmp_path / "cache")}
    run(SMALL, cwd=tmp_path, **places)
    before = set(os.listdir(tmp_path / "cache"))
    with (tmp_path / "fastact" / module).open("a") as file:
        file.write("\n# edited\n")
    run(SMALL, cwd=tmp_path, **places)
    assert set(os.listdir(tmp_path / "cache")) > before


# -- threads -----------------------------------------------------------------------------


def test_a_row_of_calls_wakes_the_team(run):
    code = """
import ctypes, numpy as np, fastact as fa
from fastact.engine import threads
from fastact.engine.plan import PATIENCE
threads.region_seconds = lambda: (1.0, 1e-9)  # any loop gains awake, and none asleep
cell, opened = threads._cell, []
def opened_by(*loop):
    opened.append(1)
    threads._LOOP(threads.carrier_code.alone_address())(*loop)
callback = threads._LOOP(opened_by)
cell[0] = ctypes.cast(callback, ctypes.c_void_p).value
x, rows = np.ones(10_000, "f4"), np.ones((100, 100), "f4")
for use in (fa.sigmoid, fa.leaky_relu, lambda x: fa.softmax(rows)):
    opened.clear()
    cell[PATIENCE // 8] = 10**15
    expected = use(x)
    use(x)
    assert not opened
    cell[PATIENCE // 8] = 0
    np.testing.assert_array_equal(use(x), expected)
    assert len(opened) == 1
"""
    run(code, FASTACT_NUM_THREADS="2")


def test_serial_loops_follow_a_region_that_was_held_up(run, tmp_path):
    code = """
import ctypes, time, numpy as np, fastact as fa
from fastact.engine import threads
from fastact.engine.carrier import pace
from fastact.engine.plan import REST
pace.LONG = pace.IN_A_ROW = 80_000_000  # compiled in: others may hold up what is to be quick
alone = threads._LOOP(threads.carrier_code.alone_address())
opened, wait = [], 0
def opened_by(*loop):
    opened.append(1); time.sleep(wait); alone(*loop)
callback = threads._LOOP(opened_by)
cell = threads._cell
cell[0] = ctypes.cast(callback, ctypes.c_void_p).value
x = np.random.default_rng(0).normal(size=(500, 1000)).astype("f4")
def check(use, wait_, opened_, least, most):
    global wait
    wait = wait_
    np.testing.assert_array_equal(use(x)[:1], expected)
    assert len(opened) == opened_ and least <= cell[REST // 8] * 1e-9 <= most
def scenario(use):
    opened.clear(); cell[REST // 8] = 0
    check(use, 0, 1, 0, 0); check(use, 0.1, 2, 1e-9, 1e-9); check(use, 0, 3, 0, 0)
    check(use, 0.1, 4, 1e-9, 1e-9); check(use, 0.1, 5, 0.1, 0.3); check(use, 0.1, 5, 0.1, 0.3)
    while len(opened) == 5: use(x)  # in a row: serial, then held up once more
    check(use, 0, 6, 0.2, 0.5)
    time.sleep(0.7); check(use, 0.1, 7, 1e-9, 1e-9)  # forgotten
    time.sleep(0.2); check(use, 0.1, 8, 1e-9, 1e-9); check(use, 0, 9, 0, 0)
for use in (fa.mish, lambda x: fa.softplus(x, 2.0), fa.softmax):
    expected = use(x[:1])
    for left in (4, 3, 2, 1, 0):  # others may hold up what is to be quick
        try: scenario(use); break
        except AssertionError:
            if not left: raise
"""
    run(code, FASTACT_NUM_THREADS="2", FASTACT_CACHE_DIR=str(tmp_path))


THREADED = {
    "alone": "check(); check()",
    "concurrent callers": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    for done in [pool.submit(check) for _ in range(40)]: done.result()
""",
    "fork and grandchild": """
import os
check()
def child(depth):
    pid = os.fork()
    if pid == 0:
        check()
        if depth: child(depth - 1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
import warnings; warnings.simplefilter("ignore")
child(1); check()
""",
    "fork before the first region": """
import os, warnings; warnings.simplefilter("ignore")
pid = os.fork()
if pid == 0:
    check(); os._exit(0)
assert os.waitpid(pid, 0)[1] == 0; check()
""",
    "fork while another thread has Numba's lock": """
import os, threading, warnings; warnings.simplefilter("ignore")
import fastact.engine.threads
from numba.core.compiler_lock import global_compiler_lock
held, forked = threading.Event(), threading.Event()
def hold():
    with global_compiler_lock: held.set(); forked.wait()
thread = threading.Thread(target=hold); thread.start(); held.wait()
pid = os.fork()
if pid == 0: os._exit(0)  # a child that computes nothing waits for nothing
assert os.waitpid(pid, 0)[1] == 0
forked.set(); thread.join(); check()
""",
    "fork after rows alone while another thread has LLVM's lock": """
import os, threading, warnings; warnings.simplefilter("ignore")
from llvmlite.binding import ffi
fa.softmax(x[:1000 * (x.size // 1000)].reshape(-1, 1000))
held, forked = threading.Event(), threading.Event()
def hold():
    with ffi.lib._lock: held.set(); forked.wait()
thread = threading.Thread(target=hold); thread.start(); held.wait()
pid = os.fork()
if pid == 0: os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
forked.set(); thread.join(); check()
""",
    "rows, then rows after a fork": """
import os, warnings; warnings.simplefilter("ignore")
rows = x[:1000 * (x.size // 1000)].reshape(-1, 1000)
expected = np.stack([fa.softmax(row) for row in rows])
assert np.array_equal(fa.softmax(rows), expected)
pid = os.fork()
if pid == 0:
    assert np.array_equal(fa.softmax(rows), expected); os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
""",
    "numba.set_num_threads": "import numba; numba.set_num_threads(1); check()",
    "inside a thread of a user's region": """
import numba
@numba.njit(parallel=True)
def use(x, out):
    for i in numba.prange(x.size): out[i] = fa.gelu(x[i])
out = np.empty_like(x); check(); use(x, out); check()
assert np.array_equal(out, serial)
""",
}


@pytest.mark.parametrize("layer", ["default", "omp", "workqueue"])
@pytest.mark.parametrize("what", THREADED)
def test_threads(run, what, layer):
    run(LARGE + THREADED[what], NUMBA_THREADING_LAYER=layer, FASTACT_NUM_THREADS="2")


def test_a_region_is_measured_while_another_is_open(run):
    code = """
from fastact.engine import threads
from fastact.engine.plan import BUSY
loop = threads.start_team()
threads._cell[BUSY // 8] = 1
threads._measure_region(loop)
"""
    run(code, FASTACT_NUM_THREADS="2")


@pytest.mark.parametrize("count", ["1", "2", "7"])
def test_thread_count_from_the_environment(run, count):
    run(LARGE + "check()", FASTACT_NUM_THREADS=count)
    code = LARGE + "check(); import sys; print('numba' in sys.modules)"
    assert run(code, FASTACT_NUM_THREADS=count) == str(count != "1")


def test_a_bad_thread_count_is_named(run):
    code = "import fastact as fa\ntry: fa.relu\nexcept ValueError as error: print(error)"
    message = run(code, FASTACT_NUM_THREADS="many")
    assert "FASTACT_NUM_THREADS" in message
    assert "'many'" in message


def test_the_processor_from_the_environment(run, tmp_path):
    cache = {"FASTACT_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SMALL],
        env=os.environ | cache | {"NUMBA_CPU_NAME": "none-such"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert "'none-such' is not a recognized processor" in done.stderr
    code = "import fastact as fa\ntry: fa.relu(1.0)\nexcept ValueError as error: print(error)"
    message = run(code, NUMBA_CPU_FEATURES="avx2", **cache)
    assert message == "NUMBA_CPU_FEATURES must be a list such as '+avx2,-avx512f', not 'avx2'"


# -- the compiler ----------------------------------------------------------------------


def test_plain_use_with_the_compiler_switched_off(run, tmp_path):
    code = LARGE + "check(); assert fa.grad.sigmoid(0.0) == 0.25"
    run(code, NUMBA_DISABLE_JIT="1", FASTACT_CACHE_DIR=str(tmp_path))


@pytest.mark.parametrize("setting", ["NUMBA_DEBUGINFO", "NUMBA_ENABLE_PROFILING"])
def test_what_numba_is_told_for_debuggers_is_for_the_users_code(run, tmp_path, setting):
    run(LARGE + "check()", FASTACT_CACHE_DIR=str(tmp_path), **{setting: "1"})


@pytest.mark.parametrize("processor", ["znver3", "znver4", "sapphirerapids"])
def test_operands_beyond_a_near_cache_have_a_span_where_that_gains(
    processor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Measured on a Zen 4 and on an Intel server: README, "Asking ahead".
    monkeypatch.setattr(target, "cpu_name", lambda: processor)
    monkeypatch.setattr(target, "vector_bytes", lambda: 32 if processor == "znver3" else 64)
    for copies in (False, True):
        lengths = far_lengths(1e-10, threads=1, moved=8, written=4, copies=copies)
        # A Zen 4 has a span of its own there that does not ask, for what only copies.
        caches = {"znver3": NEVER, "znver4": 2 * second_level_cache() // 8 if copies else NEVER}
        assert lengths["FETCH"] == caches.get(processor, second_level_cache() // 8)
        assert lengths["STREAM"] < NEVER
