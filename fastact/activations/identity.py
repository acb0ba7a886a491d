"""The two simplest activations: no change at all, and nothing but the sign."""

from fastact.elementary.scalar import like, select
from fastact.engine.entry import EXACT, Interval, activation

INF = float("inf")


@activation(
    formula="x",
    source="The linear unit",
    range=Interval(-INF, INF),
    use="Output layer of a regression, or a place where an activation may be swapped in.",
    drawback="Linear: layers joined by it collapse into one.",
    max_ulp=EXACT,
    monotone="increasing",
    odd=True,
)
def identity(x):
    """Identity."""
    return x


@identity.derivative
def _(x):
    return select(x == x, like(x, 1.0), x)


@identity.from_output
def _(y):
    return select(y == y, like(y, 1.0), y)


@activation(
    formula="where(x > 0, 1, 0)",
    source="McCulloch and Pitts 1943, A logical calculus of the ideas immanent in nervous activity",
    range=Interval(0, 1),
    use="Perceptrons and spiking networks, or a gate that is not trained through.",
    drawback="The derivative is 0 everywhere: gradient descent cannot train through it.",
    max_ulp=EXACT,
    monotone="increasing",
    kinks={"0": "0"},
)
def step(x):
    """Unit step: 1 above 0, else 0."""
    return select(x > like(x, 0.0), like(x, 1.0), select(x == x, like(x, 0.0), x))


@step.derivative
def _(x):
    return select(x == x, like(x, 0.0), x)
