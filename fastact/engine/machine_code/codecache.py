"""Machine code on disk, keyed by content.

The key holds everything the code depends on: the source of the whole package, the
versions of Numba and llvmlite, the processor and its caches. Whatever goes wrong with the folder
(missing, unwritable, a truncated or altered file), the code is compiled and kept in
memory; the cache is an economy and never a condition.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from fastact.engine.locks import need_compiler
from fastact.engine.machine_code import target
from fastact.engine.machine_code.cache_size import first_level_cache, second_level_cache
from fastact.engine.setting import SettingError

__all__ = ["cache_directory", "keeps", "load", "recall", "remember", "remove_stale"]

_CHECKSUM_BYTES = 32
#: Where no folder can be: nothing is kept.
NOWHERE = Path(os.devnull, "fastact")


def cache_directory() -> Path:
    """Folder of the object files: ``FASTACT_CACHE_DIR``, else the platform's cache folder."""
    chosen = os.environ.get("FASTACT_CACHE_DIR")
    try:
        if chosen:
            return Path(chosen).expanduser()
        found = Path(platformdirs.user_cache_dir("fastact", appauthor=False))
        return found if found.is_absolute() else NOWHERE
    except RuntimeError:  # a user without a home
        if chosen:
            raise SettingError(
                f"FASTACT_CACHE_DIR must be a folder, not {chosen!r}: there is no such home"
            ) from None
        return NOWHERE


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


@functools.cache
def _key() -> str:
    """Digest of all that the machine code depends on besides its name; "" if that is unknown."""
    digest = hashlib.blake2b(digest_size=12)
    package = Path(__file__).parents[2]
    sources = sorted(package.rglob("*.py"))
    if not sources:  # imported from an archive
        return ""
    for path in sources:
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    parts = [_version("numba"), _version("llvmlite"), target.cpu_name(), target.cpu_features()]
    # How many rows are taken at once is compiled in.
    parts += [str(first_level_cache()), str(second_level_cache())]
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _place(name: str) -> Path:
    """Where a file is kept whose name has the key for its {}."""
    return (cache_directory() if _key() else NOWHERE) / name.format(_key())


def load(name: str, symbols: list[str], build: Callable[[], bytes]) -> dict[str, int]:
    """Addresses of the ``symbols`` of the object ``name``, built only where not cached."""
    path = _place(f"{name}-{{}}.o")
    code = _read(path)
    if code is not None:
        with contextlib.suppress(ValueError):
            return target.load_object(code, symbols)
    need_compiler()
    with _collecting_later():
        code = build()
    _write(path, code)
    return target.load_object(code, symbols)


@contextlib.contextmanager
def _collecting_later() -> Iterator[None]:
    """No garbage collection meanwhile: Numba makes so many objects that it costs up to a tenth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def recall(name: str) -> str | None:
    """What :func:`remember` kept under a name; None where there is nothing."""
    content = _read(_place(f"{name}-{{}}.txt"))
    return None if content is None else content.decode()


def remember(name: str, text: str) -> None:
    """Keep a measurement of this machine for later processes."""
    _write(_place(f"{name}-{{}}.txt"), text.encode())


def keeps() -> bool:
    """Whether machine code of this version is in the folder."""
    return any(_place("*-{}.o").parent.glob(_place("*-{}.o").name))


def remove_stale(days: int) -> int:
    """Remove what other versions or processors wrote longer ago than this; the number of files.

    Every change of the source has a key of its own, and leaves the files of the one before. Where
    they are still in use they are made once more. What has no checksum is somebody else's.
    """
    removed, oldest = 0, time.time() - days * 86400
    for path in cache_directory().glob("*-*.*"):
        with contextlib.suppress(OSError):
            old = path.stat().st_mtime < oldest and not path.stem.endswith(_key())
            if old and _read(path) is not None:
                path.unlink()
                removed += 1
    return removed


def _read(path: Path) -> bytes | None:
    """What a file holds, or None where the file is not whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    checksum, code = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
    return code if code and checksum == _checksum(code) else None


def _write(path: Path, code: bytes) -> None:
    """Write through a temporary name, so that no reader sees half a file."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        with os.fdopen(descriptor, "wb") as file:
            file.write(_checksum(code) + code)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _checksum(code: bytes) -> bytes:
    return hashlib.blake2b(code, digest_size=_CHECKSUM_BYTES).digest()
