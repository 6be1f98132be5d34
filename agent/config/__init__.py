"""agent.yaml: read with positions, checked as a whole, turned into a Site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.config.load import load
from agent.config.problem import ConfigError, Problem
from agent.config.sections import SECTIONS
from agent.config.unwatched import not_yet_watched
from agent.core.model import Section

__all__ = ["SECTIONS", "ConfigError", "Problem", "json_schema", "load", "markdown", "not_yet_watched"]


def json_schema(sections: Mapping[str, Section]) -> dict[str, Any]:
    """JSON schema of agent.yaml, for editors."""
    from agent.config.schema import json_schema

    return json_schema(sections)


def markdown(sections: Mapping[str, Section]) -> str:
    """The reference of agent.yaml as Markdown, for docs/."""
    from agent.config.reference import markdown

    return markdown(sections)
