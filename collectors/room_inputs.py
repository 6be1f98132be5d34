"""The inputs of an SNMP sensor: what each watches for, what a reading says of it, what nobody said. Pure.

What an input watches for is said by agent.yaml, else by the device's own type, else by a name that cannot be mistaken.
Of a contact that is only open or closed, agent.yaml alone can say which of them is the alarm.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.text import Text
from collectors.contact_names import watches_for
from collectors.contact_options import InputOptions
from collectors.contact_states import Seen, Wired
from collectors.profiles.form import ABSENT, OPEN, UNUSED
from collectors.profiles.meaning import Found

OTHER = "other"
EXAMPLES, CLOSEST = 8, 3
UNEXPLAINED = Text(
    '{device} 没有说明这些输入监视什么:{inputs};请写进 agent.yaml,例如 contacts: {{"{first}": {kind}}}{turned};'
    "可用 water(水浸)、smoke(烟感)、door(门)、cooling(空调运行)、cooling_alarm(空调告警),都不是写 other",
    '{device} does not say what its inputs watch for: {inputs}; write it in agent.yaml, like contacts: {{"{first}": '
    "{kind}}}{turned}; there are water, smoke, door, cooling, cooling_alarm, and other for none of them",
)
TURNED = Text(
    ",正常时闭合的写 {{measures: {kind}, inverted: true}}",
    " or {{measures: {kind}, inverted: true}} if it is closed while all is well",
)
NO_INPUT = Text(
    "{device} 没有输入 {inputs}:`contacts` 里要用设备自己的叫法;它有 {listed}",
    "{device} has no input {inputs}: `contacts` names them as the device does; it has {listed}",
)


@dataclass(frozen=True, slots=True)
class Input:
    """`name` is the device's. `seen` is None where nothing is plugged in; `open`: nobody said what it watches for."""

    name: str
    wired: Wired
    seen: Seen | None
    open: bool
    bare: bool


def inputs(found: Iterable[Found], said: Mapping[str, InputOptions], known: Collection[str]) -> list[Input]:
    """`said` by the name that agent.yaml gives; `known`: what `Wired` calls those that were seen plugged in before."""
    by_name = {plain(name): options for name, options in said.items()}
    read = [_input(each, by_name.get(plain(each.label)), known) for each in found]
    return list(_told_apart(read))


def plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _input(found: Found, said: InputOptions | None, known: Collection[str]) -> Input:
    entry, name = found.entry, found.label
    key = f"{name} ({found.measures})" if found.measures else name
    if said is not None:
        wired = Wired(key, said.sensor or name, said.measures, said.debounce or 0.0, entry.told)
        return Input(name, wired, _seen(found, said.inverted, expected=True), False, entry.bare)
    # What a bare contact watches for its name may say; which of open and closed is the alarm it does not.
    measures = found.measures or ("" if entry.bare else watches_for(name))
    wired = Wired(key, name, measures or OTHER, 0.0, entry.told)
    return Input(name, wired, _seen(found, False, expected=key in known), not measures, entry.bare)


def _seen(found: Found, inverted: bool, *, expected: bool) -> Seen | None:
    if found.fault:
        broken = OPEN if found.fault == ABSENT else found.fault
        return Seen(None, broken) if expected or found.fault not in UNUSED else None
    return Seen(bool(found.value) != inverted, "" if found.entry.told else None)


def _told_apart(read: Sequence[Input]) -> Iterator[Input]:
    """A name that agent.yaml gives to one input may be another's own."""
    given = set()
    for each in read:
        wired, number = each.wired, 1
        while wired.measures != "cooling_alarm" and (wired.measures, wired.label) in given:
            number += 1
            wired = replace(wired, label=f"{each.wired.label} #{number}")
        given.add((wired.measures, wired.label))
        yield replace(each, wired=wired)


def remarks(device: str, read: Sequence[Input], said: Mapping[str, InputOptions]) -> Iterator[Text]:
    """What agent.yaml should say, and what it says of inputs that the device does not have."""
    open_ = [each for each in read if each.open and each.seen is not None]
    if open_:
        first = open_[0]
        kind = watches_for(first.name) or "water"
        turned = TURNED.format(kind=kind) if first.bare else ""
        inputs = _listed(each.name for each in open_)
        yield UNEXPLAINED.format(device=device, inputs=inputs, first=first.name, kind=kind, turned=turned)
    names = {plain(each.name): each.name for each in read}
    if missing := [name for name in said if plain(name) not in names]:
        named = ", ".join(map(repr, missing)) + _near(missing, names)
        yield NO_INPUT.format(device=device, inputs=named, listed=_listed(names.values()) if names else "–")


def _near(missing: Iterable[str], names: Mapping[str, str]) -> str:
    close = [hit for each in missing for hit in difflib.get_close_matches(plain(each), names, CLOSEST, 0.6)]
    return f" (≈ {', '.join(names[each] for each in dict.fromkeys(close))})" if close else ""


def _listed(names: Iterable[str]) -> str:
    all_ = list(names)
    return ", ".join(all_[:EXAMPLES]) + (f", … ({len(all_)})" if len(all_) > EXAMPLES else "")
