"""An inspection sheet on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from agent.cli.attesting import RESULTS
from agent.cli.common import out, out_rich, table_of
from agent.core.attestations import Attestation, Register
from agent.core.attestations import body_of as attestation_body
from agent.core.checklist import ITSELF, Finding, Item, Result
from agent.core.inspections import Inspection, body_of, due_by
from agent.core.posts import in_words
from agent.core.site import Site
from agent.core.text import Text, both
from agent.core.units import moment

if TYPE_CHECKING:
    from checks.sheet import Line

TITLE = Text("巡检单 {day} {center}:{state}", "Inspection sheet {day}, {center}: {state}")
SIGNED = Text("{number} {by} {at} 签认{late}", "{number} signed by {by} {at}{late}")
LATE, UNSIGNED, UNTIL = (
    Text("(补签)", " (late)"),
    Text("未签认", "not signed"),
    Text("未签认,{at} 前签", "to be signed by {at}"),
)
HEADINGS = (
    Text("编号", "item"),
    Text("检查项", "what"),
    Text("看什么", "what to look at"),
    Text("合格", "passes"),
    Text("最近", "last"),
    Text("谁", "who"),
    Text("办到", "holds until"),
)
NEVER, WAITS = Text("从未", "never"), Text("待确认 {id}", "waits: {id}")
ROOM = Text("机房读数:", "Machine room:")
LEFT = Text("  未看或须另办:{items}", "  not looked at, or for others: {items}")
NONE_DUE = Text("今天没有要看的项", "there is nothing to look at today")
MACHINE_ROOM = "physical_environment"


def document(day: date, sheets: Sequence[Inspection], register: Register, lines: Sequence[Line]) -> dict[str, Any]:
    signed = [
        {**body_of(each), "attestations": [attestation_body(entry) for entry in _on(each, register)]} for each in sheets
    ]
    return {"day": day.isoformat(), "sheets": signed, "lines": [_entry(each) for each in lines]}


def _on(sheet: Inspection, register: Register) -> list[Attestation]:
    """What was signed on it, as far as it is still in the register; the ledger has all."""
    return [each for each in register.entries if each.id in sheet.entries]


def _entry(line: Line) -> dict[str, Any]:
    return {
        "item": line.item.id,
        "title": both(line.item.title),
        "says": both(line.attesting.says),
        "looks": both(line.looks),
        "by": list(line.attesting.by),
        "limits": {result.value: both(text) for result, text in line.item.limits.items()},
        "figures": [each.id for each in line.item.figures],
        "instead": line.instead,
        "due": line.due,
        "ends": line.ends,
        "waiting": line.waiting,
        "seen": both(line.seen),
    }


def show(site: Site, day: date, sheets: Sequence[Inspection], register: Register, today: bool) -> None:
    """Whether it is signed, and with what."""
    state = "; ".join(_signature(site, each) for each in sheets) or _unsigned(site, day, today)
    out(TITLE.format(day=day, center=site.center.name, state=state)[site.language])
    for sheet in sheets:
        for each in _on(sheet, register):
            said = [
                each.id,
                each.item,
                RESULTS[each.result][site.language],
                each.note,
                *(file.name for file in each.files),
            ]
            out("  " + "  ".join(word for word in said if word))
        if sheet.left:
            out(LEFT.format(items=", ".join(sheet.left))[site.language])


def table(site: Site, lines: Sequence[Line], findings: Sequence[Finding], items: Sequence[Item]) -> None:
    language = site.language
    made = table_of(HEADINGS, language, pad_edge=False)
    for each in lines:
        passes = each.item.limits.get(Result.PASS)
        made.add_row(
            each.item.id,
            each.item.title[language],
            each.looks[language],
            passes[language] if passes else "",
            each.seen[language],
            in_words(each.attesting.by, each.attesting.covers)[language],
            _until(site, each),
        )
    for column in made.columns:
        column.overflow = "fold"  # Chinese has no spaces to break at, and nothing may be missing
    if lines:
        out_rich(made)
    else:
        out(NONE_DUE[language])
    for said in _room(findings, items):
        out(f"{ROOM[language]} {said[language]}")


def _room(findings: Sequence[Finding], items: Sequence[Item]) -> list[Text]:
    """What is read of the machine room, to be compared with what one sees there."""
    titles = {each.id: each.title for each in items if each.area == MACHINE_ROOM}
    silent = (Result.NOT_CONNECTED, Result.NOT_APPLICABLE)
    return [
        Text(f"{titles[each.item].zh} {each.verdict.observed.zh}", f"{titles[each.item].en} {each.verdict.observed.en}")
        for each in findings
        if each.item in titles and each.who == ITSELF and each.verdict.result not in silent
    ]


def _signature(site: Site, sheet: Inspection) -> str:
    words = {"number": sheet.number, "by": sheet.by, "at": moment(site.calendar, sheet.at), "late": late(sheet)}
    return SIGNED.format(**words)[site.language]


def late(sheet: Inspection) -> Text:
    """What is said of a signature that came late; nothing of others."""
    return LATE if sheet.late else Text("", "")


def _unsigned(site: Site, day: date, today: bool) -> str:
    until = due_by(day, site.calendar)
    if until is None or not today:
        return UNSIGNED[site.language]
    return UNTIL.format(at=moment(site.calendar, until))[site.language]


def _until(site: Site, line: Line) -> str:
    if line.waiting:
        return WAITS.format(id=line.waiting)[site.language]
    if line.ends is None:
        return NEVER[site.language]
    return moment(site.calendar, line.ends)
