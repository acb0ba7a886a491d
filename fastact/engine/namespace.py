"""Public names -> ufuncs and functions, resolved from the registry on first access.

One mechanism serves ``fastact``, ``fastact.grad`` and the rest, and the same tree
under ``fastact.ufuncs``, where every name is a genuine ufunc.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

from fastact.engine.entry import Activation, registry
from fastact.engine.forms import FORMS, Form

__all__ = ["made", "namespace", "public_names", "resolve"]

PACKAGE = "fastact"
GENUINE = f"{PACKAGE}.ufuncs"
_lock = threading.RLock()
#: Every ufunc and function made so far, with the entry and form it stands for.
made: dict[Callable[..., Any], tuple[Activation, Form]] = {}


def _form_of(module: str) -> Form:
    """The form that a module offers, by the module's name."""
    namespace = module.removeprefix(GENUINE).removeprefix(PACKAGE).lstrip(".")
    (form,) = (form for form in FORMS if form.namespace == namespace)
    return form


@functools.cache
def _names(form: Form) -> dict[str, Activation]:
    """Every name and alias under which a form offers an entry."""
    return {
        name: entry
        for entry in registry().values()
        if form.applies_to(entry)
        for name in (entry.name, *entry.aliases)
    }


def public_names(form: Form) -> list[str]:
    """Names and aliases offered in a form's namespace, sorted."""
    return sorted(_names(form))


@functools.cache
def genuine(entry: Activation, form: Form) -> Any:
    """The genuine ufunc of a form of an entry."""
    from fastact.engine.docstring import docstring
    from fastact.engine.ufunc import build_ufunc

    module = PACKAGE if not has_defaults(entry) else GENUINE
    if form.namespace:
        module += f".{form.namespace}"
    with _lock:
        ufunc = build_ufunc(entry, form, module, docstring(entry, form))
        _announce(ufunc, entry, form)
    return ufunc


def has_defaults(entry: Activation) -> bool:
    """Whether the entry has parameters a caller may leave out."""
    return any(default is not None for default in entry.parameters.values())


@functools.cache
def resolve(entry: Activation, form: Form) -> Callable[..., Any]:
    """What the public name stands for: the ufunc, or a function with defaults over it."""
    if not has_defaults(entry):
        return genuine(entry, form)  # type: ignore[no-any-return]
    from fastact.engine.docstring import docstring
    from fastact.engine.parametric import with_defaults

    module = f"{PACKAGE}.{form.namespace}".rstrip(".")
    with _lock:
        function = with_defaults(entry, form, genuine(entry, form), module)
        function.__doc__ = docstring(entry, form)
        _announce(function, entry, form)
    return function


def _announce(function: Callable[..., Any], entry: Activation, form: Form) -> None:
    """Make the overloads known where Numba is in use already; else Numba will ask."""
    made[function] = entry, form
    nopython = sys.modules.get("fastact.engine.nopython")
    if nopython is not None:
        nopython.teach_numba(function)


def namespace(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a module of public names (PEP 562)."""

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return __dir__()
        if name.startswith("_"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        form = _form_of(module)
        entry = _names(form).get(name)
        if entry is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        make = genuine if module.startswith(GENUINE) else resolve
        value = make(entry, form)
        setattr(sys.modules[module], name, value)  # found at once from now on
        return value

    def __dir__() -> list[str]:
        return public_names(_form_of(module))

    return __getattr__, __dir__
