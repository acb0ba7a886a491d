"""Whether threads pay for a loop: how long it is, and whether they are awake.

To open a region takes 60 us where the threads have fallen asleep, and 2 us where they still
wait for work, a millisecond or so after the last one. A loop that gains even so
(``PARALLEL``) goes to the team at once. A shorter one, from ``AWAKE`` on, does so in a *row*
of loops with little time between them, once the row has lasted ``PATIENCE``: twenty times what it
costs to wake the team. Serial work is never lengthened by more than a twentieth, wherever
the row may end, and what follows in it is done by all threads.

Where others are at work, too, a region may wait for a thread that the system has put behind one
of them, for 4 to 12 ms, and the next region again; NumPy makes a loop of every 8192 elements of a
slice. gelu of 9e5 elements took 868 ms so, and 1.9 serially. A region that took far longer than
one thread would have is followed by serial loops if the next one does so, too: for as long as it
took, and twice as long each time that it happens again. Once it may be another library's thread,
which waits for work of its own a little longer.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from fastact.engine.intrinsics.addresses import clock, load_word, store_word
from fastact.engine.plan import (
    BEGAN,
    INPUTS,
    LAST,
    OPERANDS,
    PACE,
    PACE_BITS,
    PARALLEL,
    PATIENCE,
    REST,
    STORED,
    TEAM,
    UNTIL,
)

__all__ = ["loop_ended", "region_ended", "threads_pay"]

#: Nanoseconds after which threads count as asleep. GNU's OpenMP lets them spin for 1 ms.
PAUSE = 400_000
#: Nanoseconds from which a region may have been held up: if it took more than twice what one thread
#: does, and a nanosecond for 2^2 bytes written. To touch memory for the first time takes two
#: threads one for ten.
LONG, BYTES_BITS = 2_000_000, 2
#: Nanoseconds between two regions, or a rest and a region, that follow each other. Where another
#: library's call lies between, it is that one's threads that wait, and not for long.
IN_A_ROW = 1_000_000
#: Nanoseconds of serial loops after one of many such regions, at most.
MOST_REST = 500_000_000


def threads_pay(plan, n):
    """Whether a loop of ``n`` >= AWAKE elements is one for the team."""
    cell = load_word(plan, TEAM)
    if load_word(cell, REST) != 0 and clock() < load_word(cell, UNTIL):
        return False
    if n >= load_word(plan, PARALLEL):
        store_word(cell, BEGAN, 0)  # awake from now on, as if in a row
        return True
    now = clock()
    if now - load_word(cell, LAST) > PAUSE:
        store_word(cell, BEGAN, now)
    return now - load_word(cell, BEGAN) >= load_word(cell, PATIENCE)


def loop_ended(plan):
    """Note when a loop of AWAKE elements or more has ended."""
    store_word(load_word(plan, TEAM), LAST, clock())


def region_ended(plan, n, began):
    """Note how a region over ``n`` elements went that was opened when the clock said ``began``."""
    cell, now = load_word(plan, TEAM), clock()
    took, rest = now - began, load_word(cell, REST)
    if began - load_word(cell, UNTIL) > IN_A_ROW:
        rest = 0
    outputs = load_word(plan, OPERANDS) - load_word(plan, INPUTS)
    written = n * outputs * load_word(plan, STORED)
    alone = (n * load_word(plan, PACE)) >> PACE_BITS
    if took > LONG and took > 2 * alone + (written >> BYTES_BITS):
        if rest == 0:
            rest = 1
        else:
            rest = 2 * rest if 2 * rest > took else took
            rest = rest if rest < MOST_REST else MOST_REST
        store_word(cell, REST, rest)
        store_word(cell, UNTIL, now + rest)
    elif load_word(cell, REST) != 0:
        store_word(cell, REST, 0)
