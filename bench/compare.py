"""Fails where fastact became 10 % slower than in the run saved last (``tox -e bench-save``).

    python bench/compare.py [pytest's options]

Cells that seem slower are timed again, up to three times: a real regression stays, a
neighbour's load or an unlucky placement of the arrays passes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORAGE = ROOT / ".benchmarks"
LIMIT = "min:10%"
AGAIN = 3
COMMAND = (
    "-m", "pytest", "-q", "--quick", "--alone", "--benchmark-only",
    "--benchmark-columns=min,rounds", f"--benchmark-storage={STORAGE}",
    "--benchmark-compare", f"--benchmark-compare-fail={LIMIT}",
)  # fmt: skip
SLOWER = re.compile(r"^\t(\S+) \(\S+\) - Field 'min' has failed (.*)$", re.MULTILINE)


def slower(chosen: list[str]) -> dict[str, str] | int:
    """Cells beyond the limit and by how much, or pytest's exit status if it failed otherwise."""
    command = [sys.executable, *COMMAND, *chosen]
    # pytest-benchmark reports on standard error what has regressed.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = dict(SLOWER.findall(done.stdout + done.stderr))
    if done.returncode and not found:
        print(done.stdout + done.stderr)
        return done.returncode
    return found


def main() -> int:
    """0 where no cell stays slower."""
    if not list(STORAGE.glob("*/*.json")):
        print("there is no saved run to compare with: tox -e bench-save", file=sys.stderr)
        return 2
    chosen = sys.argv[1:] or ["bench"]
    for _ in range(1 + AGAIN):
        found = slower(chosen)
        if isinstance(found, int):
            return found
        if not found:
            print(f"no cell is slower by more than {LIMIT.partition(':')[2]}")
            return 0
        print(f"{len(found)} cells slower", flush=True)
        chosen = [
            f"bench/test_{'activations' if name.startswith('test_cell') else 'rowwise'}.py::{name}"
            for name in found
        ]
    for name, text in found.items():
        print(f"{name}: {text}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
