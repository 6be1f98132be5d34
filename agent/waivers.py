"""The register of waivers: who asked that a checklist item should not count, why, and who else approved it. Each step
is a record of the ledger. All block."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.attesting import (
    FURTHEST,
    NO_ITEM,
    NO_TARGET,
    OTHER_KIND,
    TEXT,
    WHO,
    WHOLE,
    Desk,
    Request,
    object_to,
    person_of,
    post_for,
)
from agent.core.checklist import Item
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.units import moment
from agent.core.waivers import Register, Waiver, body_of, read
from agent.core.write import of_record
from agent.numbered import Remembered, following

LONGEST = 365  # days
EXTENDED = 30 * 86400.0  # seconds before its end from which one is followed by the next
APPROVERS = ("full_time_deputy_director", "director")

NO_REASON = Text("请写明原因 --reason", "a reason is needed: --reason")
NO_MEASURE = Text("请写明替代措施 --compensating", "a compensating measure is needed: --compensating")
PAST = Text("--until 已经过去", "--until is past")
TOO_LONG = Text("豁免最长 365 天", "a waiver lasts 365 days at most")
WAITS = Text("{id} 已在申请同一项,待批准", "{id} asks for the same and waits for approval")
IN_FORCE = Text(
    "{id} 已豁免同一项,有效至 {until};到期前 30 天内可以申请下一张,要改先终止它:shouwang checklist waive end {id}",
    "{id} waives the same until {until}; the next is asked for within 30 days of its end, and for another one end it "
    "first: shouwang checklist waive end {id}",
)
NO_WAIVER = Text("没有豁免 {id};已有:{known}", "no waiver {id}; known: {known}")
DECIDED = Text("{id} 已由 {who} 批准", "{id} was approved by {who}")
OVER = Text("{id} 已结束", "{id} is over")
YOURSELF = Text("{id} 是 {who} 自己申请的,须由另一人批准", "{who} asked for {id}; somebody else must approve it")


def _needed(entries: Sequence[Waiver], now: float) -> set[str]:
    """What waits or holds."""
    return {each.id for each in entries if each.state(now) not in ("ended", "expired")}


REGISTER = Remembered("waivers", read, body_of, 500, _needed)


def ask(store: Store, request: Request, desk: Desk, now: float) -> Waiver:
    """Asks for one. `request`: item, target, reason, compensating, until (Unix seconds), by. Unfit if it cannot be
    taken."""
    before = REGISTER.entries(store)
    item = _item(request, desk)
    target = clean(str(request.get("target") or ""), WHO)
    entry = Waiver(
        id=f"EXC-{following('EXC', (each.id for each in before)):04d}",
        item=item.id,
        by=person_of(desk, request, now).id,
        at=now,
        until=end_of(request, now),
        reason=clean(str(request.get("reason") or ""), TEXT),
        compensating=clean(str(request.get("compensating") or ""), TEXT),
        target=target,
    )
    calendar = desk.calendar
    days = (calendar.local(entry.until - 1).date() - calendar.local(now).date()).days
    object_to(
        [
            (not entry.reason, NO_REASON),
            (not entry.compensating, NO_MEASURE),
            (not entry.until > now, PAST),
            (days > LONGEST, TOO_LONG),
        ]
    )
    _only(entry, before, desk, now)
    _write(store, "waiver.asked", entry, [*before, entry], now)
    return entry


def _only(entry: Waiver, before: Sequence[Waiver], desk: Desk, now: float) -> None:
    """Unfit where the same is asked for or waived already, unless that is about to end."""
    asked = [each for each in before if each.state(now) == "waiting" and each.target == entry.target]
    if waiting := next((each for each in asked if each.item == entry.item), None):
        raise Unfit(WAITS.format(id=waiting.id))
    standing = Register(before).about(entry.item, entry.target, now)
    if standing is not None and standing.state(now) == "valid" and standing.until > now + EXTENDED:
        raise Unfit(IN_FORCE.format(id=standing.id, until=moment(desk.calendar, standing.until)))


def end_of(request: Request, now: float) -> float:
    """The moment that it names as its end; ValueError where it names none that could be."""
    try:
        until = float(request["until"])
    except (KeyError, TypeError, ValueError):
        until = math.nan
    if not abs(until - now) < FURTHEST:
        raise ValueError(f"until: {request.get('until')!r}; expected Unix seconds, within a century")
    return until


def _item(request: Request, desk: Desk) -> Item:
    name = clean(str(request.get("item")), WHO)
    item = desk.items.get(name)
    if item is None:
        raise Unfit(NO_ITEM.format(item=name))
    target = clean(str(request.get("target") or ""), WHO)
    found = desk.site.target(target)
    rules = (
        (bool(target) and item.attested is not None, WHOLE),
        (bool(target) and found is None, NO_TARGET),
        (found is not None and bool(item.kinds) and found.kind not in item.kinds, OTHER_KIND),
    )
    object_to((holds, text.format(item=item.id, target=target)) for holds, text in rules)
    return item


def approve(store: Store, request: Request, desk: Desk, now: float) -> Waiver:
    """Somebody else lets it count. `request`: id, by. Unfit if it cannot be approved."""

    def step(entry: Waiver) -> Waiver:
        person = person_of(desk, request, now)
        post_for(desk, desk.items[entry.item], person, APPROVERS, (), now)
        rules = (
            (person.id == entry.by, YOURSELF.format(id=entry.id, who=entry.by)),
            (entry.approved is not None, DECIDED.format(id=entry.id, who=entry.approved_by)),
        )
        object_to(rules)
        return replace(entry, approved=now, approved_by=person.id)

    return _stepped(store, "waiver.approved", request, step, now)


def end(store: Store, request: Request, desk: Desk, now: float) -> Waiver:
    """It counts no more, or is refused; whoever is in a post may say so. `request`: id, reason, by."""

    def step(entry: Waiver) -> Waiver:
        why = clean(str(request.get("reason") or ""), TEXT)
        object_to([(not why, NO_REASON)])
        return replace(entry, ended=now, ended_by=person_of(desk, request, now).id, why_ended=why)

    return _stepped(store, "waiver.ended", request, step, now)


def _stepped(store: Store, kind: str, request: Request, step: Callable[[Waiver], Waiver], now: float) -> Waiver:
    before = REGISTER.entries(store)
    identity = clean(str(request.get("id")), WHO)
    entry = next((each for each in before if each.id == identity), None)
    if entry is None:
        known = ", ".join(each.id for each in before if each.state(now) in ("waiting", "valid"))
        raise Unfit(NO_WAIVER.format(id=identity, known=known or "-"))
    object_to([(entry.state(now) in ("ended", "expired"), OVER.format(id=entry.id))])
    done = step(entry)
    _write(store, kind, done, [done if each.id == entry.id else each for each in before], now)
    return done


def _write(store: Store, kind: str, entry: Waiver, after: Sequence[Waiver], now: float) -> None:
    store.write([of_record(f"checklist.{kind}", body_of(entry), now), REGISTER.latest(after, now)])
