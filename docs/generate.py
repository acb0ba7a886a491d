"""Splice generated text into README, docs and stubs; ``--check`` fails where any is stale.

Every table comes from the registry or from a committed result file, so that no list of
functions is kept by hand. Pictures are drawn by ``python -m fastact plot``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.stubs import stubs  # noqa: E402
from fastact.engine.entry import Activation, registry  # noqa: E402
from fastact.engine.forms import FORMS  # noqa: E402
from fastact.engine.rowwise import rowwise_registry  # noqa: E402


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    # A bare | would begin another cell, within code too.
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def code(text: str) -> str:
    """Text as inline code."""
    return f"`{text}`"


def functions() -> str:
    """README: every function with its formula, range and bounds."""
    rows = []
    for entry in registry().values():
        names = code(entry.name)
        if entry.aliases:
            names += " (" + ", ".join(code(alias) for alias in entry.aliases) + ")"
        single, double = entry.max_ulp["float32"], entry.max_ulp["float64"]
        given = "".join(f", {p} = {v:g}" for p, v in entry.parameters.items() if v is not None)
        given += "".join(f", {p}" for p, v in entry.parameters.items() if v is None)
        rows.append(
            [
                names + (f": x{given}" if given else ""),
                code(entry.formula),
                str(entry.range),
                f"{single.value:g}, {single.derivative:g}",
                f"{double.value:g}, {double.derivative:g}",
            ]
        )
    head = ["function", "formula", "range", "ULP f, f' (float32)", "ULP f, f' (float64)"]
    return table(head, rows)


def rowwise() -> str:
    """README: functions of rows and gated units."""
    rows = []
    for record in rowwise_registry().values():
        also = [f"fa.{f.namespace}.{record.name}" for f in record.forms if f.namespace]
        single, double = record.max_ulp["float32"], record.max_ulp["float64"]
        bounds = f"{single:g}, {double:g}"
        bounds += f", {record.valid}" if record.valid else ""
        rows.append([code(record.name), code(record.formula), ", ".join(map(code, also)), bounds])
    return table(["function", "formula", "gradients", "ULP (float32, float64)"], rows)


def choosing_rowwise() -> str:
    """Docs: use and drawback of functions of rows and gated units."""
    rows = [[code(r.name), r.use, r.drawback] for r in rowwise_registry().values()]
    return table(["function", "use it", "drawback"], rows)


def forms() -> str:
    """Docs: which forms an activation comes in."""
    rows = [
        [
            code(f"fa.{form.namespace + '.' if form.namespace else ''}NAME"),
            ", ".join([*form.operands, "parameters"]),
            str(sum(form in entry.forms for entry in registry().values())),
        ]
        for form in FORMS
    ]
    return table(["form", "operands", "functions"], rows)


def choosing() -> str:
    """Docs: use and drawback of every activation."""

    def row(entry: Activation) -> list[str]:
        kinks = ", ".join(f"f'({point}) = {value}" for point, value in entry.kinks.items())
        return [code(entry.name), str(entry.range), entry.use, entry.drawback, kinks or "smooth"]

    head = ["function", "range", "use it", "drawback", "kinks"]
    return table(head, [row(entry) for entry in registry().values()])


def accuracy() -> str:
    """Docs: the exhaustive float32 run."""
    path = ROOT / "docs" / "accuracy.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    rows = []
    for found in results.values():
        inputs = "all 2^32" if found["step"] == 1 else f"every {found['step']}th of 2^32"
        role = "f" if found["role"] == "value" else "f'"
        rows.append(
            [code(found["name"]), role, f"{found['ulp']:.4f}", repr(found["input"]), inputs]
        )
    return table(["function", "", "max ULP", "at x", "inputs"], rows)


def accuracy64() -> str:
    """Docs: the float64 run against multiple precision."""
    path = ROOT / "docs" / "accuracy64.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    rows = []
    for name in registry():
        found = [results.get(f"{name} {role}") for role in ("value", "derivative")]
        for role, record in zip(("f", "f'"), found, strict=True):
            if record:
                at = repr(float.fromhex(record["input"])) if record["ulp"] else ""
                rows.append([code(name), role, f"{record['ulp']:.4f}", at, f"{record['points']:,}"])
    return table(["function", "", "max ULP", "at x", "inputs"], rows)


PEER_TITLES = {
    "torch": "PyTorch", "jax": "JAX", "scipy": "SciPy", "onnxruntime": "ONNX Runtime",
}  # fmt: skip


def peers() -> str:
    """Docs: fastact and the peers side by side, float32."""
    path = ROOT / "docs" / "accuracy-peers.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    exhaustive = ROOT / "docs" / "accuracy.json"
    own = json.loads(exhaustive.read_text()) if exhaustive.exists() else {}
    titles = {p: f"{t} {results.get('versions', {}).get(p, '')}" for p, t in PEER_TITLES.items()}

    def cell(found: dict[str, float] | None) -> str:
        return f"{found['ulp']:.3g} at {found['input']:.9g}" if found else ""

    rows = []
    for name in registry():
        for role, shown in (("value", "f"), ("derivative", "f'")):
            found = results.get(f"{name} {role}")
            if found:
                cells = [cell(found.get(peer)) for peer in titles]
                rows.append([code(name), shown, cell(own.get(f"{name} {role}")), *cells])
    return table(["function", "", "fastact", *titles.values()], rows)


#: File -> name of the marked section -> its text.
SECTIONS = {
    "README.md": {"functions": functions, "rowwise": rowwise},
    "docs/choosing.md": {"choosing": choosing, "rowwise": choosing_rowwise},
    "docs/accuracy.md": {"accuracy": accuracy, "peers": peers, "accuracy64": accuracy64},
    "docs/reference.md": {"forms": forms, "functions": functions, "rowwise": rowwise},
}


def spliced(text: str, name: str, body: str) -> str:
    """``text`` with the section between the markers of ``name`` replaced."""
    pattern = rf"(<!-- begin:{name} -->\n).*?(<!-- end:{name} -->)"
    if not re.search(pattern, text, re.DOTALL):
        raise ValueError(f"no markers begin:{name} and end:{name}")
    return re.sub(pattern, lambda m: f"{m[1]}{body}\n{m[2]}", text, flags=re.DOTALL)


def generated() -> dict[Path, str]:
    """Text of every file that holds generated parts, as it should be."""
    texts = {}
    for file, sections in SECTIONS.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for name, make in sections.items():
            text = spliced(text, name, make())
        texts[ROOT / file] = text
    for path, text in stubs().items():
        texts[ROOT / "fastact" / path] = text
    return texts


def main() -> int:
    """Write what is stale, or with --check name it and return 1."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if stale")
    check = parser.parse_args().check
    stale = []
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(ROOT).as_posix())
            if not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} {'is stale: run python docs/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
