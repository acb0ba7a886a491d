# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import grad as grad
from . import value_and_grad as value_and_grad
from . import vjp as vjp
from . import vjp_from_output as vjp_from_output
from . import vjp_param as vjp_param


Phi: np.ufunc
celu: np.ufunc
elu: np.ufunc
erf: np.ufunc
erfc: np.ufunc
expit: np.ufunc
geglu: np.ufunc
gelu: np.ufunc
gelu_tanh: np.ufunc
glu: np.ufunc
hard_shrink: np.ufunc
hard_sigmoid: np.ufunc
hard_silu: np.ufunc
hard_swish: np.ufunc
hard_tanh: np.ufunc
hardshrink: np.ufunc
hardsigmoid: np.ufunc
hardswish: np.ufunc
hardtanh: np.ufunc
identity: np.ufunc
leaky_relu: np.ufunc
lisht: np.ufunc
log1pexp: np.ufunc
log_cosh: np.ufunc
log_expit: np.ufunc
log_sigmoid: np.ufunc
log_softmax: np.ufunc
logistic: np.ufunc
logit: np.ufunc
logsigmoid: np.ufunc
logsumexp: np.ufunc
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
soft_shrink: np.ufunc
soft_sign: np.ufunc
softmax: np.ufunc
softmin: np.ufunc
softplus: np.ufunc
softshrink: np.ufunc
softsign: np.ufunc
sparse_plus: np.ufunc
sparse_sigmoid: np.ufunc
squared_relu: np.ufunc
squareplus: np.ufunc
step: np.ufunc
swiglu: np.ufunc
swish: np.ufunc
tanh: np.ufunc
tanh_shrink: np.ufunc
tanhshrink: np.ufunc
threshold: np.ufunc
