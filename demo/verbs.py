"""What can be asked of the running centre: `fault NAME [WHOM]`, `heal NAME|all [WHOM]`, `faults`, `story NAME`, and
`alerts`: those that fire at its Alertmanager."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from agent.core.text import Text, both
from demo.faults import FAULTS, missing
from demo.faults.fault import Fault, Unknown, befallen, begin, end
from demo.stories import STORIES, tell
from demo.world.world import World

NO_FAULT = Text("没有故障 {name};可选:{known}", "there is no fault {name}; known: {known}")
NO_STORY = Text("没有故事 {name};可选:{known}", "there is no story {name}; known: {known}")
ALLOWED = Text("可用:{words}", "allowed: {words}").format(
    words="fault NAME [WHOM], heal NAME|all [WHOM], faults, story NAME, alerts"
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
    faults = FAULTS.values() if name == "all" else [_fault(name)]
    if name == "all" and not whom:
        world.call_off()  # what stories still had to tell
    return {"healed": [[each.name, who] for each in faults for who in end(world, each, whom)]}


def _faults(world: World) -> Any:
    return {"faults": [[name, whom] for name, whom in world.active.begun], "missing": sorted(missing(world.centre))}


def _story(world: World, name: str) -> Any:
    if name not in STORIES:
        raise Unknown(NO_STORY.format(name=name, known=", ".join(STORIES)))
    for event in STORIES[name].events:
        befallen(world, FAULTS[event.fault], event.whom)
    tell(world, name)
    return {"told": name}


def _alerts(world: World) -> Any:
    return {"alerts": world.alerts.firing()}


class Verb(NamedTuple):
    """`words`: how many may follow it."""

    words: range
    do: Callable[..., Any]


VERBS: Mapping[str, Verb] = {
    "fault": Verb(range(1, 3), _cause),
    "heal": Verb(range(1, 3), _heal),
    "faults": Verb(range(1), _faults),
    "story": Verb(range(1, 2), _story),
    "alerts": Verb(range(1), _alerts),
}


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise Unknown(NO_FAULT.format(name=name, known=", ".join(FAULTS)))
    return FAULTS[name]
