"""Every value of validated options with its path in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from agent.config.problem import Path


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What is neither a model nor a list nor a mapping."""
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            here = path if name == "root" else (*path, info.alias or name)
            yield from leaves(getattr(value, name), here)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from leaves(each, (*path, index))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from leaves(each, (*path, str(key)))
    else:
        yield path, value
