"""A share of the float32 inputs that ``tox -e exhaustive`` takes all of, by its own program."""

from __future__ import annotations

from typing import Any

import pytest

from accuracy.exhaustive import BLOCK, run_block

#: Prime, so that all last digits occur; one block is the whole format.
STEP = 4099
assert BLOCK * STEP > 1 << 32


@pytest.mark.parametrize("role", ["value", "derivative"])
def test_no_error_exceeds_its_bound_and_no_neighbours_change_places(entry: Any, role: str) -> None:
    worst, x, _ = run_block(entry, role, 0, STEP)
    bound = getattr(entry.max_ulp["float32"], role)
    assert worst <= bound, f"{role} of {entry.name}: {worst:.4g} ULP (bound {bound}) at x = {x!r}"
    if role == "derivative":
        return
    # Neighbours proper, where the results of networks are.
    for start in (0x3F000000, 0xBF000000):
        worst, x, pairs = run_block(entry, role, start, 1)
        assert worst <= bound, f"{entry.name}: {worst:.4g} ULP (bound {bound}) at x = {x!r}"
        assert not pairs, f"{entry.name}: {pairs} pairs of neighbours out of order from {start:#x}"
