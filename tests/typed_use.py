"""What type checkers make of the public names: read by mypy (``tox -e types``), run by nobody.

An ignored error that is none any more is an error itself.
"""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import fastact as fa

Array = NDArray[Any]
x: NDArray[np.float32] = np.zeros((3, 4), np.float32)

assert_type(fa.gelu(x), Array)
assert_type(fa.gelu([1.0, 2.0], out=x), Array)
assert_type(fa.gelu(1.0), Any)
assert_type(fa.leaky_relu(x, 0.2), Array)
assert_type(fa.leaky_relu(x, negative_slope=x, where=x > 0), Array)
assert_type(fa.prelu(x, 0.1), Array)
assert_type(fa.ufuncs.leaky_relu(x, 0.2, dtype=np.float64), Array)
assert_type(fa.value_and_grad.silu(x), tuple[Array, Array])
assert_type(fa.vjp.swiglu(x, x, x), tuple[Array, Array])
assert_type(fa.softmax(x, axis=0), Array)
assert_type(fa.logsumexp(x, axis=(0, 1)), Any)
assert_type(fa.glu(x, axis=0), Array)
assert_type(fa.gelu.nin, int)


def layer(x: NDArray[np.float32], w: NDArray[np.float32]) -> NDArray[np.float32]:
    """A result stands where an array is asked for."""
    return fa.silu(x @ w)


def mistakes() -> None:
    """Each is found before the program runs."""
    fa.gelu()  # type: ignore[call-overload]
    fa.gelu(x, approximate="tanh")  # type: ignore[call-overload]
    fa.leaky_relu(x, alpha=0.3)  # type: ignore[call-overload]
    fa.prelu(x)  # type: ignore[call-overload]
    fa.vjp.gelu(x)  # type: ignore[call-overload]
    fa.softmax(x, 1)  # type: ignore[arg-type]
    fa.softmax(x, dim=1)  # type: ignore[call-arg]
    fa.logsumexp(x, b=x)  # type: ignore[call-arg]
    fa.value_and_grad.silu(x, out=x)  # type: ignore[call-overload]
    fa.gleu(x)  # type: ignore[attr-defined]
    fa.vjp_from_output.gelu(x, x)  # type: ignore[attr-defined]
