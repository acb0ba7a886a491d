"""The three experiments of the demo, as data in and data out.

1. The same network trained with activations in plain NumPy and from this package.
2. Vanishing gradients: the norm of the gradient, layer by layer, in a deep network.
3. Dying units: the share whose derivative is 0 for every picture, epoch by epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fastact.demo.digits import Digits
from fastact.demo.network import Network, batches, with_fastact, with_numpy

__all__ = [
    "ACTIVATIONS",
    "DYING",
    "VANISHING",
    "Dying",
    "Race",
    "Vanishing",
    "dying_units",
    "race",
    "vanishing_gradients",
]

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu")
VANISHING = ("sigmoid", "relu", "gelu")
#: Activation, learning rate and initial bias of hidden units; what it shows.
DYING = (
    ("relu", 0.05, 0.0, "relu"),
    ("relu", 0.2, 0.0, "relu, learning rate 4 times larger"),
    ("leaky_relu", 0.2, 0.0, "leaky_relu, learning rate 4 times larger"),
    ("relu", 0.05, -1.5, "relu, biases begin at \N{MINUS SIGN}1.5"),
    ("gelu", 0.05, -1.5, "gelu, biases begin at \N{MINUS SIGN}1.5"),
)
HIDDEN = (128, 128, 128)
DEPTH = 12
WIDTH = 64
BATCH = 64

Tick = Callable[[], None]


def learning_rate(name: str) -> float:
    """Sigmoid's slope is at most 1/4: it needs larger steps to learn at the same pace."""
    return 0.3 if name == "sigmoid" else 0.05


def gain(name: str) -> float:
    """Variance of the weights times inputs: 2 where half of the units are silent (He 2015)."""
    return 1.0 if name in ("sigmoid", "tanh") else 2.0


def train_epoch(network: Network, digits: Digits, epoch: int, rate: float) -> None:
    """One pass over the training set."""
    for rows in batches(len(digits.train), BATCH, epoch):
        network.train(digits.train[rows], digits.train_labels[rows], rate)


# -- 1 ------------------------------------------------------------------------------


@dataclass
class Race:
    """One activation's training by both contenders: seconds of the fastest epoch, which
    other work on the machine disturbs least."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    seconds_in_activation: dict[str, float] = field(default_factory=dict)
    accuracy: dict[str, list[float]] = field(default_factory=dict)


def race(name: str, digits: Digits, epochs: int, tick: Tick) -> Race:
    """Train two equal networks, epoch by epoch in turns, so that both see the same machine."""
    sizes = (digits.train.shape[1], *HIDDEN, 10)
    networks = [Network(sizes, by(name), gain=gain(name)) for by in (with_numpy, with_fastact)]
    result = Race(name)
    epoch_times: dict[str, list[float]] = {"numpy": [], "fastact": []}
    activation_times: dict[str, list[float]] = {"numpy": [], "fastact": []}
    for network in networks:  # compilation and first touch of memory stay outside the clock
        network.gradients(digits.train[:BATCH], digits.train_labels[:BATCH])
        result.accuracy[network.activate.by] = []
    for epoch in range(epochs):
        for network in networks if epoch % 2 else reversed(networks):
            by = network.activate.by
            network.seconds = 0.0
            start = time.perf_counter()
            train_epoch(network, digits, epoch, learning_rate(name))
            epoch_times[by].append(time.perf_counter() - start)
            activation_times[by].append(network.seconds)
            result.accuracy[by].append(network.accuracy(digits.test, digits.test_labels))
            tick()
    for by in epoch_times:
        result.seconds[by] = min(epoch_times[by])
        result.seconds_in_activation[by] = min(activation_times[by])
    return result


# -- 2 ------------------------------------------------------------------------------


@dataclass
class Vanishing:
    """Norm of the gradient by the weights of each layer, before any training."""

    name: str
    norms: list[float]
    accuracy: float = 0.0


def vanishing_gradients(name: str, digits: Digits, epochs: int, tick: Tick) -> Vanishing:
    """Gradient norms of a deep network at its start, and the accuracy it then reaches."""
    sizes = (digits.train.shape[1], *[WIDTH] * DEPTH, 10)
    network = Network(sizes, with_fastact(name), gain=gain(name))
    by_weights, _ = network.gradients(digits.train, digits.train_labels)
    result = Vanishing(name, [float(np.linalg.norm(g)) for g in by_weights])
    for epoch in range(epochs):
        train_epoch(network, digits, epoch, 0.02)
        tick()
    result.accuracy = network.accuracy(digits.test, digits.test_labels)
    return result


# -- 3 ------------------------------------------------------------------------------


@dataclass
class Dying:
    """Share of dead hidden units before training and after each epoch."""

    name: str
    title: str
    shares: list[float]
    accuracy: float = 0.0


def dying_units(
    name: str, rate: float, bias: float, title: str, digits: Digits, epochs: int, tick: Tick
) -> Dying:
    """Train a network and watch its units die, or recover."""
    sizes = (digits.train.shape[1], *HIDDEN, 10)
    network = Network(sizes, with_fastact(name), gain=gain(name), bias=bias)
    shares = [network.dead_share(digits.train)]
    # A rate that is too large is the point here; that it may overflow belongs to it.
    with np.errstate(all="ignore"):
        for epoch in range(epochs):
            train_epoch(network, digits, epoch, rate)
            shares.append(network.dead_share(digits.train))
            tick()
        accuracy = network.accuracy(digits.test, digits.test_labels)
    return Dying(name, title, shares, accuracy)
