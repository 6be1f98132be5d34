"""The configurations of a switch: running, saved, and the one that was approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from demo.centre.plan import Centre
from demo.consoles import comware, vrp
from demo.consoles.styles import COMWARE, VRP, Style
from demo.consoles.surroundings import masked, surroundings
from demo.consoles.terminal import Question
from demo.devices.switch import Switch

UNDO = "undo "
Text = Callable[..., Iterator[str]]


class Family(NamedTuple):
    style: Style
    text: Text


FAMILIES: Mapping[str, Family] = {"core": Family(COMWARE, comware.text), "access": Family(VRP, vrp.text)}


def family(switch: Switch) -> Family:
    """By what stands there: cores are of one maker, access switches of another."""
    return FAMILIES[switch.tier]


def shown(switch: Switch, what: Question, centre: Centre, user: str) -> bytes:
    """As the device shows it to this user."""
    lines = switch.revision.lines if what == "running" else switch.revision.saved
    added = [line for line in lines if not line.startswith(UNDO)]
    gone = tuple(line.removeprefix(UNDO) for line in lines if line.startswith(UNDO))
    told = family(switch).text(switch, added, surroundings(centre, switch.name, user))
    return _file(line for line in told if not line.strip().startswith(gone))


def approved(switch: Switch, centre: Centre, user: str) -> bytes:
    """As people keep it beside agent.yaml: nothing was typed since, and no secret can be read."""
    return _file(family(switch).text(switch, (), surroundings(centre, switch.name, user), masked))


def _file(lines: Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
