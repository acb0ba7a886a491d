"""``pytest bench --quick``: the ten most used functions at two lengths."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from bench.cells import cells
from bench.contenders import CONTENDERS, SKIPPED


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="ten functions, two lengths")
    parser.addoption("--alone", action="store_true", help="fastact alone, to compare two runs")


def pytest_report_header() -> str:
    text = f"contenders: {', '.join(CONTENDERS)}; numba {numba.__version__}, numpy {np.__version__}"
    return text + (f"; not installed: {', '.join(SKIPPED)}" if SKIPPED else "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        chosen = cells(metafunc.config.getoption("--quick"))
        metafunc.parametrize("cell", chosen, ids=map(str, chosen))
