"""The loop of all spans, as LLVM assembly: blocks in long steps, and what is left in short ones.

Within a step, a loop of constant length over its elements is vectorised and unrolled. A long
step holds several vectors of every operand: their instructions alternate, and need not wait
for each other (:mod:`fastact.engine.interleave`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastact.engine.plan import LINE

__all__ = ["AGAIN", "AHEAD", "PREFETCH", "SINGLE", "Elsewhere", "loop_metadata", "prefetches"]
__all__ += ["RARELY", "lane_loop", "stepped_loop"]

#: Bytes ahead of what is read that is asked for. 1024 to 4096 are alike.
AHEAD = 2048
#: The mark of the step of one block.
SINGLE = ".1"
#: Ends the mark of a second loop over the elements of a step.
AGAIN = ".again"
#: On a branch whose first way is seldom gone.
RARELY = "!prof !9"
PREFETCH = "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)"


@dataclass(frozen=True)
class Elsewhere:
    """One block more, which lies elsewhere, if ``condition`` holds.

    In the step of single blocks ``places`` names the bases: for each name, the base of the blocks
    in a row, and that of this one, which is block 0 of it. ``lines`` compute the latter.
    """

    condition: str
    lines: list[str]
    places: Mapping[str, tuple[str, str]]


def stepped_loop(
    count: str,
    lanes: int,
    steps: list[int],
    each: Callable[[str], list[str]],
    then: Callable[[str, int], list[str]],
    elsewhere: Elsewhere | None = None,
) -> list[str]:
    """A loop over ``count`` blocks of ``lanes`` elements, from label "enter" to label "exit".

    ``steps`` are lengths in blocks, powers of two, the last of them 1. ``each`` gives the lines for
    an element, ``%loop.i`` of its step and ``%loop.element`` of all; ``then`` those for the end of
    a step, which begins with ``%loop.start``; they may branch, and go on with the block they end
    in. Both get the mark that ends all names of their step, and ``then`` its number of elements.
    A block ``elsewhere`` is the last of the single ones.
    """
    lines = ["enter:", f"  br label %enter.{steps[0]}"]
    begin = "0"
    for k, step in enumerate(steps):
        mark, width = f".{step}", step * lanes
        after = "exit" if k == len(steps) - 1 else f"enter.{steps[k + 1]}"
        until, block, following = (f"%loop.{n}{mark}" for n in ("until", "block", "following"))
        lines += [f"enter{mark}:", f"  {until} = and i64 {count}, {-step}"]
        entry = f"enter{mark}"
        if elsewhere and mark == SINGLE:
            lines += _once_more(elsewhere, begin, until)
            begin, until, entry, after = "%loop.begin", "%loop.end", "part", "parts"
        lines += [
            f"  %loop.any{mark} = icmp ult i64 {begin}, {until}",
            f"  br i1 %loop.any{mark}, label %step{mark}, label %{after}",
            f"step{mark}:",
            f"  {block} = phi i64 [ {begin}, %{entry} ], [ {following}, %next{mark} ]",
            f"  %loop.start{mark} = mul nuw nsw i64 {block}, {lanes}",
            *lane_loop(mark, mark, f"step{mark}", width, each),
            *then(mark, width),
            f"  br label %next{mark}",
            f"next{mark}:",
            f"  {following} = add nuw nsw i64 {block}, {step}",
            f"  %loop.done{mark} = icmp eq i64 {following}, {until}",
            f"  br i1 %loop.done{mark}, label %{after}, label %step{mark}, !llvm.loop !2",
        ]
        begin = until
    return lines


def lane_loop(
    mark: str, step: str, before: str, width: int, each: Callable[[str], list[str]]
) -> list[str]:
    """The loop over the elements of a step, from the block ``before`` to label "end".

    The names in it end in ``mark``, those of its step in ``step``.
    """
    i, more = f"%loop.i{mark}", f"%loop.more{mark}"
    return [
        f"  br label %lane{mark}",
        f"lane{mark}:",
        f"  {i} = phi i64 [ 0, %{before} ], [ {more}, %lane{mark} ]",
        f"  %loop.element{mark} = add nuw nsw i64 %loop.start{step}, {i}",
        *each(mark),
        f"  {more} = add nuw nsw i64 {i}, 1",
        f"  %loop.full{mark} = icmp eq i64 {more}, {width}",
        f"  br i1 %loop.full{mark}, label %end{mark}, label %lane{mark}, "
        f"!llvm.loop {_loop(width, mark)}",
        f"end{mark}:",
    ]


def _once_more(elsewhere: Elsewhere, begin: str, until: str) -> list[str]:
    """Have the loop over single blocks done twice: for those in a row, and for the one elsewhere.

    To choose a place for every block cost rows of a few blocks a tenth.
    """
    return [
        f"  %loop.single = icmp ult i64 {begin}, {until}",
        f"  %loop.part = or i1 %loop.single, {elsewhere.condition}",
        "  br i1 %loop.part, label %part, label %exit",
        "parts:",
        "  br i1 %loop.more, label %again, label %exit",
        "again:",
        *elsewhere.lines,
        "  br label %part",
        "part:",
        f"  %loop.begin = phi i64 [ {begin}, %enter{SINGLE} ], [ 0, %again ]",
        f"  %loop.end = phi i64 [ {until}, %enter{SINGLE} ], [ 1, %again ]",
        f"  %loop.more = phi i1 [ {elsewhere.condition}, %enter{SINGLE} ], [ false, %again ]",
        *(
            f"  {name} = phi ptr [ {before}, %enter{SINGLE} ], [ {last}, %again ]"
            for name, (before, last) in elsewhere.places.items()
        ),
    ]


def prefetches(
    base: str, kind: str, length: int, mark: str, ahead: int = AHEAD, *, write: bool = False
) -> list[str]:
    """Ask for lines of the operand at ``base``, ``length`` bytes from ``ahead`` of this step on."""
    lines = []
    for byte in range(ahead, ahead + length, LINE):
        place = f"{base}.{byte}{mark}"
        lines += [
            f"  {place}.start = getelementptr {kind}, ptr {base}, i64 %loop.start{mark}",
            f"  {place} = getelementptr i8, ptr {place}.start, i64 {byte}",
            f"  call void @llvm.prefetch.p0(ptr {place}, i32 {int(write)}, i32 3, i32 1)",
        ]
    return lines


def loop_metadata(widths: list[int], *, again: bool = False) -> list[str]:
    """What the loops refer to; accesses in them belong to group !0, streamed stores to !1.

    With ``again`` there is a second loop for each step, whose mark ends in AGAIN.
    """
    lines = [
        "!0 = distinct !{}",
        "!1 = !{i32 1}",
        "!2 = distinct !{!2, !5}",
        '!3 = !{!"llvm.loop.parallel_accesses", !0}',
        '!4 = !{!"llvm.loop.vectorize.enable", i1 true}',
        # Unrolled before it is vectorised, a short body stays scalar.
        '!5 = !{!"llvm.loop.unroll.disable"}',
        '!6 = !{!"llvm.loop.vectorize.followup_vectorized", !7, !8}',
        '!7 = !{!"llvm.loop.unroll.full"}',
        '!8 = !{!"llvm.loop.isvectorized"}',
        '!9 = !{!"branch_weights", i32 1, i32 2000}',
    ]
    for width in widths:
        # LLVM would take as many lanes as the widest type fits in a register: half of
        # the vector unit for a float32 exponential that is summed in float64.
        lanes = f"{_loop(width)}1"
        lines.append(f'{lanes} = !{{!"llvm.loop.vectorize.width", i32 {width}}}')
        loops = (_loop(width), _loop(width, AGAIN))[: 1 + again]
        lines += [f"{loop} = distinct !{{{loop}, !3, !4, !5, !6, {lanes}}}" for loop in loops]
    return lines


def _loop(width: int, mark: str = "") -> str:
    return f"!{10 * width + 5 * mark.endswith(AGAIN)}"
