"""Output files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from fastact.commands.errors import BadArgument

__all__ = ["check_directory", "check_writable", "write_whole"]


def check_writable(path: Path, argument: str) -> Path:
    """The file a path stands for, links followed; fails before any work is done."""
    path = path.resolve()
    if path.is_dir():
        raise BadArgument(argument, f"{path} is a directory; name a file in it")
    if path.exists() and not path.is_file():
        raise BadArgument(argument, f"{path} is not a regular file")
    if not path.parent.is_dir():
        raise BadArgument(argument, f"cannot write {path}: no directory {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise BadArgument(argument, f"cannot write {path}: permission denied")
    return path


def check_directory(path: Path, argument: str) -> Path:
    """A directory that exists, made where it did not, and can be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise BadArgument(argument, f"cannot write to {path}: {error.strerror}") from error
    return path


def write_whole(path: Path, save: Callable[[Path], None], argument: str) -> None:
    """Let ``save`` write a temporary file beside ``path``, then rename it."""
    path = check_writable(path, argument)
    temporary = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        save(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise BadArgument(argument, f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
