# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import grad as grad
from . import ufuncs as ufuncs
from . import value_and_grad as value_and_grad
from . import vjp as vjp
from . import vjp_from_output as vjp_from_output
from . import vjp_param as vjp_param

__version__: str
Phi: np.ufunc
def celu(x: ArrayLike, /, alpha: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def elu(x: ArrayLike, /, alpha: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
erf: np.ufunc
erfc: np.ufunc
expit: np.ufunc
geglu: np.ufunc
gelu: np.ufunc
gelu_tanh: np.ufunc
def glu(x: ArrayLike, /, axis: int = -1, **kwargs: Any) -> Any: ...
def hard_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hard_sigmoid: np.ufunc
hard_silu: np.ufunc
hard_swish: np.ufunc
def hard_tanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def hardshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
hardsigmoid: np.ufunc
hardswish: np.ufunc
def hardtanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
identity: np.ufunc
def leaky_relu(x: ArrayLike, /, negative_slope: ArrayLike = 0.01, **kwargs: Any) -> Any: ...
lisht: np.ufunc
def log1pexp(x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
log_cosh: np.ufunc
log_expit: np.ufunc
log_sigmoid: np.ufunc
log_softmax: np.ufunc
logistic: np.ufunc
logit: np.ufunc
logsigmoid: np.ufunc
def logsumexp(x: ArrayLike, /, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, **kwargs: Any) -> Any: ...
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
def soft_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
soft_sign: np.ufunc
softmax: np.ufunc
softmin: np.ufunc
def softplus(x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
def softshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, **kwargs: Any) -> Any: ...
softsign: np.ufunc
sparse_plus: np.ufunc
sparse_sigmoid: np.ufunc
squared_relu: np.ufunc
def squareplus(x: ArrayLike, /, b: ArrayLike = 4.0, **kwargs: Any) -> Any: ...
step: np.ufunc
swiglu: np.ufunc
def swish(x: ArrayLike, /, beta: ArrayLike = 1.0, **kwargs: Any) -> Any: ...
tanh: np.ufunc
tanh_shrink: np.ufunc
tanhshrink: np.ufunc
threshold: np.ufunc
