"""`shouwang checklist sheet`: the day's inspection sheet (巡检单), what stands on it, and its one signature."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli import inspection_sheet
from agent.cli.common import DEFAULT, Config, Format, Output, leave, out_json, say, site_of
from agent.cli.desk import By, entered_at_desk, kept
from agent.cli.entering import known_person
from agent.cli.sheet_file import LineForm, SheetForm, of_answers, read
from agent.config import ConfigError
from agent.core.attestations import Attestation
from agent.core.checklist import Finding
from agent.core.inspections import read as read_sheet
from agent.core.posts import post_of
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.options import Refused as Wrong
from agent.options import day_of
from agent.registering import written

if TYPE_CHECKING:
    from checks.sheet import Line

app = typer.Typer(invoke_without_command=True, help="巡检单 / The day's inspection sheet.")

NOT_YET = Text("{day} 还没到", "{day} is still to come")
DONE = Text("巡检单 {number}:{by} 签认 {count} 项{late}", "inspection sheet {number}: {by} signed {count} lines{late}")
LEFT = Text(
    "还须另办:{items}(关键项、有效期超过一天的、要照片数值或文件的,逐项写明才算)",
    "still to be done apart: {items} (what is critical, holds longer than a day or asks for a photograph, figures or "
    "files counts only where it is named)",
)
ASK = Text(
    "除以下各项外都合格。不合格的写 PHY-07 预警 负载 82%,没看的写 PHY-07 没看;空行结束。"
    "须逐项写明的(如 PHY-04 合格):{named}",
    "All pass but these. Write PHY-07 warn load 82%, or PHY-07 skip; an empty line ends. To be named one by one (like "
    "PHY-04 pass): {named}",
)
SURE = Text("签认 {count} 项?", "Sign {count} lines?")
NOT_ON_SHEET = Text("巡检单上没有 {items};今天有:{known}", "the sheet has no {items}; today's are: {known}")
JUST_DONE = Text(
    "{item} 已由 {by} 于 {at} 登记({id}),{state},今天不必再看;要改:shouwang checklist attest {item} --by …",
    "{item} was attested by {by} {at} ({id}), {state}; it need not be looked at today; to change it: "
    "shouwang checklist attest {item} --by …",
)
WAITING, HOLDS = Text("待确认", "waits for confirmation"), Text("有效至 {until}", "holds until {until}")
AGAIN = Text(
    "今天已由 {by} 于 {at} 签认 {number};这是又一张,上面的各项取代之前登记的",
    "{number} of today was signed by {by} {at}; this is another, and what stands on it replaces what was said before",
)
NOTHING_SIGNED = Text("没有签认", "nothing was signed")


@app.callback()
def sheet(
    context: typer.Context,
    config: Config = DEFAULT,
    day: Annotated[str, typer.Option("--date", help="2026-11-24; default: today")] = "today",
    form: Output = Format.TABLE,
) -> None:
    """当天要人看的各项 / What people must look at today, and whether the sheet is signed."""
    if context.invoked_subcommand is not None:
        return
    site, now = site_of(config), time.time()
    today = site.calendar.local(now).date()
    try:
        wanted = today if day == "today" else day_of(day)
    except Wrong as error:
        leave(error.text[site.language], 2)
    if wanted > today:
        leave(NOT_YET.format(day=wanted)[site.language], 2)
    said = written(site)
    register, sheets = said.attestations, said.sheets
    found = [each for each in sheets if each.day == wanted.isoformat()]
    lines = _lines(site, now) if wanted == today else ()
    if form is Format.JSON:
        out_json(inspection_sheet.document(wanted, found, register, lines))
        return
    inspection_sheet.show(site, wanted, found, register, wanted == today)
    if wanted == today:
        _table(site, lines)


@app.command()
def sign(
    by: By,
    config: Config = DEFAULT,
    file: Annotated[Path | None, typer.Option("--file", help="sheet.yaml; default: asked on the terminal")] = None,
    files: Annotated[list[Path], typer.Option("--evidence", help="photographs; copies are kept")] = [],  # noqa: B006
    note: Annotated[str, typer.Option("--note")] = "",
) -> None:
    """签认当天的巡检单 / Sign today's sheet.

    All its lines at once, under one number.
    """
    site, now = site_of(config), time.time()
    known_person(site, by)
    listed = {each.item.id: each for each in _lines(site, now)}
    lines = [each for each in listed.values() if each.due]
    said = _read(site, file, tuple(files), note) if file else _asked(site, by, lines, tuple(files), note)
    if strange := [each for each in said.items if each not in listed]:
        leave(_not_listed(site, strange, listed), 2)
    asked = [*_named(site, said), *_others(site, by, said, lines)]
    signed_items = {each["item"] for each in asked}
    left = [each.item.id for each in lines if each.item.id not in signed_items]
    photos = kept(site, said.evidence)
    asked = [{**each, "files": each.get("files") or photos} for each in asked]
    request = {"day": said.date and said.date.isoformat(), "note": said.note, "lines": asked, "left": left}
    _again(site, now)
    done, memory = entered_at_desk(site, "sign_sheet", request, by)
    made = read_sheet(done)
    text = DONE.format(number=made.number, by=made.by, count=len(asked), late=inspection_sheet.late(made))
    say(text[site.language] + memory)
    if left:
        say(LEFT.format(items=", ".join(left))[site.language])


def _not_listed(site: Site, strange: Sequence[str], listed: Mapping[str, Line]) -> str:
    """Why these are not on the sheet: they were attested already, or no sheet ever has them."""
    register = written(site).attestations
    done = {each.item: each for each in (*register.standing.values(), *register.waiting)}
    said = [_just_done(site, done[each])[site.language] for each in strange if each in done]
    if unknown := [each for each in strange if each not in done]:
        said.append(NOT_ON_SHEET.format(items=", ".join(unknown), known=", ".join(listed) or "-")[site.language])
    return "\n".join(said)


def _just_done(site: Site, entry: Attestation) -> Text:
    state = WAITING if entry.waits else HOLDS.format(until=moment(site.calendar, entry.until))
    at = moment(site.calendar, entry.confirmed or entry.at)
    return JUST_DONE.format(item=entry.item, by=entry.by, at=at, id=entry.id, state=state)


def _again(site: Site, now: float) -> None:
    """Says so where the day's sheet is signed already."""
    day = site.calendar.local(now).date().isoformat()
    if last := next((each for each in reversed(written(site).sheets) if each.day == day), None):
        say(AGAIN.format(by=last.by, at=moment(site.calendar, last.at), number=last.number)[site.language])


