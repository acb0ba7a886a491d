"""PyTorch as a contender: its own kernels, into preallocated outputs where they allow it.

A vjp calls the backward kernel that autograd calls. Kernels that work from the output
(sigmoid, tanh, relu, elu ...) contend in the form ``vjp_from_output``; where nothing
else exists, the form ``vjp`` computes the output first, as PyTorch has to.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from bench.cells import Task

Call = Callable[[], Any]
SELU = (1.6732632423543772, 1.0507009873554805)

#: Values: entry -> name in torch._C._nn, which takes the parameters and ``out``.
NN = {
    "leaky_relu": "leaky_relu", "gelu": "gelu", "silu": "silu", "mish": "mish", "elu": "elu",
    "softplus": "softplus", "log_sigmoid": "log_sigmoid", "hard_silu": "hardswish",
    "hard_sigmoid": "hardsigmoid", "hard_tanh": "hardtanh", "soft_shrink": "softshrink",
}  # fmt: skip
#: Values: entry -> path below torch, of functions with ``out``.
TOP = {"sigmoid": "sigmoid", "tanh": "tanh", "erf": "erf", "erfc": "erfc", "logit": "logit"}
TOP |= {"ndtr": "special.ndtr"}
#: Values: entry -> overload below torch.ops.aten.
ATEN = {"celu": "celu.out", "hard_shrink": "hardshrink.out", "threshold": "threshold.out"}

#: vjp from x: entry -> aten name, and its arguments after (g, x) from the parameters.
BACKWARD: dict[str, tuple[str, Callable[..., tuple[Any, ...]]]] = {
    "gelu": ("gelu_backward.grad_input", lambda: ()),
    "silu": ("silu_backward.grad_input", lambda: ()),
    "hard_silu": ("hardswish_backward.out", lambda: ()),
    "hard_sigmoid": ("hardsigmoid_backward.grad_input", lambda: ()),
    "hard_tanh": ("hardtanh_backward.grad_input", lambda low, high: (low, high)),
    "relu6": ("hardtanh_backward.grad_input", lambda: (0.0, 6.0)),
    "leaky_relu": ("leaky_relu_backward.grad_input", lambda slope: (slope, False)),
    "softplus": ("softplus_backward.grad_input", lambda beta: (beta, 20.0)),
    "soft_shrink": ("softshrink_backward.grad_input", lambda lambd: (lambd,)),
    "hard_shrink": ("hardshrink_backward.grad_input", lambda lambd: (lambd,)),
    "threshold": ("threshold_backward.grad_input", lambda threshold, _: (threshold,)),
    "relu": ("threshold_backward.grad_input", lambda: (0.0,)),
    "logit": ("logit_backward.grad_input", lambda: ()),
}
#: From y: the same kernels with (g, y).
FROM_OUTPUT: dict[str, tuple[str, Callable[..., tuple[Any, ...]]]] = {
    "sigmoid": ("sigmoid_backward.grad_input", lambda: ()),
    "tanh": ("tanh_backward.grad_input", lambda: ()),
    "relu": ("threshold_backward.grad_input", lambda: (0.0,)),
    "relu6": ("hardtanh_backward.grad_input", lambda: (0.0, 6.0)),
    "leaky_relu": ("leaky_relu_backward.grad_input", lambda slope: (slope, True)),
}
#: elu_backward(g, alpha, scale, input_scale, is_result, x or y).
ELU = {
    "elu": lambda alpha: (alpha, 1.0, 1.0),
    "celu": lambda alpha: (alpha, 1.0, 1.0 / alpha),
    "selu": lambda: (*SELU, 1.0),
}


@functools.cache
def _torch() -> Any:
    module = importlib.import_module("torch")
    module.set_grad_enabled(False)  # recording a graph is not part of the value
    return module


def set_threads(count: int) -> None:
    """Threads of PyTorch."""
    _torch().set_num_threads(count)


def _at(root: Any, path: str) -> Any:
    return functools.reduce(getattr, path.split("."), root)


def setup(task: Task) -> Call | None:
    """The call of PyTorch for a task, or None."""
    torch = _torch()
    tensors = [torch.from_numpy(array) for array in task.operands]
    out = torch.from_numpy(task.out)
    if not task.form:
        return _value(torch, task, tensors[0], out)
    if task.form == "vjp":
        return _vjp(torch, task, *tensors, out)
    return _backward(torch, task, FROM_OUTPUT, True, *tensors, out)


def _value(torch: Any, task: Task, x: Any, out: Any) -> Call | None:
    name, extra = task.entry.name, task.parameters
    nn, functional = torch._C._nn, torch.nn.functional
    if name in NN:
        function = getattr(nn, NN[name])
        return lambda: function(x, *extra, out=out)
    if name in TOP:
        function = _at(torch, TOP[name])
        return lambda: function(x, out=out)
    if name in ATEN:
        function = _at(torch.ops.aten, ATEN[name])
        return lambda: function(x, *extra, out=out)
    special: dict[str, Call] = {
        "identity": lambda: out.copy_(x),
        "relu": lambda: torch.clamp_min(x, 0, out=out),
        "relu6": lambda: nn.hardtanh(x, 0.0, 6.0, out=out),
        "selu": lambda: nn.elu(x, *SELU, out=out),
        "gelu_tanh": lambda: nn.gelu(x, approximate="tanh", out=out),
        # No kernel of their own: composed, as the field does.
        "relu2": lambda: torch.square(torch.clamp_min(x, 0, out=out), out=out),
        "softsign": lambda: functional.softsign(x),
        "tanh_shrink": lambda: torch.sub(x, torch.tanh(x, out=out), out=out),
        "lisht": lambda: torch.mul(x, torch.tanh(x, out=out), out=out),
        "quick_gelu": lambda: torch.sigmoid(torch.mul(x, 1.702, out=out), out=out).mul_(x),
        "swish": lambda: torch.sigmoid(torch.mul(x, *extra, out=out), out=out).mul_(x),
    }
    if name == "prelu":
        weight = torch.tensor(extra, dtype=x.dtype)
        return lambda: torch.prelu(x, weight)
    return special.get(name)


def _backward(
    torch: Any, task: Task, table: Any, is_result: bool, g: Any, operand: Any, out: Any
) -> Call | None:
    name, extra, aten = task.entry.name, task.parameters, torch.ops.aten
    if name in ELU:
        kernel, scales = aten.elu_backward.grad_input, ELU[name](*extra)
        return lambda: kernel(g, *scales, is_result, operand, grad_input=out)
    if name not in table:
        return None
    path, arguments = table[name]
    kernel, rest = _at(aten, path), arguments(*extra)
    if path.endswith(".out"):
        return lambda: kernel(g, operand, *rest, out=out)
    return lambda: kernel(g, operand, *rest, grad_input=out)


def _vjp(torch: Any, task: Task, g: Any, x: Any, out: Any) -> Call | None:
    name, aten = task.entry.name, torch.ops.aten
    if name == "gelu_tanh":
        kernel = aten.gelu_backward.grad_input
        return lambda: kernel(g, x, approximate="tanh", grad_input=out)
    if name == "mish":
        return lambda: aten.mish_backward(g, x)
    if name == "log_sigmoid":  # the kernel wants exp(-|x|), which the forward pass leaves
        kernel, buffer = aten.log_sigmoid_backward.grad_input, torch.empty_like(x)
        forward = aten.log_sigmoid_forward.output

        def both() -> Any:
            forward(x, output=out, buffer=buffer)
            return kernel(g, x, buffer, grad_input=out)

        return both
    if name in ("sigmoid", "tanh"):  # the kernel wants y: two passes
        forward = getattr(torch, name)
        kernel = _at(aten, f"{name}_backward.grad_input")
        return lambda: kernel(g, forward(x, out=out), grad_input=out)
    if name == "prelu":  # gives the weight's gradient too
        weight = torch.tensor(task.parameters, dtype=x.dtype)
        return lambda: aten._prelu_kernel_backward(g, x, weight)[0]
    return _backward(torch, task, BACKWARD, False, g, x, out)
