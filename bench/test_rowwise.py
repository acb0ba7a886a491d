"""pytest-benchmark of the row-wise functions and gated units: rows of four lengths.

Each peer is stated once, beside its function. What peers have no counterpart of, glu and the
gradients of gated units, is not compared.
"""

from __future__ import annotations

import functools
import importlib
from importlib.util import find_spec

import numba
import numpy as np
import pytest

import fastact as fa
from bench import onnx_peer
from bench.cells import CHECKED, DTYPES, THREADS, TOLERANCE
from bench.contenders import set_threads
from bench.timing import interleaved, time_own

ELEMENTS = 1_000_000
LENGTHS = (10, 128, 1024, 50_000)


def shifted(x):
    return x - x.max(-1, keepdims=True)


def softmax(x):
    e = np.exp(shifted(x))
    return e / e.sum(-1, keepdims=True)


def log_softmax(x):
    z = shifted(x)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def logsumexp(x):
    return np.log(np.exp(shifted(x)).sum(-1)) + x.max(-1)


def erf_half(x):
    return 0.5 * (1 + importlib.import_module("scipy.special").erf(x * 0.7071067811865476))


#: name -> plain NumPy over its operands, which come from ("x") or are (g, y) or (gate, up).
NUMPY = {
    "softmax": softmax,
    "softmin": lambda x: softmax(-x),
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "vjp_from_output.softmax": lambda g, y: y * (g - (g * y).sum(-1, keepdims=True)),
    "vjp_from_output.log_softmax": lambda g, y: g - np.exp(y) * g.sum(-1, keepdims=True),
    "swiglu": lambda gate, up: gate / (1 + np.exp(-gate)) * up,
    "geglu": lambda gate, up: gate * erf_half(gate) * up,
    "reglu": lambda gate, up: np.maximum(gate, 0) * up,
}
SCIPY = ("softmax", "log_softmax", "logsumexp")
ONNX = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}


def torch_call(name, operands, out):
    torch = importlib.import_module("torch")
    functional, aten = torch.nn.functional, torch.ops.aten
    a, *rest = map(torch.from_numpy, operands)
    b, o = (rest or [None])[0], torch.from_numpy(out)
    return {
        "softmax": lambda: torch.softmax(a, -1, out=o),
        "softmin": lambda: functional.softmin(a, -1),
        "log_softmax": lambda: torch.log_softmax(a, -1, out=o),
        "logsumexp": lambda: torch.logsumexp(a, -1, out=o),
        "vjp_from_output.softmax": lambda: aten._softmax_backward_data(a, b, -1, a.dtype),
        "vjp_from_output.log_softmax": lambda: aten._log_softmax_backward_data(a, b, -1, a.dtype),
        "swiglu": lambda: torch._C._nn.silu(a, out=o).mul_(b),
        "geglu": lambda: torch._C._nn.gelu(a, out=o).mul_(b),
        "reglu": lambda: torch.clamp_min(a, 0, out=o).mul_(b),
    }[name]


def jax_call(name, operands, _out):
    jax = importlib.import_module("jax")
    nn, jnp = jax.nn, jax.numpy
    arrays = [jnp.asarray(operand) for operand in operands]
    function = {
        "softmax": nn.softmax,
        "softmin": lambda x: nn.softmax(-x),
        "log_softmax": nn.log_softmax,
        "logsumexp": lambda x: nn.logsumexp(x, axis=-1),
        "vjp_from_output.softmax": lambda g, y: y * (g - (g * y).sum(-1, keepdims=True)),
        "vjp_from_output.log_softmax": lambda g, y: g - jnp.exp(y) * g.sum(-1, keepdims=True),
        "swiglu": lambda a, b: nn.silu(a) * b,
        "geglu": lambda a, b: nn.gelu(a, approximate=False) * b,
        "reglu": lambda a, b: nn.relu(a) * b,
    }[name]
    compiled = jax.jit(function)
    return lambda: compiled(*arrays).block_until_ready()


def scipy_call(name, operands, _out):
    if name not in SCIPY:
        return None
    function = getattr(importlib.import_module("scipy.special"), name)
    return lambda: function(operands[0], axis=-1)


def onnx_call(name, operands, out):
    if name not in ONNX:
        return None
    x, key = operands[0], (("axis", -1),)
    found = onnx_peer.session(
        ONNX[name], "", key, (), x.dtype.name, ("m", "n"), numba.get_num_threads()
    )
    return onnx_peer.bound(found, x, out) if found else None


PEERS = {
    "scipy": (scipy_call, "scipy"),
    "torch": (torch_call, "torch"),
    "jax": (jax_call, "jax"),
    "onnxruntime": (onnx_call, "onnxruntime", "onnx"),
}


def own_call(name, operands, out):
    function = functools.reduce(getattr, name.split("."), fa)
    extra = {"axis": -1} if name == "logsumexp" else {}
    return lambda: function(*operands, out=out, **extra)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", NUMPY)
@pytest.mark.parametrize("threads", THREADS)
def test_rows(benchmark, name, length, dtype, threads, request):
    set_threads(threads)
    shape = (max(1, ELEMENTS // length), length)
    x = np.random.default_rng(0).normal(0, 2, shape).astype(dtype)
    other = np.random.default_rng(1).normal(0, 1, shape).astype(dtype)
    if name.startswith("vjp_from_output"):
        operands = [other, NUMPY[name.partition(".")[2]](x)]
    else:
        operands = [x, other] if name.endswith("glu") else [x]
    reference = np.asarray(NUMPY[name](*(a.astype(np.float64) for a in operands)))
    out = np.zeros(reference.shape, dtype)
    calls = {"fastact": own_call(name, operands, out)}
    alone = request.config.getoption("--alone")
    if not alone:
        calls["numpy"] = lambda: NUMPY[name](*operands)
        for peer, (setup, *modules) in PEERS.items():
            if all(map(find_spec, modules)) and (call := setup(name, operands, out)):
                calls[peer] = call
    points = np.unique(np.linspace(0, reference.size - 1, CHECKED).astype(np.intp))
    for peer, call in calls.items():
        out.fill(np.nan)
        found = np.asarray(call()).ravel()[points]
        np.testing.assert_allclose(
            found, reference.ravel()[points], TOLERANCE[dtype], TOLERANCE[dtype], err_msg=peer
        )
    best = interleaved(calls, (name, length, dtype), threads=threads, large=False)
    benchmark.extra_info.update(
        name=name, form="rows", dtype=dtype, size=length, threads=threads, seconds=best
    )
    time_own(benchmark, calls["fastact"], best["fastact"], alone)
