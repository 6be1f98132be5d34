"""What an input watches for, by a name that cannot be mistaken: Chinese and English, as sites write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

COOLING = r"空调|\bCRAC\b|\bHVAC\b|\bair[- ]?con|\bcooling unit"
TROUBLE = r"故障|报警|告警|\b(?:alarm|fault|failure)s?\b"
LEAK = r"漏水|水浸|浸水|积水|\bwater leak|\bflood(?:s|ing)?\b"


def _patterns(**said: str) -> Mapping[str, re.Pattern[str]]:
    return {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in said.items()}


NAMES = _patterns(
    water=rf"{LEAK}|\bwater\b|\bleaks?\b|\bleakage\b",
    smoke=r"(?<![排防])烟|火警|火灾|\bsmoke\b|\bfire (?:alarm|detect)|^fire$",
    door=r"门|\bdoors?\b",
    cooling=rf"(?:{COOLING}).*(?:运行|\brunning\b)",
    cooling_alarm=rf"(?:{COOLING}).*(?:{TROUBLE})",
)
# What is about something else than the thing itself: a part of the plant, the door's lock.
ELSE = _patterns(
    water=r"油|\b(?:pump|pressure|flow|valve|level|tank|chill|cool|heat|hot|cold|gas|oil|fuel|refrigerant)",
    smoke=r"风机|风阀|\b(?:fan|damper|exhaust|pump)",
    door=r"[阀闸部]门|门户|门厅|门禁|锁|按钮|\b(?:lock|unlock|handle|button|bell|release|access)",
)
SURE = re.compile(LEAK, re.IGNORECASE)
# A contact about the sensor and not of it: its trouble, its power.
APART = re.compile(
    r"故障|屏蔽|静音|复位|测试|(?:电源|电池)(?![室间房柜])"
    r"|\b(?:fault|trouble|test|mute|silence|reset|supply|bypass|disable|(?:power|battery)(?! room))",
    re.IGNORECASE,
)


def watches_for(name: str) -> str:
    """water, smoke, door, cooling or cooling_alarm; "" for a name that says none of them, or two."""
    said = [kind for kind, pattern in NAMES.items() if pattern.search(name)]
    if len(said) != 1:
        return ""
    (kind,) = said
    apart = kind in ELSE and APART.search(name)
    other = kind in ELSE and ELSE[kind].search(name) and not SURE.search(name)
    return "" if apart or other else kind
