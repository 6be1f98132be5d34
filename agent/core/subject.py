"""Subject: one series that holds an incident open, as a text that survives a restart."""

from __future__ import annotations

import re
from typing import NamedTuple

LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)')
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Subject(NamedTuple):
    """The trigger that fires and the labels of its series besides kind and target, sorted by name.

    Its text is what `Incident.subjects` holds: `IR-12.1{mountpoint="/var"}`, or `IR-04.1` without labels.
    """

    trigger: str
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The label values for people, e.g. `/var`; empty where the target alone says it."""
        return " ".join(value for _, value in self.labels if value)

    def __str__(self) -> str:
        if not self.labels:
            return self.trigger
        return self.trigger + "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in self.labels) + "}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """The subject that this text was made of. ValueError if it is none."""
        trigger, brace, rest = text.partition("{")
        if not brace:
            return cls(trigger)
        body = rest.removesuffix("}")
        found = list(LABEL.finditer(body))
        if not trigger or not rest.endswith("}") or "".join(match[0] for match in found) != body:
            raise ValueError(f'not a subject: {text!r}; expected TRIGGER{{label="value",…}}')
        return cls(trigger, tuple((match[1], ESCAPED.sub(_unescape, match[2])) for match in found))


def _escape(value: str) -> str:
    return "".join(ESCAPES.get(char, char) for char in value)


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]
