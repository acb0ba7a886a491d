"""Gated linear units: an activation of one half times the other half."""

from fastact.activations.gelu import gelu
from fastact.activations.relu import relu
from fastact.activations.sigmoid import sigmoid
from fastact.activations.silu import silu
from fastact.engine.rowwise import gated_unit

SHAZEER = "Shazeer 2020, arXiv:2002.05202"

gated_unit(
    sigmoid,
    name="glu",
    summary="Gated linear unit: one half times the sigmoid of the other.",
    source="Dauphin et al. 2016, arXiv:1612.08083; PyTorch's glu",
    use="Convolutional language models; a linear path that lets gradients through.",
    drawback="Twice the weights of a plain layer of the same width.",
    splits=True,
)
gated_unit(
    silu,
    name="swiglu",
    summary="Gated unit with silu.",
    source=SHAZEER,
    use="Feed-forward blocks of most large language models.",
    drawback="A third weight matrix; silu costs an exponential.",
)
gated_unit(
    gelu,
    name="geglu",
    summary="Gated unit with exact gelu.",
    source=SHAZEER,
    use="Feed-forward blocks of transformers such as T5 v1.1.",
    drawback="A third weight matrix; gelu is dearer than silu for about the same result.",
)
gated_unit(
    relu,
    name="reglu",
    summary="Gated unit with relu.",
    source=SHAZEER,
    use="The cheapest gate: sparse, no exponential.",
    drawback="Gates that are negative for every input are dead, as relu's units are.",
)
