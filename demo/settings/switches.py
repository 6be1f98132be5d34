"""Settings of switches and their ports."""

from __future__ import annotations

from agent.core.text import Text
from demo.settings.setting import attribute
from demo.settings.values import Number


def _health(switch: object, part: str) -> object:
    return switch.health  # type: ignore[attr-defined]


SWITCH = (
    attribute("cpu", Text("处理器占用的比例", "processor in use, a ratio"), Number(0, 1), _health),
    attribute("memory", Text("内存占用的比例", "memory in use, a ratio"), Number(0, 1), _health),
    attribute("temperature", Text("设备内部温度", "the temperature inside"), Number(-20, 120, "°C"), _health),
)
