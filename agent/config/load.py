"""load: from the file to a Site, or every error at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.config import assemble
from agent.config.document import Document, read
from agent.config.files import unreadable
from agent.config.messages import LIST, flaws, found, unknown_key
from agent.config.problem import ConfigError, Problem
from agent.config.problem import Path as Place
from agent.config.references import Entry, Named, crossed
from agent.config.remarks import remarks
from agent.config.salvage import salvaged
from agent.config.sections import SECTIONS
from agent.core.calendar import Calendar, HolidayTable
from agent.core.model import Section
from agent.core.site import Site
from agent.core.text import Text
from agent.options import TargetOptions

Objection = tuple[str, tuple[int, str], Text]  # to a rule's limit: the rule, which of its limits and which option
HINTS = 100  # problems for which the nearest known word is looked for; whoever has more has another problem


def load(
    path: Path,
    sections: Mapping[str, Section],
    *,
    holidays: Callable[[], HolidayTable],
    used: Collection[str] = (),
    rules: Callable[[], Collection[str]] | None = None,
    objections: Callable[[Mapping[str, Any]], Iterable[Objection]] = lambda said: (),
) -> Site:
    """The site that the file describes.

    `sections` are those that the packages bring; those that no package owns are added. `holidays` gives the published
    years, called where the calendar needs it. `used` are sections whose file must be there; `rules` gives the ids that
    `thresholds` may name, `objections` what is wrong with it. ConfigError carries everything that is wrong.
    """
    table = {**SECTIONS, **sections}
    document = read(path)
    source = path.absolute()
    entries, salvage, problems = _validated(document, table, source.parent)
    problems = [
        *document.problems,
        *problems,
        *crossed(document, entries, table, salvage),
        *_timeouts(document, entries),
        *unreadable(document, entries, used),
        *_rules(document, entries, rules, objections),
    ]
    calendar = None
    try:
        calendar = _calendar(entries, holidays)
    except ConfigError as error:
        problems += [_placed(document, each) for each in error.problems]
    if problems or calendar is None:
        raise ConfigError(problems)
    site = assemble.site(source, entries, table, calendar)
    return replace(site, remarks=remarks(document, entries, source.parent))


def _validated(
    document: Document, table: Mapping[str, Section], base: Path
) -> tuple[list[Entry], list[Named], list[Problem]]:
    entries: list[Entry] = []
    salvage: list[Named] = []
    unknown = [key for key in document.value if key not in table]
    problems = [
        document.problem((key,), unknown_key(key, list(table), number < HINTS)) for number, key in enumerate(unknown)
    ]
    for section in table.values():
        for place, value in _parts(document, section, problems):
            try:
                options = section.options.model_validate(value, context={"base": base})
                entries.append(Entry(section, place, options))
            except ValidationError as error:
                hints = max(0, HINTS - len(problems))
                told = flaws(error, section.options, value, hints)
                problems += [document.problem((*place, *path), text) for path, text in told]
                salvage += salvaged(section, place, value)
    return entries, salvage, problems


def _parts(document: Document, section: Section, problems: list[Problem]) -> list[tuple[Place, Any]]:
    """What to validate: each entry of a list, or the whole section; a section without a value counts as absent."""
    key, value = section.key, document.value.get(section.key)
    if not section.many:
        return [((key,), _default(section) if value is None else value)]
    if value is None:
        return []
    if not isinstance(value, list):
        (zh, en), (found_zh, found_en) = LIST, found(value)
        problems.append(document.problem((key,), Text(f"应为{zh},不是{found_zh}", f"expected {en}, found {found_en}")))
        return []
    return [((key, index), entry) for index, entry in enumerate(value)]


def _default(section: Section) -> Any:
    """What an absent section is validated as: an empty mapping, or the default of a single value."""
    root = section.options.model_fields.get("root")
    return {} if root is None else root.get_default(call_default_factory=True)


def _calendar(entries: list[Entry], holidays: Callable[[], HolidayTable]) -> Calendar:
    options = next((entry.options for entry in entries if entry.section.key == "calendar"), None)
    return Calendar() if options is None else assemble.calendar(options, holidays)


def _placed(document: Document, problem: Problem) -> Problem:
    """What is wrong with the file of dates as a whole is told where agent.yaml names it."""
    if problem.line:
        return problem
    zh, en = (f"{problem.file}: {problem.message[language]}" for language in ("zh", "en"))
    return document.problem(("calendar", "holidays"), Text(zh, en))


def _rules(
    document: Document,
    entries: list[Entry],
    rules: Callable[[], Collection[str]] | None,
    objections: Callable[[Mapping[str, Any]], Iterable[Objection]],
) -> Iterator[Problem]:
    if rules:
        yield from _strange_rules(document, entries, rules)
    yield from _objections(document, entries, objections)


def _strange_rules(document: Document, entries: list[Entry], rules: Callable[[], Collection[str]]) -> Iterator[Problem]:
    named = _thresholds(entries)
    known = sorted(rules()) if named else []
    for rule in named:
        if rule not in known:
            near = difflib.get_close_matches(rule, known, 3, 0.6)
            text = Text(
                f"没有这个检查项或预案;{'相近的有' if near else '已有'}:{'、'.join(near or known)}",
                f"no such item or playbook; {'near it' if near else 'known'}: {', '.join(near or known)}",
            )
            yield document.problem(("thresholds", rule), text)


def _thresholds(entries: list[Entry]) -> Mapping[str, Any]:
    return next((entry.options.root for entry in entries if entry.section.key == "thresholds"), {})


def _objections(
    document: Document, entries: list[Entry], objections: Callable[[Mapping[str, Any]], Iterable[Objection]]
) -> Iterator[Problem]:
    said = _thresholds(entries)
    for rule, (index, option), text in objections(said):
        listed = isinstance(document.value["thresholds"][rule], list)
        yield document.problem(("thresholds", rule, *((index,) if listed else ()), option), text)


def _timeouts(document: Document, entries: list[Entry]) -> list[Problem]:
    problems = []
    for entry in entries:
        if isinstance(entry.options, TargetOptions):
            every, timeout = assemble.rhythm(entry.options)
            if timeout > every:
                text = Text(
                    f"超时 {timeout:g} 秒比间隔 every({every:g} 秒)长;请改小 timeout 或改大 every",
                    f"a timeout of {timeout:g} s is longer than every ({every:g} s); lower it or raise every",
                )
                problems.append(document.problem((*entry.path, "timeout"), text))
    return problems
