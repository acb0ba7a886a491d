# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

def elu(g: ArrayLike, y: ArrayLike, /, alpha: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
expit: np.ufunc
identity: np.ufunc
def leaky_relu(g: ArrayLike, y: ArrayLike, /, negative_slope: ArrayLike = 0.01, **kwargs: Any) -> Any: ...
log_softmax: np.ufunc
logistic: np.ufunc
relu: np.ufunc
relu6: np.ufunc
selu: np.ufunc
sigmoid: np.ufunc
softmax: np.ufunc
tanh: np.ufunc
