"""What can be asked of the running centre: `fault NAME [WHOM]`, `heal NAME|all [WHOM]`, `faults`, `story NAME`,
`set [NODE [SETTING VALUE]]`, `alerts`: those that fire at its Alertmanager, `logins`: how many over SSH, by node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

from agent.core.text import Text, both, clean
from demo.faults import FAULTS, missing
from demo.faults.fault import Fault, Unknown, befallen, begin, end
from demo.settings import Place, choose, drop, named, node_known, places
from demo.settings.values import SHOWN
from demo.stories import STORIES, tell
from demo.world.world import World

NO_FAULT = Text("没有故障 {name};可选:{known}", "there is no fault {name}; known: {known}")
NO_STORY = Text("没有故事 {name};可选:{known}", "there is no story {name}; known: {known}")
ALLOWED = Text("可用:{words}", "allowed: {words}").format(
    words="fault NAME [WHOM], heal NAME|all [WHOM], faults, set [NODE [SETTING VALUE]], story NAME, alerts, logins"
)


def answer(world: World, words: object) -> Any:
    """{"refused": why} or what was done, as JSON."""
    match words:
        case [str(verb), *given] if verb in VERBS and len(given) in VERBS[verb].words:
            try:
                return VERBS[verb].do(world, *map(str, given))
            except Unknown as error:
                return {"refused": both(error.text)}
    return {"refused": both(ALLOWED)}


def _cause(world: World, name: str, whom: str = "") -> Any:
    return {"begun": [name, begin(world, _fault(name), whom)]}


def _heal(world: World, name: str, whom: str = "") -> Any:
    if name not in FAULTS and named(world, name):
        return {"healed": [[each, node] for node, each in drop(world, name, whom)]}
    faults = FAULTS.values() if name == "all" else [_fault(name)]
    healed = [[each.name, who] for each in faults for who in end(world, each, whom)]
    if name == "all":
        healed += [[each, node] for node, each in drop(world, "", whom)]
        if not whom:
            world.call_off()  # what stories still had to tell
    return {"healed": healed}


def _set(world: World, *words: str) -> Any:
    """What was set now; of one node what can be set; of all what is set, and what can be."""
    if len(words) > 1:
        return {"set": _told(world, choose(world, *words))}
    if words:
        return {"settings": [_told(world, place) for place in node_known(world, *words)]}
    chosen = [place for place in places(world) if place.key in world.chosen.choices]
    return {"settings": [_told(world, place) for place in chosen], "kinds": _kinds(world)}


def _told(world: World, place: Place) -> dict[str, Any]:
    kind, before = place.setting.kind, world.chosen.ordinary(place.key, place.now)
    return {
        "node": place.node,
        "name": place.name,
        "now": kind.say(place.now),
        "ordinarily": kind.say(before),
        "chosen": place.key in world.chosen.choices,
        "says": both(place.setting.says),
        "known": both(kind.known),
    }


def _kinds(world: World) -> list[dict[str, Any]]:
    """Each setting once, with the nodes that have it and the name of one of its parts."""
    found: dict[str, dict[str, Any]] = {}
    for place in places(world):
        mine = found.setdefault(place.setting.name, {"name": place.name, "nodes": {}, "says": both(place.setting.says)})
        mine["nodes"][place.node] = None
    return [{**each, "nodes": list(each["nodes"])} for each in found.values()]


def _faults(world: World) -> Any:
    return {"faults": [[name, whom] for name, whom in world.active.begun], "missing": sorted(missing(world.centre))}


def _story(world: World, name: str) -> Any:
    if name not in STORIES:
        raise Unknown(NO_STORY.format(name=clean(name, SHOWN), known=", ".join(STORIES)))
    for event in STORIES[name].events:
        befallen(world, FAULTS[event.fault], event.whom)
    tell(world, name)
    return {"told": name}


def _alerts(world: World) -> Any:
    return {"alerts": world.alerts.firing()}


def _logins(world: World) -> Any:
    return {"logins": Counter(world.logins)}


class Verb(NamedTuple):
    """`words`: how many may follow it."""

    words: Container[int]
    do: Callable[..., Any]


VERBS: Mapping[str, Verb] = {
    "fault": Verb(range(1, 3), _cause),
    "heal": Verb(range(1, 3), _heal),
    "faults": Verb(range(1), _faults),
    "set": Verb((0, 1, 3), _set),
    "story": Verb(range(1, 2), _story),
    "alerts": Verb(range(1), _alerts),
    "logins": Verb(range(1), _logins),
}


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise Unknown(NO_FAULT.format(name=clean(name, SHOWN), known=", ".join(FAULTS)))
    return FAULTS[name]
