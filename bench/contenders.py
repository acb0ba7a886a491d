"""The contenders as data: name -> how to set up a call outside the timed part.

A contender takes an entry, a form ("" or "vjp") and an input and gives a function
without arguments, or None where the peer has no such function. Peers that are not
installed are absent from CONTENDERS; nothing else depends on them.
"""

from __future__ import annotations

import ast
import importlib
import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

import fastact as fa
from fastact.engine.entry import Activation
from fastact.engine.formula import numpy_baseline
from fastact.engine.threads import max_threads

Call = Callable[[], Any]
#: A parameter without a default needs a value here: PyTorch's initial weight.
WEIGHT = 0.25


def parameters(entry: Activation) -> list[float]:
    """Parameter values of the benchmark: the defaults."""
    return [WEIGHT if value is None else value for value in entry.parameters.values()]


def fastact(entry: Activation, form: str, x: Any) -> Call | None:
    """The product itself, into a preallocated output."""
    out = np.empty_like(x)
    function = getattr(fa.ufuncs if not form else getattr(fa.ufuncs, form), entry.name)
    extra = parameters(entry)
    if form == "vjp":
        g = np.ones_like(x)
        return lambda: function(g, x, *extra, out=out)
    return lambda: function(x, *extra, out=out)


def numpy_formula(entry: Activation, form: str, x: Any) -> Call | None:
    """The entry's formula in plain NumPy."""
    if form:
        return None
    baseline = numpy_baseline(entry)
    values = dict(zip(entry.parameters, parameters(entry), strict=True))
    return lambda: baseline(x, **values)


_NAMES = ("exp", "log", "log1p", "expm1", "tanh", "cosh", "erf", "erfc", "sqrt")
_MATH = {name: getattr(math, name) for name in _NAMES}
_MATH |= {"pi": math.pi, "maximum": max, "minimum": min}


