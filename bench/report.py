"""pytest-benchmark's JSON -> a table of ratios, docs/performance.md and its pictures.

    python bench/report.py bench.json                              prints the tables
    python bench/report.py bench.json --write [--limits FILE]      also writes the page

A ratio is the fastest peer's time over fastact's in the same interleaved run: above 1
fastact is ahead. Every cell below 1 is named. FILE is written by bench/limits.py.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.generate import code, spliced, table  # noqa: E402

PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "numexpr", "torch", "jax", "onnxruntime")
TITLES = {
    "": "Values, f(x)",
    "vjp": "Back-propagation from x, g f'(x)",
    "vjp_from_output": "Back-propagation from the output y = f(x)",
    "rows": "Rows and gated units, by row length",
}
PICTURES = {"": "", "vjp": "-vjp", "vjp_from_output": "-vjp-from-output", "rows": "-rows"}
#: Letters of the peers in the tables.
LETTERS = {
    "numpy": "N", "vectorize": "V", "numexpr": "E", "scipy": "S", "torch": "T", "jax": "J",
    "onnxruntime": "O",
}  # fmt: skip


def cells(run: dict) -> list[dict]:
    """The extra_info of every benchmark, with ratio and fastest peer added."""
    found = []
    for benchmark in run["benchmarks"]:
        cell = benchmark["extra_info"]
        peers = {k: v for k, v in cell["seconds"].items() if k != "fastact"}
        if peers:
            cell["peer"] = min(peers, key=peers.get)
            cell["ratio"] = peers[cell["peer"]] / cell["seconds"]["fastact"]
            found.append(cell)
    return found


def column(cell: dict) -> tuple:
    """What a column of the table holds fixed."""
    return cell["dtype"], cell["size"], cell["threads"]


def heading(key: tuple) -> str:
    """A column's name."""
    dtype, size, threads = key
    length = f"{size:.1e}".replace(".0e", "e").replace("e+0", "e") if size >= 1000 else str(size)
    return f"{dtype.removeprefix('float')} {length} {threads}T"


def ratios(found: list[dict]) -> str:
    """Markdown table: functions down, dtype, length and threads across."""
    keys = sorted({column(cell) for cell in found})
    by = {(cell["name"], column(cell)): cell for cell in found}
    rows = []
    for name in sorted({cell["name"] for cell in found}):
        row = [by.get((name, key)) for key in keys]
        rows.append(
            [code(name), *(f"{c['ratio']:.2f} {LETTERS[c['peer']]}" if c else "" for c in row)]
        )
    return table(["", *map(heading, keys)], rows)


def mean(found: list[dict]) -> float:
    """Geometric mean of the ratios."""
    return math.exp(sum(math.log(cell["ratio"]) for cell in found) / len(found))


def losses(found: list[dict]) -> str:
    """Every cell in which a peer is faster, those of a function and form on a line."""
    lost: dict[tuple, list[dict]] = {}
    for cell in sorted((c for c in found if c["ratio"] < 1), key=lambda c: c["ratio"]):
        lost.setdefault((cell["name"], cell["form"]), []).append(cell)
    lines = [
        f"- {code(name)}{' ' + form if form else ''}: "
        + ", ".join(f"{heading(column(c))} {c['ratio']:.2f} ({c['peer']})" for c in group)
        for (name, form), group in lost.items()
    ]
    return "\n".join(lines) or "None."


