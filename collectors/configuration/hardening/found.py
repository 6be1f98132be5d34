"""Deviation: what a rule finds in a device. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from collectors.configuration.hardening.facts import Device, Lines

Result = Literal["warn", "fail"]
RESULTS: tuple[Result, ...] = ("warn", "fail")
Topic = Literal["ssh", "snmp", "accounts", "logging", "policy", "cleartext", "access", "loops", "ports", "isolation"]


@dataclass(frozen=True, slots=True)
class Found:
    """`subject`: what it is about, in few words; `lines` that say so, none where something is missing. `result` where
    it is not the rule's."""

    subject: str = ""
    lines: Lines = ()
    result: Result | None = None


Find = Callable[[Device], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`item` of the checklist; its words, Chinese and English, stand beside the items, by `id`."""

    id: str
    topic: Topic
    item: str
    result: Result
    find: Find


@dataclass(frozen=True, slots=True)
class Deviation:
    """One rule's: with all that it is about."""

    rule: Rule
    result: Result
    subjects: tuple[str, ...]
    lines: Lines
