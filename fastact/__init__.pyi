# Generated from the registry: python docs/generate.py

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import grad as grad
from . import ufuncs as ufuncs
from . import value_and_grad as value_and_grad
from . import vjp as vjp
from . import vjp_from_output as vjp_from_output
from . import vjp_param as vjp_param
from fastact.ufunc_types import Rows_x, Ufunc_gate_up, Ufunc_x, Ufunc_x_threshold_value, Ufunc_x_weight

__version__: str
Phi: Ufunc_x
@overload
def celu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def celu(x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def elu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def elu(x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
erf: Ufunc_x
erfc: Ufunc_x
expit: Ufunc_x
geglu: Ufunc_gate_up
gelu: Ufunc_x
gelu_tanh: Ufunc_x
def glu(x: ArrayLike, /, axis: int = -1, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def hard_shrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hard_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
hard_sigmoid: Ufunc_x
hard_silu: Ufunc_x
hard_swish: Ufunc_x
@overload
def hard_tanh(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hard_tanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def hardshrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hardshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
hardsigmoid: Ufunc_x
hardswish: Ufunc_x
@overload
def hardtanh(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hardtanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
identity: Ufunc_x
@overload
def leaky_relu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, negative_slope: float | np.floating[Any] | np.integer[Any] | np.bool = 0.01, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def leaky_relu(x: ArrayLike, /, negative_slope: ArrayLike = 0.01, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
lisht: Ufunc_x
@overload
def log1pexp(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def log1pexp(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
log_cosh: Ufunc_x
log_expit: Ufunc_x
log_sigmoid: Ufunc_x
log_softmax: Rows_x
logistic: Ufunc_x
logit: Ufunc_x
logsigmoid: Ufunc_x
def logsumexp(x: ArrayLike, /, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, *, out: Any | tuple[Any] | None = None, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
mish: Ufunc_x
ndtr: Ufunc_x
prelu: Ufunc_x_weight
quick_gelu: Ufunc_x
reglu: Ufunc_gate_up
relu: Ufunc_x
relu2: Ufunc_x
relu6: Ufunc_x
selu: Ufunc_x
sigmoid: Ufunc_x
silu: Ufunc_x
@overload
def soft_shrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def soft_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
soft_sign: Ufunc_x
softmax: Rows_x
softmin: Rows_x
@overload
def softplus(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def softplus(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def softshrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def softshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
softsign: Ufunc_x
sparse_plus: Ufunc_x
sparse_sigmoid: Ufunc_x
squared_relu: Ufunc_x
@overload
def squareplus(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, b: float | np.floating[Any] | np.integer[Any] | np.bool = 4.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def squareplus(x: ArrayLike, /, b: ArrayLike = 4.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
step: Ufunc_x
swiglu: Ufunc_gate_up
@overload
def swish(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def swish(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
tanh: Ufunc_x
tanh_shrink: Ufunc_x
tanhshrink: Ufunc_x
threshold: Ufunc_x_threshold_value
