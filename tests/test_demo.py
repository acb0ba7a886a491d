"""The demo's network: its gradients, and that both contenders compute the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fastact.demo.network import Activate, Network, with_fastact, with_numpy


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "leaky_relu", "gelu"])
@pytest.mark.parametrize("by", [with_numpy, with_fastact])
def test_gradients_agree_with_differences(name: str, by: Callable[[str], Activate]) -> None:
    pytest.importorskip("scipy")
    random = np.random.default_rng(1)
    x, labels = random.normal(size=(9, 5)), random.integers(0, 3, 9)
    network = Network((5, 7, 6, 3), by(name), gain=1.0)
    for parameter in network.parameters:
        parameter += random.normal(0, 0.1, parameter.shape).astype(np.float32)
    network.weights = [w.astype(np.float64) for w in network.weights]
    network.biases = [b.astype(np.float64) for b in network.biases]

    def loss() -> float:
        scores = network.logits(x)
        scores = scores - scores.max(axis=1, keepdims=True)
        rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(9), labels]
        return float(rows.mean())

    by_weights, by_biases = network.gradients(x, labels)
    pairs = [*zip(network.weights, by_weights, strict=True)]
    pairs += [*zip(network.biases, by_biases, strict=True)]
    for parameter, gradient in pairs:
        place = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        kept, step = parameter[place], 1e-6
        ends = []
        for moved in (kept + step, kept - step):
            parameter[place] = moved
            ends.append(loss())
        parameter[place] = kept
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(gradient[place], rel=1e-5)