def _read(site: Site, file: Path, photos: tuple[Path, ...], note: str) -> SheetForm:
    try:
        said = read(file)
    except ConfigError as error:
        leave(error.render(site.language), 2)
    more = {"evidence": (*said.evidence, *photos), "note": note or said.note}
    return said.model_copy(update=more)


def _asked(site: Site, by: str, lines: Sequence[Line], photos: tuple[Path, ...], note: str) -> SheetForm:
    _table(site, lines)
    named = ", ".join(each.item.id for each in lines if each.by_name and each.instead)
    say(ASK.format(named=named or "-")[site.language])
    try:
        said = of_answers(_answers(), photos, note)
    except Wrong as error:
        leave(error.text[site.language], 2)
    count = len([*_named(site, said), *_others(site, by, said, lines)])
    if not typer.confirm(SURE.format(count=count)[site.language], err=True):
        leave(NOTHING_SIGNED[site.language])
    return said


def _answers() -> Iterator[str]:
    while answer := typer.prompt(">", default="", show_default=False, prompt_suffix=" ", err=True).strip():
        yield answer


def _named(site: Site, said: SheetForm) -> Iterator[dict[str, Any]]:
    """The lines of which something was said; what was not looked at is not among them."""
    for item, lines in said.items.items():
        for line in lines:
            if line.result != "skip":
                yield _request(site, item, line)


def _request(site: Site, item: str, line: LineForm) -> dict[str, Any]:
    expires = line.expires and site.calendar.moment(line.expires, 24 * 60)
    told = line.model_dump(include={"result", "target", "note", "figures", "document"})
    return {"item": item, **told, "expires": expires, "files": kept(site, line.evidence)}


def _others(site: Site, by: str, said: SheetForm, lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """The rest of what this person looks at in place of a source passes, but for what must be named and what is for
    somebody else."""
    signer = next((each for each in site.people if each.id == by), None)
    if signer is None or said.others == "skip":
        return
    today = site.calendar.local(time.time()).date()
    for each in lines:
        mine = post_of(signer, site.people, each.attesting.by, each.attesting.covers, today)
        if mine and not each.by_name and each.item.id not in said.items:
            yield {"item": each.item.id, "result": "pass"}


def _lines(site: Site, now: float) -> tuple[Line, ...]:
    from checks.book import items_of, shipped
    from checks.options import level_of
    from checks.sheet import lines

    end = site.calendar.moment(site.calendar.local(now).date(), 24 * 60)
    return lines(items_of(shipped()), _findings(site), written(site).attestations, level_of(site), end)


def _table(site: Site, lines: Sequence[Line]) -> None:
    from checks.book import items_of, shipped

    inspection_sheet.table(site, lines, _findings(site), items_of(shipped()))


def _findings(site: Site) -> Sequence[Finding]:
    from agent.cli.judging import kept_findings
    from checks.book import items_of, shipped
    from checks.report import current

    return current(kept_findings(site), items_of(shipped()))
