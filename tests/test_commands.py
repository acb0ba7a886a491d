"""The command line: what it prints, and that bad arguments are named and harm nothing."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fastact
from fastact.commands.line import main
from fastact.engine.entry import registry


def refused(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    """Run a command that must fail: status 2 and one line on stderr, given back."""
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err


def test_list_has_every_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    for entry in registry().values():
        assert f"\n{entry.name} " in "\n" + printed


def test_list_takes_aliases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "hardshrink"]) == 0
    assert capsys.readouterr().out.startswith("hard_shrink ")


def test_info_names_processor_and_cache(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FASTACT_CACHE_DIR", str(tmp_path))
    assert main(["info"]) == 0
    printed = capsys.readouterr().out
    assert "processor" in printed
    assert str(tmp_path) in printed


@pytest.mark.parametrize("command", ["list", "plot"])
def test_unknown_name_suggests_the_nearest(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    error = refused(capsys, command, "sigmod")
    assert "argument NAME: unknown activation 'sigmod': did you mean 'sigmoid'?" in error


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
@pytest.mark.parametrize("extra", [[], ["--compare"], ["--range", "-1e-1", "2"]])
def test_plot_writes_a_picture(tmp_path: Path, kind: str, extra: list[str]) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"picture.{kind}"
    assert main(["plot", "relu", "tanh", "-o", str(path), *extra]) == 0
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.strip() == fastact.__version__


def test_functions_of_rows_are_listed_and_not_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "softmax", "relu"]) == 0
    text = capsys.readouterr().out
    assert "sum(exp(x - max(x)))" in text
    assert "maximum(x, 0)" in text
    assert "softmax is no function of elements: see help(fastact.softmax)" in refused(
        capsys, "plot", "softmax"
    )


def test_equal_pictures_are_equal_files(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("one.svg", "two.svg"):
        assert main(["plot", "relu", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_bad_paths_are_named_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "file.png"
    file.write_text("kept")
    for output in (tmp_path / "none" / "a.png", file / "a.png"):
        error = refused(capsys, "plot", "relu", "-o", output)
        assert f"argument --output: cannot write {output}" in error
    error = refused(capsys, "plot", "relu", "-o", tmp_path, "--format", "png")
    assert f"argument --output: {tmp_path} is a directory" in error
    error = refused(capsys, "plot", "relu", "-o", "/dev/null", "--format", "png")
    assert "argument --output: /dev/null is not a regular file" in error
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "kept"


def test_failure_while_writing_leaves_the_old_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = pytest.importorskip("fastact.commands.drawing")
    pytest.importorskip("matplotlib")
    file = tmp_path / "picture.png"
    file.write_text("kept")

    def full(_figure: Any, path: Path, _kind: str) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drawing, "save_figure", full)
    error = refused(capsys, "plot", "relu", "-o", file)
    assert "argument --output: cannot write" in error
    assert "No space left on device" in error
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "a.xyz"], "argument --output: unknown format 'xyz': choose png, svg or pdf"),
        (["-o", "a"], "argument --output: a has no ending: choose png, svg or pdf"),
        (["-o", "a.png", "--format", "gif"], "argument --format: unknown format 'gif'"),
        (["-o", "a.png", "--range", "2", "1"], "argument --range: needs finite LOW < HIGH"),
        (["-o", "a.png", "--range", "nan", "1"], "argument --range: needs finite LOW < HIGH"),
        (["-o", "a.png", "--range", "-1e308", "1e308"], "argument --range: needs finite LOW"),
        (["-p", "slope=1"], "argument --parameter: unknown parameter 'slope'"),
        (["-p", "negative_slope"], "argument --parameter: 'negative_slope' is not NAME=VALUE"),
        (["-p", "negative_slope=inf"], "argument --parameter: negative_slope must be finite"),
        (
            ["-p", "negative_slope=steep"],
            "argument --parameter: negative_slope must be a number, not 'steep'",
        ),
    ],
)
def test_bad_arguments_of_plot(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(capsys, "plot", "leaky_relu", *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["plot", "relu", "-o", "a.png"], ["demo"]])
def test_missing_extra_is_named(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name)
    )
    error = refused(capsys, *command)
    assert 'needs matplotlib, which is not installed: pip install "fastact[demo]"' in error
    assert not list(tmp_path.iterdir())


def test_demo_shows_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("rich", "matplotlib", "sklearn"):
        pytest.importorskip(module)
    assert main(["demo", "--epochs", "1", "-o", str(tmp_path / "pictures")]) == 0
    printed = capsys.readouterr().out
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "gradient norm", "dead units"):
        assert name in printed
    pictures = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert pictures == [
        "activations.png", "dying-units.png", "training.png", "vanishing-gradient.png",
    ]  # fmt: skip


def test_demo_names_a_bad_directory(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    file = tmp_path / "file"
    file.write_text("kept")
    error = refused(capsys, "demo", "-o", file / "pictures")
    assert "argument --output: cannot write to" in error
    assert file.read_text() == "kept"


def test_window_without_display_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    for backend in ("svg", "agg"):
        matplotlib.use(backend)
        assert "argument --output: is needed here" in refused(capsys, "plot", "relu")


def test_as_a_process() -> None:
    """Status and streams as a shell sees them; a reader that goes away is no error."""
    command = [sys.executable, "-m", "fastact"]
    bad = subprocess.run([*command, "plot", "sigmod"], capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "Traceback" not in bad.stderr
    none = subprocess.run(command, capture_output=True, text=True, check=False)
    assert none.returncode == 2
    assert "usage:" in none.stderr
    piped = subprocess.run(
        f"{sys.executable} -m fastact list | true",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in piped.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a POSIX shell and /dev/full")
@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("list >&-", 0, ""),
        ("info >&- 2>&-", 0, ""),
        ("list > /dev/full", 2, "cannot write the output: No space left on device"),
        ("info", 0, ""),
    ],
)
def test_streams_that_are_closed_or_full_or_ascii(
    line: str, status: int, message: str, tmp_path: Path
) -> None:
    settings = {"PYTHONIOENCODING": "ascii", "FASTACT_CACHE_DIR": f"{tmp_path}/\xfcn\xef"}
    done = subprocess.run(
        f"{sys.executable} -m fastact {line}",
        shell=True, capture_output=True, text=True, check=False, env=os.environ | settings,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
