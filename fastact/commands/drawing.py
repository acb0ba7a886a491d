"""Pictures of activations and their derivatives, made with matplotlib.

Figures are made without pyplot, so that drawing to a file needs no display and leaves
no global state behind.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from fastact.commands.curves import Curve, Curves, compute_curves
from fastact.engine.entry import Activation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["INK", "MUTED", "PALETTE", "comparison", "gallery", "save_figure", "style"]

VALUE, DERIVATIVE = "#1b5e9b", "#d9622b"
PALETTE = ("#1b5e9b", "#d9622b", "#2e8b57", "#8e5ea2", "#b8860b", "#c0392b", "#008b8b", "#555f6b")
INK, MUTED, FAINT = "#1f2933", "#66727f", "#d9dee3"


def style() -> AbstractContextManager[None]:
    """The look all pictures share; ids in SVG files do not change from run to run."""
    import matplotlib as mpl

    return mpl.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "text.color": INK,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": MUTED,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.labelsize": 7.5,
            "ytick.labelsize": 7.5,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "lines.solid_capstyle": "round",
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "svg.hashsalt": "fastact",
        }
    )


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of this size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def save_figure(figure: Figure, path: Any, kind: str) -> None:
    """Write a figure without dates or versions, so that equal pictures are equal files."""
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with style():
        figure.savefig(path, format=kind, dpi=160, metadata=metadata[kind])


def bare(axes: Axes) -> None:
    """Leave of the frame what helps to read values: a faint grid and the two axes."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(color=FAINT, linewidth=0.5, alpha=0.7)
    axes.axhline(0, color=MUTED, linewidth=0.7, zorder=1)
    axes.axvline(0, color=MUTED, linewidth=0.7, zorder=1)
    axes.set_axisbelow(True)


def _draw(axes: Axes, curve: Curve, color: str, width: float, **line: Any) -> None:
    axes.plot(curve.x, curve.y, color=color, linewidth=width, **line)
    marks = {"linestyle": "", "marker": "o", "markersize": 2.4 * width**0.5, "color": color}
    for points, face in ((curve.open, "white"), (curve.filled, color)):
        if points:
            axes.plot(*zip(*points, strict=True), markerfacecolor=face, zorder=5, **marks)


def _limits(*curves: Curve) -> tuple[float, float]:
    """Ordinates that hold the curves, up to [-2.2, 4.2], with a margin."""
    y = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
    low, high = max(min(y.min(), -0.25), -2.2), min(max(y.max(), 1.1), 4.2)
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def range_text(entry: Activation) -> str:
    """The range, to three figures."""

    def end(value: float) -> str:
        text = f"{value:.3g}".replace("inf", "\N{INFINITY}")
        return text.replace("-", "\N{MINUS SIGN}")

    low, high = end(entry.range.low), end(entry.range.high)
    return f"range {str(entry.range)[0]}{low}, {high}{str(entry.range)[-1]}"


def _above(axes: Axes, points: float, text: str, **look: Any) -> None:
    """Text over the left end of a panel, so many points above its frame."""
    axes.annotate(
        text, (0, 1), xytext=(0, points), xycoords="axes fraction",
        textcoords="offset points", va="baseline", **look,
    )  # fmt: skip


