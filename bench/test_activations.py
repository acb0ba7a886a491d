"""pytest-benchmark over the cells, contenders interleaved.

All contenders of a cell are checked against the formula in float64, warmed up by that,
and timed in turn. The time pytest-benchmark reports is fastact's; the minima of all
stand in ``extra_info``, from which bench/report.py makes ratios.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from bench.cells import Cell, task
from bench.contenders import CONTENDERS, set_threads
from bench.timing import SECONDS, calls_per_turn, interleaved

#: A peer this much slower than the fastest peer at one length is left out at the next.
HOPELESS = 8.0
_hopeless: set[tuple[Cell, str]] = set()


def without_size(cell: Cell) -> Cell:
    return dataclasses.replace(cell, size=0)


def test_cell(benchmark, cell):
    set_threads(cell.threads)
    work, calls = task(cell), {}
    with np.errstate(all="ignore"):
        for name, setup in CONTENDERS.items():
            if cell.size > 200_000 and (without_size(cell), name) in _hopeless:
                continue
            call = setup(work)
            if call is None:
                continue
            work.out.fill(np.nan)  # what another contender left must not pass the check
            work.check(name, call())
            calls[name] = call
        best = interleaved(calls, pause=cell.threads > 1, budget=SECONDS)
    fastest = min((best[name] for name in calls if name != "fastact"), default=np.inf)
    _hopeless.update(
        (without_size(cell), name)
        for name in calls
        if name != "fastact" and best[name] > HOPELESS * fastest
    )
    benchmark.extra_info.update(dataclasses.asdict(cell), seconds=best)
    number = calls_per_turn(calls["fastact"])
    rounds = int(np.clip(0.1 / (best["fastact"] * number), 5, 50))
    benchmark.pedantic(calls["fastact"], rounds=rounds, iterations=number)
