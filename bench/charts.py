"""The pictures of docs/performance.md: ratios, time by length, scaling, start-up."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

STREAM_LABEL = "streaming copy, {} thread{}"


def heat_map(found: list[dict], column, heading, title: str, path: Path) -> None:
    """Ratios, function by column, on a logarithmic scale."""
    names = sorted({cell["name"] for cell in found})
    keys = sorted({column(cell) for cell in found})
    grid = np.full((len(names), len(keys)), np.nan)
    for cell in found:
        grid[names.index(cell["name"]), keys.index(column(cell))] = cell["ratio"]
    figure, axes = plt.subplots(figsize=(2 + 0.55 * len(keys), 2.4 + 0.3 * len(names)))
    image = axes.imshow(np.log2(grid), cmap="RdYlGn", vmin=-3, vmax=3, aspect="auto")
    axes.set_xticks(range(len(keys)), [heading(key) for key in keys], rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    for (row, col), ratio in np.ndenumerate(grid):
        if not np.isnan(ratio):
            axes.text(col, row, f"{ratio:.1f}", ha="center", va="center", fontsize=7)
    bar = figure.colorbar(image, ax=axes)
    bar.set_ticks(range(-3, 4), labels=[f"{2.0**k:g}" for k in range(-3, 4)])
    axes.set_title(f"{title}: fastest peer's time over fastact's")
    _save(figure, path)


def by_length(limits: dict, path: Path) -> None:
    """Time per element against length, with the measured limit of memory."""
    found = [point for point in limits["by_length"] if not point["idle"]]
    threads = sorted({point["threads"] for point in found})
    figure, panels = plt.subplots(1, len(threads), figsize=(5.2 * len(threads), 4), sharey=True)
    for axes, count in zip(np.atleast_1d(panels), threads, strict=True):
        for name in dict.fromkeys(point["name"] for point in found):
            line = [p for p in found if p["name"] == name and p["threads"] == count]
            sizes = [p["size"] for p in line]
            axes.loglog(sizes, [p["seconds"] * 1e9 for p in line], marker="o", label=name)
        limit = min(c["seconds"] for c in limits["copy"] if c["threads"] == count) * 1e9
        plural = "s" if count > 1 else ""
        axes.axhline(limit, color="black", linestyle="--", label=STREAM_LABEL.format(count, plural))
        axes.set(xlabel="elements", title=f"float32, {count} thread{plural}")
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    np.atleast_1d(panels)[0].set_ylabel("ns per element")
    _save(figure, path)


def scaling(found: list[dict], path: Path) -> None:
    """How many times faster all threads are than one, by function."""
    by = {(c["name"], c["size"], c["threads"]): c["seconds"]["fastact"] for c in found}
    most = max(c["threads"] for c in found)
    sizes = sorted({c["size"] for c in found if c["size"] >= 1_000_000})
    names = sorted({c["name"] for c in found})
    figure, axes = plt.subplots(figsize=(max(5, 0.32 * len(names)), 3.6))
    width = 0.8 / max(1, len(sizes))
    for k, size in enumerate(sizes):
        gains = [by.get((n, size, 1), np.nan) / by.get((n, size, most), np.nan) for n in names]
        axes.bar(np.arange(len(names)) + k * width, gains, width, label=f"n = {size:.1e}")
    axes.axhline(most, color="black", linestyle="--", linewidth=1)
    axes.set_xticks(np.arange(len(names)), names, rotation=70, ha="right")
    axes.set_ylabel(f"1 thread's time over {most} threads'")
    axes.set_title("thread scaling, float32")
    axes.legend()
    _save(figure, path)


def starts(limits: dict, path: Path) -> None:
    """Bars of the start-up times."""
    found = limits["starts"]
    figure, axes = plt.subplots(figsize=(6.5, 0.5 + 0.38 * len(found)))
    bars = axes.barh(list(found), list(found.values()))
    axes.bar_label(bars, [f" {seconds:.2f} s" for seconds in found.values()])
    axes.invert_yaxis()
    axes.set_xlabel("seconds from the start of the interpreter to its end")
    axes.margins(x=0.15)
    _save(figure, path)


def _save(figure, path: Path) -> None:
    figure.savefig(path, dpi=120, bbox_inches="tight")
    plt.close(figure)
