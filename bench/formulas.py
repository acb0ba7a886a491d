"""Formulas in the dialects of the peers that take one: numba.vectorize, numexpr, JAX.

The vjp of a formula is its derivative taken symbolically, times g; from the output it
is what the field writes by hand.
"""

from __future__ import annotations

import ast
import math

from fastact.engine.entry import Activation

#: f' as a function of y = f(x), as the field writes it.
FROM_OUTPUT = {
    "sigmoid": "y * (1 - y)",
    "tanh": "1 - y * y",
    "relu": "where(y > 0, 1, 0)",
    "relu6": "where(y > 0, where(y < 6, 1, 0), 0)",
    "leaky_relu": "where(y > 0, 1, negative_slope)",
    "elu": "where(y > 0, 1, y + alpha)",
    "celu": "where(y > 0, 1, (y + alpha) / alpha)",
    "softplus": "-expm1(-beta * y)",
    "selu": "where(y > 0, 1.0507009873554805, y + 1.7580993408473766)",
}

#: The slope of a function at {0}, to be multiplied by the slope of {0}.
SLOPES = {
    "exp": "exp({0})",
    "expm1": "(expm1({0}) + 1)",
    "log": "(1 / ({0}))",
    "log1p": "(1 / (1 + ({0})))",
    "tanh": "(1 - tanh({0}) ** 2)",
    "sqrt": "(0.5 / sqrt({0}))",
    "erf": "(1.1283791670955126 * exp(-(({0}) * ({0}))))",
    "erfc": "(-1.1283791670955126 * exp(-(({0}) * ({0}))))",
    "abs": "sign({0})",
}


def _product(a: str, b: str) -> str:
    if "0" in (a, b):
        return "0"
    return b if a == "1" else a if b == "1" else f"({a}) * ({b})"


def _sum(a: str, sign: str, b: str) -> str:
    if b == "0":
        return a
    if a == "0":
        return b if sign == "+" else f"-({b})"
    return f"({a}) {sign} ({b})"


def slope(node: ast.expr) -> str:
    """The derivative of an expression by ``x``, as text; "0" and "1" are recognised."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        return "1" if node.id == "x" else "0"
    if isinstance(node, ast.Constant):
        return "0"
    if isinstance(node, ast.UnaryOp):
        inner = slope(node.operand)
        return inner if inner == "0" else f"-({inner})"
    if isinstance(node, ast.BinOp):
        return _slope_of_operation(node, text)
    assert isinstance(node, ast.Call)
    name, arguments = node.func.id, node.args  # type: ignore[attr-defined]
    if name == "where":
        return _choice(ast.unparse(arguments[0]), slope(arguments[1]), slope(arguments[2]))
    first = ast.unparse(arguments[0])
    if name in ("maximum", "minimum"):
        sign, second = (">", "<")[name == "minimum"], ast.unparse(arguments[1])
        return _choice(f"{first} {sign} {second}", slope(arguments[0]), slope(arguments[1]))
    if name == "clip":
        low, high = map(ast.unparse, arguments[1:])
        inner = _choice(f"{first} < {high}", slope(arguments[0]), "0")
        return _choice(f"{first} > {low}", inner, "0")
    if name == "sign":
        return "0"
    return _product(SLOPES[name].format(first), slope(arguments[0]))


def _choice(condition: str, yes: str, no: str) -> str:
    return yes if yes == no else f"where({condition}, {yes}, {no})"


def _slope_of_operation(node: ast.BinOp, text: str) -> str:
    a, b = ast.unparse(node.left), ast.unparse(node.right)
    da, db = slope(node.left), slope(node.right)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        return _sum(da, "+" if isinstance(node.op, ast.Add) else "-", db)
    if isinstance(node.op, ast.Mult):
        return _sum(_product(da, b), "+", _product(a, db))
    if isinstance(node.op, ast.Div):
        if db == "0":
            return da if da == "0" else f"({da}) / ({b})"
        return f"({_sum(da, '-', _product(text, db))}) / ({b})"
    assert isinstance(node.op, ast.Pow)
    assert isinstance(node.right, ast.Constant)
    exponent = node.right.value
    power = f"({a})" if exponent == 2 else f"({a}) ** {exponent - 1}"
    return _product(f"{exponent} * {power}", da)


def formula_of(entry: Activation, form: str) -> tuple[str, tuple[str, ...]] | None:
    """The formula of a form and the names of its arrays; None where nobody writes one."""
    if not form:
        return entry.formula, ("x",)
    if form == "vjp":
        return f"g * ({slope(ast.parse(entry.formula, mode='eval').body)})", ("g", "x")
    if entry.name not in FROM_OUTPUT:
        return None
    return f"g * ({FROM_OUTPUT[entry.name]})", ("g", "y")


class Scalar(ast.NodeTransformer):
    """For numba: ``where(c, a, b)`` as ``a if c else b``, ``clip`` as nested choices."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id  # type: ignore[attr-defined]
        texts = [f"({ast.unparse(a)})" for a in node.args]
        new = ""
        if name == "where":
            new = "{1} if {0} else {2}"
        elif name == "clip":
            new = "min(max({0}, {1}), {2})"
        elif name == "sign":
            new = "1.0 if {0} > 0 else -1.0 if {0} < 0 else 0.0"
        return ast.parse(new.format(*texts), mode="eval").body if new else node


class Numexpr(ast.NodeTransformer):
    """For numexpr: ``clip`` as choices, and numbers as variables of the array's dtype.

    A literal 0.5 is a double there and would carry a float32 expression into float64.
    """

    def __init__(self) -> None:
        self.constants: dict[str, float] = {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not any(
            isinstance(n, ast.Name) and n.id in "xyg" for a in node.args for n in ast.walk(a)
        ):
            value = eval(ast.unparse(node), {"sqrt": math.sqrt, "log": math.log, "pi": math.pi})
            return self.visit_Constant(ast.Constant(float(value)))
        node.args = [self.visit(argument) for argument in node.args]
        if node.func.id == "clip":  # type: ignore[attr-defined]
            x, low, high = map(ast.unparse, node.args)
            return ast.parse(f"minimum(maximum({x}, {low}), {high})", mode="eval").body
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, int):
            return node
        name = f"c{len(self.constants)}"
        self.constants[name] = node.value
        return ast.Name(name, ast.Load())
