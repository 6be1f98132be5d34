"""What answered as entries of agent.yaml: in which section, under which id, as one line of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.text import clean
from agent.discovery import kinds
from agent.discovery.scan import Answer, Recognised

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
OIDS = (SYS_DESCR, SYS_NAME, *kinds.ASKED)

NAME_LIMIT, ID_LIMIT = 60, 40
SECTIONS = ("machine_room", "switches", "hosts")
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # of one YAML or another


@dataclass(frozen=True, slots=True)
class Entry:
    """A target as agent.yaml will have it. `options` in the order in which they are written."""

    section: str
    options: Mapping[str, str]
    recognised: Recognised = field(default_factory=Recognised)

    @property
    def id(self) -> str:
        return self.options["id"]

    @property
    def line(self) -> str:
        """One YAML flow mapping, whatever the device calls itself."""
        return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in self.options.items()) + "}"

    @property
    def remark(self) -> str:
        """What a person wants to know beside it: vendor, model, version, profile."""
        known = self.recognised
        parts = [" ".join(each for each in (known.vendor, known.model, known.version) if each)]
        return clean(", ".join(each for each in (*parts, known.profile and f"profile {known.profile}") if each))


def entries(answers: Iterable[Answer], taken: Iterable[str]) -> list[Entry]:
    """An entry for each, with ids that are neither `taken` nor given twice."""
    used, made = set(taken), []
    for answer in answers:
        made.append(entry(answer, used))
        used.add(made[-1].id)
    return made


def entry(answer: Answer, taken: Iterable[str]) -> Entry:
    known, section = answer.known, kinds.SECTION.get(answer.known.kind or "", "hosts")
    name = said(answer.facts.get(SYS_NAME), NAME_LIMIT)
    options = {
        "id": _free(_identity(name) or _identity(f"{known.vendor or 'host'}-{answer.address}"), set(taken)),
        "name": name or clean(f"{known.vendor} {known.model}", NAME_LIMIT) or answer.address,
        "address": answer.address,
    }
    if answer.login is not None:
        options["credentials"] = answer.login
        if section == "hosts":
            options["by"] = "snmp"
        elif known.kind in kinds.NAMED:
            options["kind"] = str(known.kind)
    return Entry(section, options, known)


def rendered(found: Sequence[Entry]) -> str:
    """Sections of agent.yaml with these entries, ready to be copied into the file."""
    sections = [(section, [listed(each) for each in found if each.section == section]) for section in SECTIONS]
    return "\n".join("\n".join([f"{section}:", *rows]) for section, rows in sections if rows)


def listed(entry: Entry) -> str:
    """One line of a section."""
    return f"  - {entry.line}" + (f"  # {entry.remark}" if entry.remark else "")


def scalar(value: str) -> str:
    """A YAML scalar that is read back as this text. A JSON text is a double-quoted YAML text."""
    plain = PLAIN.match(value) and value.lower() not in WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


def said(raw: Any, limit: int) -> str:
    return clean(raw, limit) if isinstance(raw, bytes) else ""


def _identity(text: str) -> str:
    """As much of the text as may stand in an id, which may be nothing."""
    return re.sub(r"[^A-Za-z0-9_.一-鿿-]+", "-", text).strip("-.")[:ID_LIMIT].strip("-.")


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
