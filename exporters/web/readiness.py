"""The last opening and closing check as the page shows them, and how an area's score went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from agent.core.readiness import ANSWERS, first, whom
from agent.core.text import Text
from exporters.web.scene import Scene
from exporters.web.standing import State

STATES = {"ready": State.OK, "not_ready": State.FAULT, "unsure": State.NODATA}
CHECKS = (("opening", Text("开门检查", "Opening check")), ("closing", Text("下班检查", "Closing check")))
EARLIER = Text("(不是今天的)", " (not of today)")
WAS = Text("{day} 为 {ratio}", "{ratio} on {day}")
MORE = Text("另有 {} 条", "{} more")
SHOWN = 6
WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    href: str
    whom: str
    first: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One check: its heading, the answer, when it was made, what hinders and what nobody can say."""

    heading: str
    state: State
    answer: str
    at: str
    lines: tuple[Line, ...]
    more: str


def answers(scene: Scene) -> tuple[Shown, ...]:
    """Of the checks that were made."""
    kept = scene.picture.readiness
    return tuple(_shown(scene, heading, kept[check]) for check, heading in CHECKS if check in kept)


def _shown(scene: Scene, heading: Text, said: Mapping[str, Any]) -> Shown:
    calendar = scene.picture.site.calendar
    today = calendar.local(said["at"]).date() == calendar.local(scene.picture.at).date()
    found = [*said["blocks"], *said["unsure"]]
    return Shown(
        scene.text(heading),
        STATES[said["answer"]],
        scene.text(ANSWERS[said["check"], said["answer"]]),
        scene.when(said["at"]) + ("" if today else scene.text(EARLIER)),
        tuple(_lines(scene, found[:SHOWN])),
        scene.text(MORE).format(len(found) - SHOWN) if len(found) > SHOWN else "",
    )


def _lines(scene: Scene, found: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    open_, language = {each.id for each in scene.picture.incidents}, scene.language
    for each in found:
        incident = f"/incidents/{quote(each['about'], safe='')}" if each["about"] in open_ else ""
        target = f"/targets/{quote(each['target'], safe='')}" if each["target"] in scene.by_id else ""
        yield Line(each["what"][language], incident or target, whom(each, language), first(each, language))


def went(scene: Scene, area: str) -> str:
    """`11-18 为 82%`: the area's score of a week ago, or of the first day since that is on record."""
    calendar, at = scene.picture.site.calendar, scene.picture.at
    today, since = (calendar.local(each).date().isoformat() for each in (at, at - WEEK * 86400))
    for day in sorted(day for day in scene.picture.trend if since <= day < today):
        ratio = scene.picture.trend[day].get(area, {}).get("ratio")
        if ratio is not None:
            return scene.text(WAS).format(day=day[5:], ratio=f"{ratio:.0%}")
    return ""
