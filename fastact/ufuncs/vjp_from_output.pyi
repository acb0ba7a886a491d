# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

elu: np.ufunc
expit: np.ufunc
identity: np.ufunc
leaky_relu: np.ufunc
log_softmax: np.ufunc
logistic: np.ufunc
relu: np.ufunc
relu6: np.ufunc
selu: np.ufunc
sigmoid: np.ufunc
softmax: np.ufunc
tanh: np.ufunc
