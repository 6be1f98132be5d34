"""A reading by other rules than those of what is on record: whether the device has what it had. Pure.

What devices send is not kept, since it has secrets in it, so that an older text cannot be normalised from the start.
But masks stay as they are when a normal form is normalised again; and where that does not do, because newer rules show
what older ones hid, the device's own counter of changes or what it sent may not have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.core.configurations import MASKED, Form, OnRecord, Standing
from agent.core.console import Family
from collectors.configuration.normal import RULES, renewed
from collectors.configuration.secrets import POLICY, hidden


@dataclass(frozen=True, slots=True)
class Sent:
    """What was read: `running` in its normal form, `mark` a fingerprint of it as the device sent it; `unmoved`: the
    device counts its changes, and there was none since it was read last."""

    running: str
    mark: str = field(compare=False)
    unmoved: bool


def form(family: Family, sent: Sent, before: Standing, known: OnRecord, fingerprint: Callable[[str], str]) -> Form:
    """How it is to be put on record."""
    if not before.versions or before.versions[0].rules == RULES or known.running is None:
        return Form(RULES, sent.mark)

    shown = {hidden(line, fingerprint): line for line in sent.running.split("\n") if POLICY.fullmatch(line)}

    def today(text: str) -> str:
        lines = renewed(family, text, fingerprint).split("\n")
        found = "\n".join(shown.get(line, line) for line in lines)
        return sent.running if _alike(found, sent.running) else found

    same = sent.unmoved or sent.mark == before.mark or today(known.running) == sent.running
    approved = None if known.approved is None else today(known.approved)
    return Form(RULES, sent.mark, same, None if approved == known.approved else approved)


def _alike(older: str, newer: str) -> bool:
    """The same, but for fingerprints of secrets of which today's rules tell none, since devices encrypt them anew."""
    old, new = older.split("\n"), newer.split("\n")
    return len(old) == len(new) and all(map(_alike_lines, old, new))


def _alike_lines(old: str, new: str) -> bool:
    if old == new:
        return True
    was, now = MASKED.split(old), MASKED.split(new)
    return was[::2] == now[::2] and all(each in (None, mask) for mask, each in zip(was[1::2], now[1::2], strict=True))
