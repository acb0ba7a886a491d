"""``warmup``: compile everything into the cache."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from fastact.commands.progress import progress
from fastact.engine.codecache import cache_directory
from fastact.engine.namespace import genuine, offers

__all__ = ["run"]


def everything() -> list[tuple[str, Callable[[], Any]]]:
    """Qualified name of every ufunc, and what makes it."""
    return [
        (f"{form.namespace}.{record.name}".lstrip("."), partial(genuine, record, form))
        for record, form in offers()
    ]


def run(_options: argparse.Namespace) -> None:
    """Build every ufunc once."""
    start = time.perf_counter()
    count = 0
    for _, build in progress(everything(), "compiling"):
        build()
        count += 1
    seconds = time.perf_counter() - start
    print(f"{count} ufuncs ready in {seconds:.1f} s; machine code in {cache_directory()}")
