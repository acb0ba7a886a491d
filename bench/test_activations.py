"""pytest-benchmark over registry x form x dtype x size x threads, contenders interleaved.

One benchmark is one cell: all contenders of it are checked against a float64
reference, warmed up, and then timed in turn, round after round, so that a drift of the
machine hits all alike. The time pytest-benchmark reports is fastact's; the minima of
all stand in ``extra_info``, from which bench/report.py makes ratios.
"""

from __future__ import annotations

import platform
import time

import numpy as np
import pytest

import fastact as fa
from bench.contenders import CONTENDERS, THREADS, parameters, set_threads
from fastact.engine.entry import registry

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 15
#: JAX takes its threads from the process, so on one thread it would run on all.
ALL_THREADS_ONLY = {"jax"}
#: Peers give up tails and places: only a wrong function is to be caught here.
TOLERANCE = {"float32": 2e-3, "float64": 1e-3}


def seconds(call, number):
    begin = time.perf_counter()
    for _ in range(number):
        call()
    return (time.perf_counter() - begin) / number


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("form", ["", "vjp"], ids=["value", "vjp"])
@pytest.mark.parametrize("entry", registry().values(), ids=registry())
def test_cell(benchmark, entry, form, dtype, size, threads):
    set_threads(threads)
    x = np.random.default_rng(0).normal(0, 2, size)
    if entry.name == "logit":
        x = 1 / (1 + np.exp(-x))
    x = x.astype(dtype)
    tree = fa.ufuncs if not form else fa.ufuncs.grad
    reference = getattr(tree, entry.name)(x.astype(np.float64), *parameters(entry))
    calls = {}
    for name, setup in CONTENDERS.items():
        if threads == 1 < max(THREADS) and name in ALL_THREADS_ONLY:
            continue
        with np.errstate(all="ignore"):
            call = setup(entry, form, x)
            if call is None:
                continue
            result = np.asarray(call())
        np.testing.assert_allclose(
            result, reference, TOLERANCE[dtype], TOLERANCE[dtype], err_msg=name
        )
        calls[name] = call
    best = dict.fromkeys(calls, float("inf"))
    with np.errstate(all="ignore"):
        number = {name: max(1, int(2e-4 / seconds(call, 3))) for name, call in calls.items()}
        for _ in range(ROUNDS):
            for name, call in calls.items():
                best[name] = min(best[name], seconds(call, number[name]))
    benchmark.extra_info.update(
        entry=entry.name, form=form, dtype=dtype, size=size, threads=threads, seconds=best
    )
    benchmark.extra_info["processor"] = platform.processor() or platform.machine()
    benchmark.pedantic(calls["fastact"], rounds=5, iterations=number["fastact"])
