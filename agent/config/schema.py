"""JSON schema of agent.yaml, for editors that complete and check while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from agent.config.sections import SECTIONS
from agent.core.model import Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(sections: Mapping[str, Section]) -> dict[str, Any]:
    """Every section of the packages and our own; a section may be left empty."""
    table = {**SECTIONS, **sections}
    models = [(section.options, "validation") for section in table.values()]
    by_model, shared = models_json_schema(list(dict.fromkeys(models)), ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    return {
        "$schema": DIALECT,
        "title": "agent.yaml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: _section(section, by_model[(section.options, "validation")]) for key, section in table.items()
        },
        "$defs": _loosened(shared.get("$defs", {})),
    }


def _section(section: Section, schema: dict[str, Any]) -> dict[str, Any]:
    value = {"type": "array", "items": schema} if section.many else schema
    return {"anyOf": [value, {"type": "null"}]}


def _loosened(schema: Any) -> Any:
    """As the loader reads it: numbers are accepted where text is meant. Titles, made of field names, say nothing."""
    if isinstance(schema, list):
        return [_loosened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: _loosened(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if loose.get("type") == "string" and "enum" not in loose and "const" not in loose:
        loose["type"] = ["string", "number"]
    if "enum" in loose:
        numbers = [int(each) for each in loose["enum"] if isinstance(each, str) and each.isdigit()]
        loose = {key: value for key, value in loose.items() if key != "type"} | {"enum": [*loose["enum"], *numbers]}
    return loose
