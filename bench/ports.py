"""Operations per vector, the cycles they should take, and the cycles measured.

python bench/ports.py           prints the table
python bench/ports.py --write   puts it into docs/performance.md

The machine code of every span is taken apart: the instructions of its vector loop, by
the units that execute them (Agner Fog, "Instruction tables", and uops.info). On a Zen 3 or 4 two
pipes of 32 bytes multiply, two add, take minima and convert, four do logic; there are two loads
and one store of 32 bytes a cycle, and a vector of 64 bytes keeps a unit for two. What else
shares these pipes was measured, beside fused multiplications and additions. A division or root
takes several turns of those that multiply. A Zen 4 compares there, shuffles and shifts where it
adds, and logic of three operands takes a turn of a multiplication; a Zen 3 compares where it adds,
blends where it multiplies, and shifts in one pipe of either. An Intel server with AVX-512 has two
units of 64 bytes for all arithmetic, one of which shifts and the other compares and shuffles,
two loads and one store of 64 bytes. Six operations are dispatched in a cycle. How long divisions
and roots alone take is measured here, since they differ most between machines. The
greatest of the quotients is the port limit.

All are measured in turns, the clock among them, so that a busy neighbour passes.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.native import DIVIDE, SQRT, clock_chain, fastest, operation, repeat  # noqa: E402
from docs.generate import code, spliced, table  # noqa: E402
from fastact.engine.assembly.span import span_assembly  # noqa: E402
from fastact.engine.entry import Activation, at_defaults, registry  # noqa: E402
from fastact.engine.forms import FORMS, Form  # noqa: E402
from fastact.engine.machine_code import target  # noqa: E402
from fastact.engine.plan import LINE  # noqa: E402

#: Class -> mnemonics (without the v of AVX), and 32 bytes that an Intel server does of it in one
#: cycle.
CLASSES = {
    "divide": (r"div[ps]|sqrt", 0),
    "multiply": (r"mul|fm|fnm|pmul", 4),
    "add": (r"add[ps]|sub[ps]|cvt|round|addsub|min|max", 4),
    "compare": (r"cmp|pcmp|ptest", 4),
    "shift": (r"ps[lr]|psra|shuf|perm|unpck|pack|insert|extract|broadcast|pmov[sz]x|inserti", 2),
    "move": (r"movap|movup|movdq|movs|movd|movq|movlp|movhp", 0),
    "logic": (r"", 4),
}
#: What shares pipes of 32 bytes on a Zen and how many turns 32 bytes take, and how many pipes.
ZEN_PIPES = {
    "znver3": (
        ({"multiply": 1, "blendv": 1, "divps": 3, "divpd": 3, "sqrtps": 2, "sqrtpd": 2}, 2),
        ({"add": 1, "compare": 1}, 2),
        ({"shift": 1}, 2),
        ({"add": 1, "compare": 1, "shift": 1}, 3),
        ({"multiply": 1, "blendv": 1, "divps": 3, "divpd": 3, "shift": 1}, 3),
    ),
    "znver4": (
        (
            {
                "multiply": 1, "compare": 1, "ternlog": 1, "divps": 2, "divpd": 3, "sqrtps": 2,
                "sqrtpd": 2,
            },
            2,
        ),
        ({"add": 1, "shift": 1}, 2),
    ),
}  # fmt: skip
#: Counted besides their class.
ALSO = ("ternlog", "blendv")
#: 32 bytes that are loaded and stored in one cycle.
MOVED = {True: (2, 1), False: (4, 2)}
UNITS, TIMES = 128, 32


def vector_loop(assembly: str) -> list[str]:
    """The instructions of the innermost loop that has most of them and uses vectors.

    Up to its first jump back: what is amended lies behind it, and jumps back as well.
    """
    lines, places, best = assembly.split("\n"), {}, []
    for k, line in enumerate(lines):
        if label := re.match(r"(\.?L\w+):", line):
            places[label[1]] = k
        jump = re.match(r"\s+j\w+\s+(\.?L\w+)", line)
        if jump and jump[1] in places:
            part = [x.strip() for x in lines[places.pop(jump[1]) + 1 : k + 1]]
            part = [x for x in part if x and x[0] not in ".#" and not x.endswith(":")]
            if len(part) > len(best) and any("mm" in x for x in part):
                best = part
    return best


def classify(loop: list[str]) -> Counter:
    """Work on 32 bytes by class, loads and stores besides, and "all" instructions."""
    found: Counter = Counter()
    for line in loop:
        name, _, operands = line.partition("\t")
        found["all"] += 1
        halves = 2 if "zmm" in operands else 1
        memory = "(" in operands
        stores = memory and operands.rstrip().endswith(")") and name.startswith("vmov")
        if stores:
            found["store"] += halves
        elif memory and not name.startswith("lea"):
            found["load"] += halves
        if "mm" not in operands:
            continue
        bare = name.removeprefix("v")
        kind = next(k for k, (pattern, _) in CLASSES.items() if re.match(pattern, bare))
        if kind == "divide":
            found[bare] += halves
        for name in ALSO:
            if name in bare:
                found[name] += halves
        if not (memory and (kind == "move" or bare.startswith("broadcast"))):
            found[kind] += halves
    return found


def port_limit(found: Counter, costs: dict[str, float]) -> float:
    """Cycles of one turn of the loop if only units were short."""
    vectors = sum(found[k] for k in CLASSES if k != "move")
    zen = target.cpu_name().startswith("znver")
    loads, stores = MOVED[zen]
    if zen:
        pipes = ZEN_PIPES.get(target.cpu_name(), ZEN_PIPES["znver4"])
        needs = [sum(found[k] * turns for k, turns in some.items()) / n for some, n in pipes]
    else:
        needs = [found[kind] / count for kind, (_, count) in CLASSES.items() if count]
    needs += [vectors / 4, found["load"] / loads, found["store"] / stores, found["all"] / 6]
    needs.append(sum(found[name] * cycles for name, cycles in costs.items()))
    return max(needs)


def llvm_mca() -> str | None:
    """The simulator, the newest that is installed: older ones do not know every processor."""
    names = [*(f"llvm-mca-{version}" for version in range(30, 13, -1)), "llvm-mca"]
    return next(filter(None, map(shutil.which, names)), None)


def simulated(loop: list[str]) -> tuple[float, float] | None:
    """Cycles of one turn by llvm-mca, where it is installed: units alone, and simulated."""
    tool = llvm_mca()
    if tool is None:
        return None
    done = subprocess.run(
        [tool, f"-mcpu={target.cpu_name()}", "-iterations=100"],
        input="\n".join(loop), capture_output=True, text=True,
    )  # fmt: skip
    cycles = re.search(r"Total Cycles:\s+(\d+)", done.stdout)
    units = re.search(r"Block RThroughput:\s+([\d.]+)", done.stdout)
    return (float(units[1]), int(cycles[1]) / 100) if cycles and units else None


def span_calls(modules: list[str], symbol: str, operands: int, dtype: str) -> tuple[Any, Any, int]:
    """Two calls of a span, the first for so many elements more, in the first-level cache."""
    span = target.load_object(target.emit_object(modules), [symbol])[symbol]
    units, elements = UNITS, LINE // np.dtype(dtype).itemsize
    # On cache lines, where the carrier begins: a store across two of them takes twice as long.
    room = np.empty(operands * elements * units + elements, dtype)
    begin = -room.ctypes.data % LINE // room.itemsize
    x = room[begin : begin + operands * elements * units].reshape(operands, -1)
    x[...] = np.random.default_rng(0).normal(0, 2, x.shape)
    x[1:-1] = np.abs(x[1:-1])  # parameters are positive
    pointers = (ctypes.c_void_p * operands)(*(row.ctypes.data for row in x))
    call = repeat()

    def run(count: int, _held: Any = room) -> None:
        # The pointers do not hold the arrays.
        call(span, pointers, count, TIMES)

    return lambda: run(units), lambda: run(1), TIMES * elements * (units - 1)


def as_called(entry: Activation) -> Activation:
    """The entry whose kernels run where no parameter is given."""
    values = entry.parameters.values()
    return at_defaults(entry) if values and None not in values else entry


@dataclass
class Row:
    """A row of the table: what a vector loop consists of, and the calls that time it."""

    name: str
    dtype: str
    #: Of one turn of the loop.
    found: Counter
    elements: int
    model: tuple[float, float] | None
    calls: tuple[Any, Any, int]

    def cells(self, cycles: float, costs: dict[str, float]) -> list[str]:
        """Its text; ``cycles`` per element are measured."""
        per_vector = 32 // np.dtype(self.dtype).itemsize / self.elements
        shown = ["multiply", "add", "compare", "shift", "logic", "divide", "load", "store"]
        limit = port_limit(self.found, costs) / self.elements
        return [
            code(self.name), self.dtype, *(f"{self.found[k] * per_vector:.3g}" for k in shown),
            f"{limit:.2f}", *(f"{m / self.elements:.2f}" for m in self.model or ()),
            f"{cycles:.2f}", f"{cycles / limit:.2f}",
        ]  # fmt: skip


def row(entry: Activation, form: Form, dtype: str) -> Row | None:
    """The row of a span and its calls; None where the span is no vector loop."""
    symbol = f"ports.{form.namespace}.{entry.name}.{dtype}"
    modules = span_assembly(symbol, entry, form, dtype)
    loop = vector_loop(target.emit_assembly(modules))
    width = {"x": 16, "y": 32, "z": 64}
    stores = [m for x in loop for m in re.findall(r"vmov\w+\s+%([xyz])mm\d+, [^%\s]*\(%r(?!sp)", x)]
    elements = sum(width[m] for m in stores) // np.dtype(dtype).itemsize // len(form.outputs)
    if not elements:
        return None
    operands = len(form.operands) + len(entry.parameters) + len(form.outputs)
    calls = span_calls(modules, symbol, operands, dtype)
    return Row(entry.name, dtype, classify(loop), elements, simulated(loop), calls)


def main() -> None:
    """Make the table of values; with --write put it into the page."""
    rows = [
        found
        for entry in map(as_called, registry().values())
        for dtype in ("float32", "float64")
        if (found := row(entry, FORMS[0], dtype))
    ]
    units = {
        f"{name}{suffix}": operation(body, dtype)
        for name, body in (("divp", DIVIDE), ("sqrtp", SQRT))
        for suffix, dtype in (("s", "float32"), ("d", "float64"))
    }
    pairs = [clock_chain(), *units.values(), *(row.calls for row in rows)]
    times = fastest(*(call for pair in pairs for call in pair[:2]), rounds=100)
    seconds = [
        (all_ - one) / pair[2]
        for pair, all_, one in zip(pairs, times[::2], times[1::2], strict=True)
    ]
    hertz = 1.0 / seconds.pop(0)
    each = [hertz * one for one in seconds]
    costs = dict(zip(units, each[: len(units)], strict=True))
    lines = [row.cells(cycles, costs) for row, cycles in zip(rows, each[len(units) :], strict=True)]
    models = ["llvm-mca, units", "llvm-mca"] if llvm_mca() else []
    head = [
        "function", "", "multiply, fma", "add, minimum, convert", "compare", "shift, shuffle",
        "logic, blend, integer", "divide, root", "load", "store", "port limit", *models, "measured",
        "measured / limit",
    ]  # fmt: skip
    text = (
        f"Operations per vector of 32 bytes, then cycles per element. {target.cpu_name()} at "
        f"{hertz / 1e9:.2f} GHz, as measured by a chain of fused multiplications of the widest "
        "vectors, which lower the clock of some processors. A division took "
        f"{costs['divps']:.1f} cycles per vector of float32 and {costs['divpd']:.1f} of "
        f"float64, a root {costs['sqrtps']:.1f} and {costs['sqrtpd']:.1f}.\n\n" + table(head, lines)
    )
    print(text)
    if "--write" in sys.argv:
        page = ROOT / "docs" / "performance.md"
        page.write_text(spliced(page.read_text(), "ports", text))


if __name__ == "__main__":
    main()
