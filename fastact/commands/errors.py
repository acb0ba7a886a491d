"""What the commands report to a person: which argument is wrong, and how to mend it."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable

from fastact.engine.entry import Activation, registry
from fastact.engine.rowwise import rowwise_registry

__all__ = ["BadArgument", "find_entries", "require"]


class BadArgument(Exception):  # noqa: N818  (named for what it says)
    """An argument the command cannot work with: one line on stderr, exit status 2."""

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(f"argument {argument}: {problem}" if argument else problem)


def require(*modules: str, why: str) -> None:
    """Fail in one line where the extra that a command needs is not installed."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise BadArgument(
            "",
            f"{why} needs {', '.join(missing)}, which {verb} not installed: "
            'pip install "fastact[demo]"',
        )


def find_entries(
    names: list[str], argument: str = "NAME", others: Iterable[str] = ()
) -> list[Activation]:
    """The entries of these names or aliases, in their order; all where there are none.

    ``others`` are names that may have been meant, too.
    """
    entries = registry()
    if not names:
        return list(entries.values())
    by_name = {known: e for e in entries.values() for known in (e.name, *e.aliases)}
    for name in names:
        if name in rowwise_registry():
            raise BadArgument(
                argument, f"{name} is no function of elements: see help(fastact.{name})"
            )
        if name not in by_name:
            known = [*by_name, *others]
            near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else "see python -m fastact list"
            raise BadArgument(argument, f"unknown activation {name!r}: {hint}")
    return list(dict.fromkeys(by_name[name] for name in names))
