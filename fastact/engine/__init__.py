"""How an entry becomes a ufunc. No activation is named in here.

Records, plans and the public face lie in this folder. Below them are ``assembly`` and ``carrier``,
and below these ``machine_code`` and ``intrinsics``, which know of the records nothing but how plans
and lanes are laid out. The words that are used throughout:

entry
    The record of one activation (:mod:`~fastact.engine.entry`), offered in *forms*: value, grad,
    vjp and so on (:mod:`~fastact.engine.forms`).
body, kernel
    A Python function over scalars in the kernel language (:mod:`fastact.elementary.scalar`): an
    entry's value or derivative in one precision.
span
    The vector loop made of the bodies of a form, over whole cache lines of contiguous elements. The
    *uniform* one reads each parameter once, the *far* one is for operands beyond the near caches.
lane span
    The same for rows, by blocks of LANES elements; it may keep a maximum or sums per lane. *Side by
    side* are short rows, one to a lane; a row's *tail* is what fills no block.
carrier
    What is compiled once and brings the elements, or rows, of any array to a span and back.
plan
    The words that NumPy hands to a loop, and the loop to the carrier (:mod:`~fastact.engine.plan`).
team, region
    The threads, and one run of a loop on them (:mod:`~fastact.engine.threads`).
"""
