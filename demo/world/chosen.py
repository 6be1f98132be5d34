"""What somebody chose to be so in the centre, whatever else goes on there: each is put in again after every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Put = Callable[[Any], None]
Key = tuple[str, str]  # the id of a node, the name of a setting


@dataclass(frozen=True, slots=True)
class Choice:
    """`before`: what was so when it was first chosen."""

    value: Any
    before: Any
    put: Put


@dataclass
class Chosen:
    """In the order in which they were chosen."""

    choices: dict[Key, Choice] = field(default_factory=dict)

    def choose(self, key: Key, value: Any, now: Any, put: Put) -> None:
        before = self.choices[key].before if key in self.choices else now
        self.choices[key] = Choice(value, before, put)
        put(value)

    def drop(self, key: Key) -> None:
        choice = self.choices.pop(key)
        choice.put(choice.before)

    def ordinary(self, key: Key, now: Any) -> Any:
        """What is so unless it is chosen, given what is so now."""
        return self.choices[key].before if key in self.choices else now

    def advance(self, seconds: float) -> None:
        for choice in tuple(self.choices.values()):
            choice.put(choice.value)
