"""Neural-network activation functions and their derivatives as fast, accurate NumPy ufuncs.

>>> import numpy as np, fastact as fa
>>> fa.relu(np.float32([-1, 0, 2]))
array([0., 0., 2.], dtype=float32)

Importing the package imports NumPy and nothing else; each name is resolved from the
registry of activations on first access.
"""

from __future__ import annotations

from typing import Any

import numpy  # noqa: F401  (what every name needs; nothing else is imported here)

__version__ = "0.1.0"

_SUBMODULES = ("grad", "ufuncs", "value_and_grad", "vjp", "vjp_from_output", "vjp_param")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    from fastact.engine.namespace import namespace

    return namespace(__name__)[0](name)


def __dir__() -> list[str]:
    from fastact.engine.namespace import namespace

    return sorted([*_SUBMODULES, "__version__", *namespace(__name__)[1]()])
