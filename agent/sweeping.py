"""When Python looks for objects that hold each other in a circle: never in the middle of polls.

Reference counts free nearly everything. What they cannot free (some fifteen objects of a failed poll, a hundred of a
request for the page) is young as a rule, and young objects are looked through as ever. A full collection looks through
all: the readings of 200 switches are 300,000 objects, 0.1 to 0.4 s, which Python would do every seven seconds, holding
up every poll that is due. So it is done at moments of our own.
"""

from __future__ import annotations

import gc

EVERY = 300.0  # seconds
NEVER = 2**31 - 1
YOUNG, MIDDLE, _ = BEFORE = gc.get_threshold()


def begin() -> None:
    """At the end of a start: what is there now stays, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


async def sweep() -> None:
    gc.collect()


def end() -> None:
    gc.set_threshold(*BEFORE)
    gc.unfreeze()
