"""Interleaved timing: all contenders in turn, round after round, minima compared.

A drift of the machine then hits all alike. The order is drawn anew for every round, so that
nobody always follows a library whose waiting workers spin on. Where threads are used, each
turn begins after a pause, in which the previous contender's workers stop spinning, and with
calls that are not timed, in which its own wake.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any

ROUNDS = 5
MOST_ROUNDS = 200
SECONDS = 0.4
#: Where OWN and the fastest peer are within a tenth of each other, the minima of so few turns do
#: not tell who is ahead: relu of 1e6 came to 0.95 of PyTorch's speed, and to 1.01 in 200 turns.
CLOSE, CLOSE_SECONDS = 1.1, 2.0
TURN = 5e-4
PAUSE, WAKING = 5e-3, 3e-3
#: A peer this much slower than the fastest peer after two rounds is timed no more: it
#: cannot become the fastest. Its two rounds stand.
DROP = 3.0


OWN = "fastact"
#: Times the single-threaded time from which a contender counts as held up, and the rounds that it
#: is waited for.
HELD_UP, LONG_PAUSE, MOST_HELD_UP = 1.5, 5e-2, 40
_single: dict[tuple[Hashable, str], float] = {}


def seconds(call: Callable[[], Any], number: int) -> float:
    """Mean time of ``number`` calls."""
    begin = time.perf_counter()
    for _ in range(number):
        call()
    return (time.perf_counter() - begin) / number


def calls_per_turn(call: Callable[[], Any], large: bool = False) -> int:
    """How many calls fill a turn; one, without trying, where the arrays are ``large``."""
    if large:
        return 1
    once = seconds(call, 1)
    return max(1, int(TURN / (once if once > TURN else seconds(call, 5))))


def wake(call: Callable[[], Any]) -> None:
    """Call for a while without timing.

    By the clock, not by what a call took before: one that is held up, because its worker was woken
    on the processor that it runs on, would get no other call to be freed by, turn after turn.
    """
    end = time.perf_counter() + WAKING
    while time.perf_counter() < end:
        call()


def interleaved(
    calls: Mapping[str, Callable[[], Any]], what: Hashable, *, threads: int, large: bool
) -> dict[str, float]:
    """Fastest seconds per call of each contender; OWN is never dropped.

    ``what`` they compute is measured on one thread first: a contender that is much slower on
    several shares a processor with its own worker, as the system's scheduler sometimes has it
    for half a second. Such a cell goes on until it has passed, whoever is held up, and one that is
    close goes on longer, whoever is ahead.
    """
    number = {name: calls_per_turn(call, large) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    running, held = list(calls), list[str]()
    order = random.Random(0)
    begin = time.perf_counter()
    for turn in range(MOST_ROUNDS):
        for name in order.sample(running, len(running)):
            if threads > 1:
                time.sleep(PAUSE if name not in held else LONG_PAUSE)
                if not large:
                    wake(calls[name])
            best[name] = min(best[name], seconds(calls[name], number[name]))
        held = [n for n in running if best[n] > HELD_UP * _single.get((what, n), float("inf"))]
        fastest = min((best[name] for name in calls if name != OWN), default=float("inf"))
        budget = CLOSE_SECONDS if 1 / CLOSE < fastest / best[OWN] < CLOSE else SECONDS
        spent = time.perf_counter() - begin
        enough = turn + 1 >= (ROUNDS if spent < 3 * SECONDS else 3) and spent >= budget
        if (enough and not held) or (held and turn + 1 >= MOST_HELD_UP):
            break
        if turn == 1:
            running = [n for n in running if n == OWN or best[n] <= DROP * fastest]
    if threads == 1:
        _single.update({(what, name): least for name, least in best.items()})
    return best


def time_own(benchmark: Any, call: Callable[[], Any], best: float, alone: bool) -> None:
    """What pytest-benchmark stores and compares: half a second of rounds where it matters."""
    number = max(1, int(TURN / best))
    budget, most = (0.5, 5000) if alone else (0.05, 100)
    rounds = min(most, max(5, int(budget / (best * number))))
    benchmark.pedantic(call, rounds=rounds, iterations=number)
