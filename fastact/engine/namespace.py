"""Public names -> ufuncs and functions, resolved from the registry on first access.

One mechanism serves ``fastact``, ``fastact.grad`` and the rest, and the same tree
under ``fastact.ufuncs``, where every name is a genuine ufunc.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from fastact.engine.entry import Activation, at_defaults, registry
from fastact.engine.forms import FORMS
from fastact.engine.locks import made_once, need_compiler
from fastact.engine.rowwise import GatedUnit, RowFunction, rowwise_registry

__all__ = [
    "compiled",
    "genuine",
    "is_function",
    "made",
    "namespace",
    "offer",
    "offers",
    "public_names",
]
__all__ += ["resolve"]

Record = Activation | GatedUnit | RowFunction
#: A form of the record it is paired with; which one goes with which, no type says.
AnyForm = Any
NAMESPACES = tuple(form.namespace for form in FORMS)

PACKAGE = "fastact"
GENUINE = f"{PACKAGE}.ufuncs"
_NOPYTHON = f"{PACKAGE}.engine.nopython"
#: Every ufunc and function made so far, with the entry and form it stands for.
made: dict[Callable[..., Any], tuple[Any, Any]] = {}


def _namespace_of(module: str) -> str:
    """ "" for the top level, "grad" for ``fastact.grad`` and ``fastact.ufuncs.grad``, ..."""
    return module.removeprefix(GENUINE).removeprefix(PACKAGE).lstrip(".")


@functools.cache
def _offers(namespace: str) -> dict[str, tuple[Record, AnyForm]]:
    """What a namespace offers, by name and alias: a record, and the form it is offered in."""
    offered: list[tuple[Record, AnyForm]] = [
        (record, form)
        for record in (*registry().values(), *rowwise_registry().values())
        for form in record.forms
    ]
    return {
        name: (record, form)
        for record, form in offered
        if form.namespace == namespace
        for name in (record.name, *record.aliases)
    }


def public_names(namespace: str) -> list[str]:
    """Names and aliases offered in a namespace, sorted."""
    return sorted(_offers(namespace))


def offer(namespace: str, name: str) -> tuple[Record, AnyForm]:
    """The record and form behind a public name."""
    return _offers(namespace)[name]


def offers() -> list[tuple[Record, AnyForm]]:
    """Every record in every form it is offered in."""
    return [
        (record, form)
        for namespace in NAMESPACES
        for name, (record, form) in _offers(namespace).items()
        if name == record.name
    ]


def compiled() -> list[tuple[Record, AnyForm]]:
    """What there is a ufunc for: every offer, and those with defaults once more at these."""
    return [
        pair
        for record, form in offers()
        for pair in (
            [(record, form), (at_defaults(record), form)]
            if isinstance(record, Activation) and is_function(record, form)
            else [(record, form)]
        )
    ]


@made_once
def genuine(record: Record, form: AnyForm) -> Any:
    """The genuine ufunc of a form of a record."""
    _before_numba_is_told()
    behind = is_function(record, form)
    at_constants = isinstance(record, Activation) and record.fixed
    module = GENUINE if behind else PACKAGE
    if at_constants:
        module = f"{PACKAGE}.engine.at_defaults"
    elif form.namespace:
        module += f".{form.namespace}"
    text = describe(record, form, genuine=behind)
    if isinstance(record, RowFunction):
        from fastact.engine.gufunc import build_gufunc

        return build_gufunc(record, form, module, text)
    from fastact.engine.ufunc import build_ufunc

    ufunc = build_ufunc(record, form, module, text)
    if not at_constants:
        _announce(ufunc, record, form)
    return ufunc


def describe(record: Record, form: AnyForm, *, genuine: bool = False) -> str:
    """The docstring of a form of a record, or of the ufunc ``genuine`` behind a function."""
    if isinstance(record, Activation):
        from fastact.engine.docstring import docstring

        return docstring(record, form, genuine=genuine)
    from fastact.engine.row_docstring import row_docstring

    return row_docstring(record, form, genuine=genuine)


def is_function(record: Record, form: AnyForm) -> bool:
    """Whether the public name is a function over the ufunc: for defaults, axes or halves."""
    if isinstance(record, Activation):
        return bool(record.parameters) and record.has_defaults
    from fastact.engine.axes import is_wrapped

    return is_wrapped(record, form)


@made_once
def resolve(record: Record, form: AnyForm) -> Any:
    """What the public name stands for: the ufunc, or a function over it."""
    if not is_function(record, form):
        return genuine(record, form)
    _before_numba_is_told()
    module = f"{PACKAGE}.{form.namespace}".rstrip(".")
    function: Callable[..., Any]
    if isinstance(record, Activation):
        from fastact.engine.parametric import with_defaults

        plain = functools.partial(genuine, at_defaults(record), form)
        function = with_defaults(record, form, genuine(record, form), plain, module)
        _announce(function, record, form)
    else:
        from fastact.engine.axes import wrapped

        function = wrapped(record, form, genuine(record, form), module)
    function.__doc__ = describe(record, form)
    return function


def _before_numba_is_told() -> None:
    """Where Numba is in use, what is made is announced to it, under its lock."""
    if _NOPYTHON in sys.modules:
        need_compiler()


def _announce(function: Callable[..., Any], record: Any, form: Any) -> None:
    """Make the overloads known where Numba is in use already; else Numba will ask."""
    made[function] = record, form
    # While it is being imported it has none yet, and will look into ``made`` when it has.
    teach = getattr(sys.modules.get(_NOPYTHON), "teach_numba", None)
    if teach is not None:
        need_compiler()
        teach(function)


def _elsewhere(name: str) -> str:
    """Where else a name is to be found, as the end of a message."""
    places = [f"fa.{space}.{name}" if space else f"fa.{name}" for space in NAMESPACES]
    held = [p for p, space in zip(places, NAMESPACES, strict=True) if name in _offers(space)]
    return f"; there is {', '.join(held)}" if held else ""


def namespace(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a module of public names (PEP 562)."""

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return __dir__()
        if name.startswith("_"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        found = _offers(_namespace_of(module)).get(name)
        if found is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}{_elsewhere(name)}")
        make = genuine if module.startswith(GENUINE) else resolve
        value = make(*found)
        setattr(sys.modules[module], name, value)  # found at once from now on
        return value

    def __dir__() -> list[str]:
        return public_names(_namespace_of(module))

    return __getattr__, __dir__
