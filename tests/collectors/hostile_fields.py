"""Every text of agent.yaml, found in the schema itself, so that none can be forgotten: what hostile it takes, and, of
those that reach a command on a host, the commands made of it."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from agent.config.sections import SECTIONS as OWN
from agent.config.shape import is_model, keys, values_of
from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command
from agent.tables import SECTIONS
from collectors.application.on_other_host import of_spool
from collectors.host.linux import SUBJECTS
from collectors.log_store.files import listed
from collectors.log_store.layout import layout
from tests.collectors.host.hosts import Recorded
from tests.collectors.host.test_linux_services import SYSTEMD
from tests.collectors.test_application_commands import of_log
from tests.transports.test_ssh_round import HOSTILE

FORMS = ("{}", "/{}", "/{{source}}/{}", "http://h/{}", "SELECT {}")
Commands = Callable[[str], Sequence[Command]]


@cache
def texts() -> dict[str, list[str]]:
    """By the path of each field that takes any of the hostile values: those, in the form that it takes."""
    found: dict[str, list[str]] = {}
    for key, section in sorted({**OWN, **SECTIONS}.items()):
        for path, annotation in _leaves(section.options, key):
            reads: TypeAdapter[Any] = TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
            taken = [text for value in HOSTILE if (text := _taken(reads, value)) is not None]
            if taken:
                found[path] = max(found.get(path, []), taken, key=len)
    return found


def _leaves(annotation: Any, path: str) -> Iterator[tuple[str, Any]]:
    origin, args = get_origin(annotation), get_args(annotation)
    if is_model(annotation):
        for key, info in keys(annotation).items():
            typed = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            yield from _leaves(typed, path if key == "root" else f"{path}.{key}")
    elif origin is Annotated and not get_args(args[0]) and not is_model(args[0]):
        yield path, annotation
    elif list(values_of(annotation)):
        yield from _leaves(args[0], f"{path}.<name>")
        yield from _leaves(args[1], f"{path}.<value>")
    elif origin is Annotated:
        yield from _leaves(args[0], path)
    elif origin in (Union, types.UnionType, tuple, list, frozenset, set):
        for each in args:
            yield from _leaves(each, path)
    elif annotation not in (types.NoneType, ...):
        yield path, annotation


def _taken(reads: TypeAdapter[Any], value: str) -> str | None:
    for form in FORMS:
        try:
            reads.validate_python(form.format(value))
        except (ValidationError, ValueError):
            continue
        return form.format(value)
    return None


def of_host(subject: str, **options: Any) -> Commands:
    """Of a subject of hosts; VALUE stands for the value."""
    named = next(each for each in SUBJECTS if each.name == subject)

    def commands(value: str) -> Sequence[Command]:
        filled: Any = _filled(options, value)
        return _asked(Recorded(named, options=filled, system=SYSTEMD))

    return commands


def _asked(host: Recorded) -> Sequence[Command]:
    host.poll()
    return host.asked


def _filled(options: Any, value: str) -> Any:
    if isinstance(options, Mapping):
        return {key: _filled(each, value) for key, each in options.items()}
    if isinstance(options, list):
        return [_filled(each, value) for each in options]
    return value if options == "VALUE" else options


class _Listens:
    """A session that keeps what it is asked and fails."""

    commands: Sequence[Command] = ()

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        self.commands = commands
        raise CannotAsk("missing", "")


def of_log_store(value: str) -> Sequence[Command]:
    plan, session = layout(value), _Listens()
    try:
        asyncio.run(listed(session, plan.folder, plan.depth))  # type: ignore[arg-type]  # it is asked for a round only
    except CannotAsk:
        return session.commands
    raise AssertionError(value)


def of_file(value: str) -> Sequence[Command]:
    return of_log(value.removeprefix("/"))


# What is put to a host's shell.
REACH: Mapping[str, Commands] = {
    "applications.spool": lambda value: of_spool(f"/{value}", "*", "upload").commands,
    "applications.pattern": lambda value: of_spool("/nonexistent", value, "upload").commands,
    "applications.uploads.log": of_file,
    "applications.ticket.file": of_file,
    "applications.lag.file": of_file,
    "hosts.services": of_host("services", services=["VALUE"]),
    "hosts.canaries": of_host("canaries", canaries=["VALUE"]),
    "hosts.antivirus.signatures": of_host("antivirus", antivirus={"process": "x", "signatures": "VALUE"}),
    "hosts.watch": lambda value: [
        *of_host("watched", watch=["VALUE"])(value)[1:],
        *of_host("extensions", watch=["VALUE"])(value),
    ],
    "hosts.software": of_host("software", software=["VALUE"]),
    "log_store.path": of_log_store,
}
# Tried by test_backup_ssh, which puts them to a real sshd.
ELSEWHERE = frozenset(
    (
        "backups.path", "backups.pattern", "backups.restic.password", "backups.restic.password_file",
        "backups.verify.manifest", "backups.run.status", "backups.run.log", "backups.isolation.path",
        "backups.second_copy.path",
    )
)  # fmt: skip
# Put to the client of a database, by test_hostile_database: settings by standard input, the others as arguments.
DATABASE = frozenset(f"applications.database.{name}" for name in ("name", "user", "password", "program", "spaces"))
QUERIES = frozenset(
    (
        "applications.ticket.sql",
        "applications.lag.sql",
        *(f"applications.uploads.queries.{name}" for name in ("waiting", "oldest", "success", "failures")),
    )
)
# The texts that reach no command on a host, by the reason why not.
NONE: Mapping[str, frozenset[str]] = {
    "shown on pages or in messages": frozenset(
        (
            "applications.name",
            "applications.labels.<value>",
            "backups.name",
            "backups.labels.<value>",
            "center.name",
            "center.district",
            "counters.ids",
            "counters.name",
            "duty",
            "hosts.name",
            "hosts.labels.<value>",
            "lines.name",
            "lines.labels.<value>",
            "lines.carrier.name",
            "lines.carrier.circuit",
            "lines.carrier.fault_desk",
            "machine_room.name",
            "machine_room.labels.<value>",
            "machine_room.place.<name>",
            "people.name",
            "people.phone",
            "people.mobile",
            "people.accounts",
            "people.covers",
            "switches.name",
            "switches.labels.<value>",
        )
    ),
    "sent over the network by this agent itself (HTTP, TCP, DNS, SNMP, SSH, mail), never through a shell": frozenset(
        (
            "applications.http",
            "applications.tcp",
            "applications.dns.servers",
            "applications.headers.<name>",
            "applications.headers.<value>",
            "applications.body",
            "applications.login.user",
            "applications.login.password",
            "applications.login.bearer",
            "applications.talk.send",
            "applications.ticket.http",
            "applications.lag.http",
            "credentials.<value>.snmp.community",
            "credentials.<value>.snmp.user",
            "credentials.<value>.snmp.auth.password",
            "credentials.<value>.snmp.privacy.password",
            "credentials.<value>.snmp.context",
            "credentials.<value>.snmp.context_engine",
            "credentials.<value>.ssh.user",
            "credentials.<value>.ssh.passphrase",
            "credentials.<value>.ssh.password",
            "credentials.<value>.ssh.jump",
            "hosts.ntp",
            "lines.probes.tcp",
            "lines.probes.http",
            "lines.probes.nqa.test",
            "machine_room.rtsp.cameras.<name>",
            "machine_room.rtsp.cameras.<value>",
            "machine_room.recordings.user",
            "machine_room.recordings.password",
            "machine_room.recordings.tracks.<name>",
            "notify.alertmanagers.url",
            "notify.alertmanagers.user",
            "notify.alertmanagers.password",
            "notify.alertmanagers",
        )
    ),
    "a file of this machine that the agent opens itself": frozenset(
        (
            "applications.tls.ca",
            "applications.tls.certificate",
            "applications.tls.key",
            "applications.published.file",
            "assets",
            "baselines",
            "calendar.holidays",
            "checklist.evidence",
            "credentials.<value>.ssh.key",
            "credentials.<value>.ssh.known_hosts",
            "probe_modules",
            "snmp_modules",
            "state",
        )
    ),
    "compared here with what came back": frozenset(
        (
            "applications.dns.names.<value>",
            "applications.talk.expect",
            "applications.expect.status",
            "applications.expect.body",
            "applications.expect.json.<name>",
            "applications.expect.json.<value>",
            "applications.expect.header.<name>",
            "applications.expect.header.<value>",
            "applications.expect.answer",
            "applications.published.words",
            "applications.version.header",
            "applications.version.json",
            "applications.version.pattern",
            "applications.ticket.json",
            "applications.ticket.pattern",
            "applications.lag.json",
            "applications.lag.pattern",
            "applications.process",
            "applications.copies.server",
            "applications.copies.file",
            "applications.copies.version",
            "applications.uploads.success",
            "applications.uploads.failure",
            "backups.restic.hosts",
            "backups.restic.tags",
            "backups.restic.paths",
            "backups.run.failed",
            "backups.run.good",
            "hosts.antivirus.process",
            "lines.via.port",
            "log_store.names.<name>",
            "machine_room.contacts.<name>",
            "machine_room.contacts.<value>.sensor",
            "machine_room.modbus.points.sensor",
            "machine_room.modbus.points.name",
            "switches.uplinks",
            "switches.interfaces.skip",
            "switches.interfaces.only",
            "switches.interfaces.baseline.<name>",
        )
    ),
    "taken by the section, which checks them; no channel is sent to as yet": frozenset(
        (
            "notify.channels.to",
            "notify.channels.device",
            "notify.channels.pin",
            "notify.channels.url",
            "notify.channels.secret",
            "notify.channels.body",
            "notify.channels.headers.<name>",
            "notify.channels.headers.<value>",
            "notify.channels.server",
            "notify.channels.sender",
            "notify.channels.user",
            "notify.channels.password",
            "notify.channels.command",
            "notify.channels.sound",
        )
    ),
    "compared with the checklist's own rules; one that names none is refused": frozenset(
        (
            "thresholds.<value>.metric",
            "thresholds.<value>.labels.<name>",
            "thresholds.<value>.labels.<value>",
        )
    ),
}
