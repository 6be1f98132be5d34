"""Ports: the interfaces of a switch or host as one line each, those that need a look first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.model import Sample
from agent.core.text import Language, Text
from agent.core.units import percent
from exporters.web.standing import State
from exporters.web.values import bit_rate, label, number, size

FAULTS = ("receive_errors", "transmit_errors", "receive_discards", "transmit_discards")
UP, DOWN, SHUT = Text("通", "up"), Text("不通", "down"), Text("已关闭", "shut")
RANK = (State.FAULT, State.OK, State.UNWATCHED)
Labelled = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Port:
    """`state` is a fault only for a key port; another that is down has no cable, or a machine that is switched off."""

    name: str
    about: str
    state: State
    word: str
    speed: str
    received: str
    sent: str
    errors: str
    key: bool

    @property
    def rank(self) -> tuple[int, bool]:
        return RANK.index(self.state), not self.key


def ports(samples: Iterable[Sample], language: Language) -> list[Port]:
    """Key ports that are down first, then those that are up, key ports before others, then in the order read."""
    found: dict[str, dict[str, Labelled]] = {}
    words: dict[str, str] = {}
    for metric, value, labels in samples:
        if metric.labels[:1] != ("interface",) or not labels:
            continue
        if metric.name == "interface_info":
            words[labels[0]] = labels[1] if len(labels) > 1 else ""
        name = metric.name.removeprefix("interface_")
        of_port = found.setdefault(labels[0], {})
        of_port[name] = {**of_port.get(name, {}), labels[1:]: value}
    return sorted((_port(name, each, words.get(name, ""), language) for name, each in found.items()), key=_rank)


def _rank(port: Port) -> tuple[int, bool]:
    return port.rank


def _port(name: str, told: Mapping[str, Labelled], description: str, language: Language) -> Port:
    keys = told.get("critical_up", {})
    up, shut = _one(told, "up"), _one(told, "admin_up") == 0
    word = SHUT if shut else UP if up == 1 else DOWN if up == 0 else Text("–", "–")
    broken = 0 in keys.values() and not shut
    roles = [label("role", role, language) for labels in keys for role in labels]
    speed, faults = _one(told, "speed_bytes"), [_one(told, f"{each}_total") for each in FAULTS]
    known = [each for each in faults if each is not None]
    return Port(
        name=name,
        about=" · ".join(each for each in (*roles, description) if each),
        state=State.FAULT if broken else State.OK if up == 1 else State.UNWATCHED,
        word=word[language],
        speed=bit_rate(speed, language) if speed else "–",
        received=_traffic(told, "receive", speed, language),
        sent=_traffic(told, "transmit", speed, language),
        errors=number(sum(known)) if known else "–",
        key=bool(keys),
    )


def _one(told: Mapping[str, Labelled], name: str) -> float | None:
    return next(iter(told.get(name, {}).values()), None)


def _traffic(told: Mapping[str, Labelled], direction: str, speed: float | None, language: Language) -> str:
    """The rate of the last minutes and its share of the speed; before there is one, all bytes since the start."""
    share, total = told.get("utilization_ratio", {}).get((direction,)), _one(told, f"{direction}_bytes_total")
    if share is not None and speed:
        return f"{bit_rate(share * speed, language)} ({percent(share, language)})"
    return "–" if total is None else size(total, language)
