"""fastact inside Numba's nopython code: the activation fuses into the caller's own loop.

python examples/numba_layer.py
"""

import numba
import numpy as np

import fastact as fa


@numba.njit
def layer(x, w, b):
    """A dense layer; the activation is applied in the loop that adds the bias."""
    return fa.silu(x @ w + b)


@numba.njit
def mean_gelu(x):
    """A loop of one's own over scalars: no array for the intermediate result."""
    total = 0.0
    for value in x.flat:
        total += fa.gelu(value)
    return total / x.size


random = np.random.default_rng(0)
x, w, b = random.normal(size=(4, 3)), random.normal(size=(3, 2)), np.zeros(2)
inside, outside = layer(x, w, b), fa.silu(x @ w + b)
print("largest difference from the ufunc:", np.abs(inside - outside).max())
print("mean of gelu:", mean_gelu(x), "by the ufunc:", fa.gelu(x).mean())
