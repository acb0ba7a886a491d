"""The dtypes with loops of their own, and the ones they are computed in."""

from __future__ import annotations

import numpy as np

from fastact.engine.bfloat16 import bfloat16_dtype

__all__ = ["COMPUTED", "DTYPES", "loop_dtypes", "stored_bytes"]

#: NumPy's own, in its own order: resolution takes the first that casts safely.
DTYPES = ("float16", "float32", "float64")
#: The span of 16-bit dtypes is that of float32.
COMPUTED = {
    "float16": "float32",
    "bfloat16": "float32",
    "float32": "float32",
    "float64": "float64",
}


def loop_dtypes() -> tuple[str, ...]:
    """All that there are loops for; bfloat16 comes last, where ml_dtypes is installed."""
    return DTYPES if bfloat16_dtype() is None else (*DTYPES, "bfloat16")


def stored_bytes(dtype: str) -> int:
    """Bytes of an element."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize
