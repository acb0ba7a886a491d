"""Order next to a minimum, where f is flat: there f = m + d^2 p(d), d = x - c.

Next to its minimum neighbouring floats x give values that differ by less than the noise of the
ordinary kernels, some hundredths of an ULP, and up to three pairs in a hundred came out in the
wrong order. This form has next to no noise where f has next to no slope:

* c is a float, so d is exact (Sterbenz's lemma); m is one, so it costs nothing to carry.
* The last product is exact inside the fma: nothing is rounded at the size of f but the
  result itself, and rounding keeps order.
* What else is rounded is d^2 p(d), by 2^-52 of itself or less, where one step of x changes
  it by 2^-52 / |d| of itself or more: for |d| < 1/2 the step is the larger.

In float32 c and m are the minimum rounded, which leaves up to 0.45 ULP of the one that is
owed before the rounding, on the low side, so that values rise where the form ends. In
float64 c is a place next to the minimum (by 2^-27 or so) where f comes within 2^-26 ULP of a
float m. This costs one operation more, m + d (a + d p(d)) with the slope a of c, and the result
is rounded correctly but for the error of p.

p is minimax in the error of f (Remez), of the smallest degree that serves up to the distance
from which on a step is larger than the ordinary kernel's noise:

==========  ======================  ======================
function    float32                 float64
==========  ======================  ======================
silu        0.002, degree 0         0.02, degree 4
swish       0.03, degree 1          0.035, degree 5, in beta x
quick_gelu  0.02, degree 1          0.023, degree 5
gelu_tanh   0.032, degree 1         0.05, degree 6
gelu        0.172, degree 3         0.28, degree 11
mish                                0.1, degree 7
==========  ======================  ======================

In float32 all pairs of neighbours were compared (accuracy/exhaustive.py counts them), those of
swish at ten beta, too, within 0.04; where a kernel computes in float64 and rounds once there is
nothing to do. In float64 2 10^8 pairs of each function were compared beyond these distances, and
those next to every place where the ordinary kernel changes: none was out of order. Those of swish
are at beta = 1; at other beta, where neighbouring x may be half as far apart in beta x, one in
5 10^7 was, at 0.19 from the minimum.
"""

from numpy import float32

from fastact.elementary.scalar import fabs, fma, select

__all__ = [
    "SILU_LEAST",
    "gelu_minimum_double",
    "gelu_minimum_single",
    "gelu_tanh_minimum_double",
    "gelu_tanh_minimum_single",
    "mish_minimum_double",
    "near_silu_minimum_double",
    "near_silu_minimum_single",
    "quick_gelu_minimum_double",
    "quick_gelu_minimum_single",
    "silu_minimum_double",
    "silu_minimum_single",
    "silu_parts_near_minimum",
    "silu_parts_near_minimum_single",
]


#: silu's least value, as the floats it is close to.
_LEAST_SINGLE, _LEAST = float32(-0.27846455574035645), -0.27846454276107374
#: What added to x gives its distance from silu's minimum.
SILU_LEAST_SINGLE, SILU_LEAST = float32(1.2784645557403564), 1.278464565020066


def _join_single(d, p, least, within, value):
    """The value, or near the minimum what is better ordered."""
    s = d * d
    return select(s < within, fma(s, p, least), value)


def _join_double(d, p, slope, least, within, value):
    """The same in float64."""
    return select(fabs(d) < within, fma(d, fma(d, p, slope), least), value)


def near_silu_minimum_single(x):
    """Where the ordinary kernel's noise would upset the order."""
    return fabs(x + SILU_LEAST_SINGLE) < float32(0.002)


def silu_minimum_single(x, value):
    d = x + SILU_LEAST_SINGLE
    best = fma(d * d, float32(0.1089058518409729), _LEAST_SINGLE)
    return select(near_silu_minimum_single(x), best, value)


def quick_gelu_minimum_single(x, value):
    d = x + float32(0.7511542439460754)
    p = fma(float32(0.1415940523147583), d, float32(0.1853654533624649))
    return _join_single(d, p, float32(-0.16361019015312195), float32(0.02**2), value)


def gelu_tanh_minimum_single(x, value):
    d = x + float32(0.7524614334106445)
    p = fma(float32(0.12914948165416718), d, float32(0.21519677340984344))
    return _join_single(d, p, float32(-0.17004075646400452), float32(0.032**2), value)


