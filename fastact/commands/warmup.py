"""``warmup``: compile everything into the cache."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from fastact.commands.errors import BadArgument
from fastact.commands.progress import progress
from fastact.engine.codecache import cache_directory
from fastact.engine.first_loop import fill_all
from fastact.engine.namespace import compiled, genuine
from fastact.engine.threads import max_threads, start_team

__all__ = ["run"]


def everything() -> list[tuple[str, Callable[[], Any]]]:
    """Every ufunc and the driver of the threads: a name each, and what makes it."""
    ufuncs: list[tuple[str, Callable[[], Any]]] = [
        (f"{form.namespace}.{record.name}".lstrip("."), partial(genuine, record, form))
        for record, form in compiled()
    ]
    # Last: the first ufunc finds out whether Numba, which start_team imports, would abort.
    return [*ufuncs, ("threads", start_team)] if max_threads() > 1 else ufuncs


def run(_options: argparse.Namespace) -> None:
    """Build everything once."""
    start = time.perf_counter()
    for _, build in progress(everything(), "compiling"):
        build()
        fill_all()
    seconds = time.perf_counter() - start
    ready, folder = f"{len(compiled())} ufuncs ready in {seconds:.1f} s", cache_directory()
    if not any(folder.glob("*.o")):
        raise BadArgument("", f"{ready}, but nothing could be kept in {folder} (FASTACT_CACHE_DIR)")
    print(f"{ready}; machine code in {folder}")
