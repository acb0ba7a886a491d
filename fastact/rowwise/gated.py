"""Gated linear units: an activation of one half times the other half."""

from fastact.activations.gelu import gelu as _gelu
from fastact.activations.relu import relu as _relu
from fastact.activations.sigmoid import sigmoid as _sigmoid
from fastact.activations.silu import silu as _silu
from fastact.engine.rowwise import gated_unit

SHAZEER = "Shazeer 2020, arXiv:2002.05202"

for _name, _activation, _summary, _source, _use, _drawback, _splits in (
    (
        "glu",
        _sigmoid,
        "Gated linear unit: one half times the sigmoid of the other.",
        "Dauphin et al. 2016, arXiv:1612.08083; PyTorch's glu",
        "Convolutional language models; a linear path that lets gradients through.",
        "Twice the weights of a plain layer of the same width.",
        True,
    ),
    (
        "swiglu",
        _silu,
        "Gated unit with silu.",
        SHAZEER,
        "Feed-forward blocks of most large language models.",
        "A third weight matrix; silu costs an exponential.",
        False,
    ),
    (
        "geglu",
        _gelu,
        "Gated unit with exact gelu.",
        SHAZEER,
        "Feed-forward blocks of transformers such as T5 v1.1.",
        "A third weight matrix; gelu is dearer than silu for about the same result.",
        False,
    ),
    (
        "reglu",
        _relu,
        "Gated unit with relu.",
        SHAZEER,
        "The cheapest gate: sparse, no exponential.",
        "Gates that are negative for every input are dead, as relu's units are.",
        False,
    ),
):
    gated_unit(
        {p: _activation.body("value", p) for p in ("float32", "float64")},
        {p: _activation.body("derivative", p) for p in ("float32", "float64")},
        name=_name,
        summary=_summary,
        formula=f"{_activation.name}(gate) * up",
        source=_source,
        use=_use,
        drawback=_drawback,
        splits=_splits,
        # The activation's own error, at most 1 ULP and 2 relative to a product just above
        # a power of two, and the rounding of the product.
        max_ulp={p: 2 * _activation.max_ulp[p].value + 0.5 for p in ("float32", "float64")},
    )
