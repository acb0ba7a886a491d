# Generated from the registry: python docs/generate.py

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.ufunc_types import Ufunc_g_gate_up_to_two, Ufunc_g_x, Ufunc_g_x_threshold_value, Ufunc_g_x_weight
Phi: Ufunc_g_x
@overload
def celu(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def celu(g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def elu(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def elu(g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
erf: Ufunc_g_x
erfc: Ufunc_g_x
expit: Ufunc_g_x
geglu: Ufunc_g_gate_up_to_two
gelu: Ufunc_g_x
gelu_tanh: Ufunc_g_x
def glu(g: ArrayLike, x: ArrayLike, /, axis: int = -1, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def hard_shrink(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hard_shrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
hard_sigmoid: Ufunc_g_x
hard_silu: Ufunc_g_x
hard_swish: Ufunc_g_x
@overload
def hard_tanh(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hard_tanh(g: ArrayLike, x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def hardshrink(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hardshrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
hardsigmoid: Ufunc_g_x
hardswish: Ufunc_g_x
@overload
def hardtanh(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, min_val: float | np.floating[Any] | np.integer[Any] | np.bool = -1.0, max_val: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def hardtanh(g: ArrayLike, x: ArrayLike, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
identity: Ufunc_g_x
@overload
def leaky_relu(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, negative_slope: float | np.floating[Any] | np.integer[Any] | np.bool = 0.01, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def leaky_relu(g: ArrayLike, x: ArrayLike, /, negative_slope: ArrayLike = 0.01, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
lisht: Ufunc_g_x
@overload
def log1pexp(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def log1pexp(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
log_cosh: Ufunc_g_x
log_expit: Ufunc_g_x
log_sigmoid: Ufunc_g_x
logistic: Ufunc_g_x
logit: Ufunc_g_x
logsigmoid: Ufunc_g_x
mish: Ufunc_g_x
ndtr: Ufunc_g_x
prelu: Ufunc_g_x_weight
quick_gelu: Ufunc_g_x
reglu: Ufunc_g_gate_up_to_two
relu: Ufunc_g_x
relu2: Ufunc_g_x
relu6: Ufunc_g_x
selu: Ufunc_g_x
sigmoid: Ufunc_g_x
silu: Ufunc_g_x
@overload
def soft_shrink(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def soft_shrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
soft_sign: Ufunc_g_x
@overload
def softplus(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def softplus(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def softshrink(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, lambd: float | np.floating[Any] | np.integer[Any] | np.bool = 0.5, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def softshrink(g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = 0.5, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
softsign: Ufunc_g_x
sparse_plus: Ufunc_g_x
sparse_sigmoid: Ufunc_g_x
squared_relu: Ufunc_g_x
@overload
def squareplus(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, b: float | np.floating[Any] | np.integer[Any] | np.bool = 4.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def squareplus(g: ArrayLike, x: ArrayLike, /, b: ArrayLike = 4.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
step: Ufunc_g_x
swiglu: Ufunc_g_gate_up_to_two
@overload
def swish(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def swish(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
tanh: Ufunc_g_x
tanh_shrink: Ufunc_g_x
tanhshrink: Ufunc_g_x
threshold: Ufunc_g_x_threshold_value
