"""A two-layer network on scikit-learn's handwritten digits, in NumPy and fastact alone.

python examples/digits_mlp.py
"""

import numpy as np
from sklearn.datasets import load_digits

import fastact as fa

random = np.random.default_rng(0)
digits = load_digits()
order = random.permutation(len(digits.target))
x = ((digits.data - digits.data.mean()) / digits.data.std()).astype(np.float32)[order]
labels = digits.target[order]
train, test = slice(360, None), slice(0, 360)

w1 = random.normal(0, np.sqrt(2 / 64), (64, 128)).astype(np.float32)
w2 = random.normal(0, np.sqrt(1 / 128), (128, 10)).astype(np.float32)
b1, b2 = np.zeros(128, np.float32), np.zeros(10, np.float32)
targets = np.eye(10, dtype=np.float32)[labels]

for epoch in range(10):
    for start in range(train.start, len(x) - 31, 32):
        rows = slice(start, start + 32)
        z = x[rows] @ w1 + b1
        h = fa.gelu(z)
        p = fa.softmax(h @ w2 + b2, axis=1)
        g = (p - targets[rows]) / np.float32(32)
        gz = fa.vjp.gelu(g @ w2.T, z)  # the incoming gradient times gelu'(z), in one pass
        for parameter, gradient in (
            (w2, h.T @ g), (b2, g.sum(axis=0)), (w1, x[rows].T @ gz), (b1, gz.sum(axis=0)),
        ):  # fmt: skip
            parameter -= np.float32(0.2) * gradient
    found = (fa.gelu(x[test] @ w1 + b1) @ w2 + b2).argmax(axis=1)
    accuracy = (found == labels[test]).mean()
    print(f"epoch {epoch + 1}: accuracy {accuracy:.1%}")
