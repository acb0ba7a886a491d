"""Registry, public names, stubs, README and docs name the same functions, both ways."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import re
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import fastact as fa
from fastact.engine.forms import FORMS
from fastact.engine.rowwise import rowwise_registry
from tests.conftest import ENTRIES, ROOT, genuine, public

PACKAGE = Path(fa.__file__).parent
PAGES = ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


def names_of(form: Any) -> set[str]:
    """Names and aliases that the registry owes a form."""
    chosen: list[Any] = [entry for entry in ENTRIES.values() if form in entry.forms]
    for record in rowwise_registry().values():
        chosen += [record for own in record.forms if own.namespace == form.namespace]
    return {name for entry in chosen for name in (entry.name, *entry.aliases)}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.namespace or "value")
@pytest.mark.parametrize("tree", ["fastact", "fastact.ufuncs"])
def test_modules_and_stubs_hold_what_the_registry_says(tree: str, form: Any) -> None:
    owed = names_of(form)
    module = importlib.import_module(f"{tree}.{form.namespace}".rstrip("."))
    modules = {child.namespace for child in FORMS} | {"ufuncs"}
    assert set(module.__all__) == owed
    assert {n for n in dir(module) if not n.startswith("_")} - modules == owed
    stem = form.namespace or "__init__"
    path = PACKAGE.joinpath(*tree.split(".")[1:], f"{stem}.pyi")
    stubbed = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            stubbed.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            stubbed.add(ast.unparse(node.target))
    assert stubbed - {"__version__"} == owed


@pytest.mark.parametrize(
    ("page", "block"),
    [
        ("README.md", "functions"),
        ("docs/choosing.md", "choosing"),
        ("docs/reference.md", "functions"),
        ("README.md", "rowwise"),
        ("docs/choosing.md", "rowwise"),
        ("docs/reference.md", "rowwise"),
    ],
)
def test_tables_hold_every_function_once(page: str, block: str) -> None:
    text = (ROOT / page).read_text()
    text = text.partition(f"<!-- begin:{block} -->")[2].partition(f"<!-- end:{block} -->")[0]
    rows = re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE)
    assert sorted(rows) == sorted(rowwise_registry() if block == "rowwise" else ENTRIES)


@pytest.mark.parametrize("page", PAGES)
def test_rows_of_a_table_have_as_many_cells_as_its_head(page: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", (ROOT / page).read_text(), flags=re.MULTILINE):
        counts = [len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()]
        assert len(set(counts)) == 1, (page, table.splitlines()[counts.index(min(counts))])


def test_an_alias_is_the_function_itself(form_and_entry: Any) -> None:
    form, entry = form_and_entry
    for alias in entry.aliases:
        assert public(form.namespace, alias) is public(form.namespace, entry.name)
        assert genuine(form.namespace, alias) is genuine(form.namespace, entry.name)


def test_a_ufunc_knows_what_it_is(form_and_entry: Any) -> None:
    form, entry = form_and_entry
    for function in (public(form.namespace, entry.name), genuine(form.namespace, entry.name)):
        assert function.__name__ == entry.name
        tree = "fastact.ufuncs" if function is not public(form.namespace, entry.name) else "fastact"
        assert function.__module__ == f"{tree}.{form.namespace}".rstrip(".")
        assert function.__qualname__ == entry.name
        named = list(inspect.signature(function).parameters)
        assert named[: len(form.operands)] == list(form.operands)
        assert set(entry.parameters) <= set(named)
        assert entry.formula in function.__doc__
        assert pickle.loads(pickle.dumps(function)) is function
        assert cloudpickle.loads(cloudpickle.dumps(function)) is function
    assert isinstance(genuine(form.namespace, entry.name), np.ufunc)


class Lazy:
    """Notes the ufunc it is handed, as arrays do that compute later."""

    def __array_ufunc__(self, ufunc: Any, *_: Any, **__: Any) -> Any:
        return ufunc


def test_the_ufunc_that_others_are_handed_can_be_pickled(entry: Any) -> None:
    for form in entry.forms:
        operands = [Lazy()] * len(form.operands)
        missing = [0.5 for default in entry.parameters.values() if default is None]
        ufunc = public(form.namespace, entry.name)(*operands, *missing)
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            assert pickle.loads(pickle.dumps(ufunc, protocol)) is ufunc


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="reluu"):
        fa.reluu  # noqa: B018
