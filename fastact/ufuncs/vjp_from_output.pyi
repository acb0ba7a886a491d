# Generated from the registry: python docs/generate.py

from fastact.ufunc_types import Rows_g_y, Ufunc_g_y, Ufunc_g_y_alpha, Ufunc_g_y_beta, Ufunc_g_y_negative_slope
celu: Ufunc_g_y_alpha
elu: Ufunc_g_y_alpha
expit: Ufunc_g_y
identity: Ufunc_g_y
leaky_relu: Ufunc_g_y_negative_slope
log1pexp: Ufunc_g_y_beta
log_softmax: Rows_g_y
logistic: Ufunc_g_y
relu: Ufunc_g_y
relu6: Ufunc_g_y
selu: Ufunc_g_y
sigmoid: Ufunc_g_y
softmax: Rows_g_y
softplus: Ufunc_g_y_beta
tanh: Ufunc_g_y
