"""The last opening and closing check as the page shows them, and how an area's score went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from agent.core.text import Text
from exporters.web.scene import Scene
from exporters.web.standing import State

ANSWERS: Mapping[tuple[str, str], tuple[State, Text]] = {
    ("opening", "ready"): (State.OK, Text("可以开门", "Ready to open")),
    ("opening", "not_ready"): (State.FAULT, Text("还不能开门", "Not ready to open")),
    ("opening", "unsure"): (State.NODATA, Text("不能断定可以开门", "Cannot say whether it is ready to open")),
    ("closing", "ready"): (State.OK, Text("可以下班", "Nothing is left to do")),
    ("closing", "not_ready"): (State.WARN, Text("下班前还有事要做", "Something is left to do before leaving")),
    ("closing", "unsure"): (State.NODATA, Text("不能断定可以下班", "Cannot say whether all is done")),
}
CHECKS = (("opening", Text("开门检查", "Opening check")), ("closing", Text("下班检查", "Closing check")))
HURT, NEEDING = Text("影响:{}", "hurts: {}"), Text("暂不影响受理,依赖它:{}", "nobody yet; depend on it: {}")
WHOM = (("hurt", HURT), ("needing", NEEDING))
FIRST = Text("先做:{}", "first: {}")
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
    state, word = ANSWERS[said["check"], said["answer"]]
    calendar = scene.picture.site.calendar
    today = calendar.local(said["at"]).date() == calendar.local(scene.picture.at).date()
    found = [*said["blocks"], *said["unsure"]]
    return Shown(
        scene.text(heading),
        state,
        scene.text(word),
        scene.when(said["at"]) + ("" if today else scene.text(EARLIER)),
        tuple(_lines(scene, found[:SHOWN])),
        scene.text(MORE).format(len(found) - SHOWN) if len(found) > SHOWN else "",
    )


def _lines(scene: Scene, found: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    open_ = {each.id for each in scene.picture.incidents}
    for each in found:
        whom = next((scene.text(word).format(_said(scene, each[key])) for key, word in WHOM if each[key]), "")
        first = scene.text(FIRST).format(_said(scene, each["first"])) if each["first"] else ""
        incident = f"/incidents/{quote(each['about'], safe='')}" if each["about"] in open_ else ""
        target = f"/targets/{quote(each['target'], safe='')}" if each["target"] in scene.by_id else ""
        yield Line(_said(scene, each["what"]), incident or target, whom, first)


def _said(scene: Scene, said: Mapping[str, str]) -> str:
    return said[scene.language]


def went(scene: Scene, area: str) -> str:
    """`11-18 为 82%`: the area's score of a week ago, or of the first day since that is on record; empty without one."""
    calendar, at = scene.picture.site.calendar, scene.picture.at
    today, since = (calendar.local(each).date().isoformat() for each in (at, at - WEEK * 86400))
    for day in sorted(day for day in scene.picture.trend if since <= day < today):
        ratio = scene.picture.trend[day].get(area, {}).get("ratio")
        if ratio is not None:
            return scene.text(WAS).format(day=day[5:], ratio=f"{ratio:.0%}")
    return ""
