"""What surrounds the cells: streaming limit, start-up, call overhead, memory, time by length.

python bench/limits.py bench-limits.json
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numba
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import fastact as fa  # noqa: E402
from bench.cells import THREADS  # noqa: E402
from bench.native import copy_seconds  # noqa: E402
from bench.timing import calls_per_turn, seconds, wake  # noqa: E402

COPIED = 16_000_000
LENGTHS = (*(f * 10**k for k in range(2, 8) for f in (1, 3)), 10**8)
BY_LENGTH = ("relu", "sigmoid", "gelu", "mish")
#: What should go at the speed of memory.
CHEAP = ("relu", "leaky_relu", "hard_sigmoid", "hard_silu", "hard_tanh")
CHEAP += ("sigmoid", "tanh", "silu", "gelu_tanh")
FIRST = "import numpy, fastact; fastact.gelu(numpy.ones(10, 'f4'))"
LARGE = "import numpy, fastact; fastact.gelu(numpy.ones(10**6, 'f4'))"
ROWS = "import numpy, fastact; fastact.softmax(numpy.ones((4, 1000), 'f4'))"
STARTS = {
    "python": "pass",
    "import numpy": "import numpy",
    "import fastact": "import numpy, fastact",
    "first result, warm cache": FIRST,
    "first large result, warm cache": LARGE,
    "first result, cold cache": FIRST,
    "first softmax, cold cache": ROWS,
    "import torch": "import torch",
    "import jax": "import jax",
    "import onnxruntime": "import onnxruntime",
}
#: VmHWM and not ru_maxrss: the latter begins at the peak of the parent process.
#: The first array that needs threads brings in Numba: measured apart.
MEMORY = """
import re, numpy, fastact
def peak(): return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
call = {call}
call(numpy.ones(1000, "f4"))
before = peak()
large = numpy.ones(10**6, "f4")
call(large)
print(round((peak() - before) / 1024 - 4))
x = numpy.ones({size}, "f4")
before = peak()
keep = call(x)
print((peak() - before) / ({size} * 4 / 1024))
"""
FORMS = {
    "f": "lambda x: fastact.gelu(x)",
    "f, in place": "lambda x: fastact.gelu(x, out=x)",
    "vjp": "lambda x: fastact.vjp.gelu(x, x)",
    "value_and_grad": "lambda x: fastact.value_and_grad.gelu(x)",
    "plain NumPy, x / (1 + exp(-x))": "lambda x: x / (1 + numpy.exp(-x))",
}


def run(code: str, **environment: str) -> tuple[float, str]:
    """Seconds of a fresh interpreter, and what it printed."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begin, done.stdout


def starts() -> dict[str, float]:
    """Seconds from nothing to the end of each program, minima of 5 (cold: of 2)."""
    found = {}
    for name, code in STARTS.items():
        module = name.partition(" ")[2]
        if name.startswith("import") and not find_spec(module):
            continue
        if "cold" in name:
            times = []
            for _ in range(2):
                with tempfile.TemporaryDirectory() as folder:
                    times.append(run(code, FASTACT_CACHE_DIR=folder)[0])
        else:
            run(code)
            times = [run(code)[0] for _ in range(5)]
        found[name] = min(times)
    return found


def overhead() -> dict[str, dict[str, float]]:
    """Seconds per call on 1, 10 and 100 elements, interleaved."""
    found: dict[str, dict[str, float]] = {}
    for size in (1, 10, 100):
        x = np.linspace(-2, 2, size, dtype=np.float32)
        calls = {
            "np.exp": lambda x=x: np.exp(x),
            "fa.relu": lambda x=x: fa.relu(x),
            "fa.sigmoid": lambda x=x: fa.sigmoid(x),
            "fa.gelu": lambda x=x: fa.gelu(x),
            "fa.leaky_relu": lambda x=x: fa.leaky_relu(x),
            "fa.hard_tanh": lambda x=x: fa.hard_tanh(x),
        }
        if find_spec("torch"):
            import torch

            t = torch.from_numpy(x)
            calls["torch.sigmoid"] = lambda t=t: torch.sigmoid(t)
        best = dict.fromkeys(calls, float("inf"))
        for _ in range(40):
            for name, call in calls.items():
                best[name] = min(best[name], seconds(call, 500))
        found[str(size)] = best
    return found


#: Calls on an array of 100 by 1000, and the same in PyTorch.
SHORT: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "relu": (lambda x: fa.relu(x), lambda torch, t: torch.relu(t)),
    "relu, every second": (lambda x: fa.relu(x[:, ::2]), lambda torch, t: torch.relu(t[:, ::2])),
    "sigmoid": (lambda x: fa.sigmoid(x), lambda torch, t: torch.sigmoid(t)),
    "gelu": (lambda x: fa.gelu(x), lambda torch, t: torch.nn.functional.gelu(t)),
    "softmax": (lambda x: fa.softmax(x), lambda torch, t: torch.softmax(t, -1)),
    "softmax, first axis": (
        lambda x: fa.softmax(x, axis=0),
        lambda torch, t: torch.softmax(t, 0),
    ),
}


