"""The tables of docs/demo.md, from the tables of the simulated centre; what stands around them is written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from demo.centre.plan import centre
from demo.faults import FAULTS
from demo.faults.fault import Fault
from demo.stories import STORIES, Event

Row = tuple[str, ...]
Table = Callable[[Row, Iterable[Row]], str]
END = "<!-- end -->"
NAMED = 4  # of whom a fault can befall


def filled(page: str, table: Table) -> str:
    """The page with its tables as the code has them now. ValueError where it has no place for one."""
    for name, (head, rows) in TABLES.items():
        place = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?({END})", re.DOTALL)
        if not place.search(page):
            raise ValueError(f"docs/demo.md: expected a line `<!-- {name}: … -->` and later a line `{END}`")
        said = table(head, rows())
        page = place.sub(lambda found, said=said: f"{found[1]}\n{said}\n\n{found[2]}", page, count=1)  # type: ignore[misc]
    return page


def _faults() -> Iterator[Row]:
    for fault in FAULTS.values():
        network = "要 / yes" if fault.networked else ""
        yield f"`{fault.name}`", f"{fault.sees.zh}<br>{fault.sees.en}", _whom(fault), network


def _whom(fault: Fault) -> str:
    known = [each for each in fault.whom(centre()) if each]
    more = f" …({len(known)})" if len(known) > NAMED else ""
    return ", ".join(f"`{each}`" for each in known[:NAMED]) + more or "–"


def _stories() -> Iterator[Row]:
    for name, story in STORIES.items():
        yield f"`{name}`", f"{story.tells.zh}<br>{story.tells.en}", "<br>".join(map(_event, story.events))


def _event(event: Event) -> str:
    return f"{event.after / 60:g} min: " + f"`{event.verb} {event.fault} {event.whom}".rstrip() + "`"


TABLES: Mapping[str, tuple[Row, Callable[[], Iterator[Row]]]] = {
    "faults": (
        (
            "故障 / Fault",
            "应看到 / What one should see",
            "会落到谁(第一个是默认)/ Whom, the first by default",
            "要网络 / Network",
        ),
        _faults,
    ),
    "stories": (("故事 / Story", "讲什么 / Tells", "何时 / When"), _stories),
}
