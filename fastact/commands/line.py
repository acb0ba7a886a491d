"""The parser, and what becomes of errors."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import fastact
from fastact.commands.errors import BadArgument
from fastact.engine.setting import SettingError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status: 0 done, 2 an argument is wrong."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # either may be closed, and lack what a path has
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        import_module(options.module).run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return 0
    except (BadArgument, SettingError) as error:
        failure = str(error)
    except BrokenPipeError:  # "list | head": whoever read has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:  # the output's own, as onto a full disk, names no file
        if error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        failure = f"cannot write the output: {error.strerror}"
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    if sys.stderr is not None:
        print(f"{parser.prog} {options.command}: error: {failure}", file=sys.stderr)
    return 2


def make_parser() -> argparse.ArgumentParser:
    """The commands and their arguments; each names the module that carries it out."""
    parser = argparse.ArgumentParser(
        prog="python -m fastact",
        description="Activation functions as fast, accurate NumPy ufuncs.",
    )
    parser.add_argument("--version", action="version", version=fastact.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        made.set_defaults(module=f"fastact.commands.{name}")
        return made

    demo = command("demo", "train a network on handwritten digits, with NumPy and with fastact")
    demo.add_argument(
        "-o", "--output", type=Path, default=Path("fastact-demo"), metavar="DIR",
        help="directory for the pictures (default: %(default)s)",
    )  # fmt: skip
    demo.add_argument(
        "--epochs", type=_positive, default=10, metavar="N",
        help="epochs of training per activation (default: %(default)s)",
    )  # fmt: skip

    listing = command("list", "list the functions: formula, range, use")
    listing.add_argument("names", nargs="*", metavar="NAME", help="functions (default: all)")

    plot = command("plot", "draw activations and their derivatives")
    plot.add_argument("names", nargs="*", metavar="NAME", help="activations (default: all)")
    plot.add_argument("-o", "--output", type=Path, metavar="FILE",
                      help="write FILE (.png, .svg or .pdf) in place of a window")  # fmt: skip
    plot.add_argument("--format", metavar="FORMAT",
                      help="png, svg or pdf (default: by the name of FILE)")  # fmt: skip
    plot.add_argument("--range", nargs=2, type=float, default=(-4.0, 4.0),
                      metavar=("LOW", "HIGH"), help="interval of x (default: -4 4)")  # fmt: skip
    # argparse takes -1e3 for an option.
    plot._negative_number_matcher = re.compile(r"-\d*\.?\d+(e[-+]?\d+)?", re.IGNORECASE)
    plot.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE",
                      help="a parameter, for every activation that has it")  # fmt: skip
    plot.add_argument("--compare", action="store_true",
                      help="values above, derivatives below, the others in grey")  # fmt: skip

    command("warmup", "compile every activation now, so that no later start waits")
    command("info", "show versions, processor, threads and cache")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, not {text!r}")
    return int(text)
