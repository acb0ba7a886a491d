"""All 2^32 float32 inputs of every function and derivative: ``tox -e exhaustive``.

The reference is the float64 ufunc of the same entry, whose kernel is a different one
and whose own error the test suite holds below 1.5 ULP of float64 against multiple
precision: 3e-9 of a float32 ULP. Where one kernel serves both precisions (the piecewise
linear ones) it is the same kernel, rounded 29 bits later.

Results are kept per function, so that a run can be resumed (``--resume``); the table in
docs/accuracy.md is written by docs/generate.py.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import fastact as fa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accuracy.ulp import inputs, misordered, worst_error  # noqa: E402
from fastact.engine.entry import Activation, registry  # noqa: E402
from fastact.engine.threads import max_threads  # noqa: E402

#: Inputs at a time: what they, their references and results fill of the second-level cache.
CHUNK = 1 << 14
#: Inputs to a task.
BLOCK = 1 << 20
RESULTS = ROOT / "docs" / "accuracy.json"


def run_block(entry: Activation, role: str, start: int, step: int) -> tuple[float, float, int]:
    """Worst error, its input, and wrongly ordered pairs among patterns start, start + step, ..."""
    function = getattr(fa if role == "value" else fa.grad, entry.name)
    zeros = np.array(entry.derivative_zeros if role != "value" else (), dtype=np.float64)
    # A default that float32 cannot hold must be the same number on both sides.
    extra = [float(np.float32(value)) for value in entry.illustrative_parameters().values()]
    worst, pairs = (0.0, 0.0), 0
    for first in range(start, min(start + BLOCK * step, 1 << 32), CHUNK * step):
        # One more than the chunk: the first of the next, its neighbour.
        x, wide = inputs(first, min(CHUNK + 1, ((1 << 32) - first + step - 1) // step), step)
        result, exact = function(x, *extra), function(wide, *extra)
        error, at = worst_error(x, result, exact, zeros)
        worst = max(worst, (float(error), float(x[at]) if at >= 0 else 0.0))
        pairs += int(misordered(result, exact))
    return *worst, pairs


def run(entry: Activation, role: str, step: int, progress: Progress) -> dict[str, float | str]:
    """Worst error, and of the value the pairs of neighbours out of order, over the format."""
    starts = range(0, 1 << 32, BLOCK * step)
    task = progress.add_task(f"{entry.name} {role}", total=len(starts))
    worst, pairs = (0.0, 0.0), 0
    with ThreadPoolExecutor(max_threads()) as pool:
        for found in pool.map(lambda start: run_block(entry, role, start, step), starts):
            worst, pairs = max(worst, found[:2]), pairs + found[2]
            progress.advance(task)
    progress.remove_task(task)
    found = {"name": entry.name, "role": role, "ulp": worst[0], "input": worst[1], "step": step}
    # A derivative is not promised to be ordered next to its own extrema.
    return found | ({"misordered": pairs} if role == "value" else {})


def main() -> int:
    """Run what is asked for; 1 where an error or an order is not as promised, 2 on a bad name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="functions (default: all)")
    parser.add_argument("--step", type=int, default=1, help="take every STEP-th input")
    parser.add_argument("--resume", action="store_true", help="leave out what is recorded")
    arguments = parser.parse_args()
    entries = registry()
    unknown = sorted(set(arguments.names) - set(entries))
    if unknown:
        print(f"names: {unknown[0]!r} is not an activation", file=sys.stderr)
        return 2
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    columns = (TextColumn("{task.description:>28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        for name in arguments.names or entries:
            for role in ("value", "derivative"):
                key = f"{name} {role}"
                done = results.get(key)
                if arguments.resume and done and done["step"] <= arguments.step:
                    continue
                begin = time.perf_counter()
                results[key] = run(entries[name], role, arguments.step, progress)
                found = results[key]
                progress.console.print(
                    f"{key:32s} {found['ulp']:.4f} ULP at {found['input']!r}"
                    f"  {found.get('misordered', '-')} out of order"
                    f"  ({time.perf_counter() - begin:.0f} s)"
                )
                RESULTS.parent.mkdir(exist_ok=True)
                RESULTS.write_text(json.dumps(dict(sorted(results.items())), indent=1) + "\n")
    missed = [
        key
        for key, found in results.items()
        if found["ulp"] > getattr(entries[found["name"]].max_ulp["float32"], str(found["role"]))
    ]
    for key in missed:
        print(f"{key}: {results[key]['ulp']:.3f} ULP exceeds the entry's bound", file=sys.stderr)
    unordered = [key for key, found in results.items() if found.get("misordered")]
    for key in unordered:
        print(f"{key}: {results[key]['misordered']} neighbours out of order", file=sys.stderr)
    return 1 if missed or unordered else 0


if __name__ == "__main__":
    sys.exit(main())
