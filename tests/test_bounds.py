"""Nothing is read or written beside an array: its neighbours are pages that must not be touched."""

from __future__ import annotations

import os
from typing import Any

import pytest

GUARDED = """
import ctypes, mmap
import numpy as np
from tests.conftest import DTYPES, fill, genuine
from tests.test_bits import outputs
from tests.test_gated import GATED
from tests.test_rowwise import FORMS as ROW_FORMS, call
from fastact.engine.entry import registry
from fastact.engine.forms import FORMS

PAGE = mmap.PAGESIZE
protect = ctypes.CDLL(None).mprotect

def guarded(values, at_end):
    size = values.nbytes
    room = -(-size // PAGE) * PAGE
    memory = np.frombuffer(mmap.mmap(-1, room + 2 * PAGE), np.uint8)
    begin = PAGE + (room - size if at_end else 0)
    place = memory[begin : begin + size].view(values.dtype).reshape(values.shape)
    place[...] = values
    for page in (0, PAGE + room):
        assert protect(ctypes.c_void_p(memory.ctypes.data + page), PAGE, 0) == 0
    return place

def same(a, b):
    return all(x.tobytes() == y.tobytes() for x, y in zip(outputs(a), outputs(b), strict=True))
"""
ELEMENTS = """
pairs = [(f, e) for e in registry().values() for f in e.forms]
pairs += [(f, e) for e in GATED.values() for f in e.forms]
for form, entry in pairs:
    ufunc = genuine(form.namespace, entry.name)
    for dtype in DTYPES:
        kind = np.dtype(dtype).type
        extra = [kind(value) for value in fill(entry).values()] if entry.parameters else []
        for n in (1, 15, 17, 1001, 5003):
            x = np.linspace(0.01, 0.99, n).astype(dtype)
            operands = [x] * len(form.operands)
            wanted = ufunc(*operands, *extra)
            for at_end in (False, True):
                here = [guarded(a, at_end) for a in operands]
                out = tuple(guarded(np.zeros_like(y), at_end) for y in outputs(wanted))
                ufunc(*here, *extra, out=out)
                assert same(out, wanted), (form.namespace, entry.name, dtype, n)
print("unharmed")
"""
ROWS = """
for record, form in ROW_FORMS:
    for dtype in DTYPES:
        for shape in ((1, 5), (3, 10), (19, 17), (1, 65), (9, 100), (17, 100), (16, 64), (3, 1023)):
            for axis in (0, 1):
                x = np.random.default_rng(0).normal(size=shape).astype(dtype)
                operands = [x] * len(form.operands)
                wanted = np.asarray(call(record, form, *operands, axis=axis))
                for at_end in (False, True):
                    here = [guarded(a, at_end) for a in operands]
                    out = guarded(np.zeros_like(wanted), at_end)
                    call(record, form, *here, axis=axis, out=out)
                    assert same(out, wanted), (form.namespace, record.name, dtype, shape, axis)
print("unharmed")
"""


@pytest.mark.skipif(os.name != "posix", reason="pages are guarded by mprotect")
@pytest.mark.parametrize("what", [ELEMENTS, ROWS], ids=["elements", "rows"])
def test_no_neighbour_is_touched(what: str, run: Any) -> None:
    assert run(GUARDED + what, timeout=400) == "unharmed"
