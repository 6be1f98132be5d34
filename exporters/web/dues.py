"""What is due today, or on the next service day, as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core import dues
from agent.core.posts import ROLES
from agent.core.text import Text
from exporters.web.scene import Scene
from exporters.web.standing import State

TODAY = Text("今日应办 {count} 件", "due today: {count}")
FIRST, SHOWN = 6, 60  # what is seen at once, and what there is at all
REST = Text("其余 {count} 件", "the other {count}")
MORE = Text("另有 {count} 件:shouwang checklist due", "{count} more: shouwang checklist due")


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    state: State
    item: str
    title: str
    target: str
    until: str
    says: str
    by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What has a time comes first. `closed`: that the day which is shown is the next service day; `folded`: what stands
    over the `rest`."""

    heading: str
    closed: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]
    folded: str
    hidden: str


def due(scene: Scene) -> Shown | None:
    """None where nothing is known of it yet, or there is no service day."""
    said = scene.picture.due
    if not said or not said["day"]:
        return None
    found, today = sorted(said["due"], key=lambda each: each["until"] is None), said["day"] == said["today"]
    closed = "" if today else scene.text(dues.CLOSED).format(today=said["today"])
    heading = scene.text(TODAY if today else dues.ON).format(day=said["day"], count=len(found))
    heads = tuple(scene.text(each) for each in dues.HEADINGS)
    more = scene.text(MORE).format(count=len(found) - SHOWN) if len(found) > SHOWN else ""
    rows = tuple(_row(scene, each) for each in found[:SHOWN])
    folded = scene.text(REST).format(count=len(found) - FIRST)
    return Shown(heading, closed, heads, rows[:FIRST], rows[FIRST:], folded, more)


def _row(scene: Scene, said: Mapping[str, Any]) -> Row:
    language, until = scene.language, said["until"]
    late = until is not None and until < scene.picture.at
    kind = scene.text(dues.KINDS[said["kind"]])
    return Row(
        kind=f"{kind} {said['entry']}" if said["entry"] else kind,
        state=State.FAULT if late else State.WARN,
        item=said["item"],
        title=said["title"][language],
        target=scene.name_of(said["target"]) if said["target"] else "",
        until="" if until is None else scene.when(until) + (scene.text(dues.OVER) if late else ""),
        says=said["says"][language],
        by=_names(scene, said["by"]),
    )


def _names(scene: Scene, by: Iterable[str]) -> str:
    """Roles, or the person who owns it."""
    said = (scene.text(ROLES[each]) if each in ROLES else scene.person(each) for each in by)
    return ("、" if scene.language == "zh" else ", ").join(said)
