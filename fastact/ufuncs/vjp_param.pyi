# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

prelu: np.ufunc
swish: np.ufunc
