"""What agent.yaml says of places, so that the agent watches them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from demo.devices.place import Place, User
from demo.devices.room_sensor import RoomSensor
from demo.devices.switch import Switch
from demo.devices.ups import Ups

Login = tuple[int, str, User | None]


def agent_yaml(places: Sequence[Place]) -> str:
    """A whole file that the agent takes as it is."""
    names = {login: f"demo-{number}" for number, login in enumerate(dict.fromkeys(map(_login, places)), 1)}
    lines = ["center: {id: demo, name: 演示中心, district: 演示区}", "credentials:"]
    lines += [f"  {name}: {{snmp: {_snmp(login)}}}" for login, name in names.items()]
    switches = [place for place in places if isinstance(place.device, Switch)]
    for section, mine in (("switches", switches), ("machine_room", [each for each in places if each not in switches])):
        if mine:
            lines.append(f"{section}:")
            lines += [f"  - {{{', '.join(_entry(place, names[_login(place)]))}}}" for place in mine]
    return "\n".join(lines) + "\n"


def _login(place: Place) -> Login:
    return place.port, place.community if place.user is None else "", place.user


def _snmp(login: Login) -> str:
    port, community, user = login
    if user is None:
        return f"{{version: 2c, community: {json.dumps(community)}, port: {port}}}"
    auth = f"{{protocol: SHA, password: {json.dumps(user.auth_password)}}}"
    privacy = f"{{protocol: AES128, password: {json.dumps(user.privacy_password)}}}"
    return f"{{version: 3, user: {json.dumps(user.name)}, auth: {auth}, privacy: {privacy}, port: {port}}}"


def _entry(place: Place, credentials: str) -> Iterator[str]:
    device = place.device
    yield f"id: {device.name}"
    yield f"name: {json.dumps(device.title, ensure_ascii=False)}"
    yield f"address: {place.address}"
    yield f"credentials: {credentials}"
    if isinstance(device, Switch):
        yield f"tier: {device.tier}"
        if device.uplinks:
            yield f"uplinks: [{', '.join(device.uplinks)}]"
    elif isinstance(device, Ups):
        yield "kind: ups"
    elif isinstance(device, RoomSensor):
        yield "kind: sensor"
        spots = (f"{json.dumps(probe.name, ensure_ascii=False)}: {spot}" for spot, probe in device.probes.items())
        yield f"place: {{{', '.join(spots)}}}"
