# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Phi: np.ufunc
def celu(g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def elu(g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
erf: np.ufunc
erfc: np.ufunc
expit: np.ufunc
geglu: np.ufunc
gelu: np.ufunc
gelu_tanh: np.ufunc
def glu(g: ArrayLike, x: ArrayLike, /, axis: int = -1, **kwargs: Any) -> Any: ...
def hard_shrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hard_sigmoid: np.ufunc
hard_silu: np.ufunc
hard_swish: np.ufunc
def hard_tanh(g: ArrayLike, x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def hardshrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hardsigmoid: np.ufunc
hardswish: np.ufunc
def hardtanh(g: ArrayLike, x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
identity: np.ufunc
def leaky_relu(g: ArrayLike, x: ArrayLike, /, negative_slope: ArrayLike = 0.01, **kwargs: Any) -> Any: ...
lisht: np.ufunc
def log1pexp(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
log_cosh: np.ufunc
log_expit: np.ufunc
log_sigmoid: np.ufunc
logistic: np.ufunc
logit: np.ufunc
logsigmoid: np.ufunc
mish: np.ufunc
ndtr: np.ufunc
prelu: np.ufunc
quick_gelu: np.ufunc
reglu: np.ufunc
relu: np.ufunc
relu2: np.ufunc
relu6: np.ufunc
selu: np.ufunc
sigmoid: np.ufunc
silu: np.ufunc
def soft_shrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
soft_sign: np.ufunc
def softplus(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def softshrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
softsign: np.ufunc
sparse_plus: np.ufunc
sparse_sigmoid: np.ufunc
squared_relu: np.ufunc
def squareplus(g: ArrayLike, x: ArrayLike, /, b: ArrayLike = 4.0, **kwargs: Any) -> Any: ...
step: np.ufunc
swiglu: np.ufunc
def swish(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
tanh: np.ufunc
tanh_shrink: np.ufunc
tanhshrink: np.ufunc
threshold: np.ufunc
