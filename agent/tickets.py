"""The register of remediation tickets: opened, taken, extended, closed, each a record of the ledger. All block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from agent import evidence
from agent.attesting import FILE_GONE, NO_ITEM, TEXT, WHO, Desk, Request, object_to, person_of, post_for
from agent.core.attestations import File
from agent.core.checklist import ITSELF, Finding, Item, Result
from agent.core.posts import A_AND_B, in_office
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.tickets import DAY, LONGEST, OVERDUE, Ticket, body_of, due, passing, read, unticketed
from agent.core.unfit import Unfit
from agent.core.write import Write, of_record
from agent.numbered import Remembered, following
from agent.waivers import end_of

LEADERS = ("director", "deputy_director", "full_time_deputy_director")

NOT_FAILING = Text(
    "{item} {subject} 目前没有不合格;不合格的有:{known}", "{item} {subject} does not fail now; failing: {known}"
)
HAS_ONE = Text("{item} {subject} 已有整改单 {id}", "{item} {subject} has ticket {id} already")
NO_TICKET = Text("没有未结的整改单 {id};未结:{known}", "no open ticket {id}; open: {known}")
OWNED = Text(
    "{id} 的责任人是 {owner},须由其转交:shouwang checklist ticket hand {id} --to {who}",
    "{id} is {owner}'s, who must hand it over first: shouwang checklist ticket hand {id} --to {who}",
)
NOT_OWNER = Text("{id} 的责任人是 {owner},不是 {who}", "{id} is {owner}'s, not {who}'s")
NO_REASON = Text("请写明原因 --reason", "a reason is needed: --reason")
EARLIER = Text("{id} 的时限已是 {due},延期须更晚", "{id} is due {due} already; an extension must be later")
TOO_LONG = Text("自开单之日起最长 60 天,不能再延", "60 days from opening at most")
NOTHING_WANTED = Text("{id} 没有待同意的延期", "{id} asks for no extension")
YOURSELF = Text("{id} 的延期是 {who} 自己申请的,须由另一人同意", "{who} asked to extend {id}; somebody else must agree")
NO_PROOF = Text("关闭整改单要附证据:--evidence 文件", "closing a ticket needs a file of evidence: --evidence FILE")
STILL = Text(
    "{item} {subject} 仍不合格,不能关闭;无法整改请申请豁免",
    "{item} {subject} still fails; put it right, or ask for a waiver",
)


def _needed(entries: Sequence[Ticket], now: float) -> set[str]:
    """What is open."""
    return {each.id for each in entries if each.closed is None}


REGISTER = Remembered("tickets", read, body_of, 500, _needed)


def open_(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """Opens one by hand. `request`: item, target (where several fail), owner, by. Unfit if nothing of it fails."""
    before = REGISTER.entries(store)
    item = desk.items.get(str(request.get("item")))
    if item is None:
        raise Unfit(NO_ITEM.format(item=clean(str(request.get("item")), WHO)))
    by = person_of(desk, request, now)
    owner = person_of(desk, {"by": request.get("owner") or by.id}, now)
    target = clean(str(request.get("target") or ""), WHO)
    failing = [each for each in store.findings() if each.item == item.id and each.verdict.result is Result.FAIL]
    found = [each for each in failing if target in ("", each.verdict.subject)]
    known = ", ".join(each.verdict.subject for each in failing) or "-"
    object_to([(len(found) != 1, NOT_FAILING.format(item=item.id, subject=target, known=known))])
    (finding,) = found
    if not unticketed(found, before):
        key = (finding.item, finding.kind, finding.verdict.subject)
        id_ = next(each.id for each in before if each.closed is None and each.key == key)
        raise Unfit(HAS_ONE.format(item=item.id, subject=finding.verdict.subject, id=id_))
    entry = _opened(finding, item, desk, _number(before), by.id, owner.id, now)
    _write(store, [("opened", entry)], [*before, entry], now)
    return entry


def daily(store: Store, desk: Desk, findings: Sequence[Finding], level: int, now: float) -> list[Ticket]:
    """Opens one for each failure that has none; what is asked at a higher level only, and that tickets are overdue,
    are no reason for one. By the agent, for the network administrator."""
    before = REGISTER.entries(store)
    asked = [each for each in findings if desk.items[each.item].level <= level]
    asked = [each for each in asked if OVERDUE not in desk.items[each.item].metrics]
    day = desk.calendar.local(now).date()
    owners = [each.id for each in desk.site.people if each.role == A_AND_B and in_office(each, day)]
    owner, first = owners[0] if owners else "", _number(before)
    made = [
        _opened(each, desk.items[each.item], desk, first + index, ITSELF, owner, now)
        for index, each in enumerate(unticketed(asked, before))
    ]
    if made:
        _write(store, [("opened", each) for each in made], [*before, *made], now)
    return made


def settle(store: Store, findings: Sequence[Finding], now: float) -> list[Ticket]:
    """Closes those whose item passes again, with the finding as evidence."""
    before = REGISTER.entries(store)
    done = {
        ticket.id: replace(
            ticket,
            closed=now,
            closed_by=finding.who,
            why_closed=finding.verdict.observed.zh,
            evidence=tuple(dict(each) for each in finding.evidence),
            wanted=None,
            offered="",
        )
        for ticket, finding in passing(findings, before)
    }
    if done:
        _write(store, [("closed", each) for each in done.values()], [done.get(each.id, each) for each in before], now)
    return list(done.values())


def hand(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """The owner wants somebody else to take it. `request`: id, to, by."""

    def step(entry: Ticket) -> Ticket:
        by, to = person_of(desk, request, now), person_of(desk, {"by": request.get("to")}, now)
        object_to([(entry.owner not in ("", by.id), NOT_OWNER.format(id=entry.id, owner=entry.owner, who=by.id))])
        return replace(entry, offered=to.id)

    return _stepped(store, "offered", request, step, now)


def take(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """Whom it was handed to accepts it; anybody takes what is nobody's. `request`: id, by."""

    def step(entry: Ticket) -> Ticket:
        by = person_of(desk, request, now)
        free = not entry.owner or by.id in (entry.offered, entry.owner)
        object_to([(not free, OWNED.format(id=entry.id, owner=entry.owner, who=by.id))])
        return replace(entry, owner=by.id, offered="")

    return _stepped(store, "taken", request, step, now)


