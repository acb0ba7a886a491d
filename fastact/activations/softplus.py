"""log(1 + e^x) and its kin: smooth versions of relu and of the absolute value."""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_double_parts, exp_wide, power_of_two
from fastact.elementary.log1p import log1p_double_parts, log1p_wide
from fastact.elementary.logistic import logistic_double_parts, scaled_double, sum_of_two
from fastact.elementary.scalar import fabs, fma, like, select, sqrt
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")


def softplus_parts(v, v_low):
    """log(1 + exp(v + v_low)) = 2^n (p + p') for |v| <= 1400; n is 0 unless v < -69."""
    z = fabs(v)
    k, t, u = exp_double_parts(-z)
    h = 1.0 + t
    h_low = fma(select(v > 0.0, -v_low, v_low), h, ((1.0 - h) + t) + u)
    # Below 2^-100 the logarithm is its argument, so its power of two can come last.
    near = select(k < int64(-100), int64(-100), k)
    scale = power_of_two(near)
    p, p_low = log1p_double_parts(scale * h, scale * h_low)
    positive = select(v > 0.0, v, 0.0)
    total, rest = sum_of_two(positive, p)
    n = select(v > 0.0, int64(0), int64(k - near))
    return n, total, rest + (p_low + select(v > 0.0, v_low, 0.0))


def _bounded_product(x, beta):
    """beta x as a pair, kept where the exponential takes it."""
    v = beta * x
    low = fma(beta, x, -v)
    inside = fabs(v) < 1200.0
    v = select(v < -1200.0, -1200.0, select(v > 1200.0, 1200.0, v))
    return v, select(inside, low, 0.0)


@activation(
    formula="log1p(exp(beta * x)) / beta",
    source="Dugas et al. 2001, Incorporating second-order functional knowledge",
    range=Interval(0.0, INF),
    use="A positive output with full support, such as a variance; smooth relu.",
    drawback="Costs an exponential and a logarithm; 0.69 at 0 where relu is 0.",
    max_ulp=OWED,
    monotone="increasing",
    aliases=("log1pexp",),
    domain={"beta": "beta > 0"},
)
def softplus(x, beta=1.0):
    """Smooth rectifier log(1 + exp(beta x)) / beta, without PyTorch's cutoff."""
    v, low = _bounded_product(x, beta)
    n, p, p_low = softplus_parts(v, low)
    q = p / beta
    value = scaled_double(q + (fma(-q, beta, p) + p_low) / beta, n)
    return select(v >= 1200.0, x, value)


@softplus.single
def _(x, beta):
    wide, b = float64(x), float64(beta)
    v = b * wide
    e = exp_wide(-fabs(v))
    return float32((select(v > 0.0, v, 0.0) + log1p_wide(e)) / b)


@softplus.derivative
def _(x, beta):
    v, low = _bounded_product(x, beta)
    n, s, s_low, _, _ = logistic_double_parts(select(v > 40.0, 40.0, v), low)
    return scaled_double(s + s_low, n)


@softplus.derivative_single
def _(x, beta):
    return float32(1.0 / (1.0 + exp_wide(-float64(beta) * float64(x))))


@activation(
    formula="-log1p(exp(-x))",
    source="The logarithm of the logistic function; PyTorch's logsigmoid",
    range=Interval(-INF, 0.0),
    use="Log-likelihood of a binary classifier, without the log of a rounded 0.",
    drawback="A loss term, not a hidden activation: unbounded below.",
    max_ulp=OWED,
    monotone="increasing",
    aliases=("logsigmoid", "log_expit"),
)
def log_sigmoid(x):
    """Logarithm of the logistic function."""
    v = select(x > 1200.0, 1200.0, select(x < -1200.0, -1200.0, x))
    n, p, p_low = softplus_parts(-v, 0.0)
    return select(x <= -1200.0, x, -scaled_double(p + p_low, n))


@log_sigmoid.single
def _(x):
    v = -float64(x)
    return float32(-(select(v > 0.0, v, 0.0) + log1p_wide(exp_wide(-fabs(v)))))


@log_sigmoid.derivative
def _(x):
    v = select(x > 1200.0, 1200.0, select(x < -40.0, -40.0, x))
    n, s, s_low, _, _ = logistic_double_parts(-v, 0.0)
    return scaled_double(s + s_low, n)


@log_sigmoid.derivative_single
def _(x):
    return float32(1.0 / (1.0 + exp_wide(float64(x))))


