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
from bench.timing import OWN, interleaved, time_own

#: A peer this much slower than the fastest peer at one length is left out at longer ones.
HOPELESS = 5.0
#: The same where the fastest peer is bound by arithmetic, whose ratios hold at any length.
HOPELESS_ARITHMETIC, ARITHMETIC = 2.0, 2e-9
_hopeless: set[tuple[Cell, str]] = set()


def key(cell: Cell, contender: str) -> tuple[Cell, str]:
    return dataclasses.replace(cell, size=0), contender


def test_cell(benchmark, cell, request):
    set_threads(cell.threads)
    work, calls = task(cell), {}
    alone, large = request.config.getoption("--alone"), cell.size > 5_000_000
    with np.errstate(all="ignore"):
        for name, setup in CONTENDERS.items():
            if (alone and name != OWN) or (cell.size > 200_000 and key(cell, name) in _hopeless):
                continue
            call = setup(work)
            if call is None:
                continue
            work.out.fill(np.nan)  # what another contender left must not pass the check
            work.check(name, call())
            calls[name] = call
        what = dataclasses.replace(cell, threads=1)
        best = interleaved(calls, what, threads=cell.threads, large=large)
    peers = {name: time for name, time in best.items() if name != OWN}
    fastest = min(peers.values(), default=np.inf)
    limit = HOPELESS_ARITHMETIC if fastest / cell.size > ARITHMETIC else HOPELESS
    if cell.size > 10_000:
        _hopeless.update(key(cell, n) for n, time in peers.items() if time > limit * fastest)
    benchmark.extra_info.update(dataclasses.asdict(cell), seconds=best)
    time_own(benchmark, calls[OWN], best[OWN], alone)
