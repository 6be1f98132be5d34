"""Site from validated options: targets with their logins and key ports, people, counters, the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import RootModel

from agent.config.dates import read_dates
from agent.config.hours import CalendarOptions, week
from agent.config.references import Entry
from agent.config.sections import CounterOptions, PersonOptions
from agent.core.calendar import SERVICE, WORKING, Calendar, HolidayTable
from agent.core.model import Dependency, Section, Target
from agent.core.reach import Login
from agent.core.site import Center, Counter, Person, Site
from agent.options import AnyOf, TargetOptions

# Sections that have a field of Site for themselves.
OWN_FIELDS = ("language", "listen", "state", "center", "calendar", "people", "counters", "credentials")


def calendar(options: CalendarOptions, holidays: Callable[[], HolidayTable]) -> Calendar:
    """ConfigError if the file of dates is not one."""
    policy = options.holidays
    dates = policy if isinstance(policy, Path) else None
    table = HolidayTable() if policy == "none" else holidays()
    return Calendar(
        timezone=options.timezone,
        service=SERVICE if options.service is None else week(options.service),
        working=WORKING if options.working is None else week(options.working),
        holidays="closed" if isinstance(policy, Path) else policy,
        table=table if dates is None else read_dates(dates, table),
        exceptions=dict(options.exceptions),
    )


def site(source: Path, entries: Iterable[Entry], sections: Mapping[str, Section], calendar: Calendar) -> Site:
    entries = list(entries)
    whole = {entry.section.key: _plain(entry.options) for entry in entries if not entry.section.many}
    lists = {
        key: tuple(entry.options for entry in entries if entry.section.key == key)
        for key, section in sections.items()
        if section.many
    }
    logins = {name: login.login(name) for name, login in whole.get("credentials", {}).items()}
    center = whole["center"]
    return Site(
        center=Center(center.id, center.name or center.id, center.district),
        calendar=calendar,
        source=source,
        state=source.parent / whole["state"],
        language=whole["language"],
        listen=whole["listen"],
        targets=_targets(entries, logins),
        people=tuple(_person(each) for each in lists["people"]),
        counters=tuple(counter for each in lists["counters"] for counter in _counters(each, _backups(entries))),
        logins=logins,
        sections={
            key: lists[key] if section.many else whole[key]
            for key, section in sections.items()
            if section.kind is None and key not in OWN_FIELDS
        },
    )


def _plain(options: Any) -> Any:
    return options.root if isinstance(options, RootModel) else options


def _targets(entries: list[Entry], logins: Mapping[str, Login]) -> tuple[Target, ...]:
    watched = [(entry.section.kind, entry.options) for entry in entries if entry.section.kind is not None]
    ports = _key_ports([options for _, options in watched])
    tasks = _tasks(entries)
    targets = [
        replace(_target(kind, options, logins, ports.get(options.id, {})), tasks=tasks.get(options.id, {}))
        for kind, options in watched
    ]
    by_id = {target.id: target for target in targets}
    backups = _backups(entries)
    return tuple(_in_group(_with_sources(target, by_id), backups) for target in targets)


def _tasks(entries: Iterable[Entry]) -> Mapping[str, Mapping[str, tuple[Any, ...]]]:
    """By the id of a target: entries of sections without targets of their own that say they are `asked_on` it."""
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    for entry in entries:
        options = _plain(entry.options)
        on = getattr(options, "asked_on", None) if entry.section.kind is None else None
        if on is not None:
            tasks = found.setdefault(str(on), {})
            tasks[entry.section.key] = (*tasks.get(entry.section.key, ()), options)
    return found


def _backups(entries: Iterable[Entry]) -> Mapping[str, tuple[str, ...]]:
    """By the id of a main line: its own, then those of its backups."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        main = getattr(entry.options, "backup_of", None)
        if main is not None:
            found[str(main)] = (*found.get(str(main), (str(main),)), entry.options.id)
    return found


def _in_group(target: Target, backups: Mapping[str, tuple[str, ...]]) -> Target:
    """With its stand-ins, and in need of a line or else of its backups."""
    main = getattr(target.options, "backup_of", None)
    return replace(
        target,
        group=backups.get(target.id if main is None else str(main), ()),
        depends_on=_or_backups(target.depends_on, backups),
    )


def _or_backups(needs: Iterable[Dependency], backups: Mapping[str, tuple[str, ...]]) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(tuple(dict.fromkeys(one for each in need.any_of for one in backups.get(each, (each,)))))
        for need in needs
    )


def _target(kind: str, options: TargetOptions, logins: Mapping[str, Login], key_ports: Mapping[str, str]) -> Target:
    every, timeout = rhythm(options)
    powered_by = (options.powered_by,) if isinstance(options.powered_by, str) else options.powered_by
    return Target(
        kind=kind,
        id=options.id,
        name=options.name or options.id,
        options=options,
        address=getattr(options, "address", None),
        login=logins.get(getattr(options, "credentials", None) or ""),
        every=every,
        timeout=timeout,
        labels=dict(options.labels),
        depends_on=_needs(kind, options),
        powered_by=tuple(str(each) for each in powered_by),
        key_ports=key_ports,
    )


def _with_sources(target: Target, by_id: Mapping[str, Target]) -> Target:
    """With the targets that its options name as `sources`: those that it is read from too."""
    named = tuple(str(each) for each in getattr(target.options, "sources", ()))
    return replace(target, sources={each: by_id[each] for each in named}) if named else target


def rhythm(options: TargetOptions) -> tuple[float, float]:
    """`every` and `timeout` in seconds; a timeout that is not given is never longer than `every`."""
    every = options.every or options.default_every
    return every, options.timeout or min(options.default_timeout, every)


def _needs(kind: str, options: TargetOptions) -> tuple[Dependency, ...]:
    """What it says it depends on; a line, too, on the switch it leaves by, an application or a backup on its host."""
    said = _dependencies(options.depends_on)
    way = getattr(options, "via", None)
    on_host = kind in ("application", "backup")
    under = way.switch if way is not None else getattr(options, "host", None) if on_host else None
    implied = () if under is None else (Dependency((str(under),)),)
    return (*said, *(each for each in implied if each not in said))


def _dependencies(given: Iterable[str | AnyOf]) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(tuple(str(id_) for id_ in each.any_of) if isinstance(each, AnyOf) else (str(each),))
        for each in given
    )


def _key_ports(all_options: list[Any]) -> dict[str, dict[str, str]]:
    """Per switch: its uplinks, and the ports that lines leave by. A line's port is a line's even where it is both."""
    ports: dict[str, dict[str, str]] = {}
    for options in all_options:
        for port in getattr(options, "uplinks", ()):
            ports.setdefault(options.id, {})[port] = "uplink"
    for options in all_options:
        via = getattr(options, "via", None)
        if via is not None:
            ports.setdefault(str(via.switch), {})[via.port] = "line"
    return ports


def _person(options: PersonOptions) -> Person:
    return Person(
        id=options.id,
        name=options.name,
        role=options.role,
        phone=options.phone,
        mobile=options.mobile,
        mail=options.mail,
        substitutes=tuple(str(each) for each in options.substitutes),
        covers=tuple(str(each) for each in options.covers),
        until=options.until,
        accounts=options.accounts,
    )


def _counters(options: CounterOptions, backups: Mapping[str, tuple[str, ...]]) -> Iterable[Counter]:
    needs = _or_backups(_dependencies(options.depends_on), backups)
    for identity in options.numbers():
        yield Counter(identity, options.name.replace("{}", identity), needs)
