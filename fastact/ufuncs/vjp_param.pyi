# Generated from the registry: python docs/generate.py

from fastact.ufunc_types import Ufunc_g_x_beta, Ufunc_g_x_weight
prelu: Ufunc_g_x_weight
swish: Ufunc_g_x_beta
