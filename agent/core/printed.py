"""Printed: a report as renderers take it, in one language: every renderer shows the same rows and decides nothing.

What it says may come from devices and people; a renderer shows all of it as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent.core.text import Language

Tone = Literal["", "bad", "unknown", "warn", "good", "quiet"]


@dataclass(frozen=True, slots=True)
class Row:
    """`tone` is how its first cell is coloured; the word in it says the same to who sees no colours."""

    cells: tuple[str, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`shares` are the widths of the columns beside each other. `empty` is said in place of a table without rows, and
    `note` below the title."""

    title: str
    heads: tuple[str, ...]
    shares: tuple[int, ...]
    rows: tuple[Row, ...]
    empty: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One block to be signed by hand: the post, who holds it (may be empty), and what stands before the lines."""

    post: str
    name: str
    sign: str
    opinion: str
    date: str


@dataclass(frozen=True, slots=True)
class Printed:
    """`summary` stands on the first page with `verdict`, facts and signatures, `sections` on those after it. `pages`
    has {page} and {pages}."""

    language: Language
    number: str
    title: str
    center: str
    facts: tuple[tuple[str, str], ...]
    verdict: str
    summary: tuple[Table, ...]
    sections: tuple[Table, ...]
    signatures: tuple[Signature, ...]
    pages: str
    head: tuple[str, str]  # what it is called, and the hash of the ledger's last record


def read(said: Mapping[str, Any]) -> Printed:
    """What dataclasses.asdict made of one. KeyError or TypeError if it is none."""
    lists = {
        "facts": tuple((str(name), str(what)) for name, what in said["facts"]),
        "summary": _tables(said["summary"]),
        "sections": _tables(said["sections"]),
        "signatures": tuple(Signature(**each) for each in said["signatures"]),
        "head": (str(said["head"][0]), str(said["head"][1])),
    }
    return Printed(**{**said, **lists})


def _tables(said: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    return tuple(
        Table(
            **{
                **each,
                "heads": tuple(each["heads"]),
                "shares": tuple(each["shares"]),
                "rows": tuple(Row(tuple(row["cells"]), row["tone"]) for row in each["rows"]),
            }
        )
        for each in said
    )
