"""agent.yaml: read with positions, checked as a whole, turned into a Site."""

from agent.config.load import load
from agent.config.problem import ConfigError, Problem
from agent.config.reference import markdown
from agent.config.schema import json_schema
from agent.config.sections import SECTIONS
from agent.config.unwatched import not_yet_watched

__all__ = ["SECTIONS", "ConfigError", "Problem", "json_schema", "load", "markdown", "not_yet_watched"]
