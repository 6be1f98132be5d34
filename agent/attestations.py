"""The register of attestations: who said what of which checklist item, with which proof. Each entry and each
confirmation is a record of the ledger. All block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.attesting import TEXT, WHO, Desk, Request, attesting_of, object_to, person_of, post_for, taken
from agent.core.attestations import Attestation, Register, body_of, read
from agent.core.posts import in_words
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.units import moment
from agent.core.write import Write, of_record
from agent.numbered import Remembered, following

SAME = Text(
    "{id} 一样,{who} 已于 {at} 登记,待{roles}确认;不必再登记",
    "{id} says the same, attested by {who} {at}, and waits for the {roles}; there is nothing to attest anew",
)
NO_ENTRY = Text("没有登记 {id};待确认:{known}", "no attestation {id}; waiting: {known}")
NOT_WAITING = Text("{id} 不待确认", "{id} waits for no confirmation")
REPLACED = Text("{id} 已被 {newer} 取代", "{id} was replaced by {newer}")
LATE = Text("{id} 已过有效期,请重新登记", "{id} has expired; attest it anew")
NOTHING_LEFT = Text("{id} 已不在用,不必撤回", "{id} does not stand any more")
NO_REASON = Text("请写明撤回原因:--reason", "say why: --reason")
YOURSELF = Text("{id} 是 {who} 自己登记的,须由另一人确认", "{who} attested {id}; somebody else must confirm it")


def _needed(entries: Sequence[Attestation], now: float) -> set[str]:
    """What stands or waits."""
    register = Register(entries)
    return {each.id for each in (*register.standing.values(), *register.waiting)}


REGISTER = Remembered("attestations", read, body_of, 2000, _needed)


def enter(store: Store, request: Request, desk: Desk, now: float) -> Attestation:
    """Writes it down. `request`: item, by, and as the entry needs them target, result, note, document, expires (Unix
    seconds), valid (seconds), figures, files. Unfit if it cannot be taken."""
    before = REGISTER.entries(store)
    entry = taken(request, desk, number(before), now)
    _new(entry, before, desk)
    store.write(writes("attested", [entry], [*before, entry], now))
    return entry


def _new(entry: Attestation, before: Sequence[Attestation], desk: Desk) -> None:
    """Unfit if it says what waits for confirmation already."""
    last = next((each for each in reversed(before) if each.key == entry.key), None)
    if last is None or not last.confirmable(entry.at):
        return
    if replace(last, id=entry.id, at=entry.at, until=entry.until) == entry:
        at, roles = moment(desk.calendar, last.at), in_words(last.awaits)
        raise Unfit(SAME.format(id=last.id, who=last.by, at=at, roles=roles))


def confirm(store: Store, request: Request, desk: Desk, now: float) -> Attestation:
    """Somebody else agrees. `request`: id, by. Unfit if it cannot be confirmed."""
    register = Register(REGISTER.entries(store))
    entry, newer = _asked(register, request)
    person = person_of(desk, request, now)
    rules = (
        (not entry.waits, NOT_WAITING.format(id=entry.id)),
        (newer.id != entry.id, REPLACED.format(id=entry.id, newer=newer.id)),
        (not entry.confirmable(now), LATE.format(id=entry.id)),
        (person.id == entry.by, YOURSELF.format(id=entry.id, who=entry.by)),
    )
    object_to(rules)
    post_for(desk, desk.items[entry.item], person, entry.awaits, (), now)
    agreed = replace(entry, confirmed=now, confirmed_by=person.id)
    return _changed(store, register, agreed, "confirmed", now)


def withdraw(store: Store, request: Request, desk: Desk, now: float) -> Attestation:
    """It was a mistake, or its document is needed no longer. `request`: id, by, reason. By one of those who may attest
    or confirm the item. Unfit if it cannot be taken back."""
    register = Register(REGISTER.entries(store))
    entry, _ = _asked(register, request)
    person, reason = person_of(desk, request, now), clean(str(request.get("reason") or ""), TEXT)
    stands = (*register.standing.values(), *register.waiting)
    item = desk.items[entry.item]
    attesting = attesting_of(item)
    object_to([(entry not in stands, NOTHING_LEFT.format(id=entry.id)), (not reason, NO_REASON)])
    post_for(desk, item, person, (*attesting.by, *attesting.confirmed_by), attesting.covers, now)
    taken_back = replace(entry, withdrawn=now, withdrawn_by=person.id, reason=reason)
    return _changed(store, register, taken_back, "withdrawn", now)


def _asked(register: Register, request: Request) -> tuple[Attestation, Attestation]:
    """The entry of which a request speaks, and the latest about the same."""
    identity = clean(str(request.get("id")), WHO)
    entry = next((each for each in register.entries if each.id == identity), None)
    if entry is None:
        known = ", ".join(each.id for each in register.waiting) or "-"
        raise Unfit(NO_ENTRY.format(id=identity, known=known))
    return entry, next(each for each in reversed(register.entries) if each.key == entry.key)


def _changed(store: Store, register: Register, entry: Attestation, word: str, now: float) -> Attestation:
    after = [entry if each.id == entry.id else each for each in register.entries]
    store.write(writes(word, [entry], after, now))
    return entry


def writes(word: str, done: Sequence[Attestation], after: Sequence[Attestation], now: float) -> list[Write]:
    records = [of_record(f"checklist.{word}", body_of(each), now) for each in done]
    return [*records, REGISTER.latest(after, now)]


def number(before: Iterable[Attestation]) -> int:
    """The next one."""
    return following("ATT", (each.id for each in before))
