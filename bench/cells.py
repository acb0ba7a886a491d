"""What is measured: the cells of the benchmark, and the operands of one cell.

A cell is one function, form, dtype, length and number of threads.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastact.engine.entry import Activation, registry
from fastact.engine.forms import FORMS
from fastact.engine.threads import max_threads
from fastact.formulas.formula import numpy_baseline, numpy_derivative

#: "" is the value. vjp starts from x; vjp_from_output starts from y = f(x).
FORM_NAMES = ("", "vjp", "vjp_from_output")
DTYPES = ("float32", "float64")
SIZES = (1_000, 100_000, 1_000_000, 16_000_000)
THREADS = tuple(sorted({1, max_threads()}))
#: The subset of ``--quick``: what most networks are made of.
QUICK = (
    "elu", "gelu", "gelu_tanh", "leaky_relu", "mish", "relu", "sigmoid", "silu", "softplus", "tanh",
)  # fmt: skip
QUICK_SIZES = (1_000, 1_000_000)
#: Points of a cell that are checked against the reference before anything is timed.
CHECKED = 4096
#: Peers give up tails and places: only a wrong function is to be caught here.
TOLERANCE = {"float32": 2e-3, "float64": 1e-3}


@dataclass(frozen=True)
class Cell:
    """One cell; ``str`` is its name in pytest and in the report."""

    name: str
    form: str
    dtype: str
    size: int
    threads: int

    def __str__(self) -> str:
        size = f"{self.size:.1e}".replace(".0e", "e").replace("e+0", "e")
        return f"{self.name}-{self.form or 'f'}-{self.dtype}-{size}-{self.threads}T"


def cells(quick: bool = False) -> list[Cell]:
    """All cells. Threads vary slowest (JAX must be restarted for them), sizes fastest."""
    forms = {form.namespace: form for form in FORMS}
    return [
        Cell(name, form, dtype, size, threads)
        for threads in THREADS
        for name, entry in registry().items()
        for dtype in DTYPES
        for form in FORM_NAMES
        for size in (QUICK_SIZES if quick else SIZES)
        if forms[form] in entry.forms and (not quick or name in QUICK)
    ]


@functools.lru_cache(maxsize=24)
def _random(seed: int, size: int, dtype: str, unit: bool) -> Any:
    """Normal numbers, of deviation 2 for x and 1 for g; in (0, 1) where ``unit``."""
    x = np.random.default_rng(seed).normal(0, 2 - seed, size)
    return (1 / (1 + np.exp(-x)) if unit else x).astype(dtype)


@functools.lru_cache(maxsize=8)
def _buffer(size: int, dtype: str) -> Any:
    return np.zeros(size, dtype)


class Task:
    """The operands of a cell, shared by its contenders, down to the output buffer."""

    def __init__(self, entry: Activation, form: str, x: Any) -> None:
        self.entry, self.form, self.x = entry, form, x
        self.parameters = list(entry.illustrative_parameters().values())

    @functools.cached_property
    def g(self) -> Any:
        """The incoming gradient."""
        return _random(1, self.x.size, self.x.dtype.name, False)

    @functools.cached_property
    def y(self) -> Any:
        """The output, for the form that starts from it."""
        return np.array(numpy_baseline(self.entry)(self.x, *self.parameters))

    @functools.cached_property
    def out(self) -> Any:
        """Where those write that can be told."""
        return _buffer(self.x.size, self.x.dtype.name)

    @property
    def operands(self) -> list[Any]:
        """The arrays of the form, in the order of its call."""
        if not self.form:
            return [self.x]
        return [self.g, self.y if self.form == "vjp_from_output" else self.x]

    @functools.cached_property
    def checked(self) -> Any:
        """Indices of the points that are checked."""
        return np.unique(np.linspace(0, self.x.size - 1, CHECKED).astype(np.intp))

    @functools.cached_property
    def reference(self) -> Any:
        """The formula in float64 at these points."""
        x = self.x[self.checked].astype(np.float64)
        if not self.form:
            return numpy_baseline(self.entry)(x, *self.parameters)
        return self.g[self.checked] * numpy_derivative(self.entry)(x, *self.parameters)

    def check(self, contender: str, result: Any) -> None:
        """AssertionError where a contender computes something else."""
        tolerance = TOLERANCE[self.x.dtype.name]
        array = np.asarray(result)
        assert array.dtype == self.x.dtype, f"{contender} gives {array.dtype}"
        np.testing.assert_allclose(
            array[self.checked], self.reference, tolerance, tolerance, err_msg=contender
        )


def task(cell: Cell) -> Task:
    """The operands of ``cell``."""
    entry = registry()[cell.name]
    return Task(entry, cell.form, _random(0, cell.size, cell.dtype, cell.name == "logit"))
