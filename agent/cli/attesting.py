"""`shouwang checklist attest` and `confirm`: what people say of items that no machine can see, with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, leave, say, site_of
from agent.cli.desk import By, end_of, entered_at_desk, kept
from agent.core.attestations import Attestation, read
from agent.core.posts import in_words
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.options import Refused as Wrong
from agent.options.values import duration
from agent.registering import written

ATTESTED = Text("{id}:{item} {result},有效至 {until}{more}", "{id}: {item} {result}, holds until {until}{more}")
WAITS = Text(
    ";待{roles}确认:shouwang checklist confirm {id} --by …",
    "; to be confirmed by the {roles}: shouwang checklist confirm {id} --by …",
)
REPLACES = Text(";取代 {id}({who} {at} 登记)", "; replaces {id}, attested by {who} {at}")
CONFIRMED = Text("{id}:{item} 已由 {by} 确认", "{id}: {item} confirmed by {by}")
WITHDRAWN = Text("{id}:{item} 已由 {by} 撤回", "{id}: {item} withdrawn by {by}")
RESULTS = {"pass": Text("合格", "pass"), "warn": Text("预警", "warn"), "fail": Text("不合格", "fail")}
NO_FIGURE = Text(
    "--figure {said}:应写成 名称=数值,如 covered=0.95", "--figure {said}: expected name=value, like covered=0.95"
)


def attest(  # noqa: PLR0913, PLR0917 - each is an option of the command
    item: Annotated[str, typer.Argument(metavar="ITEM", help="like POL-01")],
    by: By,
    config: Config = DEFAULT,
    target: Annotated[str, typer.Option("--target", help="one target that has no source; default: all")] = "",
    result: Annotated[str, typer.Option("--result", help="pass, warn or fail")] = "pass",
    note: Annotated[str, typer.Option("--note", help="what was seen")] = "",
    files: Annotated[list[Path], typer.Option("--evidence", help="photograph, scan; a copy is kept")] = [],  # noqa: B006
    figures: Annotated[list[str], typer.Option("--figure", help="name=value")] = [],  # noqa: B006
    document: Annotated[str, typer.Option("--document", help="name of a document that ends")] = "",
    expires: Annotated[str, typer.Option("--expires", help="its last day, 2027-03-31")] = "",
    valid: Annotated[str, typer.Option("--valid", help="shorter than usual, like 30d")] = "",
) -> None:
    """人工登记一项 / Attest one item."""
    site = site_of(config)
    try:
        request = {
            "item": item,
            "target": target,
            "result": result,
            "note": note,
            "document": document,
            "expires": end_of(site, expires) if expires else None,
            "valid": duration(valid) if valid else None,
            "figures": dict(_figure(site, each) for each in figures),
        }
    except Wrong as error:
        leave(error.text[site.language], 2)
    before = written(site).attestations.entries
    done, memory = entered_at_desk(site, "attest", {**request, "files": kept(site, files)}, by)
    say(attested_in_words(site, read(done)) + replaced_in_words(site, read(done), before) + memory)


def confirm(
    number: Annotated[str, typer.Argument(metavar="ATT-0001")],
    by: By,
    config: Config = DEFAULT,
) -> None:
    """确认他人的登记 / Agree with what somebody else attested."""
    site = site_of(config)
    done, memory = entered_at_desk(site, "confirm_attestation", {"id": number}, by)
    entry = read(done)
    say(CONFIRMED.format(id=entry.id, item=entry.item, by=entry.confirmed_by)[site.language] + memory)


def withdraw(
    number: Annotated[str, typer.Argument(metavar="ATT-0001")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="why it does not stand any more")],
    config: Config = DEFAULT,
) -> None:
    """撤回一项登记 / Take an attestation back.

    It was a mistake, or its document is needed no longer.
    """
    site = site_of(config)
    done, memory = entered_at_desk(site, "withdraw_attestation", {"id": number, "reason": reason}, by)
    entry = read(done)
    say(WITHDRAWN.format(id=entry.id, item=entry.item, by=entry.withdrawn_by)[site.language] + memory)


def attested_in_words(site: Site, entry: Attestation) -> str:
    result, until = RESULTS[entry.result], moment(site.calendar, entry.until)
    more = "" if entry.counts else WAITS.format(roles=in_words(entry.awaits), id=entry.id)
    return ATTESTED.format(id=entry.id, item=entry.item, result=result, until=until, more=more)[site.language]


def _figure(site: Site, said: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals or not name.strip():
        leave(NO_FIGURE.format(said=said)[site.language], 2)
    return name.strip(), value.strip()


def replaced_in_words(site: Site, entry: Attestation, before: Sequence[Attestation]) -> str:
    """What of those that were there before it stands in the place of; empty where there was none."""
    last = next((each for each in reversed(before) if each.key == entry.key and each.withdrawn is None), None)
    if last is None:
        return ""
    return REPLACES.format(id=last.id, who=last.by, at=moment(site.calendar, last.at))[site.language]
