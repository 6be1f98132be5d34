"""The sections `people` and `duty` of agent.yaml, and the roster."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from demo.backups.jobs import DAY, EAST

Entry = Mapping[str, Any]
ROSTER = "roster.csv"
HEADINGS = "日期,开始,结束,人员"
BEGINS = "08:00"  # and lasts until the same time of the next day: at night the duty phone is taken home
DAYS = range(-1, 60)  # from the day on which it is written
PEOPLE: Sequence[Entry] = (
    {"id": "director", "name": "陈主任", "role": "director", "phone": "8001"},
    {"id": "deputy", "name": "李副主任", "role": "full_time_deputy_director", "phone": "8002"},
    {"id": "duty-officer", "name": "赵总值班", "role": "chief_duty_officer", "phone": "8003"},
    {"id": "wang", "name": "王工", "role": "network_administrator", "phone": "8010", "substitutes": ["zhou"]},
    {"id": "zhou", "name": "周工", "role": "system_administrator", "phone": "8011"},
)
ON_DUTY = ("王工", "周工", "赵总值班")


def roster(now: float) -> bytes:
    """A shift each day, people in turn."""
    days = {day: time.strftime("%Y-%m-%d", time.gmtime(now + EAST + day * DAY)) for day in DAYS}
    shifts = (f"{date},{BEGINS},{BEGINS},{ON_DUTY[day % len(ON_DUTY)]}" for day, date in days.items())
    return "".join(f"{line}\n" for line in (HEADINGS, *shifts)).encode()
