"""Every float64 function and derivative at 10^6 inputs: ``tox -e reference``.

The reference is the entry's formula in the ball arithmetic of python-flint, mpmath where
that leaves a point open (accuracy/balls.py); the inputs are drawn anew on every run, the
same ones (accuracy/points.py). What is kept is the worst error of each function, for
docs/accuracy.md, and the inputs of the greatest ones, for the test suite.

Results are kept per function, so that a run that was interrupted can be resumed: ``--resume``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import fastact as fa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accuracy.balls import references  # noqa: E402
from accuracy.points import points  # noqa: E402
from fastact.engine.entry import registry  # noqa: E402
from tests.oracle import Oracle  # noqa: E402

RESULTS = ROOT / "docs" / "accuracy64.json"
HARDEST = ROOT / "tests" / "hardest.json"
ROLES = ("value", "derivative")
#: Inputs at a time, and inputs that are kept.
CHUNK = 10_000
KEPT = 50

#: ULP error and input.
Found = list[tuple[float, float]]


def oracle_of(name: str) -> Oracle:
    """The function at its default parameters."""
    entry = registry()[name]
    return Oracle(entry, entry.illustrative_parameters())


def draw(name: str, count: int) -> NDArray[np.float64]:
    """The inputs of one function."""
    return points(oracle_of(name), count)


def judge(name: str, x: NDArray[np.float64]) -> tuple[Found, Found]:
    """The greatest errors among ``x``, of the value and of the derivative."""
    oracle = oracle_of(name)
    found = []
    for namespace, expected in zip((fa, fa.grad), references(oracle, x), strict=True):
        results = getattr(namespace, name)(x, *oracle.parameters.values())
        errors = expected.errors(results)
        # An infinite slope at a single point is no accuracy matter.
        errors[np.isinf(expected.rounded) & (results == expected.rounded)] = 0.0
        order = np.argsort(-errors, kind="stable")[:KEPT]
        found.append([(float(errors[i]), float(x[i])) for i in order if errors[i] > 0])
    return found[0], found[1]


def run(
    name: str, count: int, pool: ProcessPoolExecutor, progress: Progress
) -> tuple[int, tuple[Found, Found]]:
    """Number of inputs and the greatest errors over all of them."""
    task = progress.add_task(name, total=None)
    x = pool.submit(draw, name, count).result()
    # Every n-th input, so that all chunks take the same time.
    chunks = [x[i :: -(-x.size // CHUNK)] for i in range(-(-x.size // CHUNK))]
    progress.update(task, total=len(chunks))
    worst: tuple[Found, Found] = ([], [])
    for parts in pool.map(judge, [name] * len(chunks), chunks):
        for kept, part in zip(worst, parts, strict=True):
            kept[:] = sorted(kept + part, key=lambda pair: (-pair[0], pair[1]))[:KEPT]
        progress.advance(task)
    progress.remove_task(task)
    return x.size, worst


def save(path: Path, records: dict[str, Any]) -> None:
    """One record a line, in the order of names."""
    lines = (f" {json.dumps(key)}: {json.dumps(records[key])}" for key in sorted(records))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def missed(results: dict[str, Any]) -> Iterator[str]:
    """What exceeds the bounds of the entries."""
    entries = registry()
    for key, record in results.items():
        name, _, role = key.partition(" ")
        bound = getattr(entries[name].max_ulp["float64"], role)
        if record["ulp"] > bound:
            at = f"at {float.fromhex(record['input'])!r}"
            yield f"{key}: {record['ulp']:.4f} ULP {at} exceeds the entry's bound, {bound}"


def main() -> int:
    """Run what is asked for; 1 where an entry misses its bound, 2 on a bad name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="functions (default: all)")
    parser.add_argument("--points", type=int, default=1_000_000, help="inputs of each function")
    parser.add_argument("--resume", action="store_true", help="leave out what is recorded")
    arguments = parser.parse_args()
    entries = registry()
    unknown = sorted(set(arguments.names) - set(entries))
    if unknown:
        print(f"names: {unknown[0]!r} is not an activation", file=sys.stderr)
        return 2
    if arguments.points < 1:
        print("--points: at least one is needed", file=sys.stderr)
        return 2
    results, hardest = (
        json.loads(path.read_text()) if path.exists() else {} for path in (RESULTS, HARDEST)
    )
    columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn())
    workers = len(os.sched_getaffinity(0))
    with (
        ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool,
        Progress(*columns, TimeRemainingColumn()) as progress,
    ):
        for name in arguments.names or entries:
            keys = [f"{name} {role}" for role in ROLES]
            done = min(results.get(key, {}).get("points", 0) for key in keys)
            if arguments.resume and done >= arguments.points:
                continue
            begin = time.perf_counter()
            count, worst = run(name, arguments.points, pool, progress)
            seconds = time.perf_counter() - begin
            for key, found in zip(keys, worst, strict=True):
                error, at = found[0] if found else (0.0, 0.0)
                results[key] = {"ulp": error, "input": at.hex(), "points": count}
                hardest[key] = [at.hex() for _, at in found]
                text = f"{key:24s} {error:.4f} ULP at {at!r}  ({count} inputs, {seconds:.0f} s)"
                progress.console.print(text, soft_wrap=True)
            save(RESULTS, results)
            save(HARDEST, hardest)
    failures = list(missed(results))
    print(*failures, sep="\n", end="\n" if failures else "", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
