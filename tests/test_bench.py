"""The benchmark's own machinery: formulas for the peers, and the report."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import report
from bench.formulas import FROM_OUTPUT, Numexpr, Scalar, formula_of, slope
from bench.test_rowwise import NUMPY
from fastact.engine.forms import qualified
from fastact.engine.rowwise import GatedUnit, RowFunction, rowwise_registry
from fastact.formulas.formula import numpy_baseline, numpy_derivative, numpy_names
from tests.conftest import ENTRIES, ROOT, fill

X = np.linspace(0.05, 0.95, 19)


def test_all_rows_and_gates_are_timed() -> None:
    rows = [r for r in rowwise_registry().values() if isinstance(r, RowFunction)]
    names = {qualified(form.namespace, r.name) for r in rows for form in r.forms}
    # glu, which splits an array, is not: no peer returns what its ufunc does.
    gates = (r for r in rowwise_registry().values() if isinstance(r, GatedUnit))
    assert set(NUMPY) == names | {r.name for r in gates if not r.splits}


def evaluated(text: str, entry: Any, **arrays: Any) -> Any:
    return eval(text, {**numpy_names(entry.formula), "exp": np.exp, **fill(entry), **arrays})


def test_symbolic_derivatives_agree_with_dual_numbers(entry: Any) -> None:
    for x in (X, -X if entry.name != "logit" else X / 2):
        found = evaluated(slope(ast.parse(entry.formula, mode="eval").body), entry, x=x)
        np.testing.assert_allclose(found, numpy_derivative(entry)(x, **fill(entry)), 1e-9, 1e-12)


@pytest.mark.parametrize("name", FROM_OUTPUT)
def test_derivatives_from_the_output(name: str) -> None:
    entry = ENTRIES[name]
    for x in (X, -X):
        y = numpy_baseline(entry)(x, **fill(entry))
        found = evaluated(FROM_OUTPUT[name], entry, y=y)
        np.testing.assert_allclose(found, numpy_derivative(entry)(x, **fill(entry)), 1e-9)


@pytest.mark.parametrize("form", ["", "vjp"])
def test_dialects_keep_the_value(entry: Any, form: str) -> None:
    found = formula_of(entry, form)
    assert found is not None
    plain = evaluated(found[0], entry, x=X, g=X)
    numexpr = Numexpr()
    text = ast.unparse(numexpr.visit(ast.parse(found[0], mode="eval")))
    result = evaluated(text, entry, x=X, g=X, **numexpr.constants)
    np.testing.assert_allclose(result, plain, 1e-12)
    text = ast.unparse(Scalar().visit(ast.parse(found[0], mode="eval")))
    one = evaluated(text, entry, x=X[3], g=X[3], max=max, min=min)
    np.testing.assert_allclose(one, plain[3] if np.ndim(plain) else plain, 1e-12)


def test_the_report_names_the_cell_that_is_lost(tmp_path: Path) -> None:
    def benchmark(name: str, own: float, peer: float) -> dict[str, Any]:
        times = {"fastact": own, "torch": peer, "numpy": 9.0}
        cell = {"name": name, "form": "", "dtype": "float32", "size": 1000, "threads": 1}
        return {"extra_info": {**cell, "seconds": times}}

    run = {"benchmarks": [benchmark("relu", 1.0, 4.0), benchmark("tanh", 2.0, 1.0)]}
    found = report.cells(run)
    assert [cell["ratio"] for cell in found] == [4.0, 0.5]
    assert report.losses(found) == "- `tanh`: 32 1e3 1T 0.50 (torch)"
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(run))
    command = [sys.executable, "bench/report.py", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Ahead in 1 of 2 cells; geometric mean of the ratios 1.41." in done.stdout
    path.write_text('{"benchmarks": []}')
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "holds no cell" in done.stderr
