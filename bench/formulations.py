"""The known ways to write a sigmoid, compared for error and speed: docs/formulations.md.

Each is compiled by ``numba.vectorize`` from the same plain Python, in float32. Errors are
against fastact's float64 sigmoid over every 997th float32; times are minima of
interleaved rounds on one thread.
"""

from __future__ import annotations

import math
import platform
import sys
import time
from pathlib import Path

import llvmlite.binding
import numba
import numpy as np

import fastact as fa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accuracy.ulp import worst_error  # noqa: E402
from docs.generate import code, spliced, table  # noqa: E402

f32 = np.float32


def naive(x):
    """1 / (1 + e^-x): e^-x overflows below -88."""
    return f32(1) / (f32(1) + f32(math.exp(-x)))


def two_branches(x):
    """1 / (1 + e^-x) right of 0, e^x / (1 + e^x) left of it."""
    if x >= f32(0):
        return f32(1) / (f32(1) + f32(math.exp(-x)))
    e = f32(math.exp(x))
    return e / (f32(1) + e)


def branch_free(x):
    """Numerator 1 or e^-|x| over 1 + e^-|x|: the two branches without a jump."""
    e = f32(math.exp(-abs(x)))
    return (e if x < f32(0) else f32(1)) / (f32(1) + e)


def half_angle(x):
    """1/2 + 1/2 tanh(x / 2): absolute accuracy only, on the left."""
    return f32(0.5) + f32(0.5) * f32(math.tanh(f32(0.5) * x))


def rational(x):
    """Half-angle form with a Pade approximant of tanh, clamped: fast, and no tail at all."""
    z = min(max(f32(0.5) * x, f32(-4.97)), f32(4.97))
    z2 = z * z
    top = z * (f32(135135) + z2 * (f32(17325) + z2 * (f32(378) + z2)))
    bottom = f32(135135) + z2 * (f32(62370) + z2 * (f32(3150) + z2 * f32(28)))
    return f32(0.5) + f32(0.5) * (top / bottom)


FORMULATIONS = [naive, two_branches, branch_free, half_angle, rational]
ROUNDS, LENGTH = 25, 100_000
#: Every which float32 is looked at.
EACH = 997


def worst(function):
    """Greatest error in ULP, and where."""
    patterns = np.arange(0, 1 << 32, EACH, dtype=np.uint64).astype(np.uint32)
    x = patterns.view(np.float32)
    x = x[~np.isnan(x)]
    with np.errstate(all="ignore"):
        error, at = worst_error(x, function(x), fa.sigmoid(x.astype(np.float64)), np.zeros(0))
    return error, x[at]


def times(functions):
    """Nanoseconds per element of each function: minima over interleaved rounds."""
    x = np.random.default_rng(0).normal(0, 4, LENGTH).astype(np.float32)
    out = np.empty_like(x)
    best = [math.inf] * len(functions)
    for _ in range(ROUNDS):
        for k, function in enumerate(functions):
            begin = time.perf_counter()
            function(x, out=out)
            best[k] = min(best[k], time.perf_counter() - begin)
    return [seconds / LENGTH * 1e9 for seconds in best]


def main() -> None:
    """Measure, and write the table into docs/formulations.md."""
    compiled = [numba.vectorize(["float32(float32)"])(f) for f in FORMULATIONS]
    numba.set_num_threads(1)
    functions = [*compiled, fa.sigmoid]
    names = [f.__doc__.strip() for f in FORMULATIONS]
    names.append("fastact: c / (c + e^-r), c = 2^k, one corrected quotient")
    rows = []
    for name, function, nanoseconds in zip(names, functions, times(functions), strict=True):
        error, at = worst(function)
        rows.append([name, f"{error:.3g}", f"{at:.6g}", f"{nanoseconds:.2f}"])
    text = table(["formulation", "max ULP", "at x", "ns per element"], rows)
    text += (
        f"\n\nMeasured on {llvmlite.binding.get_host_cpu_name()}, one thread, n = {LENGTH}, "
        f"errors over every {EACH}th float32, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}; "
        f"written by {code('python bench/formulations.py')}."
    )
    path = ROOT / "docs" / "formulations.md"
    path.write_text(spliced(path.read_text(), "formulations", text))
    print(text)


if __name__ == "__main__":
    main()
