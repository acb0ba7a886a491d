"""The typed stubs, made from the registry: what editors and type checkers see."""

from __future__ import annotations

from pathlib import Path

from fastact.engine.entry import registry
from fastact.engine.forms import FORMS, Form
from fastact.engine.namespace import has_defaults, public_names

__all__ = ["stubs"]

_HEADER = """# Generated from the registry: python docs/generate.py
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
"""


def stubs() -> dict[Path, str]:
    """Text of every stub by its path relative to the package."""
    texts = {}
    for form in FORMS:
        stem = form.namespace or "__init__"
        texts[Path(f"{stem}.pyi")] = _stub(form, genuine=False)
        texts[Path("ufuncs") / f"{stem}.pyi"] = _stub(form, genuine=True)
    return texts


def _stub(form: Form, genuine: bool) -> str:
    lines = [_HEADER]
    if not form.namespace:
        children = [child.namespace for child in FORMS if child.namespace]
        children += [] if genuine else ["ufuncs"]
        lines.insert(1, "".join(f"from . import {c} as {c}\n" for c in sorted(children)))
        lines.append("" if genuine else "__version__: str")
    entries = registry().values()
    by_name = {name: entry for entry in entries for name in (entry.name, *entry.aliases)}
    for name in public_names(form):
        entry = by_name[name]
        if genuine or not has_defaults(entry):
            lines.append(f"{name}: np.ufunc")
            continue
        operands = [f"{operand}: ArrayLike" for operand in form.operands]
        parameters = [
            f"{parameter}: ArrayLike" + ("" if default is None else f" = {default!r}")
            for parameter, default in entry.parameters.items()
        ]
        signature = ", ".join([*operands, "/", *parameters, "**kwargs: Any"])
        lines.append(f"def {name}({signature}) -> Any: ...")
    return "\n".join(lines) + "\n"
