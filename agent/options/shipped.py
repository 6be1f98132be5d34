"""Files that the product ships as facts (profiles, checklist areas, playbooks): YAML of one form each, refused whole.

The parts that several forms share stand here too: a text in both languages, a comparison of a metric.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from agent.core.incident import Condition
from agent.core.text import Text
from agent.options import Duration, Options

# The C loader takes a tenth of the time; it is there wherever PyYAML was built with libyaml.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
F = TypeVar("F", bound=BaseModel)


class FormError(ValueError):
    """A file does not say what its form says; one line per mistake: file:line: path: what is wrong."""


def read(path: Path, form: type[F], *, id_: str = "id") -> F:
    """The file as its form; FormError if it is unreadable, breaks the form, or its `id_` is not the file's name."""
    try:
        text = path.read_text(encoding="utf-8")
        said = form.model_validate(yaml.load(text, Loader))  # noqa: S506 - one of the two safe loaders
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormError(f"{path.name}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FormError(f"{path.name}: {error}") from error
    except ValidationError as error:
        raise FormError("\n".join(_mistakes(path.name, text, error))) from error
    if (given := getattr(said, id_)) != path.stem:
        raise FormError(f"{path.name}:1: {id_} is {given!r}; expected {path.stem!r}, the file's name")
    return said


def _mistakes(name: str, text: str, error: ValidationError) -> Iterator[str]:
    root = yaml.compose(text, Loader)
    for each in error.errors(include_url=False):
        where = ".".join(map(str, each["loc"]))
        yield f"{name}:{_line(root, each['loc'])}: {where + ': ' if where else ''}{each['msg']}"


def _line(node: yaml.Node | None, path: Sequence[int | str]) -> int:
    """The line, counted from 1, of the deepest part of this path that the document has."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            key, node = next(((key, value) for key, value in node.value if key.value == part), (None, None))
            line = line if key is None else key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


class Words(Options):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class Comparison(Options):
    """A metric against a bound: exactly one of above, below, equals, age_above and age_below (seconds since a
    timestamp), left_below (seconds until one)."""

    metric: str
    labels: dict[str, str] = Field(default_factory=dict)
    above: float | None = None
    below: float | None = None
    equals: float | None = None
    age_above: Duration | None = None
    age_below: Duration | None = None
    left_below: Duration | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        bounds = (self.above, self.below, self.equals, self.age_above, self.age_below, self.left_below)
        if sum(each is not None for each in bounds) != 1:
            raise ValueError("a comparison has exactly one of above, below, equals, age_above, age_below, left_below")
        return self

    @property
    def condition(self) -> Condition:
        age = self.age_above if self.left_below is None else -self.left_below
        return Condition(self.metric, self.labels, self.above, self.below, self.equals, age, self.age_below)
