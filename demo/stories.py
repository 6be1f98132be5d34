"""Stories: faults that follow one another, with times. The times are the world's, so --speed makes them shorter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from agent.core.text import Text
from demo.faults import FAULTS
from demo.faults.fault import Fault, begin, end
from demo.world.world import World

MINUTE = 60.0
DO: Mapping[str, Callable[[World, Fault, str], object]] = {"fault": begin, "heal": end}


@dataclass(frozen=True, slots=True)
class Event:
    """`after` so many seconds of the story a fault begins or ends."""

    after: float
    verb: Literal["fault", "heal"]
    fault: str
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    tells: Text
    events: tuple[Event, ...]


STORIES: Mapping[str, Story] = {
    "power-cut": Story(
        Text(
            "停电:UPS供电、空调停转、机房升温,40 分钟后来电",
            "the mains fail, the UPS carry on without cooling, the room heats up; back after 40 minutes",
        ),
        (Event(0, "fault", "mains-off"), Event(40 * MINUTE, "heal", "mains-off")),
    ),
    "carrier-outage": Story(
        Text(
            "医保专线先丢包,再在运营商侧中断,一小时后恢复",
            "the medical line loses packets, then its carrier's network fails; back after an hour",
        ),
        (
            Event(0, "fault", "line-loss", "medical"),
            Event(5 * MINUTE, "fault", "line-carrier-fault", "medical"),
            Event(65 * MINUTE, "heal", "line-carrier-fault", "medical"),
            Event(65 * MINUTE, "heal", "line-loss", "medical"),
        ),
    ),
    "morning-rush": Story(
        Text(
            "早高峰:受理平台变慢,随后停止服务,一刻钟后恢复",
            "the morning's crowd: the acceptance software slows down, then stops; back after a quarter of an hour",
        ),
        (
            Event(0, "fault", "acceptance-slow"),
            Event(4 * MINUTE, "fault", "acceptance-down"),
            Event(15 * MINUTE, "heal", "acceptance-down"),
            Event(15 * MINUTE, "heal", "acceptance-slow"),
        ),
    ),
    "ransomware": Story(
        Text(
            "夜里有人猜密码,随后文件服务器上的诱饵文件被改",
            "somebody guesses passwords at night, then canary files on the file server are changed",
        ),
        (
            Event(0, "fault", "brute-force", "file-host"),
            Event(3 * MINUTE, "fault", "canary-file-changed", "file-host"),
            Event(4 * MINUTE, "heal", "brute-force", "file-host"),
        ),
    ),
    "hot-night": Story(
        Text(
            "空调故障,机房过热,有人开门散热,随后修好",
            "cooling fails, the room overheats, somebody opens the door; then it is mended",
        ),
        (
            Event(0, "fault", "cooling-failed"),
            Event(12 * MINUTE, "fault", "door-open"),
            Event(30 * MINUTE, "heal", "cooling-failed"),
            Event(35 * MINUTE, "heal", "door-open"),
        ),
    ),
}


def tell(world: World, name: str) -> None:
    """Has the story begin now. KeyError if there is none of this name."""
    for event in STORIES[name].events:
        world.later(event.after, partial(DO[event.verb], world, FAULTS[event.fault], event.whom))
