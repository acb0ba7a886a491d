"""The handwritten digits that ship inside scikit-learn: 1797 pictures of 8 x 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Digits", "load_digits"]

Images = NDArray[np.float32]
Labels = NDArray[np.intp]
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Digits:
    """Pictures as rows with mean 0 and variance 1 over the training set, and their digits."""

    train: Images
    train_labels: Labels
    test: Images
    test_labels: Labels


def load_digits(seed: int = 0) -> Digits:
    """Split the digits into training and test set."""
    from sklearn import datasets

    data = datasets.load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    images = data.data[order].astype(np.float32)
    labels = data.target[order].astype(np.intp)
    tests = round(TEST_SHARE * len(labels))
    images -= images[tests:].mean()
    images /= images[tests:].std()
    return Digits(images[tests:], labels[tests:], images[:tests], labels[:tests])