def extend(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """Asks for more time. `request`: id, until (Unix seconds), reason, by."""

    def step(entry: Ticket) -> Ticket:
        by, why = person_of(desk, request, now), clean(str(request.get("reason") or ""), TEXT)
        until, calendar = end_of(request, now), desk.calendar
        last = min(until, entry.opened + LONGEST * DAY)
        days = (calendar.local(until - 1).date() - calendar.local(entry.opened).date()).days
        shown = f"{calendar.local(entry.due):%Y-%m-%d %H:%M}"
        object_to(
            [
                (not why, NO_REASON),
                (days > LONGEST, TOO_LONG),
                (not max(entry.due, now) < last, EARLIER.format(id=entry.id, due=shown)),
            ]
        )
        return replace(entry, wanted=last, wanted_by=by.id, why_wanted=why)

    return _stepped(store, "extension_asked", request, step, now)


def agree(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """A leader of the centre, who did not ask for it, agrees to an extension. `request`: id, by."""

    def step(entry: Ticket) -> Ticket:
        by = person_of(desk, request, now)
        post_for(desk, desk.items[entry.item], by, LEADERS, (), now)
        rules = (
            (entry.wanted is None, NOTHING_WANTED.format(id=entry.id)),
            (entry.wanted_by == by.id, YOURSELF.format(id=entry.id, who=by.id)),
        )
        object_to(rules)
        return replace(entry, due=entry.wanted or entry.due, wanted=None, extended=now, extended_by=by.id)

    return _stepped(store, "extended", request, step, now)


def close(store: Store, request: Request, desk: Desk, now: float) -> Ticket:
    """By a person, with evidence, where the item does not fail any more. `request`: id, reason, files, by."""

    def step(entry: Ticket) -> Ticket:
        by, why = person_of(desk, request, now), clean(str(request.get("reason") or ""), TEXT)
        files = _files(request)
        gone = next((each.name for each in files if not evidence.held(desk.folder, each)), "")
        failing = {(each.item, each.kind, each.verdict.subject) for each in unticketed(store.findings(), ())}
        rules = (
            (not why, NO_REASON),
            (not files, NO_PROOF),
            (bool(gone), FILE_GONE.format(name=clean(gone), folder=desk.folder)),
            (entry.key in failing, STILL.format(item=entry.item, subject=entry.subject)),
        )
        object_to(rules)
        proof = tuple(asdict(replace(each, name=evidence.harmless(each.name))) for each in files)
        return replace(entry, closed=now, closed_by=by.id, why_closed=why, evidence=proof, wanted=None, offered="")

    return _stepped(store, "closed", request, step, now)


def _files(request: Request) -> list[File]:
    try:
        return [File(str(each["name"]), str(each["sha256"]), int(each["size"])) for each in request.get("files") or ()]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"files: not a list of kept files: {error!r}") from None


def _opened(finding: Finding, item: Item, desk: Desk, number: int, by: str, owner: str, now: float) -> Ticket:
    limit = due(desk.calendar, item.severity, now)
    subject, seen = finding.verdict.subject, clean(finding.verdict.observed.zh, TEXT)
    return Ticket(f"RMD-{number:04d}", item.id, finding.kind, subject, item.severity, now, by, limit, owner, seen)


def _number(before: Iterable[Ticket]) -> int:
    return following("RMD", (each.id for each in before))


def _stepped(
    store: Store, word: str, request: Mapping[str, object], step: Callable[[Ticket], Ticket], now: float
) -> Ticket:
    before = REGISTER.entries(store)
    identity = clean(str(request.get("id")), WHO)
    entry = next((each for each in before if each.id == identity and each.closed is None), None)
    if entry is None:
        known = ", ".join(each.id for each in before if each.closed is None)
        raise Unfit(NO_TICKET.format(id=identity, known=known or "-"))
    done = step(entry)
    _write(store, [(word, done)], [done if each.id == entry.id else each for each in before], now)
    return done


def _write(store: Store, done: Sequence[tuple[str, Ticket]], after: Sequence[Ticket], now: float) -> None:
    records: list[Write] = [of_record(f"checklist.ticket.{word}", body_of(each), now) for word, each in done]
    store.write([*records, REGISTER.latest(after, now)])
