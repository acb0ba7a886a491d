# Generated from the registry: python docs/generate.py

from . import grad as grad
from . import value_and_grad as value_and_grad
from . import vjp as vjp
from . import vjp_from_output as vjp_from_output
from . import vjp_param as vjp_param
from fastact.ufunc_types import Rows_x, Rows_x_to_number, Ufunc_gate_up, Ufunc_x, Ufunc_x_alpha, Ufunc_x_b, Ufunc_x_beta, Ufunc_x_lambd, Ufunc_x_min_val_max_val, Ufunc_x_negative_slope, Ufunc_x_threshold_value, Ufunc_x_weight
Phi: Ufunc_x
celu: Ufunc_x_alpha
elu: Ufunc_x_alpha
erf: Ufunc_x
erfc: Ufunc_x
expit: Ufunc_x
geglu: Ufunc_gate_up
gelu: Ufunc_x
gelu_tanh: Ufunc_x
glu: Ufunc_gate_up
hard_shrink: Ufunc_x_lambd
hard_sigmoid: Ufunc_x
hard_silu: Ufunc_x
hard_swish: Ufunc_x
hard_tanh: Ufunc_x_min_val_max_val
hardshrink: Ufunc_x_lambd
hardsigmoid: Ufunc_x
hardswish: Ufunc_x
hardtanh: Ufunc_x_min_val_max_val
identity: Ufunc_x
leaky_relu: Ufunc_x_negative_slope
lisht: Ufunc_x
log1pexp: Ufunc_x_beta
log_cosh: Ufunc_x
log_expit: Ufunc_x
log_sigmoid: Ufunc_x
log_softmax: Rows_x
logistic: Ufunc_x
logit: Ufunc_x
logsigmoid: Ufunc_x
logsumexp: Rows_x_to_number
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
soft_shrink: Ufunc_x_lambd
soft_sign: Ufunc_x
softmax: Rows_x
softmin: Rows_x
softplus: Ufunc_x_beta
softshrink: Ufunc_x_lambd
softsign: Ufunc_x
sparse_plus: Ufunc_x
sparse_sigmoid: Ufunc_x
squared_relu: Ufunc_x
squareplus: Ufunc_x_b
step: Ufunc_x
swiglu: Ufunc_gate_up
swish: Ufunc_x_beta
tanh: Ufunc_x
tanh_shrink: Ufunc_x
tanhshrink: Ufunc_x
threshold: Ufunc_x_threshold_value
