"""`shouwang backup`: how each backup stands, and the register of restore tests and of disks taken off-line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import restores
from agent.cli.common import DEFAULT, Config, Format, Output, leave, out, out_json, out_rich, say, site_of, table_of
from agent.cli.entering import entered
from agent.cli.period import at
from agent.control import NotRunning, Refused, ask
from agent.core.restores import Restore, body_of, read
from agent.core.site import Site
from agent.core.text import Language, Text
from agent.core.unfit import Unfit
from agent.core.units import duration, moment, percent
from agent.evidence import keep
from agent.options import Refused as Wrong
from exporters.web.values import size

app = typer.Typer(no_args_is_help=True, help="备份 / Backups.")

NONE = Text("agent.yaml 里没有备份(backups)", "agent.yaml names no backups")
RESTORED = Text(
    "{id}:{target} 的恢复测试已登记({result}),证据 {sha256}", "{id}: restore of {target} ({result}), evidence {sha256}"
)
OFFLINE = Text("{id}:{target} 的离线副本已登记", "{id}: {target} has an off-line copy")
GOOD, BAD = Text("一致", "identical"), Text("不一致", "not identical")
YES, NO, NEVER = Text("是", "yes"), Text("否", "no"), Text("从未", "never")
LATE, DUE = Text("超期 {time}", "late by {time}"), Text("{at} 前", "by {at}")
PASSED, FAILED = Text("通过", "passed"), Text("不通过", "failed")
SAME, DIFFERENT = Text("一致", "same"), Text("不一致", "different")
MISSING = Text("{copies},缺 {missing}", "{copies}, {missing} missing")
HEADINGS = (
    Text("备份", "backup"),
    Text("上次成功", "last good"),
    Text("下一份", "next"),
    Text("大小", "size"),
    Text("份数", "copies"),
    Text("校验", "tested"),
    Text("异地", "second copy"),
    Text("隔离", "isolated"),
    Text("余量", "space"),
    Text("恢复测试", "restore test"),
)

Backup = Annotated[str, typer.Argument(metavar="ID", help="a backup's id")]
By = Annotated[str, typer.Option("--by", help="person's id in agent.yaml; default: this login")]
When = Annotated[str, typer.Option("--at", help='"2026-11-02 10:00"; default: now')]
Said = Annotated[str, typer.Option("--note", help="what was restored, how long it took")]


@app.command("list")
def list_(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """各备份的情况 / How each backup stands, of the running agent, else read now."""
    site = site_of(config)
    found = _standing(site)
    if form is Format.JSON:
        out_json(found)
    elif found:
        _table(site, found)
    else:
        out(NONE[site.language])


@app.command()
def restored(
    backup: Backup,
    evidence: Annotated[Path, typer.Option("--evidence", help="log, comparison or photograph; a copy is kept")],
    config: Config = DEFAULT,
    failed: Annotated[bool, typer.Option("--failed", help="what came of it was not identical")] = False,
    when: When = "",
    note: Said = "",
    by: By = "",
) -> None:
    """登记恢复测试 / A restore was tried, and this proves what came of it."""
    site = site_of(config)
    try:
        digest = keep(evidence, site.state / "evidence").sha256
    except Unfit as error:
        leave(error.text[site.language], 2)
    request = {"action": "restored", "target": backup, "good": not failed, "note": note, "sha256": digest}
    entry, memory = _entered(site, request | {"at": _moment(site, when), "evidence": evidence.name}, by)
    result = (GOOD if entry.good else BAD)[site.language]
    said = RESTORED.format(id=entry.id, target=entry.target, result=result, sha256=digest[:12])
    say(said[site.language] + memory)


@app.command()
def offline(
    backup: Backup,
    config: Config = DEFAULT,
    when: When = "",
    note: Annotated[str, typer.Option("--note", help="which disk, where it is kept")] = "",
    by: By = "",
) -> None:
    """登记离线副本 / A disk with a copy was taken off-line."""
    site = site_of(config)
    request = {"action": "offline", "target": backup, "at": _moment(site, when), "good": True, "note": note}
    entry, memory = _entered(site, request, by)
    say(OFFLINE.format(id=entry.id, target=entry.target)[site.language] + memory)


def _moment(site: Site, when: str) -> float:
    try:
        return at(site.calendar, "--at", when) if when else time.time()
    except Wrong as error:
        leave(error.text[site.language], 2)


def _entered(site: Site, request: Mapping[str, Any], by: str) -> tuple[Restore, str]:
    backups = [target.id for target in site.of_kind("backup")]
    entry, memory = entered(
        site,
        "enter_restore",
        request,
        by,
        lambda store, what: body_of(restores.enter(store, what, backups, time.time())),
    )
    return read(entry), memory


def _standing(site: Site) -> Sequence[Mapping[str, Any]]:
    try:
        return list(ask(site.state, "backups"))
    except NotRunning:
        pass
    except Refused as error:
        leave(str(error))
    from agent.backups import document
    from agent.core.snapshot import Snapshot
    from agent.once import poll
    from agent.registering import registers_of

    snapshot, targets, restores = Snapshot(), site.of_kind("backup"), registers_of(site).restores
    asyncio.run(poll(site, targets, snapshot))
    return [document(site, target, snapshot.of(target.id), restores) for target in targets]


def _table(site: Site, found: Sequence[Mapping[str, Any]]) -> None:
    table = table_of(HEADINGS, site.language, pad_edge=False)
    for each in found:
        table.add_row(*_row(site, each, time.time()))
    out_rich(table)
    for each in found:
        for said in (each["wrong"][site.language], *each["unread"], *(said[site.language] for said in each["remarks"])):
            if said:
                out(f"{each['name']}: {said}")


def _row(site: Site, backup: Mapping[str, Any], now: float) -> list[str]:
    language, of = site.language, backup["metrics"].get
    last, late = of("last_success_timestamp_seconds"), of("overdue_seconds")
    return [
        backup["name"],
        NEVER[language] if last is None and late is not None else _moment_of(site, last),
        "–" if late is None else _next(site, late, now),
        _size(of("size_bytes"), of("size_change_ratio"), language),
        _copies(of("copies"), of("retention_missing"), language),
        _word(of("verified"), PASSED, FAILED, language),
        _word(of("offsite_match"), SAME, DIFFERENT, language),
        _word(of("isolated"), YES, NO, language),
        "–" if of("space_free_ratio") is None else percent(of("space_free_ratio"), language),
        _restore(site, backup, now),
    ]


def _moment_of(site: Site, when: float | None) -> str:
    return "–" if when is None else moment(site.calendar, when)


def _next(site: Site, late: float, now: float) -> str:
    language = site.language
    if late > 0:
        return LATE.format(time=duration(late, language))[language]
    return DUE.format(at=moment(site.calendar, now - late))[language]


def _size(bytes_: float | None, change: float | None, language: Language) -> str:
    if bytes_ is None:
        return "–"
    text = size(bytes_, language)
    return text if change is None else f"{text} {'+' if change >= 0 else '-'}{percent(abs(change), language)}"


def _copies(copies: float | None, missing: float | None, language: Language) -> str:
    if copies is None:
        return "–"
    return MISSING.format(copies=f"{copies:.0f}", missing=f"{missing:.0f}")[language] if missing else f"{copies:.0f}"


def _word(value: float | None, good: Text, bad: Text, language: Language) -> str:
    return "–" if value is None else (good if value else bad)[language]


def _restore(site: Site, backup: Mapping[str, Any], now: float) -> str:
    last, due, language = backup["restored"], backup["restore_due"], site.language
    if last is None:
        return NEVER[language]
    until = LATE.format(time=duration(now - due, language)) if now > due else DUE.format(at=moment(site.calendar, due))
    result = "" if last["good"] else f" {BAD[language]}"
    return f"{moment(site.calendar, last['at'])}{result}, {until[language]}"
