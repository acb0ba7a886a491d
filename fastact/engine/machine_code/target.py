"""The processor that code is made for: LLVM's optimiser, code generator and loader.

Needs llvmlite alone (60 ms to import), so a warm start never imports Numba.
"""

from __future__ import annotations

import functools
import itertools
import os
import re

import llvmlite.binding as llvm

from fastact.engine.setting import SettingError

__all__ = ["asks_ahead", "copying_width", "cpu_features", "cpu_name", "emit_assembly"]
__all__ += ["emit_object", "has_half_conversions", "load_object"]
__all__ += ["vector_bytes", "vector_width"]


def cpu_name() -> str:
    """The CPU that code is made for; ``NUMBA_CPU_NAME`` overrides the host's."""
    return os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()


def cpu_features() -> str:
    """LLVM's feature string; ``NUMBA_CPU_FEATURES`` overrides the host's."""
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is not None:
        if not re.fullmatch(r"([+-][\w.-]+(,|$))*", features):
            # LLVM would end the process.
            raise SettingError(
                "NUMBA_CPU_FEATURES must be a list such as '+avx2,-avx512f', not " + repr(features)
            )
        return features
    if cpu_name() != llvm.get_host_cpu_name():
        return ""  # the named CPU's own features, not this machine's
    return llvm.get_host_cpu_features().flatten()


#: The first processors with vectors of 512 bits lower their clock for them
#: (Intel 64 and IA-32 Architectures Optimization Reference Manual, section 2.6).
_SLOWED = ("skylake-avx512", "cascadelake", "cooperlake")


def vector_width() -> int:
    """Bits of the widest vector to use where the processor has it.

    Left alone LLVM keeps to 256 on every Intel processor with 512, later ones too.
    """
    return 256 if cpu_name() in _SLOWED else 512


def copying_width() -> int:
    """Likewise, where little is computed of operands beyond the second-level cache.

    A Zen 4 has units of 256 bits. Between the last-level cache and them it moves float64 faster by
    single ones than by pairs: of 1e6 elements relu took 1/1.11 of the time, its gradient and those
    of float32 1/1.02 to 1/1.09. In the near caches pairs are up to 7 % faster.
    """
    return 256 if cpu_name() == "znver4" else vector_width()


#: A sum of 16 float32, which takes one register of 64 bytes or several smaller ones.
_WIDE_SUM = """
define <16 x float> @sum(<16 x float> %a, <16 x float> %b) "prefer-vector-width"="{width}" {{
  %sum = fadd <16 x float> %a, %b
  ret <16 x float> %sum
}}
"""


@functools.cache
def vector_bytes() -> int:
    """Bytes of the vectors that code is made with: of which features, LLVM knows best."""
    code = emit_assembly([_WIDE_SUM.format(width=vector_width())])
    return 64 if "zmm" in code else 32 if "ymm" in code else 16


_HALF = """
define <8 x float> @widened(<8 x half> %half) {
  %single = fpext <8 x half> %half to <8 x float>
  ret <8 x float> %single
}
"""


@functools.cache
def has_half_conversions() -> bool:
    """Whether the processor converts float16; else LLVM would call a library that may not be."""
    code = emit_assembly([_HALF])
    return "vcvtph2ps" in code or "fcvtl" in code


def asks_ahead() -> bool:
    """Whether it pays to ask for operands in the last-level cache before they are read.

    On an Intel server it does (:mod:`fastact.engine.assembly.span`). A Zen fetches them by itself,
    and what it is asked for besides holds that up: on a Zen 4, 1e6 to 4e6 elements, relu and the
    like took 1.05 to 1.5 times as long, kernels with more arithmetic as long as without.
    """
    return not cpu_name().startswith("znver")


@functools.cache
def _native_machine() -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return _machine(llvm.get_process_triple(), cpu_name(), cpu_features())


