# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

expit: np.ufunc
gelu: np.ufunc
gelu_tanh: np.ufunc
hard_shrink: np.ufunc
hard_silu: np.ufunc
hard_swish: np.ufunc
hardshrink: np.ufunc
hardswish: np.ufunc
identity: np.ufunc
leaky_relu: np.ufunc
logistic: np.ufunc
prelu: np.ufunc
quick_gelu: np.ufunc
relu: np.ufunc
relu2: np.ufunc
relu6: np.ufunc
sigmoid: np.ufunc
silu: np.ufunc
soft_shrink: np.ufunc
softshrink: np.ufunc
squared_relu: np.ufunc
step: np.ufunc
swish: np.ufunc
tanh: np.ufunc
threshold: np.ufunc
