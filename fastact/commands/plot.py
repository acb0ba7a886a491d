"""``plot``: f and f' of chosen or all activations, to a file or into a window."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from fastact.commands.errors import BadArgument, find_entries, require
from fastact.commands.files import check_writable, write_whole
from fastact.engine.domain import check_parameter
from fastact.engine.entry import Activation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["run"]

FORMATS = ("png", "svg", "pdf")
#: Backends of matplotlib that open none.
NO_WINDOWS = {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}


def run(options: argparse.Namespace) -> None:
    """Check every argument, then draw."""
    entries = find_entries(options.names)
    low, high = options.range
    if not (math.isfinite(high - low) and low < high):
        raise BadArgument("--range", f"needs finite LOW < HIGH, not {low:g} {high:g}")
    parameters = _parameters(options.parameter, entries)
    kind = _format(options.output, options.format)
    if options.output is not None:
        check_writable(options.output, "--output")
    require("matplotlib", why="plot")
    if options.output is None:
        _require_display()

    from fastact.commands.drawing import comparison, gallery, save_figure

    draw = comparison if options.compare else gallery
    figure = draw(entries, low, high, parameters)
    if options.output is None:
        _show(figure)
    else:
        write_whole(options.output, lambda path: save_figure(figure, path, kind), "--output")
        print(options.output)


def _format(output: Path | None, chosen: str | None) -> str:
    argument = "--format" if chosen is not None else "--output"
    kind = chosen if chosen is not None else (output.suffix[1:] if output is not None else "png")
    if kind.lower() not in FORMATS:
        problem = f"unknown format {kind!r}" if kind else f"{output} has no ending"
        raise BadArgument(argument, f"{problem}: choose png, svg or pdf")
    return kind.lower()


def _parameters(texts: list[str], entries: list[Activation]) -> dict[str, float]:
    known = {name for entry in entries for name in entry.parameters}
    chosen = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if not equals or name not in known:
            offer = f"there are {', '.join(sorted(known))}" if known else "there are none here"
            problem = f"unknown parameter {name!r}" if equals else f"{text!r} is not NAME=VALUE"
            raise BadArgument("--parameter", f"{problem}: {offer}")
        try:
            chosen[name] = float(number)
        except ValueError:
            raise BadArgument("--parameter", f"{name} must be a number, not {number!r}") from None
        if not math.isfinite(chosen[name]):
            raise BadArgument("--parameter", f"{name} must be finite, not {number}")
    try:
        for entry in entries:
            for name, value in chosen.items():
                check_parameter(entry.name, name, value, entry.domain.get(name))
    except ValueError as error:
        raise BadArgument("--parameter", str(error)) from None
    return chosen


def _require_display() -> None:
    from matplotlib import pyplot

    if pyplot.get_backend().lower() in NO_WINDOWS:
        raise BadArgument("--output", "is needed here: there is no display to open a window on")


def _show(figure: Figure) -> None:
    """Hand a finished figure to a window of the backend at hand."""
    from matplotlib import pyplot

    manager = pyplot.figure().canvas.manager
    if manager is not None:
        manager.canvas.figure = figure
        figure.set_canvas(manager.canvas)
    pyplot.show()
