"""The register of attestations: who said what of which checklist item, with which proof. Each entry and each
confirmation is a record of the ledger. All block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.attesting import WHO, Desk, Request, object_to, person_of, post_for, taken
from agent.core.attestations import Attestation, Register, body_of, read
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.write import Write, of_fact, of_record

REGISTER = "attestations"  # remembered: what stands and waits, and the latest, the oldest first
KEPT = 1000  # beside the ledger, which keeps all

NO_ENTRY = Text("没有登记 {id};待确认:{known}", "no attestation {id}; waiting: {known}")
NOT_WAITING = Text("{id} 不待确认", "{id} waits for no confirmation")
REPLACED = Text("{id} 已被 {newer} 取代", "{id} was replaced by {newer}")
LATE = Text("{id} 已过有效期,请重新登记", "{id} has expired; attest it anew")
YOURSELF = Text("{id} 是 {who} 自己登记的,须由另一人确认", "{who} attested {id}; somebody else must confirm it")


def entries(store: Store) -> list[Attestation]:
    """Every entry, the oldest first. Refused or Damaged for one who peeks."""
    return [read(body) for body in store.recall(REGISTER) or []]


def enter(store: Store, request: Request, desk: Desk, now: float) -> Attestation:
    """Writes it down. `request`: item, by, and as the entry needs them target, result, note, document, expires (Unix
    seconds), valid (seconds), figures, files. Unfit if it cannot be taken."""
    before = entries(store)
    entry = taken(request, desk, number(before), now)
    store.write(writes("attested", [entry], [*before, entry], now))
    return entry


def confirm(store: Store, request: Request, desk: Desk, now: float) -> Attestation:
    """Somebody else agrees. `request`: id, by. Unfit if it cannot be confirmed."""
    register = Register(entries(store))
    identity = clean(str(request.get("id")), WHO)
    entry = next((each for each in register.entries if each.id == identity), None)
    if entry is None:
        known = ", ".join(each.id for each in register.waiting) or "-"
        raise Unfit(NO_ENTRY.format(id=identity, known=known))
    newer = next((each for each in reversed(register.entries) if each.key == entry.key), entry)
    person = person_of(desk, request, now)
    rules = (
        (entry.counts, NOT_WAITING.format(id=entry.id)),
        (newer.id != entry.id, REPLACED.format(id=entry.id, newer=newer.id)),
        (now >= entry.until, LATE.format(id=entry.id)),
        (person.id == entry.by, YOURSELF.format(id=entry.id, who=entry.by)),
    )
    object_to(rules)
    item = desk.items[entry.item]
    post_for(desk, item, person, entry.awaits, (), now)
    agreed = replace(entry, confirmed=now, confirmed_by=person.id)
    after = [agreed if each.id == entry.id else each for each in register.entries]
    store.write(writes("confirmed", [agreed], after, now))
    return agreed


def writes(word: str, done: Sequence[Attestation], after: Sequence[Attestation], now: float) -> list[Write]:
    """What stands or waits is never dropped."""
    register = Register(after)
    needed = {each.id for each in (*register.standing.values(), *register.waiting)}
    spare = {each.id for each in [each for each in after if each.id not in needed][:-KEPT]}
    kept = [body_of(each) for each in after if each.id not in spare]
    records = [of_record(f"checklist.{word}", body_of(each), now) for each in done]
    return [*records, of_fact(REGISTER, kept)]


def number(before: Iterable[Attestation]) -> int:
    """The next one."""
    return max((int(each.id.removeprefix("ATT-")) for each in before), default=0) + 1
