"""Of which family a configuration is, by its own text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.core.console import Family

_SIGNS: Mapping[Family, str] = {
    "ruijie_os": r"^version .*RGOS",
    "hp_comware": r"^ ?version \d+\.\d+(?:\.\d+)*, \w+ ",
    "huawei_vrp": r"^!Software Version V\d|^user-interface (?:con|vty) |^!RootVersion",
    "cisco_ios": r"^version \d+\.\d+$",
}
SIGNS = {family: re.compile(sign, re.MULTILINE) for family, sign in _SIGNS.items()}


def family_of(text: str) -> Family | None:
    """The first whose sign is there: Comware 5 has user-interface too, after its version."""
    return next((family for family, sign in SIGNS.items() if sign.search(text)), None)
