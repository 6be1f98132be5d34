"""Kinds of values of settings: how each is typed, and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from agent.core.text import Text, clean

SHOWN = 40  # characters of what was typed
RANGE = Text("{low:g} 到 {high:g} 的数 {unit}", "a number from {low:g} to {high:g} {unit}")
LINE = Text("不超过 {most} 个字符的一行文字", "one line of at most {most} characters")
ON_OFF = {"on": True, "off": False}


class Unusable(Exception):
    """The word is no value of this kind; `known` says what is."""

    def __init__(self, word: str, known: Text) -> None:
        self.word, self.known = clean(word, SHOWN), known
        super().__init__(f"{self.word!r}: {known.en}")


class Kind(Protocol):
    @property
    def known(self) -> Text:
        """What may be typed."""

    def read(self, word: str) -> Any:
        """Unusable where it is no such value."""

    def say(self, value: Any) -> str:
        """As it is typed."""


@dataclass(frozen=True, slots=True)
class Number:
    low: float
    high: float
    unit: str = ""
    whole: bool = False

    @property
    def known(self) -> Text:
        said = RANGE.format(low=self.low, high=self.high, unit=self.unit)
        return Text(said.zh.rstrip(), said.en.rstrip())

    def read(self, word: str) -> float:
        with suppress(ValueError, OverflowError):
            number = int(word) if self.whole else float(word)
            if math.isfinite(number) and self.low <= number <= self.high:
                return number
        raise Unusable(word, self.known)

    def say(self, value: Any) -> str:
        return f"{value:.10g}"


@dataclass(frozen=True, slots=True)
class Words:
    """One of these, each with what it stands for."""

    values: Mapping[str, Any]

    @property
    def known(self) -> Text:
        return Text("、".join(self.values), ", ".join(self.values))

    def read(self, word: str) -> Any:
        if word not in self.values:
            raise Unusable(word, self.known)
        return self.values[word]

    def say(self, value: Any) -> str:
        return next((word for word, each in self.values.items() if each == value), str(value))


SWITCH = Words(ON_OFF)


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one line, as an administrator could type it."""

    most: int = 200

    @property
    def known(self) -> Text:
        return LINE.format(most=self.most)

    def read(self, word: str) -> str:
        if len(word) > self.most or not word.isprintable():
            raise Unusable(word, self.known)
        return word

    def say(self, value: Any) -> str:
        return str(value)
