"""Fixtures and the one parametrisation that every numeric test shares: the registry."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

import fastact as fa
from fastact.engine.entry import registry

ENTRIES = registry()
ROOT = Path(__file__).parent.parent
#: Every dtype with a loop of its own; NumPy knows bfloat16 once ml_dtypes is imported.
DTYPES = ["float16", "float32", "float64"]
if find_spec("ml_dtypes"):
    import ml_dtypes  # noqa: F401

    DTYPES.append("bfloat16")

hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, max_examples=200, database=None
)
hypothesis.settings.load_profile("suite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``entry``, ``form_and_entry`` and ``precision`` run over all there is.

    A test that chooses its own entries says so with a mark, and keeps its choice.
    """
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    names = [name for name in metafunc.fixturenames if not any(name in own for own in chosen)]
    if "entry" in names:
        metafunc.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
    if "form_and_entry" in names:
        pairs = [(f, e) for e in ENTRIES.values() for f in e.forms]
        ids = [f"{f.namespace or 'value'}-{e.name}" for f, e in pairs]
        metafunc.parametrize("form_and_entry", pairs, ids=ids)
    if "precision" in names:
        metafunc.parametrize("precision", ["float32", "float64"])


def chosen(condition: Callable[[Any], Any]) -> pytest.MarkDecorator:
    """The entries that a test is about."""
    entries = [entry for entry in ENTRIES.values() if condition(entry)]
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.name)


def public(namespace: str, name: str) -> Callable[..., Any]:
    """``fa.NAME`` or ``fa.NAMESPACE.NAME``."""
    return getattr(getattr(fa, namespace) if namespace else fa, name)  # type: ignore[no-any-return]


def genuine(namespace: str, name: str) -> np.ufunc:
    """The ufunc behind a public name."""
    return getattr(getattr(fa.ufuncs, namespace) if namespace else fa.ufuncs, name)  # type: ignore[no-any-return]


def fill(entry: Any, dtype: Any = np.float64) -> dict[str, float]:
    """A value for every parameter: its default, or 1/4 where there is none."""
    kind = np.dtype(dtype).type
    return {n: float(kind(v)) for n, v in entry.illustrative_parameters().items()}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Run Python code in a fresh process, with a time limit; gives back what it printed."""

    def run(code: str, *, timeout: float = 120, cwd: Path = ROOT, **environment: str | None) -> str:
        variables = dict(os.environ)
        for name, value in environment.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=cwd,
            env=variables,
        )
        assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
        assert not done.stderr, done.stderr
        return done.stdout.strip()

    return run
