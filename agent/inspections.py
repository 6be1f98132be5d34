"""The register of inspection sheets (巡检单). Each that is signed is one record of the ledger, after those of what
stands on it; all of them, or none, are written. All block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent import attestations
from agent.attesting import TEXT, Desk, Request, attesting_of, object_to, person_of, post_for, taken
from agent.core.attestations import SIGNED, Attestation
from agent.core.checklist import Item
from agent.core.inspections import Inspection, body_of, due_by, next_number, read
from agent.core.posts import Post
from agent.core.site import Person
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.units import moment
from agent.core.write import of_record
from agent.numbered import Remembered

MOST = 500  # lines

NOT_TODAY = Text(
    "只能签当天({today})的巡检单,不能签 {day}", "only today's sheet ({today}) can be signed, not that of {day}"
)
TOO_LONG = Text("一张巡检单最多 500 项", "a sheet has at most 500 lines")
NOTHING_NEW = Text(
    "今天的巡检单 {number} 已由 {by} 于 {at} 签认;这一张上没有新的一项",
    "today's sheet {number} was signed by {by} {at}; this one has nothing that is new",
)
TWICE = Text("巡检单上 {item} 写了两次", "{item} stands twice on the sheet")


REGISTER = Remembered("inspections", read, body_of, 400, id_of=lambda sheet: sheet.number)


def sign(store: Store, request: Request, desk: Desk, now: float) -> Inspection:
    """Attests every line in one signature. `request`: by, day, note, lines (each as for an attestation), and `left`,
    the items that were not looked at. Unfit, with nothing written, if one of the lines cannot be taken."""
    before, sheets = attestations.REGISTER.entries(store), REGISTER.entries(store)
    item, person, post = _signer(request, desk, now)
    day = desk.calendar.local(now).date()
    due = due_by(day, desk.calendar)
    sheet = Inspection(next_number(sheets, day), day.isoformat(), person.id, now, due is not None and now > due)
    first = attestations.number(before)
    lines = _lines(request)
    signed_before = next((each for each in sheets if each.day == sheet.day), None)
    if signed_before is not None and not lines:
        raise Unfit(_nothing_new(signed_before, desk))
    made = [
        taken({**line, "by": person.id, "sheet": sheet.number}, desk, first + place, now)
        for place, line in enumerate(lines)
    ]
    if signed_before is None:
        note = clean(str(request.get("note") or ""), TEXT)
        own = _of_signing(item, sheet, person, post, note)
        made.append(replace(own, id=f"ATT-{first + len(made):04d}", until=desk.calendar.moment(day, 24 * 60)))
    left = tuple(item for item in map(str, request.get("left") or ()) if item in desk.items)[:MOST]
    signed = replace(sheet, entries=tuple(each.id for each in made), left=left)
    store.write(
        [
            *attestations.writes("attested", made, [*before, *made], now),
            of_record("checklist.sheet_signed", body_of(signed), now),
            REGISTER.latest([*sheets, signed], now),
        ]
    )
    return signed


def _nothing_new(sheet: Inspection, desk: Desk) -> Text:
    return NOTHING_NEW.format(number=sheet.number, by=sheet.by, at=moment(desk.calendar, sheet.at))


def _signer(request: Request, desk: Desk, now: float) -> tuple[Item, Person, Post]:
    """The item that asks for the sheet, who signs it, and as what."""
    item = next(each for each in desk.items.values() if SIGNED in each.metrics)
    attesting = attesting_of(item)
    person, today = person_of(desk, request, now), desk.calendar.local(now).date().isoformat()
    day = clean(str(request.get("day") or today), 20)
    object_to([(day != today, NOT_TODAY.format(today=today, day=day))])
    return item, person, post_for(desk, item, person, attesting.by, attesting.covers, now)


def _lines(request: Request) -> Sequence[Request]:
    lines = list(request.get("lines") or ())
    keys = [(str(each.get("item")), str(each.get("target") or "")) for each in lines]
    twice = next((item for place, (item, target) in enumerate(keys) if (item, target) in keys[:place]), "")
    object_to([(len(lines) > MOST, TOO_LONG), (bool(twice), TWICE.format(item=clean(twice, 20)))])
    return lines


def _of_signing(item: Item, sheet: Inspection, person: Person, post: Post, note: str) -> Attestation:
    return Attestation(
        id="",
        item=item.id,
        by=person.id,
        role=post.role,
        at=sheet.at,
        until=sheet.at,
        result="warn" if sheet.late else "pass",
        note=note,
        substitutes=post.substitutes,
        sheet=sheet.number,
    )
