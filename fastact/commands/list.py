"""``list``: formula, range and use of every function."""

from __future__ import annotations

import argparse
import shutil
import textwrap

from fastact.commands.errors import find_entries
from fastact.engine.entry import Activation
from fastact.engine.rowwise import Rowwise, rowwise_registry

__all__ = ["describe", "run"]

Record = Activation | Rowwise


def run(options: argparse.Namespace) -> None:
    """Print the records: of elements, then of rows and gates."""
    rows = rowwise_registry()
    named = [name for name in options.names if name not in rows]
    records: list[Record] = (
        [*find_entries(named, others=rows)] if named or not options.names else []
    )
    records += [rows[name] for name in dict.fromkeys(options.names) or rows if name in rows]
    width = max(40, min(100, shutil.get_terminal_size().columns))
    indent = max(len(record.name) for record in records) + 2
    print("\n".join(describe(record, indent, width) for record in records))


def describe(record: Record, indent: int, width: int) -> str:
    """Name and formula, then range, aliases, use and drawback under it."""
    facts = [f"range {record.range}"] if isinstance(record, Activation) else []
    facts += [f"also {', '.join(record.aliases)}"] if record.aliases else []
    lines = [
        record.formula,
        *(["  ".join(facts)] if facts else []),
        f"+ {record.use}",
        f"- {record.drawback}",
    ]
    wrapped = [
        part
        for line in lines
        for part in textwrap.wrap(
            line, width - indent, subsequent_indent="  ", break_on_hyphens=False
        )
    ]
    body = "\n".join(" " * indent + part for part in wrapped)
    return f"{record.name:<{indent}}{body[indent:]}\n"
