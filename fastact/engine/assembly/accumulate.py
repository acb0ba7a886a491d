"""Accumulators of lane spans, as LLVM assembly: adding what a step of a loop gives.

A sum in two parts of one precision carries what it loses. Where it begins with more than it
ever gains (softmax), three operations tell (Dekker's fast two-sum), else six (Knuth's).

Terms that share a power of two are multiplied by it as they are added: that product is exact,
so a fused multiplication and addition gives the same bits, and what is an addition less fills
units that multiply.

Sums in float32 have twice LANES lanes where rows are taken one after the other: a vector of 64
bytes, which a processor that has it adds at once. softmax of 1024 elements took 20 % less time so
on AVX-512, and as long on AVX2, which adds two vectors either way. "low", which is small, may be
kept in float64 all the same: what one step gives is joined before it is widened. What the sums
end in is found by :mod:`fastact.engine.assembly.totals`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastact.engine.assembly.vector_code import (
    BYTES,
    PRECISIONS,
    fused,
    halves,
    joined,
    lost,
    plus,
    shuffled,
    splat,
    vector_type,
)
from fastact.engine.lanes import LANES, SIDE_LANES, LaneSpan
from fastact.engine.plan import LINE

__all__ = ["Sums"]


@dataclass
class Sums:
    """The accumulators of a span; ``terms``: the kinds of what its bodies give.

    They live in variables of the function, which LLVM keeps in registers: ``%SLOT.sum``. Terms
    are found in ``%SLOT.term``.
    """

    span: LaneSpan
    terms: Mapping[str, str]
    side: bool
    kinds: dict[str, str] = field(init=False)
    lanes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """What each is kept in."""
        accumulators = self.span.accumulators
        self.kinds = {slot: PRECISIONS[a.precision] for slot, a in accumulators.items()}
        self.lanes = {slot: self.lanes_of(kind) for slot, kind in self.kinds.items()}

    @property
    def carries(self) -> bool:
        """Whether "low" takes what "high" loses."""
        return "low" in self.kinds and self.kinds["high"] == self.terms["low"]

    def type_of(self, slot: str) -> str:
        """The type of an accumulator."""
        return vector_type(self.kinds[slot], self.lanes[slot])

    def lanes_of(self, kind: str) -> int:
        """Lanes of a vector of 64 bytes, or all rows that lie side by side."""
        if self.side:
            return SIDE_LANES
        return 2 * LANES if kind == "float" else LANES

    def declarations(self) -> list[str]:
        """The intrinsics that are called."""
        kinds = [self.terms[slot] for slot in self.span.scaled]
        vectors = sorted({vector_type(kind, self.lanes_of(kind)) for kind in kinds})
        return [f"declare {v} @{fused(v)}({v}, {v}, {v})" for v in vectors]

    # -- before the first block ------------------------------------------------------------------

    def variables(self) -> list[str]:
        """Where they are kept."""
        return [f"  %{slot}.sum = alloca {self.type_of(slot)}, align 64" for slot in self.kinds]

    def begin(self) -> list[str]:
        """Nothing added yet."""
        lines = []
        for slot, accumulator in self.span.accumulators.items():
            value = splat(self.kinds[slot], accumulator.start, self.lanes[slot])
            lines.append(f"  store {self.type_of(slot)} {value}, ptr %{slot}.sum, align 64")
        return lines

    # -- after every step ------------------------------------------------------------------------

    def add(self, width: int, mark: str) -> list[str]:
        """Add ``width`` terms to each; ``mark`` ends all names.

        Two lines are added at a time, however many a step has: how many that are depends on the
        processor, and the order of additions must not.
        """
        lines, parts, scales = [], {}, {}
        names = {slot: f"%{slot}.old{mark}" for slot in self.kinds}
        for slot, old in names.items():
            lines.append(f"  {old} = load {self.type_of(slot)}, ptr %{slot}.sum, align 64")
            read, parts[slot] = self._blocks(slot, slot, width, mark)
            lines += read
            if slot in self.span.scaled:
                read, scales[slot] = self._blocks(slot, "scale", width, mark)
                lines += read
        size = min((BYTES[self.terms[slot]] for slot in self.kinds), default=LINE)
        few = min(width, 2 * LINE // size)
        for group in range(width // few if self.kinds else 0):
            some = {slot: _part(blocks, group, width // few) for slot, blocks in parts.items()}
            by = {slot: _part(blocks, group, width // few) for slot, blocks in scales.items()}
            lines += self._add_group(some, by, names, f".{group}{mark}")
        for slot, name in names.items():
            lines.append(f"  store {self.type_of(slot)} {name}, ptr %{slot}.sum, align 64")
        return lines

    def _add_group(
        self,
        parts: dict[str, list[str]],
        scales: dict[str, list[str]],
        names: dict[str, str],
        mark: str,
    ) -> list[str]:
        """Add some blocks to the accumulators with ``names``, which are replaced.

        Blocks are joined in pairs before they are added, so that an accumulator waits for one
        operation per group; but not in a sum that carries what it loses.
        """
        lines = []
        if self.carries:
            lines += self._carry(names, parts.pop("high"), parts["low"], scales, mark)
        elif scales:
            lines += self._multiply(parts["low"], scales["low"])
        for slot, blocks in parts.items():
            lines += self._grow(slot, blocks, names, mark)
        return lines

    def _widens_first(self, slot: str) -> bool:
        """Whether terms take the kind of their accumulator before they are joined."""
        return slot != "low" and self.terms[slot] != self.kinds[slot]

    def _blocks(self, slot: str, source: str, width: int, mark: str) -> tuple[list[str], list[str]]:
        """The terms of an accumulator, or their scales, by vectors of 64 bytes, and their names.

        Where there are fewer, the other lanes get a 0, which changes no sum, or the same once more.
        """
        kind = self.terms[source]
        kept = self.kinds[slot] if self._widens_first(slot) else kind
        lanes = self.lanes_of(kept)
        whole, prefix = vector_type(kind, width), f"{slot}.{source}"
        lines = [f"  %{prefix}.terms{mark} = load {whole}, ptr %{source}.term, align 64"]
        names = [f"%{prefix}{block}{mark}" for block in range(max(1, width // lanes))]
        for block, name in enumerate(names):
            places = [block * lanes + i for i in range(lanes)]
            if source == "peak":
                places = [place % width for place in places]
            narrow = name if kept == kind else f"{name}.narrow"
            terms = f"%{prefix}.terms{mark}"
            lines.append(shuffled(narrow, whole, terms, places, "zeroinitializer"))
            if narrow != name:
                few, wide = vector_type(kind, lanes), vector_type(kept, lanes)
                lines.append(f"  {name} = fpext {few} {narrow} to {wide}")
        return lines, names

    def _carry(
        self,
        names: dict[str, str],
        terms: list[str],
        lows: list[str],
        scales: Mapping[str, list[str]],
        mark: str,
    ) -> list[str]:
        """Add the terms one by one, and to each of ``lows`` what that lost."""
        vector, heavy = self.type_of("high"), bool(self.span.accumulators["high"].start)
        none: list[str | None] = [None] * len(terms)
        by, low_by = scales.get("high", none), scales.get("low", none)
        total, lines = names["high"], []
        for block, term in enumerate(terms):
            before, total, rest = total, f"%high.sum{block}{mark}", f"%high.lost{block}{mark}"
            lines.append(plus(total, vector, term, by[block], before))
            lines += lost(rest, vector, total, before, term, by[block], heavy=heavy)
            lines.append(plus(f"{lows[block]}.all", vector, lows[block], low_by[block], rest))
            lows[block] += ".all"
        names["high"] = total
        return lines

    def _multiply(self, lows: list[str], scales: list[str]) -> list[str]:
        """Multiply the terms of "low", each product but the first being added to the one before."""
        kind = self.terms["low"]
        vector = vector_type(kind, self.lanes_of(kind))
        total = f"{lows[0]}.all"
        lines = [f"  {total} = fmul {vector} {lows[0]}, {scales[0]}"]
        for low, scale in zip(lows[1:], scales[1:], strict=True):
            before, total = total, f"{low}.all"
            lines.append(plus(total, vector, low, scale, before))
        lows[:] = [total]
        return lines

    def _grow(self, slot: str, blocks: list[str], names: dict[str, str], mark: str) -> list[str]:
        """Join the blocks in pairs, widen what is not yet, and add it."""
        kind, kept, lines = self.terms[slot], self.kinds[slot], []
        lanes = self.lanes[slot] if self._widens_first(slot) else self.lanes_of(kind)
        vector = vector_type(kept if self._widens_first(slot) else kind, lanes)
        while len(blocks) > 1:
            left, right = blocks[::2], blocks[1::2]
            blocks = [f"{name}.pair" for name in left]
            for name, a, b in zip(blocks, left, right, strict=True):
                lines += joined(slot, name, vector, a, b)
        (name,) = blocks
        if kind != kept and not self._widens_first(slot):
            if lanes > self.lanes[slot]:
                lanes = self.lanes[slot]
                parts, a, b = halves(name, kind, name, lanes)
                vector, name = vector_type(kind, lanes), f"{name}.half"
                lines += [*parts, f"  {name} = fadd {vector} {a}, {b}"]
            lines.append(f"  {name}.wide = fpext {vector} {name} to {self.type_of(slot)}")
            name = f"{name}.wide"
        before, names[slot] = names[slot], f"%{slot}.grown{mark}"
        return [*lines, *joined(slot, names[slot], self.type_of(slot), before, name)]


def _part(blocks: list[str], group: int, groups: int) -> list[str]:
    """The blocks of one group; all, where there are fewer than groups."""
    each = len(blocks) // groups
    return blocks[group * each : (group + 1) * each]
