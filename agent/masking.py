"""Masked: what leaves the house tells no password or community of agent.yaml, wherever somebody wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from agent.core.secrets import Secret
from agent.core.site import Site

SHORTEST = 8  # characters; a shorter one, or a plain word as `public`, stands in other texts by chance
MASK = str(Secret(""))


class Masked:
    def __init__(self, site: Site) -> None:
        held = (site.logins, site.sections, [target.options for target in site.targets])
        found = {each.reveal().strip() for each in _secrets(held)}
        self._secrets = sorted((each for each in found if len(each) >= SHORTEST and not each.isalpha()), key=len)[::-1]
        self._as_json = [json.dumps(each, ensure_ascii=False)[1:-1] for each in self._secrets]

    def of(self, document: Any) -> Any:
        """The document with *** in the place of each, in values and names alike."""
        if isinstance(document, str):
            for each in self._secrets:
                document = document.replace(each, MASK)
            return document
        if isinstance(document, Mapping):
            return {self.of(name): self.of(value) for name, value in document.items()}
        return [self.of(each) for each in document] if isinstance(document, list | tuple) else document

    def tells(self, line: str) -> bool:
        """Whether one stands in a line of JSON."""
        return any(each in line for each in self._as_json)


def _secrets(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _secrets(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _secrets(each)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _secrets(getattr(value, field.name))
