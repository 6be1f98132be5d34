"""agent.yaml of a part of a centre: of the whole one, what does not need anything that the part has not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from demo.centre.plan import Centre

NEEDS = ("id", "host", "switch", "device")  # under these keys stand ids
WISHES = ("powered_by", "backup_of", "depends_on", "printers")  # what is not there is not waited for
ADDRESS = re.compile(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])")
Entry = Mapping[str, Any]


def reduced(document: Entry, part: Centre) -> Entry:
    """The same document, if `part` is the whole centre."""
    whole, absent = part.whole, set(part.absent)
    for name in part.absent:
        absent |= {whole.nodes[name].address} if name in whole.nodes else {*whole.lines[name].addresses}
    while gone := set(_in_vain(document, absent)):
        absent |= gone
        document = {section: _kept(entries, gone) for section, entries in document.items()}
    return {section: _free(entries, absent) for section, entries in document.items() if entries != []}


def _in_vain(document: Entry, absent: set[str]) -> Iterator[str]:
    """Ids of entries that are absent themselves, or need what is."""
    for entries in document.values():
        for entry in entries if isinstance(entries, list) else ():
            if "id" in entry and _names(_without_wishes(entry)) & absent:
                yield entry["id"]


def _kept(entries: Any, gone: set[str]) -> Any:
    return [entry for entry in entries if entry.get("id") not in gone] if isinstance(entries, list) else entries


def _without_wishes(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if key not in WISHES}


def _names(value: Any, key: str = "") -> set[str]:
    """Every id that it needs, and every address in a text."""
    if isinstance(value, str):
        return {*([value] if key in NEEDS else []), *ADDRESS.findall(value)}
    if isinstance(value, Mapping):
        return {name for inner, each in value.items() for name in _names(each, inner)}
    return {name for each in value for name in _names(each, key)} if isinstance(value, list) else set()


def _free(value: Any, absent: set[str]) -> Any:
    """Without wishes for what is not there."""
    if isinstance(value, list):
        return [_free(each, absent) for each in value]
    if not isinstance(value, Mapping):
        return value
    wishes = {key: _granted(wish, absent) for key, wish in value.items() if key in WISHES}
    return {key: wishes.get(key, _free(each, absent)) for key, each in value.items() if wishes.get(key, True)}


def _granted(wish: Any, absent: set[str]) -> Any:
    if isinstance(wish, list):
        return [granted for each in wish if (granted := _granted(each, absent))]
    if isinstance(wish, Mapping):  # any_of
        kept = {key: left for key, each in wish.items() if (left := _granted(each, absent))}
        return kept["any_of"][0] if len(kept.get("any_of", ())) == 1 else kept
    return None if wish in absent else wish
