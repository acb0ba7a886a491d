"""float16 and bfloat16 as storage types: to and from float32, rounded once.

For bfloat16, and for processors without conversion instructions for float16: integer operations in
the kernel language, with the bits that the instructions of other processors give. Patterns travel
as int32.
"""

from numpy import float32, int32

from fastact.elementary.scalar import bits, from_bits, select

__all__ = ["bfloat16_to_single", "half_to_single", "single_to_bfloat16", "single_to_half"]

_TWO_POW_MINUS_14 = float32(2.0**-14)
_HALF = float32(0.5)
_HALF_BITS = int32(0x3F000000)


def half_to_single(pattern):
    """The float32 of a binary16 bit pattern (exact)."""
    magnitude = int32(int32(pattern & int32(0x7FFF)) << int32(13))
    sign = int32(int32(pattern & int32(0x8000)) << int32(16))
    exponent = int32(magnitude & int32(0x0F800000))
    normal = int32(magnitude + int32(0x38000000))  # 112 = 127 - 15 exponent steps
    special = int32(magnitude + int32(0x70000000))  # inf and nan keep an all-ones exponent
    # A subnormal is its fraction on top of 2^-14 less 2^-14: the subtraction normalises it.
    tiny = from_bits(int32(magnitude + int32(0x38800000))) - _TWO_POW_MINUS_14
    scaled = select(exponent == int32(0x0F800000), special, normal)
    return from_bits(int32(select(exponent == int32(0), bits(tiny), scaled) | sign))


def single_to_half(x):
    """The binary16 bit pattern nearest to a float32, ties to even."""
    pattern = bits(x)
    magnitude = int32(pattern & int32(0x7FFFFFFF))
    sign = int32(int32(pattern >> int32(16)) & int32(0x8000))
    odd = int32(int32(magnitude >> int32(13)) & int32(1))
    normal = int32(int32(magnitude + int32(-0x38000000 + 0xFFF) + odd) >> int32(13))
    # Below 2^-14 the sum with 1/2 puts the last binary16 bit in float32's last place,
    # so the processor's own addition does the rounding.
    tiny = int32(bits(from_bits(magnitude) + _HALF) - _HALF_BITS)
    finite = select(magnitude < int32(0x38800000), tiny, normal)
    special = select(magnitude > int32(0x7F800000), int32(0x7E00), int32(0x7C00))
    return int32(select(magnitude >= int32(0x47800000), special, finite) | sign)


def bfloat16_to_single(pattern):
    """The float32 of a bfloat16 bit pattern (exact)."""
    return from_bits(int32(pattern << int32(16)))


def single_to_bfloat16(x):
    """The bfloat16 bit pattern nearest to a float32, ties to even."""
    pattern = bits(x)
    odd = int32(int32(pattern >> int32(16)) & int32(1))
    rounded = int32(int32(pattern + int32(0x7FFF) + odd) >> int32(16))
    quiet = int32(int32(pattern >> int32(16)) | int32(0x40))
    return select(x == x, rounded, quiet)
