"""``list``: formula, range and use of every activation."""

from __future__ import annotations

import argparse
import shutil
import textwrap

from fastact.commands.errors import find_entries
from fastact.engine.entry import Activation

__all__ = ["describe", "run"]


def run(options: argparse.Namespace) -> None:
    """Print the entries."""
    entries = find_entries(options.names)
    width = max(40, min(100, shutil.get_terminal_size().columns))
    indent = max(len(entry.name) for entry in entries) + 2
    print("\n".join(describe(entry, indent, width) for entry in entries))


def describe(entry: Activation, indent: int, width: int) -> str:
    """Name and formula, then range, aliases, use and drawback under it."""
    also = f"  also {', '.join(entry.aliases)}" if entry.aliases else ""
    lines = [
        entry.formula,
        f"range {entry.range}{also}",
        f"+ {entry.use}",
        f"- {entry.drawback}",
    ]
    wrapped = [
        part
        for line in lines
        for part in textwrap.wrap(
            line, width - indent, subsequent_indent="  ", break_on_hyphens=False
        )
    ]
    body = "\n".join(" " * indent + part for part in wrapped)
    return f"{entry.name:<{indent}}{body[indent:]}\n"
