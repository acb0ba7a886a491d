"""Rectified linear units: the piecewise linear family around max(x, 0)."""

from fastact.elementary.scalar import like, select
from fastact.engine.entry import EXACT, ROUNDED, Interval, activation

INF = float("inf")


@activation(
    formula="maximum(x, 0)",
    source="Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
    range=Interval(0, INF),
    use="The default for hidden layers of deep networks: cheap, and it does not saturate above 0.",
    drawback="Dying ReLU: a unit that is negative for every input has gradient 0 and stays dead.",
    max_ulp=EXACT,
    monotone="increasing",
    kinks={"0": "0"},
)
def relu(x):
    """Rectified linear unit."""
    # nan fails the comparison and must come out as nan: ask "x < 0", not "x > 0".
    # relu(-0.0) is +0.0, hence "<=" (a nan still fails it).
    return select(x <= like(x, 0.0), like(x, 0.0), x)


@relu.derivative
def _(x):
    return select(x > like(x, 0.0), like(x, 1.0), select(x == x, like(x, 0.0), x))


@relu.from_output
def _(y):
    return select(y > like(y, 0.0), like(y, 1.0), select(y == y, like(y, 0.0), y))


@activation(
    formula="where(x > 0, x, negative_slope * x)",
    source="Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models",
    range=Interval(-INF, INF),
    use="In place of relu where units die: the small slope below 0 lets them recover.",
    drawback="The slope is one more number to choose, and libraries disagree on its default.",
    max_ulp=ROUNDED,
    kinks={"0": "negative_slope"},
    monotone="increasing",
    from_output_domain="negative_slope >= 0",
)
def leaky_relu(x, negative_slope=0.01):
    """Rectified linear unit with a small slope below zero.

    PyTorch and JAX default to 0.01, TensorFlow to 0.2, the Keras layer to 0.3.
    """
    return select(x > like(x, 0.0), x, negative_slope * x)


@leaky_relu.derivative
def _(x, negative_slope):
    slope = select(x > like(x, 0.0), like(x, 1.0), negative_slope)
    return select(x == x, slope, x)


@leaky_relu.from_output
def _(y, negative_slope):
    # A positive slope keeps the sign, so y > 0 exactly where x > 0.
    slope = select(y > like(y, 0.0), like(y, 1.0), negative_slope)
    return select(y == y, slope, y)


@activation(
    formula="where(x > 0, x, weight * x)",
    source="He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
    range=Interval(-INF, INF),
    use="leaky_relu with a learned slope; pass one weight, or one per channel to broadcast.",
    drawback="The weight must be trained too, and may overfit on small data.",
    max_ulp=ROUNDED,
    kinks={"0": "weight"},
)
def prelu(x, weight):
    """Parametric rectified linear unit: a learned slope below zero."""
    return select(x > like(x, 0.0), x, weight * x)


@prelu.derivative
def _(x, weight):
    slope = select(x > like(x, 0.0), like(x, 1.0), weight)
    return select(x == x, slope, x)


@prelu.parameter_derivative
def _(x, weight):
    return select(x > like(x, 0.0), like(x, 0.0), x)


@activation(
    formula="clip(x, 0, 6)",
    source="Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
    range=Interval(0, 6),
    use="relu for networks that will run in low precision: outputs fit a fixed small range.",
    drawback="Saturates at both ends: no gradient below 0 nor above 6.",
    max_ulp=EXACT,
    monotone="increasing",
    kinks={"0": "0", "6": "0"},
)
def relu6(x):
    """Rectified linear unit capped at 6."""
    return select(x <= like(x, 0.0), like(x, 0.0), select(x >= like(x, 6.0), like(x, 6.0), x))


@relu6.derivative
def _(x):
    inside = select(x < like(x, 6.0), like(x, 1.0), like(x, 0.0))
    return select(x > like(x, 0.0), inside, select(x == x, like(x, 0.0), x))


@relu6.from_output
def _(y):
    # The slope is 1, so y lies strictly between 0 and 6 exactly where x does.
    inside = select(y < like(y, 6.0), like(y, 1.0), like(y, 0.0))
    return select(y > like(y, 0.0), inside, select(y == y, like(y, 0.0), y))


@activation(
    formula="maximum(x, 0) ** 2",
    source="So et al. 2021, Primer, arXiv:2109.08668",
    range=Interval(0, INF),
    use="Feed-forward blocks of transformers: smoother than relu at 0, sparse, no exponential.",
    drawback="Grows quadratically: large inputs overflow low precision and need normalisation.",
    max_ulp=ROUNDED,
    aliases=("squared_relu",),
    monotone="increasing",
)
def relu2(x):
    """Squared rectified linear unit."""
    return select(x <= like(x, 0.0), like(x, 0.0), x * x)


@relu2.derivative
def _(x):
    return select(x <= like(x, 0.0), like(x, 0.0), x + x)


@activation(
    formula="where(x > threshold, x, value)",
    source="PyTorch, torch.nn.Threshold",
    range=Interval(-INF, INF),
    use="Replaces everything up to a threshold by one value; relu is threshold(x, 0, 0).",
    drawback="Jumps at the threshold unless value equals it, and has gradient 0 below.",
    max_ulp=EXACT,
    kinks={"threshold": "0"},
)
def threshold(x, threshold, value):
    """Identity above the threshold, a constant up to it."""
    return select(x <= threshold, value, x)


@threshold.derivative
def _(x, threshold, value):
    return select(x > threshold, like(x, 1.0), select(x == x, like(x, 0.0), x))
