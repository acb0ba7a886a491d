"""Formulas: an entry's definition as a plain NumPy function, and differentiated.

A formula is a Python expression in ``x``, the parameters and the names of
:data:`VOCABULARY`. Here it becomes what somebody without this package would write:
the baseline of the benchmarks, the demo and the first check of every kernel.

* :func:`numpy_baseline`: the value;
* :func:`numpy_value_and_derivative`: value and derivative in one pass, by dual
  numbers: an array and its derivative go through the expression together, so an
  exponential is computed once and used twice, as in code written by hand.

erf and erfc come from SciPy: NumPy has neither.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fastact.engine.entry import Activation
from fastact.formulas.dual import DUAL, Dual

__all__ = [
    "VOCABULARY",
    "dual_names",
    "formula_function",
    "formula_tree",
    "kink_points",
    "numpy_baseline",
    "numpy_derivative",
    "numpy_names",
    "numpy_value_and_derivative",
]

#: Functions NumPy lacks.
FROM_SCIPY = frozenset({"erf", "erfc"})
#: Every name a formula may use besides ``x`` and the parameters.
VOCABULARY = FROM_SCIPY | {
    "exp", "expm1", "log", "log1p", "tanh", "sqrt", "abs", "sign",
    "maximum", "minimum", "clip", "where", "pi",
}  # fmt: skip

_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Constant,
    ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)  # fmt: skip


# -- expressions ---------------------------------------------------------------------


def formula_tree(formula: str, variables: tuple[str, ...]) -> ast.Expression:
    """The syntax tree of a formula; TypeError where it leaves the vocabulary."""
    tree = ast.parse(formula, mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise TypeError(f"formula {formula!r}: {type(node).__name__} is not allowed")
        if isinstance(node, ast.Name) and node.id not in VOCABULARY and node.id not in variables:
            raise TypeError(f"formula {formula!r}: unknown name {node.id!r}")
    return tree


def formula_function(entry: Activation, names: Mapping[str, Any]) -> Callable[..., Any]:
    """The formula as a function ``f(x, *parameters)`` over a vocabulary ``names``."""
    arguments = ("x", *entry.parameters)
    tree = _Fold().visit(formula_tree(entry.formula, arguments))
    function = ast.Expression(
        ast.Lambda(
            ast.arguments(
                posonlyargs=[],
                args=[ast.arg(a) for a in arguments],
                kwonlyargs=[],
                kw_defaults=[],
                defaults=[],
            ),
            tree.body,
        )
    )
    code = compile(ast.fix_missing_locations(function), f"<formula of {entry.name}>", "eval")
    scope = {**names, "__builtins__": {}, "_number": _number}
    function_of_formula: Callable[..., Any] = eval(code, scope)
    return function_of_formula


class _Fold(ast.NodeTransformer):
    """Keeps numbers Python floats: ``sqrt(2)`` as np.float64 would widen a float32 array."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        if "x" in names:
            return node
        return ast.Call(ast.Name("_number", ast.Load()), [node], [])


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, np.float64) else value


# -- NumPy -----------------------------------------------------------------------------


@functools.cache
def numpy_names(formula: str) -> dict[str, Any]:
    """NumPy's functions under the names of the vocabulary; SciPy's where the formula asks."""
    names: dict[str, Any] = {name: getattr(np, name) for name in VOCABULARY - FROM_SCIPY}
    needed = {n.id for n in ast.walk(ast.parse(formula)) if isinstance(n, ast.Name)} & FROM_SCIPY
    if needed:
        try:
            import scipy.special
        except ImportError as error:
            raise ImportError(
                f"the formula {formula!r} needs scipy.special: pip install scipy"
            ) from error
        names |= {name: getattr(scipy.special, name) for name in needed}
    return names


@functools.cache
def dual_names(formula: str) -> dict[str, Any]:
    """The same functions for dual numbers."""
    return {
        name: DUAL[name](value) if name in DUAL else value
        for name, value in numpy_names(formula).items()
    }


def _complete(entry: Activation, given: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    """The parameters in order, defaults filled in."""
    values = entry.parameters | dict(zip(entry.parameters, given, strict=False)) | named
    unknown = named.keys() - entry.parameters.keys()
    missing = [name for name, value in values.items() if value is None]
    if unknown or missing:
        wrong = ", ".join(sorted(unknown)) or ", ".join(missing)
        raise TypeError(f"{entry.name}: {'unknown' if unknown else 'missing'} parameter {wrong}")
    return list(values.values())


def _floating(x: Any) -> Any:
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def numpy_baseline(entry: Activation) -> Callable[..., Any]:
    """``f(x, *parameters)`` in plain NumPy: the formula as it stands, at the dtype of ``x``."""
    function = formula_function(entry, numpy_names(entry.formula))

    def baseline(x: Any, *given: Any, **named: Any) -> Any:
        array, parameters = _floating(x), _complete(entry, given, named)
        with np.errstate(all="ignore"):
            # "where(x > 0, 1, 0)" is an integer array.
            return np.asarray(function(array, *parameters)).astype(array.dtype, copy=False)

    return baseline


def numpy_value_and_derivative(entry: Activation) -> Callable[..., Any]:
    """``(f(x), f'(x))`` in plain NumPy, exponentials shared between the two."""
    function = formula_function(entry, dual_names(entry.formula))

    def value_and_derivative(x: Any, *given: Any, **named: Any) -> tuple[Any, Any]:
        array, parameters = _floating(x), _complete(entry, given, named)
        with np.errstate(all="ignore"):
            y = function(Dual(array, 1.0), *parameters)
            value, slope = np.asarray(y.value), np.asarray(y.slope)
            if slope.shape != value.shape:
                slope = np.full(value.shape, slope)
            # "where(x > 0, 1, 0)" is an integer array.
            return (
                value.astype(array.dtype, copy=False),
                slope.astype(array.dtype, copy=False),
            )

    return value_and_derivative


def numpy_derivative(entry: Activation) -> Callable[..., Any]:
    """``f'(x, *parameters)`` in plain NumPy."""
    both = numpy_value_and_derivative(entry)
    return lambda x, *given, **named: both(x, *given, **named)[1]


# -- kinks -------------------------------------------------------------------------------


def kink_points(entry: Activation, parameters: Mapping[str, float]) -> dict[float, float]:
    """Position of every kink and the derivative taken there, for given parameters."""
    names = {name: getattr(np, name) for name in VOCABULARY - FROM_SCIPY}

    def number(expression: str) -> float:
        tree = formula_tree(expression, (*parameters, "inf"))
        code = compile(tree, f"<kink of {entry.name}>", "eval")
        return float(eval(code, {**names, **parameters, "inf": np.inf, "__builtins__": {}}))

    return {number(point): number(slope) for point, slope in entry.kinks.items()}