def short_dtypes() -> dict[str, dict[str, float]]:
    """Seconds per element on one thread by dtype, interleaved."""
    dtypes = ["float32", "float16", *(["bfloat16"] if find_spec("ml_dtypes") else [])]
    x = np.random.default_rng(0).normal(0, 2, (100, 1000))
    calls: dict[str, dict[str, Callable[[], Any]]] = {name: {} for name in SHORT}
    for dtype in dtypes:
        for name, (own, _) in SHORT.items():
            calls[name][f"fastact {dtype}"] = partial(own, x.astype(dtype_of(dtype)))
        if find_spec("torch"):
            import torch

            torch.set_num_threads(1)
            t = torch.from_numpy(x).to(getattr(torch, dtype))
            for name, (_, peer) in SHORT.items():
                calls[name][f"torch {dtype}"] = partial(peer, torch, t)
    numba.set_num_threads(1)
    found = {name: dict.fromkeys(calls[name], float("inf")) for name in calls}
    elements = {name: own(x).size for name, (own, _) in SHORT.items()}
    for _ in range(40):
        for name, several in calls.items():
            for who, call in several.items():
                found[name][who] = min(found[name][who], seconds(call, 5) / elements[name])
    numba.set_num_threads(max(THREADS))
    return found


def dtype_of(name: str) -> np.dtype:
    """A dtype by name; NumPy itself knows no bfloat16."""
    if name != "bfloat16":
        return np.dtype(name)
    import ml_dtypes

    return np.dtype(ml_dtypes.bfloat16)


def memory() -> dict[str, float]:
    """Growth of the process's peak by one call, in sizes of its input; by the first, in MiB."""
    found: dict[str, float] = {}
    for name, call in FORMS.items():
        first, later = run(MEMORY.format(call=call, size=COPIED))[1].split()
        found |= {f"{name}, first call that needs threads, MiB": float(first)} if not found else {}
        found[name] = float(later)
    return found


def by_length() -> list[dict[str, object]]:
    """Seconds per element of float32, from 1e2 to 1e8, with every number of threads in turn.

    Calls follow each other at once, or (``idle``) each after 2 ms in which threads fall asleep.
    """
    found: list[dict[str, object]] = []
    fa.relu(np.zeros(10**7, np.float32))  # the first large array starts the threads
    for length in LENGTHS:
        x = np.random.default_rng(0).normal(0, 2, length).astype(np.float32)
        out = np.zeros_like(x)
        for name in BY_LENGTH:
            function = getattr(fa, name)
            function(x, out=out)

            def call(f=function, x=x, out=out) -> None:
                f(x, out=out)

            for idle in (False, True) if length <= 10**7 else (False,):
                number = 1 if idle else calls_per_turn(call, length > 5_000_000)
                best = dict.fromkeys(THREADS, float("inf"))
                for _ in range(5 if length >= 10**7 else 25):
                    for threads in THREADS:
                        numba.set_num_threads(threads)
                        if idle:
                            time.sleep(2e-3)
                        else:
                            wake(call)
                        best[threads] = min(best[threads], seconds(call, number))
                for threads, least in best.items():
                    found.append(
                        {"name": name, "size": length, "threads": threads, "idle": idle}
                        | {"seconds": least / length}
                    )
    return found


def out_of_cache() -> dict[str, dict[str, float]]:
    """Seconds per element of float32 on all threads, into another array and in place, with the
    limit of memory measured before and after.
    """
    x = np.random.default_rng(0).normal(0, 2, COPIED).astype(np.float32)
    out = np.zeros_like(x)
    ways = {"another array": out, "in place": x}
    found = {name: dict.fromkeys(ways, float("inf")) for name in ("copy", *CHEAP)}
    for way, target in ways.items():
        for turn in range(12):
            if turn % 6 == 0:
                copied = copy_seconds(COPIED, max(THREADS), way != "in place", way == "in place")
                found["copy"][way] = min(found["copy"][way], copied)
            for name in CHEAP:
                x[:] = 0.5  # applied again and again, most functions would end at 0
                function = getattr(fa, name)
                once = seconds(lambda f=function, to=target: f(x, out=to), 1)
                found[name][way] = min(found[name][way], once / COPIED)
    return found


def main() -> None:
    """Measure all of it and write the file."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "bench-limits.json")
    found = {
        "copy": [
            {"threads": t, "stream": s, "seconds": copy_seconds(COPIED, t, s)}
            for t in THREADS
            for s in (False, True)
        ],
        "out_of_cache": out_of_cache(),
        "starts": starts(),
        "overhead": overhead(),
        "short_dtypes": short_dtypes(),
        "memory": memory() if Path("/proc/self/status").exists() else {},
        "by_length": by_length(),
    }
    path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
