"""``demo``: a network on handwritten digits, and what its activations make of it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastact.commands.errors import find_entries, require
from fastact.commands.files import check_directory, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

    from fastact.demo.experiments import Dying, Race, Vanishing

__all__ = ["run"]


def run(options: argparse.Namespace) -> None:
    """Run the three experiments, print their tables, save their pictures."""
    require("rich", "matplotlib", "sklearn", why="demo")
    directory = check_directory(options.output, "--output")

    from rich.console import Console

    start = time.perf_counter()
    console = Console()
    races, vanishing, dying = _experiments(console, options.epochs)
    _print_races(console, races)
    _print_vanishing(console, vanishing)
    _print_dying(console, dying)
    for path in _save(directory, races, vanishing, dying):
        console.print(f"[dim]saved[/] {path}", highlight=False, soft_wrap=True)
    console.print(f"[dim]{time.perf_counter() - start:.0f} s in all[/]", highlight=False)


def _experiments(console: Console, epochs: int) -> tuple[list[Race], list[Vanishing], list[Dying]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from fastact.demo import experiments as e
    from fastact.demo.digits import load_digits

    digits = load_digits()
    columns: tuple[Any, ...] = (
        TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), Remaining(),
    )  # fmt: skip
    total = epochs * (2 * len(e.ACTIVATIONS) + len(e.VANISHING) + len(e.DYING))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=total)

        def doing(what: str) -> Callable[[], None]:
            bar.update(task, description=what)
            return lambda: bar.advance(task)

        races = [
            e.race(name, digits, epochs, doing(f"training with {name}")) for name in e.ACTIVATIONS
        ]
        vanishing = [
            e.vanishing_gradients(name, digits, epochs, doing(f"gradients, {name}"))
            for name in e.VANISHING
        ]
        dying = [
            e.dying_units(*case, digits, epochs, doing(f"dying units, {case[0]}"))
            for case in e.DYING
        ]
        bar.update(task, description="done")
    return races, vanishing, dying


def _table(console: Console, title: str, head: Sequence[str], rows: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=f"\n{title}", box=SIMPLE_HEAD, title_justify="left", title_style="bold",
        padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place else "left", no_wrap=place > 0)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _print_races(console: Console, races: list[Race]) -> None:
    def milliseconds(seconds: dict[str, float]) -> list[str]:
        own, numpy = seconds["fastact"], seconds["numpy"]
        return [f"{1e3 * numpy:.1f}", f"{1e3 * own:.1f}", f"{numpy / own:.1f}x"]

    rows = [
        [
            race.name,
            *milliseconds(race.seconds),
            *milliseconds(race.seconds_in_activation),
            *(f"{race.accuracy[by][-1]:.1%}" for by in ("numpy", "fastact")),
        ]
        for race in races
    ]
    head = ["", "epoch\nms\nNumPy", "\n\nfastact", "\n\nratio"]
    head += ["inside\nactivations\nNumPy", "\n\nfastact", "\n\nratio"]
    head += ["test\naccuracy\nNumPy", "\n\nfastact"]
    _table(console, "The same training, activations in plain NumPy and in fastact", head, rows)


def _print_vanishing(console: Console, results: list[Vanishing]) -> None:
    rows = [
        [r.name, f"{r.norms[0]:.1e}", f"{r.norms[-1]:.1e}", f"{r.accuracy:.1%}"] for r in results
    ]
    depth = len(results[0].norms)
    head = ["", "gradient norm\nfirst layer", "\nlast layer", "accuracy\nafter training"]
    _table(console, f"The vanishing gradient: {depth} layers", head, rows)


def _print_dying(console: Console, results: list[Dying]) -> None:
    rows = [
        [r.title, f"{r.shares[0]:.0%}", f"{r.shares[-1]:.0%}", f"{r.accuracy:.1%}"] for r in results
    ]
    head = ["", "dead units\nat the start", "\nat the end", "accuracy\nafter training"]
    _table(console, "Dying units: derivative 0 for every picture", head, rows)


def _save(
    directory: Path, races: list[Race], vanishing: list[Vanishing], dying: list[Dying]
) -> list[Path]:
    from fastact.commands.drawing import comparison, save_figure
    from fastact.demo import pictures
    from fastact.demo.experiments import ACTIVATIONS

    figures: dict[str, Figure] = {
        "activations.png": comparison(find_entries(list(ACTIVATIONS))),
        "training.png": pictures.draw_races(races),
        "vanishing-gradient.png": pictures.draw_vanishing(vanishing),
        "dying-units.png": pictures.draw_dying(dying),
    }
    for name, figure in figures.items():

        def save(path: Path, figure: Figure = figure) -> None:
            save_figure(figure, path, "png")

        write_whole(directory / name, save, "--output")
    return [directory / name for name in figures]
