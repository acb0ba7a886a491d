# Generated from the registry: python docs/generate.py

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.ufunc_types import Ufunc_x_threshold_value_to_two, Ufunc_x_to_two, Ufunc_x_weight_to_two
Phi: Ufunc_x_to_two
@overload
def celu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def celu(x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def elu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def elu(x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
erf: Ufunc_x_to_two
erfc: Ufunc_x_to_two
expit: Ufunc_x_to_two
gelu: Ufunc_x_to_two
gelu_tanh: Ufunc_x_to_two
@overload
def hard_shrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def hard_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
hard_sigmoid: Ufunc_x_to_two
hard_silu: Ufunc_x_to_two
hard_swish: Ufunc_x_to_two
@overload
def hard_tanh(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def hard_tanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def hardshrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def hardshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
hardsigmoid: Ufunc_x_to_two
hardswish: Ufunc_x_to_two
@overload
def hardtanh(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def hardtanh(x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
identity: Ufunc_x_to_two
@overload
def leaky_relu(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, negative_slope: float | np.floating[Any] | np.integer[Any] | np.bool = 0.01, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def leaky_relu(x: ArrayLike, /, negative_slope: ArrayLike = 0.01, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
lisht: Ufunc_x_to_two
@overload
def log1pexp(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def log1pexp(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
log_cosh: Ufunc_x_to_two
log_expit: Ufunc_x_to_two
log_sigmoid: Ufunc_x_to_two
logistic: Ufunc_x_to_two
logit: Ufunc_x_to_two
logsigmoid: Ufunc_x_to_two
mish: Ufunc_x_to_two
ndtr: Ufunc_x_to_two
prelu: Ufunc_x_weight_to_two
quick_gelu: Ufunc_x_to_two
relu: Ufunc_x_to_two
relu2: Ufunc_x_to_two
relu6: Ufunc_x_to_two
selu: Ufunc_x_to_two
sigmoid: Ufunc_x_to_two
silu: Ufunc_x_to_two
@overload
def soft_shrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def soft_shrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
soft_sign: Ufunc_x_to_two
@overload
def softplus(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def softplus(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def softshrink(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def softshrink(x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
softsign: Ufunc_x_to_two
sparse_plus: Ufunc_x_to_two
sparse_sigmoid: Ufunc_x_to_two
squared_relu: Ufunc_x_to_two
@overload
def squareplus(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, b: float | np.floating[Any] | np.integer[Any] | np.bool = 4.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def squareplus(x: ArrayLike, /, b: ArrayLike = 4.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
step: Ufunc_x_to_two
@overload
def swish(x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[Any, Any]: ...
@overload
def swish(x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: tuple[NDArray[Any] | None, NDArray[Any] | None] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> tuple[NDArray[Any], NDArray[Any]]: ...
tanh: Ufunc_x_to_two
tanh_shrink: Ufunc_x_to_two
tanhshrink: Ufunc_x_to_two
threshold: Ufunc_x_threshold_value_to_two
