"""A reading by other rules than those of what is on record: whether the device has what it had. Pure.

What devices send is not kept, since it has secrets in it, so that an older text cannot be normalised from the start.
But masks stay as they are when a normal form is normalised again; and where that does not do, because newer rules show
what older ones hid, the device's own counter of changes or what it sent may not have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.core.configurations import Form, OnRecord, Standing
from agent.core.console import Family
from collectors.configuration.normal import RULES, renewed


@dataclass(frozen=True, slots=True)
class Sent:
    """What was read: `running` in its normal form, `mark` a fingerprint of it as the device sent it; `unmoved`: the
    device counts its changes, and there was none since it was read last."""

    running: str
    mark: str
    unmoved: bool


def form(family: Family, sent: Sent, before: Standing, known: OnRecord, fingerprint: Callable[[str], str]) -> Form:
    """How it is to be put on record."""
    if not before.versions or before.versions[0].rules == RULES or known.running is None:
        return Form(RULES, sent.mark)
    same = sent.unmoved or sent.mark == before.mark or renewed(family, known.running, fingerprint) == sent.running
    approved = None if known.approved is None else renewed(family, known.approved, fingerprint)
    return Form(RULES, sent.mark, same, None if approved == known.approved else approved)