def _machine(triple: str, cpu: str, features: str) -> llvm.TargetMachine:
    if triple.startswith("x86_64"):
        # Of a processor that LLVM does not know it warns and goes on; without this the process
        # would end.
        features = f"+64bit,{features}".rstrip(",")
    if triple.startswith(("aarch64", "arm64")):
        # Vectors whose length the compiler does not know cannot be unrolled; fixed ones have
        # the same throughput on the processors with both.
        features = f"{features},-sve".lstrip(",")
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu=cpu, features=features, opt=3, codemodel="jitdefault", jit=True
    )


def _narrowed(text: str, width: int) -> str:
    """Where vectors are to be narrower than the widest, say that no function needs those.

    LLVM takes one that says nothing for one that does, whatever it prefers.
    """
    if width == 512:
        return text
    return _with_attribute(text, '"min-legal-vector-width"="0"')


def _with_attribute(text: str, attribute: str) -> str:
    """An assembly module with one more attribute of each function that it defines."""
    return re.sub(r"^(define [^{]*)\{", rf"\1{attribute} {{", text, flags=re.MULTILINE)


def _optimise(
    groups: tuple[list[str], ...], machine: llvm.TargetMachine, vector: bool = True
) -> llvm.ModuleRef:
    """Link assembly modules and optimise; the first of each group keeps its functions visible."""
    module = llvm.parse_assembly("")
    asked = (re.findall(r'"prefer-vector-width"="(\d+)"', main[0]) for main in groups)
    width = max(map(int, itertools.chain(*asked)), default=vector_width())
    for main in groups:
        module.link_in(llvm.parse_assembly(_narrowed(main[0], width)))
    visible = {function.name for function in module.functions if not function.is_declaration}
    for callee in dict.fromkeys(text for main in groups for text in main[1:]):
        text = _narrowed(callee, width)
        if vector:
            # A call left in a loop keeps it from vectorising: 20x slower for gelu in float64.
            # As text: llvmlite before 0.48 gives the attribute to the function's result.
            text = _with_attribute(text, "alwaysinline")
        module.link_in(llvm.parse_assembly(text))
    for function in module.functions:
        if not function.is_declaration and function.name not in visible:
            function.linkage = "internal"
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.loop_unrolling = vector
    options.slp_vectorization = False  # a span is one loop: nothing to find, 10 % of the time
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return module


def emit_object(*groups: list[str], vector: bool = True) -> bytes:
    """Object code for this machine from LLVM assembly.

    Each group is a module whose functions stay visible, followed by those it calls;
    ``vector`` code has every call in line, which its loops need. Without, the carrier is compiled
    in 0.7 of the time, with as many calls in line as LLVM finds worth it, and is as fast.
    """
    machine = _native_machine()
    return bytes(machine.emit_object(_optimise(groups, machine, vector)))


def emit_assembly(*groups: list[str], cpu: str = "", features: str = "", triple: str = "") -> str:
    """Machine assembly as text, for this machine or (cross-compiled) for another."""
    if not (cpu or features or triple):
        machine = _native_machine()
    else:
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
        machine = _machine(triple or llvm.get_process_triple(), cpu, features)
    return str(machine.emit_assembly(_optimise(groups, machine)))


@functools.cache
def _execution_engine() -> llvm.ExecutionEngine:
    module = llvm.parse_assembly("")
    return llvm.create_mcjit_compiler(module, _native_machine())


def load_object(code: bytes, symbols: list[str]) -> dict[str, int]:
    """Link object code into the process; addresses of its ``symbols``.

    Raises ValueError when the bytes are no object file with these symbols.
    """
    _native_machine()
    engine = _execution_engine()
    try:
        engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
    except Exception as error:
        raise ValueError(f"not an object file: {error}") from error
    engine.finalize_object()
    addresses = {symbol: engine.get_function_address(symbol) for symbol in symbols}
    missing = [symbol for symbol, address in addresses.items() if not address]
    if missing:
        raise ValueError(f"object code lacks the symbols {missing}")
    return addresses
