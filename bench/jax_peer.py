"""JAX as a contender, jitted: jax.nn where it has the function, else the formula.

XLA takes the size of its pool when the CPU client is made. The client is made anew for
another number of threads, so that JAX stands in the cells of one thread too.
"""

from __future__ import annotations

import ast
import importlib
import os
from collections.abc import Callable
from typing import Any

from bench.cells import Task
from bench.formulas import FROM_OUTPUT
from fastact.formulas.formula import FROM_SCIPY, VOCABULARY, formula_function

Call = Callable[[], Any]
#: entry -> name in jax.nn. Those of PARAMETRIC take the entry's parameters.
NAMES = {
    "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu",
    "silu": "silu", "mish": "mish", "elu": "elu", "selu": "selu", "celu": "celu",
    "softplus": "softplus", "log_sigmoid": "log_sigmoid", "softsign": "soft_sign",
    "hard_silu": "hard_silu", "hard_sigmoid": "hard_sigmoid", "hard_tanh": "hard_tanh",
    "relu6": "relu6", "gelu_tanh": "gelu", "squareplus": "squareplus",
    "sparse_plus": "sparse_plus", "sparse_sigmoid": "sparse_sigmoid",
}  # fmt: skip
PARAMETRIC = {"leaky_relu", "elu", "celu", "squareplus"}

_threads = 0


def set_threads(count: int) -> None:
    """A CPU client with this many threads; arrays of the former one are void."""
    global _threads
    if count == _threads:
        return
    os.environ["PJRT_NPROC"] = str(count)
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    importlib.import_module("jax.extend.backend").clear_backends()
    _threads = count


def _function(task: Task) -> Callable[..., Any]:
    jax = importlib.import_module("jax")
    name, extra = task.entry.name, task.parameters
    if name == "gelu":
        return lambda x: jax.nn.gelu(x, approximate=False)
    if name in NAMES:
        function, rest = getattr(jax.nn, NAMES[name]), extra if name in PARAMETRIC else []
        return lambda x: function(x, *rest)
    special = importlib.import_module("jax.scipy.special")
    names = {n: getattr(jax.numpy, n) for n in VOCABULARY - FROM_SCIPY}
    names |= {n: getattr(special, n) for n in FROM_SCIPY}
    formula = formula_function(task.entry, names)
    return lambda x: jax.numpy.asarray(formula(x, *extra), dtype=x.dtype)


def setup(task: Task) -> Call | None:
    """The jitted call for a task, or None."""
    if task.entry.name == "identity":  # JAX hands back its operand
        return None
    jax = importlib.import_module("jax")
    function = _function(task)
    if task.form == "vjp":
        compiled = jax.jit(lambda g, x: jax.vjp(function, x)[1](g)[0])
    elif task.form == "vjp_from_output":
        if task.entry.name not in FROM_OUTPUT:
            return None
        code = compile(ast.parse(FROM_OUTPUT[task.entry.name], mode="eval"), "<y>", "eval")
        scope = {"where": jax.numpy.where, "expm1": jax.numpy.expm1}
        scope |= dict(zip(task.entry.parameters, task.parameters, strict=True))
        compiled = jax.jit(lambda g, y: g * eval(code, {**scope, "y": y}).astype(y.dtype))
    else:
        compiled = jax.jit(function)
    operands = [jax.numpy.asarray(array) for array in task.operands]
    return lambda: compiled(*operands).block_until_ready()
