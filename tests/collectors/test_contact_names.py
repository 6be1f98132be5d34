"""What an input watches for by its name: only what cannot be mistaken."""

from __future__ import annotations

import pytest

from collectors.contact_names import watches_for

NAMES = {
    "water": [
        "漏水",
        "机房漏水检测",
        "水浸 1",
        "电池间漏水",
        "冷冻水管漏水",
        "空调漏水",
        "Water",
        "Water leak under the floor",
        "LEAK",
        "Flood Sensor",
        "Chilled water leak",
    ],
    "smoke": ["烟感", "烟雾报警", "火警", "Smoke detector", "Fire alarm", "Fire"],
    "door": ["门", "机房门", "门磁 2", "后门", "Door", "Rack door front", "Fire door"],
    "cooling": ["空调1运行", "CRAC 2 running"],
    "cooling_alarm": ["空调故障", "精密空调 2 告警", "HVAC alarm", "Air conditioner fault"],
    "": [
        "Input 1",
        "DI1",
        "",
        "Switch1 Description",
        "Dry Contact",
        "市电",
        "水泵",
        "Water pressure",
        "Chilled water pump",
        "Gas leak",
        "Refrigerant leak",
        "阀门",
        "部门打印机",
        "门锁",
        "Door lock",
        "Doorbell",
        "防火门烟感",  # a door or smoke
        "Firewall",
        "排烟风机",
        "烟感故障",
        "Smoke detector trouble",
        "Smoke detector power",
        "漏水检测电源",
        "空调",
        "空调运行故障",
        "Leak and smoke",
    ],
}
CASES = [(name, kind) for kind, names in NAMES.items() for name in names]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_name_says_what_the_input_watches_for_or_nothing(name: str, kind: str) -> None:
    assert watches_for(name) == kind
