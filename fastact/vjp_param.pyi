# Generated from the registry: python docs/generate.py

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.ufunc_types import Ufunc_g_x_weight
prelu: Ufunc_g_x_weight
@overload
def swish(g: float | np.floating[Any] | np.integer[Any] | np.bool, x: float | np.floating[Any] | np.integer[Any] | np.bool, /, beta: float | np.floating[Any] | np.integer[Any] | np.bool = 1.0, *, out: None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> Any: ...
@overload
def swish(g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = 1.0, *, out: NDArray[Any] | tuple[NDArray[Any]] | None = None, where: ArrayLike = True, casting: str = "same_kind", order: str = "K", dtype: DTypeLike | None = None, subok: bool = True, signature: str | tuple[Any, ...] = ...) -> NDArray[Any]: ...
