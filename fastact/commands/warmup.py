"""``warmup``: compile everything into the cache."""

from __future__ import annotations

import argparse
import time

from fastact.commands.errors import BadArgument
from fastact.commands.progress import progress
from fastact.engine.first_loop import fill_all
from fastact.engine.forms import qualified
from fastact.engine.machine_code.codecache import cache_directory, keeps, remove_stale
from fastact.engine.namespace import compiled, genuine

__all__ = ["run"]

#: Days that machine code of other versions is kept.
KEPT = 60


def run(_options: argparse.Namespace) -> None:
    """Build everything once, the team of threads with the first ufunc."""
    start = time.perf_counter()
    ufuncs = [(qualified(f.namespace, record.name), (record, f)) for record, f in compiled()]
    for _, (record, form) in progress(ufuncs, "compiling"):
        genuine(record, form)
        fill_all()
    seconds = time.perf_counter() - start
    ready, folder = f"{len(compiled())} ufuncs ready in {seconds:.1f} s", cache_directory()
    if not keeps():
        raise BadArgument("", f"{ready}, but nothing could be kept in {folder} (FASTACT_CACHE_DIR)")
    print(f"{ready}; machine code in {folder}")
    if removed := remove_stale(KEPT):
        print(f"{removed} files removed that other versions left over {KEPT} days ago")
