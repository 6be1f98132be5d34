"""What can be set in the simulated centre, by the model of a thing: each has a table of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.text import Text, clean
from demo.devices.room_sensor import RoomSensor
from demo.devices.switch import Switch
from demo.devices.ups import Ups
from demo.faults.fault import Unknown
from demo.settings import data, hosts, lines, own, room, switches
from demo.settings.setting import Setting
from demo.settings.values import SHOWN, Unusable
from demo.world.chosen import Key
from demo.world.own import NAME
from demo.world.world import World

SETTINGS: Mapping[type, Sequence[Setting]] = {
    RoomSensor: room.SENSOR,
    Ups: room.UPS,
    Switch: switches.SWITCH,
    **hosts.MODELS,
    **lines.MODELS,
    **own.MODELS,
    **data.MODELS,
}
NO_NODE = Text(
    "没有 {node},或它没有可设的;可选:{known}", "there is no {node} of which anything can be set; known: {known}"
)
NO_SETTING = Text("{node} 没有设置 {name};可选:{known}", "{node} has no setting {name}; known: {known}")
NO_VALUE = Text("{word} 不是 {name} 的值;可用:{known}", "{word} is no value of {name}; allowed: {known}")
NAMED = 12  # parts of a setting that a refusal names


@dataclass(frozen=True, slots=True)
class Place:
    """A setting where it can be set."""

    node: str
    setting: Setting
    model: Any
    part: str

    @property
    def name(self) -> str:
        return f"{self.setting.name}.{self.part}" if self.part else self.setting.name

    @property
    def key(self) -> Key:
        return self.node, self.name

    @property
    def now(self) -> Any:
        return self.setting.read(self.model, self.part)

    def put(self, value: Any) -> None:
        self.setting.put(self.model, self.part, value)


def models(world: World) -> Iterator[tuple[str, Any]]:
    """What stands for each node."""
    yield from world.switching.switches.items()
    yield from world.power.ups.items()
    yield from ((node.id, world.room.sensor) for node in world.centre.of("sensor"))
    for each in (world.reach.along, world.hosts, world.terminals, world.pages, world.backups.keepers):
        yield from each.items()
    if world.own is not None:
        yield NAME, world.own


def places(world: World, node: str = "") -> list[Place]:
    """Of this node, or of all."""
    return [
        Place(name, setting, model, part)
        for name, model in models(world)
        if node in ("", name)
        for setting in _of(model)
        for part in setting.parts(model)
    ]


def _of(model: Any) -> list[Setting]:
    return [setting for kind, table in SETTINGS.items() if isinstance(model, kind) for setting in table]


def choose(world: World, node: str, name: str, word: str) -> Place:
    """From now on it is so, whatever else goes on. Unknown where there is no such thing, or no such value."""
    place = _found(world, node, name)
    try:
        value = place.setting.kind.read(word)
    except Unusable as error:
        raise Unknown(NO_VALUE.format(word=error.word, name=name, known=error.known)) from error
    world.chosen.choose(place.key, value, place.now, place.put)
    return place


def drop(world: World, name: str, node: str = "") -> list[Key]:
    """All that was chosen by this name, with its part or without, or by any, of this node, or of all, is as before."""
    gone = [key for key in world.chosen.choices if _meant(name, key[1]) and node in ("", key[0])]
    for key in gone:
        world.chosen.drop(key)
    return gone


def _meant(name: str, of: str) -> bool:
    return name in ("", of, of.partition(".")[0])


def named(world: World, name: str) -> bool:
    """Whether a setting is called so, with or without its part."""
    return any(name in (place.name, place.setting.name) for place in places(world))


def node_known(world: World, node: str) -> list[Place]:
    """What can be set of it. Unknown where there is nothing."""
    if node and (there := places(world, node)):
        return there
    known = ", ".join(dict.fromkeys(place.node for place in places(world)))
    raise Unknown(NO_NODE.format(node=clean(node, SHOWN), known=known))


def _found(world: World, node: str, name: str) -> Place:
    there = node_known(world, node)
    for place in there:
        if place.name == name:
            return place
    raise Unknown(NO_SETTING.format(node=node, name=clean(name, SHOWN), known=_known(there, name)))


def _known(there: Sequence[Place], name: str) -> str:
    """The parts of the setting that was meant, or all settings with one part each."""
    word = name.partition(".")[0]
    parts = [place.name for place in there if place.setting.name == word]
    if parts:
        return ", ".join(parts[:NAMED]) + (f" … ({len(parts)})" if len(parts) > NAMED else "")
    firsts = {place.setting.name: place.name for place in reversed(there)}
    return ", ".join(reversed(firsts.values()))
