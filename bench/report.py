"""pytest-benchmark's JSON -> docs/performance.md and its heat map.

    python bench/report.py bench.json            prints the table of ratios
    python bench/report.py bench.json --write    also writes docs/performance.{md,png}

A ratio is the fastest peer's time over fastact's in the same interleaved run: above 1
fastact is ahead. Every cell below 1 is named.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.generate import code, spliced, table  # noqa: E402

PEERS = ("numpy", "numba", "scipy", "torch", "jax", "onnxruntime")


def cells(path: Path) -> list[dict]:
    """The extra_info of every benchmark, with ratio and fastest peer added."""
    found = []
    for benchmark in json.loads(path.read_text())["benchmarks"]:
        cell = benchmark["extra_info"]
        peers = {k: v for k, v in cell["seconds"].items() if k != "fastact"}
        if peers:
            cell["peer"] = min(peers, key=peers.get)
            cell["ratio"] = peers[cell["peer"]] / cell["seconds"]["fastact"]
            found.append(cell)
    return found


def column(cell: dict) -> tuple:
    """What a column of the table holds fixed."""
    return cell["form"], cell["dtype"], cell["size"], cell["threads"]


def heading(key: tuple) -> str:
    """A column's name."""
    form, dtype, size, threads = key
    return f"{form or 'f'} {dtype} n={size:.0e} {threads}T".replace("e+0", "e")


def ratios(found: list[dict]) -> str:
    """Markdown table: a row per column of cells, functions across."""
    names = sorted({cell["entry"] for cell in found})
    by = {(cell["entry"], column(cell)): cell for cell in found}
    rows = []
    for key in sorted({column(cell) for cell in found}):
        row = [by.get((name, key)) for name in names]
        rows.append([heading(key), *(f"{c['ratio']:.2f} {c['peer']}" if c else "" for c in row)])
    return table(["", *map(code, names)], rows)


def losses(found: list[dict]) -> str:
    """Every cell in which a peer is faster."""
    lost = sorted((c for c in found if c["ratio"] < 1), key=lambda c: c["ratio"])
    if not lost:
        return "None."
    return "\n".join(
        f"- {code(c['entry'])} {heading(column(c))}: {c['ratio']:.2f} of {c['peer']}'s speed"
        for c in lost
    )


def versions() -> str:
    """Names and versions of what was compared."""
    installed = [name for name in PEERS if find_spec(name)]
    return ", ".join(f"{name} {version(name)}" for name in installed)


def report(found: list[dict]) -> str:
    """The generated part of docs/performance.md."""
    import llvmlite.binding

    mean = math.exp(sum(math.log(cell["ratio"]) for cell in found) / len(found))
    won = sum(cell["ratio"] >= 1 for cell in found)
    return (
        f"{llvmlite.binding.get_host_cpu_name()}, {max(c['threads'] for c in found)} cores; "
        f"{versions()}.\n\nAhead in {won} of {len(found)} cells; geometric mean of the ratios "
        f"{mean:.2f}.\n\n{ratios(found)}\n\n## Where a peer is faster\n\n{losses(found)}"
    )


def heat_map(found: list[dict], path: Path) -> None:
    """Ratios as a picture, function by column, on a logarithmic scale."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    names = sorted({cell["entry"] for cell in found})
    keys = sorted({column(cell) for cell in found})
    grid = np.full((len(names), len(keys)), np.nan)
    for cell in found:
        grid[names.index(cell["entry"]), keys.index(column(cell))] = cell["ratio"]
    figure, axes = plt.subplots(figsize=(1 + 0.55 * len(keys), 2.4 + 0.32 * len(names)))
    image = axes.imshow(np.log2(grid), cmap="RdYlGn", vmin=-3, vmax=3, aspect="auto")
    axes.set_xticks(range(len(keys)), [heading(key) for key in keys], rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    for (row, col), ratio in np.ndenumerate(grid):
        if not np.isnan(ratio):
            axes.text(col, row, f"{ratio:.1f}", ha="center", va="center", fontsize=7)
    bar = figure.colorbar(image, ax=axes)
    bar.set_ticks(range(-3, 4), labels=[f"{2.0**k:g}" for k in range(-3, 4)])
    axes.set_title("fastest peer's time over fastact's")
    figure.savefig(path, dpi=130, bbox_inches="tight")


def main() -> int:
    """Print the report; with --write put it into docs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("json", type=Path)
    parser.add_argument("--write", action="store_true", help="write docs/performance.*")
    arguments = parser.parse_args()
    if not arguments.json.is_file():
        print(f"json: there is no file {str(arguments.json)!r}", file=sys.stderr)
        return 2
    found = cells(arguments.json)
    text = report(found)
    print(text)
    if arguments.write:
        page = ROOT / "docs" / "performance.md"
        page.write_text(spliced(page.read_text(), "performance", text))
        heat_map(found, page.with_suffix(".png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
