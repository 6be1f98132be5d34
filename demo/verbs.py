"""What can be asked of the running centre: `fault NAME [WHOM]`, `heal NAME|all [WHOM]`, `faults`."""

from __future__ import annotations

from typing import Any

from agent.core.text import Text, both
from demo.faults import FAULTS
from demo.faults.fault import Fault, Unknown, begin, end
from demo.world.world import World

NO_FAULT = Text("没有故障 {name};可选:{known}", "there is no fault {name}; known: {known}")
ALLOWED = Text("可用:{words}", "allowed: {words}").format(words="fault NAME [WHOM], heal NAME|all [WHOM], faults")


def answer(world: World, words: object) -> Any:
    """{"refused": why} or what was done, as JSON."""
    try:
        match words:
            case ["faults"]:
                return {"faults": [[name, whom] for name, whom in world.active.begun]}
            case ["fault", str(name), *whom] if len(whom) < 2:
                return {"begun": [name, begin(world, _fault(name), *map(str, whom))]}
            case ["heal", "all"]:
                return {"healed": [[name, who] for name in FAULTS for who in end(world, FAULTS[name])]}
            case ["heal", str(name), *whom] if len(whom) < 2:
                return {"healed": [[name, who] for who in end(world, _fault(name), *map(str, whom))]}
    except Unknown as error:
        return {"refused": both(error.text)}
    return {"refused": both(ALLOWED)}


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise Unknown(NO_FAULT.format(name=name, known=", ".join(FAULTS)))
    return FAULTS[name]
