"""A progress bar on stderr that needs nothing installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["progress"]

Item = TypeVar("Item")
WIDTH = 30


def progress(items: Sequence[tuple[str, Item]], title: str) -> Iterator[tuple[str, Item]]:
    """Pass on named items, showing how far they have got; silent where nobody looks on."""
    total = len(items)
    shown = sys.stderr is not None and sys.stderr.isatty()
    for done, (name, item) in enumerate(items):
        if shown:
            bar = ("#" * (WIDTH * done // total)).ljust(WIDTH, ".")
            print(f"\r{title} [{bar}] {done}/{total} {name:<40.40}", end="", file=sys.stderr)
        yield name, item
    if shown:
        print(f"\r{title} [{'#' * WIDTH}] {total}/{total} {'':<40}", file=sys.stderr)
