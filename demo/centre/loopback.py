"""The centre where it has no network of its own: the same one at addresses of loopback, 127.30.0.1 for 10.30.0.1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from demo.centre.node import Line, Node
from demo.centre.plan import Centre

SHIFT = 20_000  # ports below 1024 are not for an ordinary user
T = TypeVar("T", Node, Line)
OF_LINE = ("gateway", "carrier_hop", "far_gateway", "application")


def on_loopback(centre: Centre) -> Centre:
    return Centre(
        _moved(centre.nodes.values(), ("address",)),
        _moved(centre.lines.values(), OF_LINE),
        centre.part_of and on_loopback(centre.part_of),
        SHIFT,
    )


def _moved(things: Iterable[T], fields: tuple[str, ...]) -> dict[str, T]:
    return {
        each.id: replace(each, **{field: "127." + getattr(each, field).partition(".")[2] for field in fields})
        for each in things
    }