@activation(
    formula="where(x > 0, (x + sqrt(x * x + b)) / 2, b / (2 * (sqrt(x * x + b) - x)))",
    source="Barron 2021, arXiv:2112.11687",
    range=Interval(0.0, INF),
    use="softplus from one square root: the cheap smooth rectifier.",
    drawback="Approaches 0 like 1 / x, not exponentially: negative inputs leak through.",
    max_ulp=OWED,
    monotone="increasing",
    domain={"b": "b > 0"},
)
def squareplus(x, b=4.0):
    """(x + sqrt(x^2 + b)) / 2, rewritten for x < 0 where it would cancel."""
    # Scaled by a power of two, so that the square neither overflows nor underflows.
    z = fabs(x)
    big = z > 1e100
    small = select(big, 1.0, z)
    p = small * small
    p_low = fma(small, small, -p)
    q, q_low = sum_of_two(p, b)
    q_low = q_low + p_low
    root = sqrt(q)
    safe = select(root > 0.0, root, 1.0)
    root_low = (fma(-root, root, q) + q_low) / (2.0 * safe)
    total, rest = sum_of_two(root, small)
    rest = rest + root_low
    right = select(big, z, 0.5 * (total + rest))
    # b / (2 (root + |x|)) on the left.
    denominator = 2.0 * total
    ratio = b / denominator
    correction = fma(-ratio, denominator, b) - ratio * (2.0 * rest)
    left = ratio + correction / denominator
    left = select(big, 0.25 * b / z, left)
    return select(x != x, x, select(x > 0.0, right, left))


@squareplus.single
def _(x, b):
    wide, c = float64(x), float64(b)
    z = fabs(wide)
    total = z + sqrt(fma(z, z, c))
    left = 0.5 * c / select(total > 0.0, total, 1.0)
    return float32(select(wide != wide, wide, select(wide > 0.0, 0.5 * total, left)))


@squareplus.derivative
def _(x, b):
    # (1 + x / root) / 2; on the left b / (2 root (root + |x|)).
    z = fabs(x)
    big = z > 1e100
    small = select(big, 1.0, z)
    p = small * small
    q, q_low = sum_of_two(p, b)
    q_low = q_low + fma(small, small, -p)
    root = sqrt(q)
    safe = select(root > 0.0, root, 1.0)
    root_low = (fma(-root, root, q) + q_low) / (2.0 * safe)
    ratio = small / safe
    ratio_low = (fma(-ratio, safe, small) - ratio * root_low) / safe
    right = 0.5 + 0.5 * (ratio + ratio_low)
    total, rest = sum_of_two(safe, small)
    rest = rest + root_low
    d = 2.0 * safe * total
    d_low = fma(2.0 * safe, total, -d) + 2.0 * (safe * rest + root_low * total)
    left = b / d
    left = left + (fma(-left, d, b) - left * d_low) / d
    far = (0.25 * b / select(big, z, 1.0)) / select(big, z, 1.0)
    left = select(big, far, left)
    both = select(x > 0.0, select(big, 1.0, right), left)
    return select(x != x, x, select((x == 0.0) & (b == 0.0), 0.5, both))


@squareplus.derivative_single
def _(x, b):
    wide, c = float64(x), float64(b)
    z = fabs(wide)
    root = sqrt(fma(z, z, c))
    safe = select(root > 0.0, root, 1.0)
    left = 0.5 * c / (safe * (safe + z))
    value = select(wide > 0.0, 0.5 + 0.5 * select(z > 1e30, 1.0, z / safe), left)
    value = select((wide == 0.0) & (c == 0.0), 0.5, value)
    return float32(select(wide != wide, wide, value))


@activation(
    formula="where(x <= -1, 0, where(x >= 1, x, (x + 1)**2 / 4))",
    source="JAX's sparse_plus, after Liu and Furber 2016, doi:10.1109/TSP.2016.2572049",
    range=Interval(0.0, INF),
    use="softplus with exact zeros: the integral of sparse_sigmoid.",
    drawback="Dead below -1, like relu below 0.",
    max_ulp=OWED,
    monotone="increasing",
)
def sparse_plus(x):
    """Piecewise quadratic rectifier."""
    one = like(x, 1.0)
    a, a_low = sum_of_two(x, one)
    inner = like(x, 0.25) * fma(a, a, like(x, 2.0) * a * a_low)
    return select(x <= -one, like(x, 0.0), select(x >= one, x, inner))


@sparse_plus.derivative
def _(x):
    one = like(x, 1.0)
    inner = like(x, 0.5) * (x + one)
    return select(x <= -one, like(x, 0.0), select(x >= one, one, inner))


@activation(
    formula="where(x <= -1, 0, where(x >= 1, 1, (x + 1) / 2))",
    source="JAX's sparse_sigmoid; Martins and Astudillo 2016, arXiv:1602.02068",
    range=Interval(0.0, 1.0),
    use="A sigmoid that reaches 0 and 1 exactly: sparse gates.",
    drawback="Gradient exactly 0 beyond 1: a gate that closes may stay closed.",
    max_ulp=OWED,
    monotone="increasing",
    kinks={"-1": "0", "1": "0"},
)
def sparse_sigmoid(x):
    """Piecewise linear sigmoid on [-1, 1]."""
    one = like(x, 1.0)
    inner = like(x, 0.5) * (x + one)
    return select(x <= -one, like(x, 0.0), select(x >= one, one, inner))


@sparse_sigmoid.derivative
def _(x):
    inside = select(fabs(x) < like(x, 1.0), like(x, 0.5), like(x, 0.0))
    return select(x == x, inside, x)
