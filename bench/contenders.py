"""The contenders as data: name -> how to set up a call outside the timed part.

A contender takes a task and gives a function without arguments, or None where the peer
has no such function. A peer that is not installed stands in SKIPPED instead of
CONTENDERS, and nothing else depends on it.
"""

from __future__ import annotations

import ast
import functools
import importlib
import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numba
import numpy as np

import fastact as fa
from bench import jax_peer, onnx_peer, torch_peer
from bench.cells import Task
from bench.formulas import Numexpr, Scalar, formula_of
from fastact.engine.entry import Activation
from fastact.formulas.formula import numpy_baseline, numpy_derivative

Call = Callable[[], Any]


def fastact(task: Task) -> Call:
    """The product itself as it is called: without parameters where these have defaults."""
    function = getattr(getattr(fa, task.form) if task.form else fa, task.entry.name)
    defaults = list(task.entry.parameters.values()) == task.parameters
    operands, out = [*task.operands, *([] if defaults else task.parameters)], task.out
    return lambda: function(*operands, out=out)


def plain_numpy(task: Task) -> Call | None:
    """The formula in plain NumPy, differentiated with shared exponentials."""
    entry, extra, out = task.entry, task.parameters, task.out
    if entry.name == "identity":  # NumPy would hand back its operand
        operand = task.operands[0]
        return lambda: np.positive(operand, out=out)
    if not task.form:
        baseline, x = numpy_baseline(entry), task.x
        return lambda: baseline(x, *extra)
    if task.form == "vjp":
        derivative, (g, x) = numpy_derivative(entry), task.operands
        return lambda: np.multiply(g, derivative(x, *extra), out=out)
    found = formula_of(entry, task.form)
    if found is None:
        return None
    tree, names = ast.parse(found[0], mode="eval"), [*found[1], *entry.parameters]
    function = _function(tree.body, names, {"where": np.where, "expm1": np.expm1})
    operands, kind = [*task.operands, *extra], task.x.dtype
    return lambda: function(*operands).astype(kind, copy=False)


def _function(body: Any, names: list[str], scope: dict[str, Any]) -> Callable[..., Any]:
    arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    return eval(compile(tree, "<formula>", "eval"), scope)  # type: ignore[no-any-return]


_NAMES = ("exp", "log", "log1p", "expm1", "tanh", "cosh", "erf", "erfc", "sqrt")
_MATH = {name: getattr(math, name) for name in _NAMES}
_MATH |= {"pi": math.pi, "maximum": max, "minimum": min}


@functools.lru_cache(maxsize=64)
def _vectorized(entry: Activation, form: str, dtype: str) -> Any:
    found = formula_of(entry, form)
    if found is None:
        return None
    names = [*found[1], *entry.parameters]
    function = _function(Scalar().visit(ast.parse(found[0], mode="eval").body), names, dict(_MATH))
    kind = getattr(numba, dtype)
    try:
        return numba.vectorize([kind(*[kind] * len(names))])(function)
    except Exception:  # a formula that numba cannot type is no contender
        return None


def vectorize(task: Task) -> Call | None:
    """The formula compiled by plain ``numba.vectorize``."""
    compiled = _vectorized(task.entry, task.form, task.x.dtype.name)
    if compiled is None:
        return None
    operands, out = [*task.operands, *map(task.x.dtype.type, task.parameters)], task.out
    return lambda: compiled(*operands, out=out)


def numexpr(task: Task) -> Call | None:
    """The formula in numexpr, compiled once, into a preallocated output."""
    module = importlib.import_module("numexpr")
    found = formula_of(task.entry, task.form)
    if found is None:
        return None
    dialect, kind = Numexpr(), task.x.dtype.type
    text = ast.unparse(dialect.visit(ast.parse(found[0], mode="eval")))
    names = [*found[1], *task.entry.parameters, *dialect.constants]
    values = [*task.operands, *map(kind, [*task.parameters, *dialect.constants.values()])]
    single = {"float32": float, "float64": np.float64}[task.x.dtype.name]  # numexpr's codes
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    chosen = [(n, v) for n, v in zip(names, values, strict=True) if n in used]
    out = task.out
    arrays = [value for _, value in chosen]
    try:
        compiled = module.NumExpr(text, signature=[(name, single) for name, _ in chosen])
        compiled(*arrays, out=out, order="K", casting="same_kind", ex_uses_vml=False)
    except Exception:  # no erf in numexpr
        return None
    return lambda: compiled(*arrays, out=out, order="K", casting="same_kind", ex_uses_vml=False)


#: Names in scipy.special, where they exist.
SCIPY = {"sigmoid": "expit", "log_sigmoid": "log_expit", "logit": "logit", "erf": "erf"}
SCIPY |= {"erfc": "erfc", "ndtr": "ndtr"}


def scipy(task: Task) -> Call | None:
    """scipy.special."""
    if task.form or task.entry.name not in SCIPY:
        return None
    function = getattr(importlib.import_module("scipy.special"), SCIPY[task.entry.name])
    x, out = task.x, task.out
    return lambda: function(x, out=out)


#: Name -> set-up, and the modules it needs.
ALL: dict[str, tuple[Callable[[Task], Call | None], tuple[str, ...]]] = {
    "fastact": (fastact, ()),
    "numpy": (plain_numpy, ()),
    "vectorize": (vectorize, ()),
    "numexpr": (numexpr, ("numexpr",)),
    "scipy": (scipy, ("scipy",)),
    "torch": (torch_peer.setup, ("torch",)),
    "jax": (jax_peer.setup, ("jax",)),
    "onnxruntime": (onnx_peer.setup, ("onnxruntime", "onnx")),
}
CONTENDERS = {
    name: setup for name, (setup, needs) in ALL.items() if all(find_spec(need) for need in needs)
}
SKIPPED = [name for name in ALL if name not in CONTENDERS]


def set_threads(count: int) -> None:
    """Give every contender this many threads; plain NumPy, SciPy and @vectorize use one."""
    numba.set_num_threads(min(count, numba.config.NUMBA_NUM_THREADS))
    if "torch" in CONTENDERS:
        torch_peer.set_threads(count)
    if "jax" in CONTENDERS:
        jax_peer.set_threads(count)
    if "numexpr" in CONTENDERS:
        importlib.import_module("numexpr").set_num_threads(count)
