"""Whether threads pay for a loop: how long it is, and whether they are awake.

To open a region takes 60 us where the threads have fallen asleep, and 2 us where they still
wait for work, a millisecond or so after the last one. A loop that gains even so
(``PARALLEL``) goes to the team at once. A shorter one, from ``AWAKE`` on, does so in a *row*
of loops with little time between them, once the row has lasted ``PATIENCE``: twenty times what it
costs to wake the team. Serial work is never lengthened by more than a twentieth, wherever
the row may end, and what follows in it is done by all threads.
"""

# Type annotations would be wrong here: these functions only exist compiled.
from fastact.engine.addresses import clock, load_word, store_word
from fastact.engine.plan import BEGAN, LAST, PARALLEL, PATIENCE, TEAM

__all__ = ["loop_ended", "threads_pay"]

#: Nanoseconds after which threads count as asleep. GNU's OpenMP lets them spin for 1 ms.
PAUSE = 400_000


def threads_pay(plan, n):
    """Whether a loop of ``n`` >= AWAKE elements is one for the team."""
    cell = load_word(plan, TEAM)
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