def gallery(
    entries: Sequence[Activation],
    low: float = -4.0,
    high: float = 4.0,
    parameters: Mapping[str, float] | None = None,
) -> Figure:
    """A panel for each activation, value and derivative in it."""
    single = len(entries) == 1
    columns = min(len(entries), 4 if len(entries) > 6 else 3)
    rows = math.ceil(len(entries) / columns)
    width, height = (7.0, 5.2) if single else (3.1 * columns, 2.9 * rows + 0.3)
    with style():
        figure = new_figure(width, height)
        for place, entry in enumerate(entries, start=1):
            axes = figure.add_subplot(rows, columns, place)
            _panel(axes, compute_curves(entry, low, high, parameters or {}), low, high)
        figure.subplots_adjust(
            left=0.4 / width,
            right=1 - 0.15 / width,
            bottom=(1.1 if single else 0.3) / height,
            top=1 - (0.75 if single else 0.9) / height,
            hspace=0.44,
            wspace=0.16,
        )
        derivative, value = figure.axes[0].get_legend_handles_labels()[0]
        figure.legend(
            [value, derivative], ["f(x)", "f\N{PRIME}(x)"], loc="upper right", ncols=2,
            frameon=False, bbox_to_anchor=(1, 1), fontsize=9.5,
        )  # fmt: skip
        if single:
            entry = entries[0]
            notes = [
                *textwrap.wrap(f"+ {entry.use}", 88, subsequent_indent="   "),
                *textwrap.wrap(f"\N{MINUS SIGN} {entry.drawback}", 88, subsequent_indent="   "),
            ]
            figure.text(
                0.4 / width, 0.03, "\n".join(notes), fontsize=9, va="bottom", linespacing=1.5
            )
    return figure


#: Characters of a formula beside each other above a panel of the gallery.
_FORMULA_WIDTH = 52


def _panel(axes: Axes, curves: Curves, low: float, high: float) -> None:
    bare(axes)
    entry = curves.entry
    # The derivative lies below: where the two coincide, the value is what must be seen.
    _draw(axes, curves.derivative, DERIVATIVE, 1.6, label="derivative", zorder=3)
    _draw(axes, curves.value, VALUE, 2.2, label="value", zorder=4)
    axes.set_xlim(low, high)
    axes.set_ylim(*_limits(curves.value, curves.derivative))
    set_to = "".join(f", {name} = {value:g}" for name, value in curves.parameters.items())
    lines = textwrap.wrap(entry.formula, _FORMULA_WIDTH)
    size = 7.0 if len(entry.formula) <= 0.8 * _FORMULA_WIDTH else 5.6
    for k, line in enumerate(reversed(lines)):
        _above(axes, 17 + 8 * k, line, color=MUTED, family="DejaVu Sans Mono", fontsize=size)
    _above(axes, 21 + 8 * len(lines), entry.name, fontsize=12, fontweight="bold")
    _above(axes, 6, range_text(entry) + set_to, color=MUTED, fontsize=7)


def comparison(
    entries: Sequence[Activation],
    low: float = -4.0,
    high: float = 4.0,
    parameters: Mapping[str, float] | None = None,
) -> Figure:
    """Values in the upper row, derivatives in the lower, the others in grey behind each."""
    count = len(entries)
    with style():
        figure = new_figure(max(2.3 * count + 0.4, 4.0), 4.6)
        axes = figure.subplots(2, count, sharex=True, sharey="row", squeeze=False)
        curves = [compute_curves(entry, low, high, parameters or {}) for entry in entries]
        for column, own in enumerate(curves):
            color = PALETTE[column % len(PALETTE)]
            for row, form in enumerate(("value", "derivative")):
                panel = axes[row, column]
                bare(panel)
                for other in curves:
                    panel.plot(
                        getattr(other, form).x, getattr(other, form).y, color="#c9d0d6", linewidth=1
                    )
                _draw(panel, getattr(own, form), color, 2.4, zorder=4)
            _above(axes[0, column], 18, own.entry.name, color=color, fontsize=13, fontweight="bold")
            _above(axes[0, column], 5, range_text(own.entry), color=MUTED, fontsize=8)
            axes[1, column].set_xlim(low, high)
        axes[0, 0].set_ylim(*_limits(*(c.value for c in curves)))
        axes[1, 0].set_ylim(*_limits(*(c.derivative for c in curves)))
        axes[0, 0].set_ylabel("f(x)", fontsize=10)
        axes[1, 0].set_ylabel("f\N{PRIME}(x)", fontsize=10)
        figure.subplots_adjust(
            left=0.05, right=0.99, bottom=0.06, top=0.87, wspace=0.09, hspace=0.1
        )
    return figure
