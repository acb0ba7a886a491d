"""Errors of PyTorch, JAX, SciPy and ONNX Runtime by the harness of the exhaustive run.

Every 127th finite float32 pattern, in one array: ``python accuracy/peers.py`` with the extra
``bench`` and the peers installed (``tox -e accuracy-peers``). A peer that is not
installed is skipped and named. The derivative is the peer's vjp with a gradient of 1.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import fastact as fa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accuracy.ulp import inputs, worst_error  # noqa: E402
from bench.cells import Task  # noqa: E402
from bench.contenders import CONTENDERS, set_threads  # noqa: E402
from fastact.engine.entry import Activation, registry  # noqa: E402
from fastact.engine.threads import max_threads  # noqa: E402

PEERS = ("torch", "jax", "scipy", "onnxruntime")
STEP = 127
RESULTS = ROOT / "docs" / "accuracy-peers.json"
ROLES = {"value": "", "derivative": "vjp"}


def measure(entry: Activation, role: str) -> dict[str, dict[str, Any]]:
    """Worst error and its input of every peer that has the function."""
    x, wide = inputs(0, (1 << 32) // STEP, STEP)
    # Whether nan gives nan is no matter of accuracy.
    wide[~np.isfinite(x)] = x[~np.isfinite(x)] = 0.0
    task = Task(entry, ROLES[role], x)
    task.g = np.ones_like(x)
    function = getattr(fa if role == "value" else fa.grad, entry.name)
    # The numbers the peers are given: a parameter in float32 is another number.
    reference = function(wide, *[float(np.float32(value)) for value in task.parameters])
    zeros = np.array(entry.derivative_zeros if role != "value" else (), dtype=np.float64)
    found = {}
    for peer in PEERS:
        call = CONTENDERS[peer](task) if peer in CONTENDERS else None
        if call is None:
            continue
        result = np.asarray(call())
        error, at = worst_error(x, result, reference, zeros)
        found[peer] = {"ulp": float(error), "input": float(x[at]) if at >= 0 else 0.0}
    return found


def main() -> int:
    """Measure all, print as it goes, and write the result file."""
    set_threads(max_threads())
    absent = [peer for peer in PEERS if peer not in CONTENDERS]
    if absent:
        print("not installed, skipped:", ", ".join(absent))
    results: dict[str, Any] = {
        "step": STEP,
        "versions": {p: importlib.metadata.version(p) for p in PEERS if p in CONTENDERS},
    }
    with np.errstate(all="ignore"):
        for name, entry in registry().items():
            for role in ROLES:
                found = measure(entry, role)
                results[f"{name} {role}"] = found
                shown = (f"{peer} {f['ulp']:.3g} at {f['input']!r}" for peer, f in found.items())
                print(f"{name} {role}:", "; ".join(shown), flush=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