def gelu_minimum_single(x, value):
    d = x + float32(0.7517915368080139)
    p = fma(float32(-0.02265225537121296), d, float32(-0.004649484995752573))
    p = fma(p, d, float32(0.12942615151405334))
    p = fma(p, d, float32(0.21574805676937103))
    return _join_single(d, p, float32(-0.16997121274471283), float32(0.172**2), value)


def near_silu_minimum_double(x):
    """The same in float64."""
    return fabs(x + SILU_LEAST) < 0.02


def silu_minimum_double(x, value):
    d = x + SILU_LEAST
    p = fma(-0.0011010158346180083, d, -0.003044520121747732)
    p = fma(p, d, 0.004718703874293217)
    p = fma(p, d, 0.048882931910690756)
    p = fma(p, d, 0.10890584959564706)
    return _join_double(d, p, -4.84826896326803e-09, _LEAST, 0.02, value)


def quick_gelu_minimum_double(x, value):
    d = x + 0.7511542464183304
    p = fma(0.00044151834652121993, d, -0.015722007623435313)
    p = fma(p, d, -0.02554810287530079)
    p = fma(p, d, 0.02326490675203463)
    p = fma(p, d, 0.1416042747517416)
    p = fma(p, d, 0.18535776540073018)
    return _join_double(d, p, 3.344950842702423e-09, -0.16361018963635357, 0.023, value)


def gelu_tanh_minimum_double(x, value):
    d = x + 0.7524614134336752
    p = fma(0.0006570306711854655, d, 0.0028103793730839097)
    p = fma(p, d, -0.0027698865411974038)
    p = fma(p, d, -0.022788894562934044)
    p = fma(p, d, -0.0039457143658134875)
    p = fma(p, d, 0.1291728152412214)
    p = fma(p, d, 0.21520004885955854)
    return _join_double(d, p, 3.7175123936790024e-09, -0.17004075057125403, 0.05, value)


def mish_minimum_double(x, value):
    d = x + 1.1924312289363486
    p = fma(0.00010986944907405979, d, 0.0001371677368687755)
    p = fma(p, d, -0.0004800967226811924)
    p = fma(p, d, -0.0026368595517071948)
    p = fma(p, d, -0.004054364320110427)
    p = fma(p, d, 0.010476955570328)
    p = fma(p, d, 0.06824375408902943)
    p = fma(p, d, 0.13347395407235021)
    return _join_double(d, p, -3.849616678507807e-09, -0.3088434130172504, 0.1, value)


def gelu_minimum_double(x, value):
    d = x + 0.7517915290318482
    p = fma(-8.53780501130311e-07, d, 7.03168035701744e-06)
    p = fma(p, d, 1.6938888936940892e-05)
    p = fma(p, d, -7.446704404921145e-05)
    p = fma(p, d, -0.00024883749234474556)
    p = fma(p, d, 0.0005674027442868066)
    p = fma(p, d, 0.0027745256692688087)
    p = fma(p, d, -0.0024619204209351668)
    p = fma(p, d, -0.02280164659532594)
    p = fma(p, d, -0.004549918605325721)
    p = fma(p, d, 0.12942832774247248)
    p = fma(p, d, 0.21574699447253406)
    return _join_double(d, p, -1.8719433665666843e-09, -0.16997120747990366, 0.28, value)


def silu_parts_near_minimum(v, v_low):
    """Whether v + v_low is within 0.035 of silu's minimum; m, and silu(v + v_low) - m if so."""
    d = (v + SILU_LEAST) + v_low
    p = fma(1.8148385371004347e-05, d, -0.0011008634574917054)
    p = fma(p, d, -0.0030445309511546092)
    p = fma(p, d, 0.004718703728245166)
    p = fma(p, d, 0.048882931912196635)
    p = fma(p, d, 0.10890584959567921)
    return fabs(d) < 0.035, _LEAST, d * fma(d, p, -4.84826896326803e-09)


def silu_parts_near_minimum_single(v, v_low):
    """The same in float32 arithmetic, within 0.03."""
    d = (v + SILU_LEAST_SINGLE) + v_low
    p = fma(float32(0.048882931), d, float32(0.10890585))
    return fabs(d) < float32(0.03), _LEAST_SINGLE, fma(d * d, p, float32(1.2979283e-08))
