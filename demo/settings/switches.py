"""Settings of switches and their ports."""

from __future__ import annotations

from typing import Any

from agent.core.text import Text
from demo.devices.port import ETHERNET, Port
from demo.devices.switch import Switch
from demo.devices.traffic import MEGABIT
from demo.settings.setting import Setting, attribute
from demo.settings.values import SWITCH as ON_OFF
from demo.settings.values import Line, Number

FASTEST = 100_000  # Mbit/s


def _health(switch: Switch, part: str) -> Any:
    return switch.health


def _port(switch: Switch, name: str) -> Port:
    return switch.ports[name]


def _cabled(switch: Switch) -> list[str]:
    """Ports that a cable can be plugged into."""
    return [name for name, port in switch.ports.items() if port.type == ETHERNET]


def _fans(switch: Switch) -> list[str]:
    return [str(bay) for bay, works in enumerate(switch.health.fans, 1) if works is not None]


def _turn(switch: Switch, bay: str, works: bool) -> None:
    switch.health.fans[int(bay) - 1] = works


def _rename(switch: Switch, part: str, version: str) -> None:
    """As the device says it everywhere."""
    said = switch.descr if isinstance(switch.descr, str) else switch.descr.decode()
    switch.descr, switch.version = said.replace(switch.version, version), version


def _push(switch: Switch, name: str, megabits: float) -> None:
    switch.ports[name].more = megabits * MEGABIT


SWITCH = (
    attribute("cpu", Text("处理器占用的比例", "processor in use, a ratio"), Number(0, 1), _health),
    attribute("memory", Text("内存占用的比例", "memory in use, a ratio"), Number(0, 1), _health),
    attribute("temperature", Text("设备内部温度", "the temperature inside"), Number(-20, 120, "°C"), _health),
    Setting(
        "fan",
        Text("风扇是否在转", "whether a fan works"),
        ON_OFF,
        lambda switch, bay: switch.health.fans[int(bay) - 1],
        _turn,
        _fans,
    ),
    Setting(
        "version",
        Text("软件版本", "the version of its software"),
        Line(40),
        lambda switch, part: switch.version,
        _rename,
    ),
    attribute(
        "root",
        Text("生成树的根桥,按编号", "whose bridge is the root of the tree, by number"),
        Number(1, 9999, whole=True),
    ),
    attribute(
        "typed",
        Text(
            "有人敲进配置的命令;分号隔开几行,“undo X”去掉以 X 开头的行",
            "what somebody typed into its configuration; semicolons divide lines, `undo X` takes out what begins so",
        ),
        Line(),
        lambda switch, part: switch.revision,
        field="by_hand",
    ),
    attribute(
        "old-ssh",
        Text("SSH 服务器提供早已攻破的算法", "whether its SSH server offers what has been broken"),
        ON_OFF,
        field="old_ssh",
    ),
    attribute("shut", Text("端口已被关闭", "whether a port is shut"), ON_OFF, _port, _cabled),
    attribute(
        "megabits",
        Text("端口协商到的速率", "the speed that a port has come to"),
        Number(1, FASTEST, "Mbit/s", whole=True),
        _port,
        _cabled,
    ),
    Setting(
        "more",
        Text("端口另外收到的流量", "what a port receives beside its ordinary traffic"),
        Number(0, FASTEST, "Mbit/s"),
        lambda switch, name: switch.ports[name].more / MEGABIT,
        _push,
        _cabled,
    ),
)
