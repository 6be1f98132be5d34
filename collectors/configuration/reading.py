"""The configuration of a switch: read when it is due or the device gives a sign, and how it stands to what is approved
and to what is saved."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from agent.core.aside import aside
from agent.core.configurations import Configurations, Form, Standing, as_read
from agent.core.console import Family
from agent.core.model import Collector, Sample, Target
from agent.core.reach import CannotAsk, Poll, ReachError, Unanswered
from agent.core.text import Text
from collectors.configuration.metrics import CHANGED, RENEWAL_DUE, SAVED, UNAPPROVED
from collectors.configuration.normal import normal
from collectors.configuration.pacing import Facts, due, refused
from collectors.configuration.partial import lost, missing
from collectors.configuration.renewal import Sent, form
from collectors.configuration.signs import SECONDS, Signs, certain, signs, unmoved
from collectors.device_uptime import restarted

NO_BASELINE = Text(
    "{id}:没有可比对的基线;请先看过配置,再执行 shouwang config approve {id}",
    "{id}: no approved configuration to compare with; look at it, then: shouwang config approve {id}",
)
NO_SAVED = Text(
    "{id}:设备不给这个账号看已保存的配置,是否已保存不清楚",
    "{id}: the device does not show this account its saved configuration, so whether it was saved is not known",
)
LOST = (
    "{id}: the configuration that this account is shown lacks what it had before: {what}. Was its level, role or view "
    "narrowed? Give it back; nothing was put on record. If it was really taken out: shouwang change open {id} …, "
    "then shouwang config read {id}"
)
UNSTEADY = Text(
    "{id}:接连读到的几份配置都不一样,存档的是最后一份;请看 shouwang config diff {id}:是有人正在改,还是有一行自己在变",
    "{id}: readings one after the other differ, and the last is on record; see shouwang config diff {id}: is somebody "
    "at work on it, or does a line of it change by itself?",
)
MOST_AGAIN = 2  # readings after one that shows a change
Texts = tuple[Sent, str | None]  # running; saved, None where it cannot be read
FEW = Text(
    "{id}:这个账号看到的配置里没有 {what},请核对它的权限是否足够",
    "{id}: the configuration that this account is shown has no {what}; make sure that it may see all of it",
)


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """A device that could not be read stays so, in its samples too, until it could."""
    store = poll.registers.configurations
    standing = await store.standing(target.id)
    asked = replace(target, timeout=min(target.timeout, SECONDS))
    found = await signs(asked, options.config.family or poll.memory.get("family"), poll)
    poll.memory["family"] = found.family
    _note(found, poll)
    if due(_facts(target, standing, poll), options.config.backup, options.config.spacing):
        standing = await _read(target, options.config.timeout, found, poll)
    elif (failure := poll.memory.get("failure")) is not None:
        raise failure
    if poll.memory.get("no_saved"):
        poll.remarks.append(NO_SAVED.format(id=target.id))
    if poll.memory.get("unsteady"):
        poll.remarks.append(UNSTEADY.format(id=target.id))
    if few := poll.memory.get("few"):
        poll.remarks.append(FEW.format(id=target.id, what=", ".join(few)))
    if standing.versions and standing.approved is None:
        poll.remarks.append(NO_BASELINE.format(id=target.id))
    for sample in _samples(target, standing, poll):
        yield sample


def _note(found: Signs, poll: Poll) -> None:
    """Whether the device gave a sign. The counters are kept over a restart of the agent, which may have missed one."""
    before = poll.kept.get("counters")
    if found.counters:
        if before is not None and before != list(found.counters):
            poll.memory["signed"] = True
        poll.kept["counters"] = list(found.counters)
    if restarted(poll.memory.get("uptime"), found.up):
        poll.memory["signed"] = True
    poll.memory["uptime"] = found.up or poll.memory.get("uptime")


def _facts(target: Target, standing: Standing, poll: Poll) -> Facts:
    memory = poll.memory
    tried: float | None = memory.get("tried")
    failure: ReachError | None = memory.get("failure")
    return Facts(
        age=None if standing.seen is None else poll.now - standing.seen,
        since=None if tried is None else poll.monotonic - tried,
        failed=failure is not None,
        refused=failure is not None and refused(failure),
        signed=memory.get("signed", False),
        unsaved=standing.saved is False,
        vain=memory.get("vain", 0),
        wanted=poll.registers.configurations.wanted(target.id) != memory.get("wanted", 0),
    )


async def _read(target: Target, seconds: float, found: Signs, poll: Poll) -> Standing:
    memory, store, state = poll.memory, poll.registers.configurations, found.state(poll.now)
    memory["tried"], memory["wanted"] = poll.monotonic, store.wanted(target.id)
    before = await store.standing(target.id)
    try:
        family = certain(target, found.family)
        still = unmoved(poll.kept.get("read"), state)
        sent, saved = await _settled(replace(target, timeout=seconds), family, before, still, poll)
        known = await store.texts(target.id)
        _refuse_part(target, family, known.running, sent.running, poll)
        how = await aside(lambda: form(family, sent, before, known, store.fingerprint))
        after = await store.keep(target.id, sent.running, saved, poll.now, how)
    except ReachError as error:
        memory["failure"] = error
        raise
    except BaseException:
        # It was given up. Not before that: a poll beside this reading, which somebody asked for, would tell of it.
        memory["failure"] = Unanswered("timeout", f"{target.id}: reading its configuration did not come to an end")
        raise
    memory["failure"], memory["no_saved"] = None, saved is None
    poll.kept["read"] = state
    in_vain = memory.get("signed", False) and before.versions[:1] == after.versions[:1]
    memory["vain"] = memory.get("vain", 0) + 1 if in_vain else 0
    memory["signed"] = False
    return after


def _refuse_part(target: Target, family: Family, before: str | None, after: str, poll: Poll) -> None:
    """CannotAsk where an account sees less than before, unless a planned change says that this may be so."""
    gone = () if before is None else lost(family, before, after)
    if gone and not poll.registers.changes.covers(target.id, poll.now, poll.now):
        raise CannotAsk("permission", LOST.format(id=target.id, what=", ".join(gone)))
    poll.memory["few"] = missing(family, after)


async def _settled(target: Target, family: Family, before: Standing, still: bool, poll: Poll) -> Texts:
    """What a device logs in the middle of a line looks like a change. So one is taken where another reading agrees, as
    far as the time allows one; where none does, as the last has it."""
    began = time.monotonic()
    texts = await _texts(target, family, still, poll)
    needed, again, agreed = time.monotonic() - began, 0, not _is_change(before, texts)
    while not agreed and again < MOST_AGAIN and (left := began + target.timeout - time.monotonic()) > needed:
        try:
            found = await _texts(replace(target, timeout=left), family, still, poll)
        except ReachError:
            break
        agreed, texts, again = found == texts or not _is_change(before, found), found, again + 1
    poll.memory["unsteady"] = not agreed and again == MOST_AGAIN
    return texts


def _is_change(before: Standing, texts: Texts) -> bool:
    """Of what is on record."""
    sent, saved = texts
    return bool(before.versions) and as_read(before, sent.running, saved, 0.0, Form()).versions != before.versions


async def _texts(target: Target, family: Family, still: bool, poll: Poll) -> Texts:
    """Running and saved, in their normal form; None for a saved one that cannot be read."""
    store: Configurations = poll.registers.configurations
    answers = await poll.reach.console.ask(target, family, ("running", "saved"))

    def normalised() -> Texts:
        running, saved = answers["running"], answers.get("saved")
        text = normal(family, running, store.fingerprint)
        sent = Sent(text, store.fingerprint(str(running, "latin-1")), still)
        return sent, None if saved is None else normal(family, saved, store.fingerprint)

    # A long one takes a tenth of a second.
    return await aside(normalised)


def _samples(target: Target, standing: Standing, poll: Poll) -> Iterator[Sample]:
    if standing.changed is not None:
        yield Sample(CHANGED, standing.changed)
    if standing.versions and standing.approved is not None:
        covers = poll.registers.changes.covers
        drifts = [covers(target.id, *each, lasting=True) for each in standing.drifts()]
        yield Sample(UNAPPROVED, not all(drifts))
        yield Sample(RENEWAL_DUE, bool(drifts) and all(drifts))
    if standing.saved is not None:
        yield Sample(SAVED, standing.saved)


def wanted(target: Target) -> bool:
    config = getattr(target.options, "config", None)
    return config is not None and config.backup is not None


def _patience(target: Target) -> float:
    """For the command line, and before it for the signs."""
    return target.options.config.timeout + SECONDS if wanted(target) else target.timeout


COLLECTOR = Collector(
    "configuration", ("switch",), (CHANGED, UNAPPROVED, RENEWAL_DUE, SAVED), collect, wanted, _patience
)
