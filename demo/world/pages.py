"""What applications and screens show, and how long they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.centre.plan import Centre

NOTICE = "政务公开:办事指南与办理结果"
ACCEPTANCE = "acceptance-host"


@dataclass
class Page:
    """`takes` seconds until it is there."""

    shows: str
    takes: float = 0.0


@dataclass
class Screen(Page):
    """Of a kiosk, or a display."""


def pages(centre: Centre) -> Mapping[str, Page]:
    """By the id of what shows it."""
    own = {ACCEPTANCE: Page("统一受理平台")} if ACCEPTANCE in centre.nodes else {}
    return {**own, **{node.id: Screen(NOTICE) for node in centre.of("kiosk", "display")}}
