"""Rows to where they are computed, and back: side by side, or each contiguous, padded.

What is stored in 16 bits is converted on the way, as much at once as lies together.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from fastact.engine.carrier.row_lanes import pad
from fastact.engine.intrinsics.addresses import (
    load_int32,
    load_int64,
    load_word,
    stack,
    store_int32,
    store_int64,
)
from fastact.engine.intrinsics.calls import call_gather, call_scatter
from fastact.engine.intrinsics.transpose import (
    copy_side_int32,
    copy_side_int64,
    transpose_int32,
    transpose_int64,
    transpose_two_int32,
    transpose_two_int64,
)
from fastact.engine.lanes import LANES, SIDE_LANES
from fastact.engine.plan import GATHER, NATIVE, SCATTER, STORED

__all__ = ["bring", "bring_side", "second_half", "send", "send_side"]

#: Bytes of LANES numbers that were stored in 16 bits, and of a block of them.
WIDE = 4 * LANES
BLOCK = WIDE * LANES


def second_half(rows):
    """The row whose lane is LANES: the last LANES rows stand there, some a second time."""
    return max(rows - LANES, 0)


def transpose_in(place, source, outer, inner, size, rows, n):
    """Native elements of ``rows`` rows to where SIDE_LANES lie side by side."""
    row = SIDE_LANES * size
    if rows == 1:
        outer = 0
    if inner == size and n >= LANES and (rows == 1 or rows >= LANES):
        other = second_half(rows) * outer
        for k in range(0, n, LANES):
            j = min(k, n - LANES)  # the last block overlaps the one before
            at, away = place + j * row, source + j * size
            if size == 4:
                transpose_two_int32(at, row, outer, away, away + other)
            else:
                transpose_two_int64(at, row, outer, away, away + other)
    elif outer == size and rows == SIDE_LANES:
        for j in range(n):
            if size == 4:
                copy_side_int32(place + j * row, source + j * inner)
            else:
                copy_side_int64(place + j * row, source + j * inner)
    else:
        for i in range(LANES):
            first = source + min(i, rows - 1) * outer
            other = source + min(second_half(rows) + i, rows - 1) * outer
            for j in range(n):
                at, behind = place + j * row + i * size, LANES * size
                if size == 4:
                    store_int32(at, load_int32(first + j * inner))
                    store_int32(at + behind, load_int32(other + j * inner))
                else:
                    store_int64(at, load_int64(first + j * inner))
                    store_int64(at + behind, load_int64(other + j * inner))


def transpose_out(target, outer, inner, place, size, rows, n):
    """The rows back again."""
    row = SIDE_LANES * size
    if outer == size and inner != size and rows == SIDE_LANES:
        for j in range(n):
            if size == 4:
                copy_side_int32(target + j * inner, place + j * row)
            else:
                copy_side_int64(target + j * inner, place + j * row)
    else:
        for lane in range(0, rows, LANES):
            begin, to = place + lane * size, target
            if lane > 0:
                to += second_half(rows) * outer
            some_lanes_out(to, outer, inner, begin, size, min(rows, LANES), n)


def some_lanes_out(to, outer, inner, begin, size, some, n):
    """``some`` <= LANES rows from the lanes that lie side by side at ``begin``."""
    row = SIDE_LANES * size
    if inner == size and n >= LANES and some == LANES:
        for k in range(0, n, LANES):
            j = min(k, n - LANES)
            if size == 4:
                transpose_int32(to + j * size, outer, row, begin + j * row)
            else:
                transpose_int64(to + j * size, outer, row, begin + j * row)
    elif size == 4:
        for i in range(some):
            for j in range(n):
                store_int32(to + i * outer + j * inner, load_int32(begin + j * row + 4 * i))
    else:
        for i in range(some):
            for j in range(n):
                store_int64(to + i * outer + j * inner, load_int64(begin + j * row + 8 * i))


def are_columns(outer, stored, rows, n):
    """Whether rows are columns of an array, LANES side by side."""
    return outer == stored and rows == LANES and n >= LANES


def columns_in(plan, place, stride, source, inner, size, n):
    """LANES rows of which neighbours lie side by side, to where each is contiguous."""
    block, step, native = stack(BLOCK), inner, load_word(plan, NATIVE) == 1
    gather, stored = load_word(plan, GATHER), load_word(plan, STORED)
    for k in range(0, n, LANES):
        j = min(k, n - LANES)  # the last block overlaps the one before
        begin = source + j * inner
        if not native:
            for i in range(LANES):
                call_gather(gather, block + i * WIDE, begin + i * inner, stored, LANES, LANES)
            begin, step = block, WIDE
        if size == 4:
            transpose_int32(place + j * size, stride, step, begin)
        else:
            transpose_int64(place + j * size, stride, step, begin)


def columns_out(plan, target, inner, place, stride, size, n):
    """The inverse of :func:`columns_in`."""
    block, native = stack(BLOCK), load_word(plan, NATIVE) == 1
    scatter, stored = load_word(plan, SCATTER), load_word(plan, STORED)
    for k in range(0, n, LANES):
        j = min(k, n - LANES)
        begin = target + j * inner
        if not native:
            transpose_int32(block, WIDE, stride, place + j * size)
            for i in range(LANES):
                call_scatter(scatter, begin + i * inner, stored, block + i * WIDE, LANES)
        elif size == 4:
            transpose_int32(begin, inner, stride, place + j * size)
        else:
            transpose_int64(begin, inner, stride, place + j * size)


def rows_adjoin(outer, inner, stored, n):
    """Whether a row begins where the one before ends."""
    return inner == stored and outer == n * stored


def bring(plan, place, stride, source, outer, inner, size, rows, n):
    """Some rows to where each is contiguous, ``stride`` bytes apart, and padded."""
    gather, stored = load_word(plan, GATHER), load_word(plan, STORED)
    if are_columns(outer, stored, rows, n):
        columns_in(plan, place, stride, source, inner, size, n)
    elif rows_adjoin(outer, inner, stored, n) and stride == n * size:
        call_gather(gather, place, source, inner, rows * n, rows * n)
    else:
        for i in range(rows):
            call_gather(gather, place + i * stride, source + i * outer, inner, n, n)
    for i in range(rows):
        pad(place + i * stride, size, n, stride // size, plan)


def send(plan, place, stride, target, outer, inner, size, rows, n):
    """The inverse of :func:`bring`: padded rows to where they belong."""
    scatter, stored = load_word(plan, SCATTER), load_word(plan, STORED)
    if are_columns(outer, stored, rows, n):
        columns_out(plan, target, inner, place, stride, size, n)
    elif rows_adjoin(outer, inner, stored, n) and stride == n * size:
        call_scatter(scatter, target, inner, place, rows * n)
    else:
        for i in range(rows):
            call_scatter(scatter, target + i * outer, inner, place + i * stride, n)


def bring_side(plan, place, spare, source, outer, inner, size, rows, n):
    """``rows`` short rows to where SIDE_LANES lie side by side; ``spare`` is room for as many."""
    gather, stored = load_word(plan, GATHER), load_word(plan, STORED)
    if load_word(plan, NATIVE) == 1:
        transpose_in(place, source, outer, inner, size, rows, n)
    elif outer == stored and rows == SIDE_LANES:
        for j in range(n):
            at = place + j * SIDE_LANES * size
            call_gather(gather, at, source + j * inner, stored, rows, rows)
    else:
        parts = 1 if rows_adjoin(outer, inner, stored, n) else rows
        each = rows * n // parts
        for i in range(parts):
            at = spare + i * n * size
            call_gather(gather, at, source + i * outer, inner, each, each)
        transpose_in(place, spare, n * size, size, size, rows, n)


def send_side(plan, target, outer, inner, place, spare, size, rows, n):
    """The inverse of :func:`bring_side`."""
    scatter, stored = load_word(plan, SCATTER), load_word(plan, STORED)
    if load_word(plan, NATIVE) == 1:
        transpose_out(target, outer, inner, place, size, rows, n)
    elif outer == stored and rows == SIDE_LANES:
        for j in range(n):
            call_scatter(scatter, target + j * inner, stored, place + j * SIDE_LANES * size, rows)
    else:
        transpose_out(spare, n * size, size, place, size, rows, n)
        parts = 1 if rows_adjoin(outer, inner, stored, n) else rows
        for i in range(parts):
            at = spare + i * n * size
            call_scatter(scatter, target + i * outer, inner, at, rows * n // parts)