def version_of(name: str) -> str:
    """Name and version of a package."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def versions() -> str:
    """Names and versions of what was compared."""
    python = f"Python {platform.python_version()}"
    return ", ".join([python, *map(version_of, PACKAGES)])


def machine(run: dict) -> str:
    """The processor, as pytest-benchmark and LLVM name it."""
    import llvmlite.binding

    info = run.get("machine_info", {}).get("cpu", {})
    return f"{info.get('brand_raw', platform.machine())} ({llvmlite.binding.get_host_cpu_name()})"


def summary(run: dict, found: list[dict]) -> str:
    """What was measured, and what came out in one look."""
    rows = []
    for form, title in TITLES.items():
        for size in sorted({c["size"] for c in found if c["form"] == form}):
            part = [c for c in found if (c["form"], c["size"]) == (form, size)]
            won = sum(c["ratio"] >= 1 for c in part)
            rows.append([title, f"{size:,}", f"{mean(part):.2f}", f"{won} of {len(part)}"])
    won = sum(cell["ratio"] >= 1 for cell in found)
    return (
        f"{machine(run)}, up to {max(c['threads'] for c in found)} threads; {versions()}.\n\n"
        f"Ahead in {won} of {len(found)} cells; geometric mean of the ratios {mean(found):.2f}.\n\n"
        + table(["form", "n", "geometric mean of the ratios", "ahead"], rows)
    )


def tables(found: list[dict]) -> str:
    """The tables of ratios of all forms."""
    letters = ", ".join(f"{letter} {name}" for name, letter in LETTERS.items())
    texts = [f"Fastest peer: {letters}. Columns: bits, length, threads."]
    for form, title in TITLES.items():
        if part := [cell for cell in found if cell["form"] == form]:
            texts.append(f"### {title}\n\n{ratios(part)}")
    return "\n\n".join(texts)


def limits_text(limits: dict) -> str:
    """Streaming copy, start-up, calls on small arrays, memory."""
    copies = [
        [str(c["threads"]), "streaming" if c["stream"] else "ordinary", f"{c['seconds'] * 1e9:.3f}"]
        for c in limits["copy"]
    ]
    ways = limits["out_of_cache"]
    memory_bound = [
        [code(n), *(f"{s * 1e9:.3f} ({s / ways['copy'][way]:.2f})" for way, s in times.items())]
        for n, times in ways.items()
    ]
    names = list(next(iter(limits["overhead"].values())))
    calls = [
        [size, *(f"{times[n] * 1e6:.2f} ({times[n] / times['np.exp']:.2f})" for n in names)]
        for size, times in limits["overhead"].items()
    ]
    short = limits["short_dtypes"]
    contenders = list(next(iter(short.values())))
    narrow = [
        [code(name), *(f"{times[who] * 1e9:.2f}" for who in contenders)]
        for name, times in short.items()
    ]
    starts = [[name, f"{seconds:.3f}"] for name, seconds in limits["starts"].items()]
    memory = [[name, f"{grown:.2f}"] for name, grown in limits["memory"].items()]
    gains = thread_gains(limits)
    return "\n\n".join(
        [
            "The limit of memory: copying 1.6e7 float32, minima.",
            table(["threads", "stores", "ns per element"], copies),
            "The same length on all threads, ns per element, and as a multiple of the copy "
            "(streamed to another array, by ordinary stores in place):",
            table(["", *ways["copy"]], memory_bound),
            "One call on small float32 arrays in microseconds, and as a multiple of np.exp:",
            table(["elements", *map(code, names)], calls),
            "float16 and bfloat16 are stored and float32 is computed: ns per element on one "
            "thread, of an array of 100 by 1000 to a new one:",
            table(["", *contenders], narrow),
            "Start-up, seconds from the start of the interpreter to its end:",
            table(["", "seconds"], starts),
            "Growth of the process's peak by one call on 1.6e7 float32, in sizes of the input "
            "(a result is 1):",
            table(["gelu", "growth"], memory),
            "Serial time over the time with all threads, float32, calls in a row (each call after "
            "2 ms of idleness). A call goes to the threads where that loses 5 % at most after "
            "idleness, in a row where they gain awake:",
            table(
                ["elements", *map(code, next(iter(gains.values())))],
                [[f"{size:,}", *shown.values()] for size, shown in gains.items()],
            ),
        ]
    )


def thread_gains(limits: dict) -> dict[int, dict[str, str]]:
    """Length -> function -> what all threads gain over one."""
    by = {
        (p["size"], p["name"], p["idle"], p["threads"]): p["seconds"] for p in limits["by_length"]
    }
    most = max(key[3] for key in by)
    found: dict[int, dict[str, str]] = {}
    for size, name, idle, threads in by:
        if threads == most:
            gain = f"{by[size, name, idle, 1] / by[size, name, idle, most]:.2f}"
            shown = found.setdefault(size, {})
            shown[name] = f"{shown[name]} ({gain})" if idle else gain
    return found


def write(run: dict, found: list[dict], limits: dict) -> None:
    """The page and its pictures."""
    from bench import charts

    page = ROOT / "docs" / "performance.md"
    sections = {"summary": summary(run, found), "losses": losses(found), "ratios": tables(found)}
    for form, title in TITLES.items():
        if part := [cell for cell in found if cell["form"] == form]:
            path = page.with_name(f"performance{PICTURES[form]}.png")
            charts.heat_map(part, column, heading, title, path)
    values = [c for c in found if (c["form"], c["dtype"]) == ("", "float32")]
    charts.scaling(values, page.with_name("performance-scaling.png"))
    if limits:
        sections["limits"] = limits_text(limits)
        charts.by_length(limits, page.with_name("performance-by-length.png"))
        charts.starts(limits, page.with_name("performance-starts.png"))
    text = page.read_text()
    for name, body in sections.items():
        text = spliced(text, name, body)
    page.write_text(text)


def main() -> int:
    """Print the report; with --write put it into docs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("json", type=Path)
    parser.add_argument("--limits", type=Path, help="the file of bench/limits.py")
    parser.add_argument("--write", action="store_true", help="write docs/performance*")
    arguments = parser.parse_args()
    for option in ("json", "limits"):
        path = getattr(arguments, option)
        if path and not path.is_file():
            print(f"{option}: there is no file {str(path)!r}", file=sys.stderr)
            return 2
    run = json.loads(arguments.json.read_text())
    found = cells(run)
    if not found:
        print(f"json: {str(arguments.json)!r} holds no cell with a peer", file=sys.stderr)
        return 2
    limits = json.loads(arguments.limits.read_text()) if arguments.limits else {}
    print("\n\n".join([summary(run, found), tables(found), "Where a peer is faster:"]))
    print(losses(found))
    if arguments.write:
        write(run, found, limits)
    return 0


if __name__ == "__main__":
    sys.exit(main())
