"""The pictures of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastact.commands.drawing import FAINT, INK, MUTED, PALETTE, new_figure, style
from fastact.demo.experiments import Dying, Race, Vanishing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_dying", "draw_races", "draw_vanishing"]

SHADES = {"numpy": ("#aab4be", "#d5dbe0"), "fastact": ("#1b5e9b", "#8fb4d6")}


def _plain(axes: Axes, title: str, below: str) -> None:
    """Title and one line of explanation over a plot without a frame."""
    for spine in ("top", "right"):
        axes.spines[spine].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    place = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "baseline"}
    axes.annotate(title, (0, 1), xytext=(0, 26), fontsize=12, fontweight="bold", **place)  # type: ignore[arg-type]
    axes.annotate(below, (0, 1), xytext=(0, 11), fontsize=8.5, color=MUTED, **place)  # type: ignore[arg-type]


def _whole_numbers(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_races(races: Sequence[Race]) -> Figure:
    """Time per epoch side by side, and test accuracy by epoch."""
    with style():
        figure = new_figure(11, 4.4)
        left, right = figure.subplots(1, 2)
        _bars(left, races)
        _plain(right, "Accuracy on the test set", "line: fastact; dots: plain NumPy")
        for place, race in enumerate(races):
            color = PALETTE[place]
            epochs = range(1, len(race.accuracy["fastact"]) + 1)
            right.plot(epochs, race.accuracy["fastact"], color=color, linewidth=2, label=race.name)
            right.plot(epochs, race.accuracy["numpy"], color=color, linestyle="", marker="o",
                       markersize=4, markerfacecolor="white")  # fmt: skip
        right.set_xlabel("epoch")
        _whole_numbers(right)
        right.set_ylim(0, 1.02)
        right.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
        right.legend(frameon=False, loc="lower right", ncols=2)
        figure.subplots_adjust(left=0.06, right=0.98, bottom=0.12, top=0.82, wspace=0.18)
    return figure


def _bars(axes: Axes, races: Sequence[Race]) -> None:
    _plain(
        axes,
        "Time per epoch",
        "milliseconds, fastest epoch; dark: inside the activations, light: everything else",
    )
    for offset, by in ((-0.2, "numpy"), (0.2, "fastact")):
        places = [place + offset for place in range(len(races))]
        inside = [1e3 * race.seconds_in_activation[by] for race in races]
        total = [1e3 * race.seconds[by] for race in races]
        dark, light = SHADES[by]
        axes.bar(places, total, 0.37, color=light)
        axes.bar(places, inside, 0.37, color=dark, label="plain NumPy" if by == "numpy" else by)
        for place, height in zip(places, total, strict=True):
            axes.text(place, height, f"{height:.0f}", ha="center", va="bottom", fontsize=7.5,
                      color=INK)  # fmt: skip
    axes.set_xticks(range(len(races)), [race.name for race in races], fontsize=9)
    axes.legend(frameon=False, loc="upper left", ncols=2)
    axes.margins(y=0.18)


def draw_vanishing(results: Sequence[Vanishing]) -> Figure:
    """Gradient norm by layer, on a logarithmic scale."""
    with style():
        figure = new_figure(7.2, 4.6)
        axes = figure.subplots()
        _plain(
            axes,
            "The vanishing gradient",
            "norm of the gradient by the weights of each layer, before training",
        )
        for place, result in enumerate(results):
            layers = range(1, len(result.norms) + 1)
            color = PALETTE[place]
            axes.semilogy(
                layers, result.norms, color=color, linewidth=2.2, marker="o", markersize=4
            )
        axes.set_xlabel("layer, from input to output")
        axes.set_ylabel("norm of the gradient")
        axes.margins(y=0.12)
        figure.subplots_adjust(left=0.11, right=0.97, bottom=0.11, top=0.84)
    return figure


def draw_dying(results: Sequence[Dying]) -> Figure:
    """Share of dead units by epoch."""
    with style():
        figure = new_figure(8.6, 4.6)
        axes = figure.subplots()
        _plain(
            axes,
            "Dying units",
            "share of hidden units with derivative 0 for every picture of the training set",
        )
        for place, result in enumerate(results):
            axes.plot(
                result.shares, color=PALETTE[place], linewidth=2.2,
                linestyle="-" if result.name == "relu" else "--",
                label=f"{result.title}: {result.accuracy:.0%} accuracy",
            )  # fmt: skip
        axes.set_xlabel("epoch")
        _whole_numbers(axes)
        axes.set_ylim(-0.02, 1.02)
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
        axes.legend(frameon=False, loc="upper right", fontsize=8.5)
        figure.subplots_adjust(left=0.08, right=0.98, bottom=0.11, top=0.84)
    return figure
