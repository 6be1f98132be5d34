"""Faults of the machine room: power, air, water, doors, sensors."""

from __future__ import annotations

from agent.core.text import Text
from demo.faults.fault import Fault, each_of

FAULTS = (
    Fault(
        "mains-off",
        Text(
            "两台UPS转为电池供电,空调停转,机房升温;约一小时后电池耗尽,交换机和服务器依次断电",
            "both UPS on battery, cooling stops, the room heats up; after about an hour the batteries are empty and "
            "switches and servers lose power",
        ),
    ),
    Fault(
        "ups-battery-low",
        Text("UPS电量不足 15%,剩余时间不够正常关机", "the UPS has less than 15 % of its charge left"),
        each_of("ups"),
    ),
    Fault(
        "ups-self-test-failed",
        Text("UPS 自检未通过,电池要换:停电时撑不住", "a UPS failed its self-test: its battery will not last"),
        each_of("ups"),
    ),
    Fault("overheat", Text("机柜进风 38 ℃ 以上", "38 °C and more at the racks' inlets")),
    Fault("cooling-failed", Text("空调停转,机房每分钟升温约 1.5 ℃", "cooling stops, about 1.5 °C a minute")),
    Fault("humidity", Text("机房湿度 85% 以上", "humidity above 85 %")),
    Fault("leak", Text("机房漏水报警", "water in the machine room")),
    Fault("smoke", Text("机房烟感报警", "smoke in the machine room")),
    Fault("door-open", Text("机房门开着没有关", "the machine room's door is open")),
    Fault("sensor-lost", Text("进风口探头断线,没有读数", "the probe at the inlet is unplugged: no reading")),
)
