"""What can be changed of a device from outside, by words: `mains=off`, `port.GigabitEthernet0/0/7=down`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from demo.devices.device import Device
from demo.devices.room_sensor import RoomSensor
from demo.devices.switch import Switch
from demo.devices.ups import TestResult, Ups

T = TypeVar("T")
# What comes after the dot (a port, a probe; "" without one) and after the equals sign.
Step = Callable[[Any, str, str], None]
ON_OFF = {"on": True, "off": False}


class Unknown(Exception):
    """No such device, thing or value; the text says what there is."""


def change(device: Device, words: str) -> None:
    """Does what `words` say. Unknown before anything is changed."""
    what, equals, value = words.partition("=")
    name, _, part = what.partition(".")
    steps = {
        word: step for kind, of_kind in STEPS.items() if isinstance(device, kind) for word, step in of_kind.items()
    }
    if not equals or name not in steps:
        raise Unknown(f"{device.name}: nothing to set by {words!r}; known: {', '.join(f'{word}=' for word in steps)}")
    steps[name](device, part, value)


def _one(known: Mapping[str, T], word: str) -> T:
    if word not in known:
        raise Unknown(f"no {word!r}; known: {', '.join(map(str, known))}")
    return known[word]


def _number(word: str) -> float:
    with suppress(ValueError):
        if math.isfinite(number := float(word)):
            return number
    raise Unknown(f"{word!r} is not a number")


def _mains(ups: Ups, _: str, value: str) -> None:
    ups.restore_mains() if _one(ON_OFF, value) else ups.cut_mains()


def _power(device: Device, _: str, value: str) -> None:
    device.switch_on() if _one(ON_OFF, value) else device.switch_off()


def _test(ups: Ups, _: str, value: str) -> None:
    results: Mapping[str, TestResult] = {"passed": "passed", "warning": "warning", "failed": "failed"}
    ups.run_self_test(_one(results, value))


def _port(switch: Switch, name: str, value: str) -> None:
    port, way = (
        _one(switch.ports, name),
        _one({"up": (True, False), "down": (False, False), "shut": (True, True)}, value),
    )
    port.linked, port.shut = way


def _attribute(
    name: str, read: Callable[[str], Any], of: Callable[[Any, str], object] = lambda device, _: device
) -> Step:
    """Sets `name` of what `of` finds."""

    def step(device: Any, part: str, value: str) -> None:
        setattr(of(device, part), name, read(value))

    return step


def _bay(of: Callable[[Any], list[bool | None]]) -> Step:
    """Fans and power supplies, counted from 1; none: the bay is empty."""

    def step(device: Any, part: str, value: str) -> None:
        bays = of(device)
        bays[_one({str(place + 1): place for place in range(len(bays))}, part)] = _one({**ON_OFF, "none": None}, value)

    return step


def _on(word: str) -> bool:
    return _one(ON_OFF, word)


def _probe(device: RoomSensor, name: str) -> object:
    return _one(device.probes, name)


def _sensor(device: RoomSensor, name: str) -> object:
    return _one({**device.probes, **device.contacts}, name)


STEPS: Mapping[type[Device], Mapping[str, Step]] = {
    Device: {
        "power": _power,
        "reboot": lambda device, _, value: device.reboot(_number(value)),  # seconds that it takes
    },
    Ups: {
        "mains": _mains,
        "bypass": _attribute("bypass", _on),
        "battery_good": _attribute("battery_good", _on),
        "load": _attribute("load", _number),  # ratios
        "charge": _attribute("charge", _number),
        "battery_celsius": _attribute("battery_celsius", _number),
        "test": _test,
    },
    Switch: {
        "port": _port,
        "cpu": _attribute("cpu", _number, lambda device, _: device.health),  # ratios
        "memory": _attribute("memory", _number, lambda device, _: device.health),
        "temperature": _attribute("temperature", _number, lambda device, _: device.health),
        "fan": _bay(lambda device: device.health.fans),
        "supply": _bay(lambda device: device.health.supplies),
    },
    RoomSensor: {
        "celsius": _attribute("celsius", _number, _probe),
        "humidity": _attribute("humidity", _number, _probe),  # a ratio
        "contact": _attribute("active", _on, lambda device, name: _one(device.contacts, name)),
        "attached": _attribute("attached", _on, _sensor),
    },
}
