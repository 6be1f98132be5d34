"""Look: how somebody wants to see a page, and the template engine that makes it. Every text is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from agent.core.text import Language
from exporters.web.scene import Scene
from exporters.web.standing import State
from exporters.web.words import STATES

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
REFRESH = 15  # seconds between two looks at a live page
DIRECTION = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody wants to see the pages; links keep it."""

    language: Language
    usual: Language
    wall: bool = False
    live: bool = True

    def link(self, path: str, **changes: Any) -> str:
        look = replace(self, **changes)
        chosen = {"lang": look.language if look.language != look.usual else "", "wall": "1" if look.wall else ""}
        query = urlencode(
            {name: value for name, value in {**chosen, "live": "" if look.live else "0"}.items() if value}
        )
        return f"{path}?{query}" if query else path

    @classmethod
    def of(cls, query: Mapping[str, str], usual: Language) -> Look:
        language = query.get("lang", usual)
        known = cast(Language, language) if language in ("zh", "en") else usual
        return cls(known, usual, query.get("wall") == "1", query.get("live") != "0")


@lru_cache(maxsize=1)
def assets() -> Mapping[str, tuple[bytes, str]]:
    """Everything under /static/, by a name that changes with its content: body and content type."""
    found = {}
    for name, kind in (("style.css", "text/css; charset=utf-8"), ("mark.svg", "image/svg+xml")):
        body = (HERE / "static" / name).read_bytes()
        stem, _, ending = name.partition(".")
        found[f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"] = (body, kind)
    return found


def render(template: str, scene: Scene, look: Look, **context: Any) -> str:
    style, mark = assets()
    states = {state: scene.text(STATES[state]) for state in State}
    page = _environment().get_template(template)
    return page.render(
        scene=scene,
        look=look,
        say=scene.word,
        states=states,
        refresh=REFRESH,
        style=f"/static/{style}",
        mark=f"/static/{mark}",
        **context,
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Imported with the first page: a start and a scrape do without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=_without_direction,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _without_direction(value: object) -> object:
    """A mark of direction in one text must not turn round the texts beside it."""
    return value.translate(DIRECTION) if type(value) is str else value
