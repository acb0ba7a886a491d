"""Shrinkage: small inputs become 0, the rest stays or moves towards 0."""

from fastact.elementary.scalar import copysign, fabs, like, select
from fastact.engine.entry import EXACT, ROUNDED, Interval, activation

INF = float("inf")


@activation(
    formula="where(abs(x) > lambd, x, 0)",
    source="Donoho and Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
    range=Interval(-INF, INF),
    use="Sparse codes and denoising: removes small coefficients, leaves large ones untouched.",
    drawback="Jumps at +-lambd, and inputs inside get no gradient.",
    max_ulp=EXACT,
    aliases=("hardshrink",),
    monotone="increasing",
    odd=True,
    kinks={"-lambd": "0", "lambd": "0"},
    domain={"lambd": "lambd >= 0"},
)
def hard_shrink(x, lambd=0.5):
    """Hard shrinkage: identity outside [-lambd, lambd], 0 inside."""
    # The zero keeps the sign of x: the function is odd, to the bit.
    return select(fabs(x) <= lambd, copysign(like(x, 0.0), x), x)


@hard_shrink.derivative
def _(x, lambd):
    return select(fabs(x) > lambd, like(x, 1.0), select(x == x, like(x, 0.0), x))


@activation(
    formula="sign(x) * maximum(abs(x) - lambd, 0)",
    source="Donoho 1995, De-noising by soft-thresholding",
    range=Interval(-INF, INF),
    use="The proximal step of an L1 penalty: sparse codes, LISTA, denoising.",
    drawback="Biases every large coefficient towards 0 by lambd; no gradient inside.",
    max_ulp=ROUNDED,
    aliases=("softshrink",),
    monotone="increasing",
    odd=True,
    kinks={"-lambd": "0", "lambd": "0"},
    domain={"lambd": "lambd >= 0"},
)
def soft_shrink(x, lambd=0.5):
    """Soft shrinkage: moves x towards 0 by lambd, and to 0 inside [-lambd, lambd]."""
    magnitude = fabs(x)
    moved = select(magnitude <= lambd, like(x, 0.0), magnitude - lambd)
    return copysign(moved, x)


@soft_shrink.derivative
def _(x, lambd):
    return select(fabs(x) > lambd, like(x, 1.0), select(x == x, like(x, 0.0), x))
