"""``info``: what a bug report should say about the machine and the installation."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import fastact
from fastact.engine import threads
from fastact.engine.entry import registry
from fastact.engine.machine_code import target
from fastact.engine.machine_code.codecache import cache_directory
from fastact.engine.namespace import compiled
from fastact.engine.rowwise import rowwise_registry
from fastact.engine.setting import SettingError

__all__ = ["processor_name", "run"]

PACKAGES = ("numpy", "numba", "llvmlite", "platformdirs", "scipy", "matplotlib", "ml_dtypes")
VECTOR_FEATURES = ("avx2", "fma", "f16c", "avx512f", "neon", "sve")


def processor_name() -> str:
    """The processor as its maker calls it, where the system says so."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _sizes(directory: Path) -> list[int]:
    """Bytes of the files of machine code, which another process may be removing."""
    sizes = []
    for file in directory.glob("*.o"):
        with contextlib.suppress(OSError):
            sizes.append(file.stat().st_size)
    return sizes


def run(_options: argparse.Namespace) -> None:
    """Print versions, processor, threads and cache."""
    try:
        enabled = {f[1:] for f in target.cpu_features().split(",") if f.startswith("+")}
        vectors = ", ".join(f for f in VECTOR_FEATURES if f in enabled) or "baseline"
    except SettingError as error:
        vectors = str(error)
    try:
        directory = cache_directory()
        sizes = _sizes(directory) if directory.is_dir() else []
        kept = f"{directory}, {len(sizes)} files, {sum(sizes) / 2**20:.1f} MiB"
    except SettingError as error:
        kept = str(error)
    try:
        allowed = f"{threads.max_threads()} of {os.cpu_count()} (FASTACT_NUM_THREADS sets it)"
    except SettingError as error:
        allowed = str(error)
    facts = {
        "fastact": f"{fastact.__version__}, {len(registry())} activations, "
        f"{len(rowwise_registry())} functions of rows and gates, {len(compiled())} ufuncs",
        "python": f"{platform.python_version()} ({platform.platform()})",
        **{package: _version(package) for package in PACKAGES},
        "processor": f"{processor_name()} (LLVM: {target.cpu_name()})",
        "features": vectors,
        "threads": allowed,
        "cache": f"{kept} (FASTACT_CACHE_DIR sets it)",
    }
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:<{width}}  {value}")