class _Scalar(ast.NodeTransformer):
    """``where(c, a, b)`` as ``a if c else b``, ``clip`` as nested min and max."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "where":
            return ast.IfExp(*node.args)
        if name == "clip":
            x, low, high = node.args
            inner = ast.Call(ast.Name("max", ast.Load()), [x, low], [])
            return ast.Call(ast.Name("min", ast.Load()), [inner, high], [])
        return node


def vectorize(entry: Activation, form: str, x: Any) -> Call | None:
    """The formula compiled by plain ``numba.vectorize``."""
    if form:
        return None
    names = ["x", *entry.parameters]
    body = _Scalar().visit(ast.parse(entry.formula, mode="eval").body)
    arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    function = eval(compile(tree, entry.name, "eval"), dict(_MATH))
    kind = getattr(numba, x.dtype.name)
    try:
        compiled = numba.vectorize([kind(*[kind] * len(names))])(function)
    except Exception:  # a formula that numba cannot type is no contender
        return None
    out, extra = np.empty_like(x), [x.dtype.type(value) for value in parameters(entry)]
    return lambda: compiled(x, *extra, out=out)


#: Names of the same function elsewhere, where they differ from ours.
SCIPY = {"sigmoid": "expit", "log_sigmoid": "log_expit", "logit": "logit", "erf": "erf"}
SCIPY |= {"erfc": "erfc", "ndtr": "ndtr"}
TORCH = {
    "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu",
    "gelu": "gelu", "silu": "silu", "mish": "mish", "elu": "elu", "selu": "selu", "celu": "celu",
    "softplus": "softplus", "log_sigmoid": "logsigmoid", "softsign": "softsign",
    "hard_silu": "hardswish", "hard_sigmoid": "hardsigmoid", "hard_tanh": "hardtanh",
    "relu6": "relu6", "tanh_shrink": "tanhshrink", "soft_shrink": "softshrink",
    "hard_shrink": "hardshrink",
}  # fmt: skip
JAX = {
    "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu",
    "silu": "silu", "mish": "mish", "elu": "elu", "selu": "selu", "celu": "celu",
    "softplus": "softplus", "log_sigmoid": "log_sigmoid", "softsign": "soft_sign",
    "hard_silu": "hard_silu", "hard_sigmoid": "hard_sigmoid", "hard_tanh": "hard_tanh",
    "relu6": "relu6", "gelu_tanh": "gelu", "squareplus": "squareplus",
    "sparse_plus": "sparse_plus", "sparse_sigmoid": "sparse_sigmoid",
}  # fmt: skip
ONNX = {
    "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "leaky_relu": "LeakyRelu",
    "elu": "Elu", "selu": "Selu", "softplus": "Softplus", "softsign": "Softsign",
    "hard_silu": "HardSwish", "mish": "Mish", "gelu": "Gelu", "erf": "Erf",
}  # fmt: skip


def scipy(entry: Activation, form: str, x: Any) -> Call | None:
    """scipy.special."""
    if form or entry.name not in SCIPY:
        return None
    function, out = getattr(importlib.import_module("scipy.special"), SCIPY[entry.name]), x.copy()
    return lambda: function(x, out=out)


def torch(entry: Activation, form: str, x: Any) -> Call | None:
    """PyTorch eager; the vjp is what its autograd calls."""
    module = importlib.import_module("torch")
    functional = module.nn.functional
    tensor = module.from_numpy(x)
    if entry.name == "gelu_tanh":
        function = lambda t: functional.gelu(t, approximate="tanh")  # noqa: E731
    elif entry.name in TORCH:
        name = TORCH[entry.name]
        function = getattr(module, name, None) if name in ("sigmoid", "tanh") else None
        function = function or getattr(functional, name)
    else:
        return None
    if form == "vjp":
        leaf = tensor.clone().requires_grad_()
        y, g = function(leaf), module.ones_like(tensor)
        return lambda: module.autograd.grad(y, leaf, g, retain_graph=True)[0]
    return lambda: function(tensor)


def jax(entry: Activation, form: str, x: Any) -> Call | None:
    """JAX, jitted."""
    if entry.name not in JAX and entry.name != "gelu":
        return None
    module = importlib.import_module("jax")
    module.config.update("jax_enable_x64", True)
    if entry.name == "gelu":
        function = lambda v: module.nn.gelu(v, approximate=False)  # noqa: E731
    else:
        function = getattr(module.nn, JAX[entry.name])
    value = module.numpy.asarray(x)
    if form == "vjp":
        one = module.numpy.ones_like(value)
        compiled = module.jit(lambda g, v: module.vjp(function, v)[1](g)[0])
        return lambda: compiled(one, value).block_until_ready()
    compiled = module.jit(function)
    return lambda: compiled(value).block_until_ready()


def onnxruntime(entry: Activation, form: str, x: Any) -> Call | None:
    """ONNX Runtime with bound inputs and outputs."""
    if form or entry.name not in ONNX:
        return None
    runtime = importlib.import_module("onnxruntime")
    onnx = importlib.import_module("onnx")
    return _onnx_session(runtime, onnx.helper, onnx.TensorProto, ONNX[entry.name], x)


def _onnx_session(runtime: Any, helper: Any, kinds: Any, operator: str, x: Any) -> Call | None:
    kind = kinds.FLOAT if x.dtype == np.float32 else kinds.DOUBLE
    ends = [helper.make_tensor_value_info(name, kind, [x.size]) for name in "xy"]
    node = helper.make_node(operator, ["x"], ["y"])
    graph = helper.make_graph([node], "one", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = numba.get_num_threads()
    options.log_severity_level = 4
    try:
        session = runtime.InferenceSession(model.SerializeToString(), options)
    except Exception:  # no float64 kernel for this operator
        return None
    out = np.empty_like(x)
    binding = session.io_binding()
    binding.bind_cpu_input("x", x)
    binding.bind_output("y", "cpu", 0, x.dtype, x.shape, out.ctypes.data)

    def call() -> Any:
        session.run_with_iobinding(binding)
        return out

    return call


def _installed(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


CONTENDERS: dict[str, Callable[[Activation, str, Any], Call | None]] = {
    "fastact": fastact,
    "numpy": numpy_formula,
    "vectorize": vectorize,
    **{
        name: setup
        for name, setup in {
            "scipy": scipy, "torch": torch, "jax": jax, "onnxruntime": onnxruntime,
        }.items()
        if _installed(name) and (name != "onnxruntime" or _installed("onnx"))
    },
}  # fmt: skip


def set_threads(count: int) -> None:
    """Give every contender that can be told this many threads."""
    numba.set_num_threads(count)
    if "torch" in CONTENDERS:
        importlib.import_module("torch").set_num_threads(count)


THREADS = sorted({1, min(max_threads(), numba.config.NUMBA_NUM_THREADS)})
