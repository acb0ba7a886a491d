"""The examples run and say what they should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_runs(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    runpy.run_path(str(path))
    printed = capsys.readouterr().out.splitlines()
    if path.stem == "digits_mlp":
        assert float(printed[-1].split()[-1].rstrip("%")) > 95
    if path.stem == "numba_layer":
        assert float(printed[0].split()[-1]) < 1e-15
