"""Machine code for processors that are not at hand, read as assembly."""

from __future__ import annotations

import functools
import itertools
import re
from typing import Any, NamedTuple

import pytest

from fastact.engine.assembly.lane_code import lane_span_assembly
from fastact.engine.assembly.span import span_assembly
from fastact.engine.assembly.storage_code import CONVERTED, storage_assembly
from fastact.engine.forms import FORMS
from fastact.engine.gufunc import STAGES
from fastact.engine.lanes import ARRANGEMENTS
from fastact.engine.machine_code import target
from tests.conftest import ENTRIES
from tests.test_rowwise import FORMS as ROW_FORMS


class Processor(NamedTuple):
    """Its name to LLVM, the system, a vector of full width, a streamed store, bytes of a vector."""

    name: str
    triple: str
    vector: str
    streamed: str
    vector_bytes: int

    def take_over(self, monkeypatch: Any) -> None:
        """Have spans made for it."""
        monkeypatch.setenv("NUMBA_CPU_NAME", self.name)
        monkeypatch.setattr(target, "vector_bytes", lambda: self.vector_bytes)


X86, ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
PROCESSORS = [
    Processor("x86-64-v3", X86, "%ymm", "vmovnt", 32),
    Processor("skylake-avx512", X86, "%ymm", "vmovnt", 32),
    Processor("icelake-server", X86, "%zmm", "vmovnt", 64),
    Processor("sapphirerapids", X86, "%zmm", "vmovnt", 64),
    Processor("znver4", X86, "%zmm", "vmovnt", 64),
    Processor("generic", ARM, r"\bq\d+", "stnp", 16),
    Processor("neoverse-v1", ARM, r"\bq\d+", "stnp", 16),
]


@pytest.mark.parametrize("converts", [True, False])
@pytest.mark.parametrize("dtype", sorted(CONVERTED))
@pytest.mark.parametrize("processor", PROCESSORS, ids=lambda p: f"{p.name}-{p.triple[:3]}")
def test_16_bits_are_converted_by_vectors(
    dtype: str, processor: Processor, converts: bool, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", processor.name)
    monkeypatch.setattr(target, "has_half_conversions", lambda: converts)
    modules = storage_assembly("gather", "scatter", dtype)
    code = target.emit_assembly(modules, cpu=processor.name, triple=processor.triple)
    # What a processor without conversions would have LLVM call.
    assert not re.search(r"__(extend|trunc|gnu_)\w+", code)
    conversions = re.findall(r"vcvtph2psx?\s.*|fcvtl\s.*", code)
    assert bool(conversions) == (converts and dtype == "float16")
    assert re.search(rf"{processor.vector}|\.4s", "\n".join(conversions) or code)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("processor", PROCESSORS, ids=lambda p: f"{p.name}-{p.triple[:3]}")
def test_vectors_are_as_wide_as_the_processor_likes(processor: Processor, monkeypatch: Any) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", processor.name)
    emit = functools.partial(target.emit_assembly, cpu=processor.name, triple=processor.triple)
    monkeypatch.setattr(target, "emit_assembly", emit)
    assert target.vector_bytes.__wrapped__() == processor.vector_bytes


@pytest.mark.parametrize("processor", PROCESSORS, ids=lambda p: f"{p.name}-{p.triple[:3]}")
def test_kernels_are_vectors_of_full_width(
    entry: Any, processor: Processor, precision: str, monkeypatch: Any, capfd: Any
) -> None:
    processor.take_over(monkeypatch)
    modules = span_assembly("span", entry, FORMS[0], precision, far=True)
    # A function of the mathematics library would be called element by element.
    code = target.emit_assembly(modules, cpu=processor.name, triple=processor.triple)
    assert not re.search(r"^\s+(callq?|bl)\s", code, re.MULTILINE)
    assert re.search(processor.streamed, code)
    # On a Zen 4 what little more than copies has narrower ones in a far span: see below.
    assert re.search("%[yz]mm" if processor.name == "znver4" else processor.vector, code)
    assert processor.vector_bytes == 64 or "%zmm" not in code
    assert not re.search(r"^\s+v\w+(?<!p)s[sd]\s+%xmm\d+, %xmm", code, re.MULTILINE)
    assert capfd.readouterr().err == ""  # LLVM warns of loops it could not vectorise


@pytest.mark.parametrize(
    ("name", "far", "width"), [("relu", 1, 32), ("relu", 0, 64), ("tanh", 1, 64)]
)
def test_a_zen_4_copies_by_half_vectors_beyond_its_near_caches(
    name: str, far: int, width: int, precision: str, monkeypatch: Any
) -> None:
    (zen4,) = (processor for processor in PROCESSORS if processor.name == "znver4")
    zen4.take_over(monkeypatch)
    modules = span_assembly("span", ENTRIES[name], FORMS[0], precision, far=bool(far))
    code = target.emit_assembly(modules, cpu=zen4.name, triple=zen4.triple)
    assert ("%zmm" in code) == (width == 64)
    assert "%ymm" in code or width == 64


@pytest.mark.parametrize("processor", PROCESSORS, ids=lambda p: f"{p.name}-{p.triple[:3]}")
def test_passes_over_rows_are_vectors_of_full_width(
    processor: Processor, precision: str, monkeypatch: Any, capfd: Any
) -> None:
    processor.take_over(monkeypatch)
    for record, form in ROW_FORMS:
        kernel = record.kernels[form.namespace, precision]
        spans = [span for stage in STAGES if (span := getattr(kernel, stage)) is not None]
        for span, arrangement in itertools.product(spans, ARRANGEMENTS):
            modules = lane_span_assembly("span", span, arrangement)
            code = target.emit_assembly(modules, cpu=processor.name, triple=processor.triple)
            assert not re.search(r"^\s+(callq?|bl)\s", code, re.MULTILINE)
            assert re.search(processor.vector, code)
            assert processor.vector_bytes == 64 or "%zmm" not in code
    assert capfd.readouterr().err == ""
