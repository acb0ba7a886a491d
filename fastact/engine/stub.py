"""The typed stubs, made from the registry: what editors and type checkers see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastact.engine.forms import FORMS, Form
from fastact.engine.namespace import is_function, offer, public_names
from fastact.engine.rowwise import GatedUnit, RowFunction

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
    for name in public_names(form.namespace):
        record, own = offer(form.namespace, name)
        if genuine or not is_function(record, own):
            lines.append(f"{name}: np.ufunc")
        else:
            lines.append(f"def {name}({_arguments(record, own)}) -> Any: ...")
    return "\n".join(lines) + "\n"


def _arguments(record: Any, form: Any) -> str:
    """The parameters of a public function: the operands by position, then its own."""
    if isinstance(record, GatedUnit):
        own = ["axis: int = -1"]
        operands = ("g", "x") if form.namespace else ("x",)
    elif isinstance(record, RowFunction):
        own = ["axis: int | tuple[int, ...] | None = None", "keepdims: bool = False"]
        operands = form.operands
    else:
        own = [
            f"{parameter}: ArrayLike" + ("" if default is None else f" = {default!r}")
            for parameter, default in record.parameters.items()
        ]
        operands = form.operands
    return ", ".join([*(f"{o}: ArrayLike" for o in operands), "/", *own, "**kwargs: Any"])
