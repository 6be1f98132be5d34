"""Configurations of our own making, long enough for several pages, a whole one for each family."""

from __future__ import annotations

from collections.abc import Mapping

VRP = (
    "!Software Version V200R019C10SPC500\n#\nsysname SW-1\n#\nvlan batch 10 20\n#\n"
    + "".join(
        f"interface GigabitEthernet0/0/{port}\n description to <SW-1> room {port}\n port link-type access\n#\n"
        for port in range(1, 25)
    )
    + "return\n"
)
COMWARE = (
    "#\n version 7.1.070, Release 6318P01\n#\n sysname SW-1\n#\nvlan 10\n#\n"
    + "".join(
        f"interface GigabitEthernet1/0/{port}\n port link-mode bridge\n port access vlan 10\n#\n"
        for port in range(1, 25)
    )
    + "return\n"
)
IOS = (
    "!\nversion 15.2\nhostname SW-1\n!\nvlan 10\n!\n"
    + "".join(
        f"interface GigabitEthernet0/{port}\n description # room {port}\n switchport access vlan 10\n!\n"
        for port in range(1, 25)
    )
    + "end\n"
)
TEXTS: Mapping[str, str] = {"huawei_vrp": VRP, "hp_comware": COMWARE, "ruijie_os": IOS, "cisco_ios": IOS}


def plain(answer: object) -> str:
    """The text of an answer, as it was written; fails for what is none."""
    assert isinstance(answer, bytes), answer
    return answer.decode().removeprefix("Building configuration...").strip("\n")
