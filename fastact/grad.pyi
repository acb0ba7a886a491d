# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

expit: np.ufunc
gelu: np.ufunc
gelu_tanh: np.ufunc
def hard_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hard_silu: np.ufunc
hard_swish: np.ufunc
def hardshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hardswish: np.ufunc
identity: np.ufunc
def leaky_relu(x: ArrayLike, /, negative_slope: ArrayLike = 0.01, **kwargs: Any) -> Any: ...
logistic: np.ufunc
prelu: np.ufunc
quick_gelu: np.ufunc
relu: np.ufunc
relu2: np.ufunc
relu6: np.ufunc
sigmoid: np.ufunc
silu: np.ufunc
def soft_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
def softshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
squared_relu: np.ufunc
step: np.ufunc
def swish(x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
tanh: np.ufunc
threshold: np.ufunc
