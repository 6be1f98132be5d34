"""`shouwang checklist opening` and `closing`: one screen, one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer

from agent.cli.common import DEFAULT, NOT_RUNNING, Config, Format, Output, leave, out, out_json, say, site_of
from agent.control import NotRunning, Refused, ask
from agent.core.readiness import ANSWERS, first, whom
from agent.core.site import Site
from agent.core.text import Language, Text
from agent.core.units import moment

CODES = {"ready": 0, "not_ready": 1, "unsure": 3}
PARTS = (
    ("blocks", Text("先处理", "To do first")),
    ("unsure", Text("没有读数,须现场看", "No reading, go and look")),
    ("watch", Text("留意", "To know")),
)
MORE = Text("……另有 {} 条,见 shouwang checklist show", "… {} more, see shouwang checklist show")
BLIND = Text("未接入的严重项,须人工看:{}", "Critical items without a source, look yourself: {}")
LINES = 6  # of each part: one screen


def opening(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """可以开门吗 / Can the doors be opened?

    Exit 0 yes, 1 no, 3 nobody can say.
    """
    _answered("opening", config, form)


def closing(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """下班前还要做什么 / What is left before leaving?

    Exit 0 nothing, 1 something, 3 nobody can say.
    """
    _answered("closing", config, form)


def _answered(check: str, config: Config, form: Format) -> None:
    site = site_of(config)
    try:
        said: Mapping[str, Any] = ask(site.state, "readiness", check=check)
    except NotRunning:
        say(ANSWERS[check, "unsure"][site.language])
        leave(NOT_RUNNING.format(state=site.state)[site.language], CODES["unsure"])
    except Refused as error:
        leave(str(error), CODES["unsure"])
    if form is Format.JSON:
        out_json(said)
    else:
        out("\n".join(lines(said, site)))
    raise typer.Exit(CODES[said["answer"]])


def lines(said: Mapping[str, Any], site: Site) -> Iterator[str]:
    """One screen of the answer."""
    language = site.language
    yield f"{ANSWERS[said['check'], said['answer']][language]} · {site.center.name} {moment(site.calendar, said['at'])}"
    for part, heading in PARTS:
        if said[part]:
            yield ""
            yield heading[language]
            yield from _part(said[part], language)
    if said["not_connected"]:
        yield ""
        yield BLIND[language].format(", ".join(said["not_connected"]))


def _part(entries: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    for place, entry in enumerate(entries[:LINES], start=1):
        yield f"{place}. {entry['what'][language]}"
        yield from (f"   {said}" for said in (whom(entry, language), first(entry, language)) if said)
    if len(entries) > LINES:
        yield f"   {MORE[language].format(len(entries) - LINES)}"
