"""A multilayer perceptron in plain NumPy; its activation is handed in as two functions.

The forward pass of training asks for value and derivative at once, since both need the
same exponential; the backward pass multiplies by the derivative kept from then.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fastact as fa
from fastact.engine.entry import registry
from fastact.formulas.formula import numpy_baseline, numpy_value_and_derivative

__all__ = ["Activate", "Network", "batches", "with_fastact", "with_numpy"]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Activate:
    """An activation as the network uses it, and who computes it."""

    name: str
    by: str
    value: Callable[[Array], Array]
    value_and_grad: Callable[[Array], tuple[Array, Array]]


def with_numpy(name: str) -> Activate:
    """The activation as its formula in plain NumPy."""
    entry = registry()[name]
    return Activate(name, "numpy", numpy_baseline(entry), numpy_value_and_derivative(entry))


def with_fastact(name: str) -> Activate:
    """The activation from this package."""
    return Activate(name, "fastact", getattr(fa, name), getattr(fa.value_and_grad, name))


class Network:
    """Layers ``x @ w + b`` with an activation between them, softmax and cross-entropy."""

    def __init__(
        self,
        sizes: Sequence[int],
        activate: Activate,
        *,
        gain: float,
        bias: float = 0,
        seed: int = 0,
    ) -> None:
        """Weights are normal with variance gain / inputs; hidden biases begin at ``bias``."""
        random = np.random.default_rng(seed)
        shapes = list(itertools.pairwise(sizes))
        self.activate = activate
        self.weights = [
            random.normal(0, np.sqrt(gain / n), (n, m)).astype(np.float32) for n, m in shapes
        ]
        self.biases = [np.full(m, bias, np.float32) for _, m in shapes]
        self.biases[-1][:] = 0
        self.parameters = self.weights + self.biases
        self.velocities = [np.zeros_like(p) for p in self.parameters]
        #: Seconds spent inside activations since last set to 0.
        self.seconds = 0.0

    def logits(self, x: Array) -> Array:
        """Scores of the classes, a row for each input."""
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = self.activate.value(x @ w + b)
        return np.asarray(x @ self.weights[-1] + self.biases[-1])

    def accuracy(self, x: Array, labels: NDArray[np.intp]) -> float:
        """Share of inputs whose highest score is that of the label."""
        return float((self.logits(x).argmax(axis=1) == labels).mean())

    def gradients(self, x: Array, labels: NDArray[np.intp]) -> tuple[list[Array], list[Array]]:
        """Gradients of the mean loss by weights and by biases, first layer first."""
        inputs, slopes = [x], []
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            y, slope = self._activated(inputs[-1] @ w + b)
            inputs.append(y)
            slopes.append(slope)
        scores = inputs[-1] @ self.weights[-1] + self.biases[-1]
        g = _loss_gradient(scores, labels)
        by_weights, by_biases = [], []
        for layer in reversed(range(len(self.weights))):
            by_weights.append(inputs[layer].T @ g)
            by_biases.append(g.sum(axis=0))
            if layer:
                g = g @ self.weights[layer].T
                start = time.perf_counter()
                g *= slopes[layer - 1]
                self.seconds += time.perf_counter() - start
        return by_weights[::-1], by_biases[::-1]

    def _activated(self, z: Array) -> tuple[Array, Array]:
        start = time.perf_counter()
        both = self.activate.value_and_grad(z)
        self.seconds += time.perf_counter() - start
        return both

    def train(self, x: Array, labels: NDArray[np.intp], rate: float) -> None:
        """One step of gradient descent with momentum."""
        by_weights, by_biases = self.gradients(x, labels)
        moves = zip(self.parameters, self.velocities, by_weights + by_biases, strict=True)
        for parameter, velocity, gradient in moves:
            velocity *= 0.9
            velocity -= np.float32(rate) * gradient
            parameter += velocity

    def dead_share(self, x: Array) -> float:
        """Share of hidden units whose derivative is 0 for every input: they cannot learn."""
        dead: list[Any] = []
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x, slope = self.activate.value_and_grad(x @ w + b)
            dead.append((slope == 0).all(axis=0))
        return float(np.concatenate(dead).mean())


def _loss_gradient(scores: Array, labels: NDArray[np.intp]) -> Array:
    """Gradient of the mean cross-entropy by the scores: softmax minus the label's 1."""
    scores = scores - scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[np.arange(len(labels)), labels] -= 1
    scores /= len(labels)
    return scores


def batches(count: int, size: int, epoch: int) -> Iterator[NDArray[np.intp]]:
    """Indices of the batches of an epoch: the same for whoever trains."""
    order = np.random.default_rng(epoch).permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]
