"""Text in two languages, and hostile text from devices made harmless."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for operators in Simplified Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def format(self, **facts: object) -> Text:
        """Fill in {names}, with facts that are texts in each language; a fact that is missing stays as its name in
        braces, so that nothing is lost in silence."""
        zh, en = ({name: _in(fact, language) for name, fact in facts.items()} for language in LANGUAGES)
        return Text(self.zh.format_map(_Known(zh)), self.en.format_map(_Known(en)))


Said = Text | str  # in both languages, or, as an error of the system, in the words in which it came


def spoken(said: Said, language: Language) -> str:
    return said if isinstance(said, str) else said[language]


def both(said: Said) -> dict[str, str]:
    """As documents have it, for whoever reads them to choose."""
    return {language: spoken(said, language) for language in LANGUAGES}


def _in(fact: object, language: Language) -> object:
    return fact[language] if isinstance(fact, Text) else fact


class _Known(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def clean(raw: bytes | str, limit: int = 120) -> str:
    """Text from a device as one harmless line: UTF-8 (else GB18030, else Latin-1), no control or direction marks,
    at most `limit` characters. Idempotent."""
    text = raw if isinstance(raw, str) else _decode(raw)
    kept = "".join(" " if char in "\t\r\n" else char for char in text[: 4 * limit] if _shown(char))
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def _shown(char: str) -> bool:
    return char in "\t\r\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
