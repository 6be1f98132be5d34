"""Settings of the machine room's sensors and of UPS."""

from __future__ import annotations

from agent.core.text import Text
from demo.settings.setting import attribute
from demo.settings.values import SWITCH, Number

SENSOR = (
    attribute(
        "celsius",
        Text("探头测到的温度", "the temperature at a probe"),
        Number(-40, 80, "°C"),
        lambda sensor, name: sensor.probes[name],
        lambda sensor: sensor.probes,
    ),
    attribute(
        "relative-humidity",
        Text("探头测到的相对湿度", "the relative humidity at a probe"),
        Number(0, 1),
        lambda sensor, name: sensor.probes[name],
        lambda sensor: [name for name, probe in sensor.probes.items() if probe.humidity is not None],
        field="humidity",
    ),
)
UPS = (
    attribute("load", Text("负载占额定的比例", "the load, of what it is rated for"), Number(0, 1.5)),
    attribute("charge", Text("电池剩余电量的比例", "what is left of the battery's charge"), Number(0, 1)),
    attribute("volts", Text("输入电压", "the input voltage"), Number(0, 400, "V")),
    attribute("hertz", Text("输入频率", "the input frequency"), Number(0, 100, "Hz")),
    attribute("bypass", Text("走旁路", "whether it is on bypass"), SWITCH),
)
