# Generated from the registry: python docs/generate.py

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.ufunc_types import Rows_g_y, Ufunc_g_y
@overload
def celu(g: float | np.floating[Any] | np.integer[Any] | np.bool, y: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def celu(g: ArrayLike, y: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def elu(g: float | np.floating[Any] | np.integer[Any] | np.bool, y: float | np.floating[Any] | np.integer[Any] | np.bool, /, alpha: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def elu(g: ArrayLike, y: ArrayLike, /, alpha: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
expit: Ufunc_g_y
identity: Ufunc_g_y
@overload
def leaky_relu(g: float | np.floating[Any] | np.integer[Any] | np.bool, y: float | np.floating[Any] | np.integer[Any] | np.bool, /, negative_slope: float | np.floating[Any] | np.integer[Any] | np.bool = 0.01, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def leaky_relu(g: ArrayLike, y: ArrayLike, /, negative_slope: ArrayLike = 0.01, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
@overload
def log1pexp(g: float | np.floating[Any] | np.integer[Any] | np.bool, y: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def log1pexp(g: ArrayLike, y: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
log_softmax: Rows_g_y
logistic: Ufunc_g_y
relu: Ufunc_g_y
relu6: Ufunc_g_y
selu: Ufunc_g_y
sigmoid: Ufunc_g_y
softmax: Rows_g_y
@overload
def softplus(g: float | np.floating[Any] | np.integer[Any] | np.bool, y: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def softplus(g: ArrayLike, y: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
tanh: Ufunc_g_y
