"""Draft: the answers of `shouwang init` as a small agent.yaml with its secrets apart, and how it gets onto the disk."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.calendar import Span
from agent.core.secrets import Secret
from agent.core.text import Language, Text
from agent.discovery.entries import Entry, listed
from agent.options import clock

COMMUNITY_FILE = "secrets/snmp-community"
LOGIN = "room"
EXISTS = Text(
    "{there} 已存在;请用 -c 指定别的文件,或用 --force 覆盖",
    "{there} exists; name another file with -c, or --force to write over it",
)
NO_FOLDER = Text(
    "{place}:写不进去({error});请换个目录,或以有权限的用户运行",
    "{place}: cannot be written to ({error}); take another folder, or run this as a user who may",
)


@dataclass(frozen=True, slots=True)
class SwitchAnswer:
    id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class LineAnswer:
    id: str
    name: str
    business: str
    gateway: str
    application: str = ""
    switch: str = ""
    port: str = ""
    carrier: str = ""
    circuit: str = ""
    fault_desk: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    language: Language
    id: str
    name: str
    district: str
    weekdays: tuple[Span, ...]
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()
    holidays: str = "closed"
    switches: tuple[SwitchAnswer, ...] = ()
    community: Secret | None = None
    lines: tuple[LineAnswer, ...] = ()
    alertmanager: str = ""
    found: tuple[Entry, ...] = ()  # in the network, beside the switches that were named


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is the whole agent.yaml; `secrets` by path beside it."""

    text: str
    secrets: Mapping[str, Secret] = field(default_factory=dict)


def draft(answers: Answers) -> Draft:
    zh = answers.language == "zh"
    lines = [
        "# 守望配置。改完后运行 shouwang validate 检查。" if zh else "# Shouwang. After a change: shouwang validate.",
        f"language: {answers.language}",
        _mapping("center", {"id": answers.id, "name": answers.name, "district": answers.district}),
        *_calendar(answers),
        "hosts:",
        f"  - {{id: localhost, name: {_quoted('本机' if zh else 'this machine')}, address: localhost, by: local}}",
    ]
    secrets: dict[str, Secret] = {}
    lines += _found("hosts", answers.found)
    if answers.community is not None:
        secrets[COMMUNITY_FILE] = answers.community
        lines += ["credentials:", f'  {LOGIN}: {{snmp: {{version: 2c, community: "file:{COMMUNITY_FILE}"}}}}']
    rows = [_entry(_switch(each) | {"credentials": LOGIN}) for each in answers.switches]
    rows += _found("switches", answers.found)
    lines += ["switches:", *rows] if rows else []
    rows = _found("machine_room", answers.found)
    lines += ["machine_room:", *rows] if rows else []
    lines += ["lines:"] if answers.lines else []
    lines += [text for each in answers.lines for text in _line(each)]
    if answers.alertmanager:
        lines.append(f"notify: {{alertmanagers: [{_quoted(answers.alertmanager)}]}}")
    return Draft("\n".join(lines) + "\n", secrets)


def _found(section: str, entries: Sequence[Entry]) -> list[str]:
    return [listed(each) for each in entries if each.section == section]


def _switch(switch: SwitchAnswer) -> dict[str, str]:
    return {"id": switch.id, "name": switch.name, "address": switch.address}


def _calendar(answers: Answers) -> list[str]:
    days = {"monday-friday": answers.weekdays, "saturday": answers.saturday, "sunday": answers.sunday}
    return [
        "calendar:",
        "  service:",
        *(f"    {day}: [{', '.join(_quoted(clock(span)) for span in spans)}]" for day, spans in days.items() if spans),
        f"  holidays: {answers.holidays}",
    ]


def _line(line: LineAnswer) -> list[str]:
    entry: dict[str, str] = {"id": line.id, "name": line.name, "business": line.business}
    rows = [_entry(entry)[:-1] + ","]
    if line.switch and line.port:
        rows.append(f"     via: {{switch: {_quoted(line.switch)}, port: {_quoted(line.port)}}},")
    carrier = {"name": line.carrier, "circuit": line.circuit, "fault_desk": line.fault_desk}
    if any(carrier.values()):
        rows.append(f"     {_mapping('carrier', {key: value for key, value in carrier.items() if value})},")
    probes = [f"{{layer: gateway, icmp: {_quoted(line.gateway)}}}"]
    if line.application:
        probes.append(f"{{layer: application, tcp: {_quoted(line.application)}}}")
    return [*rows, f"     probes: [{', '.join(probes)}]}}"]


def _mapping(key: str, values: Mapping[str, str]) -> str:
    return f"{key}: {{{', '.join(f'{name}: {_quoted(value)}' for name, value in values.items())}}}"


def _entry(values: Mapping[str, str]) -> str:
    return f"  - {{{', '.join(f'{name}: {_quoted(value)}' for name, value in values.items())}}}"


def _quoted(value: str) -> str:
    """A JSON text is a double-quoted YAML text."""
    return json.dumps(value, ensure_ascii=False)


def obstacle(path: Path, *, overwrite: bool = False) -> Text | None:
    """Why `write` could not put an agent.yaml there, as far as can be told before its text is known."""
    folder, secret = path.parent, path.parent / COMMUNITY_FILE
    if not folder.is_dir():
        return Text(f"{folder}:没有这个目录;请先建立", f"{folder}: no such folder; make it first")
    if (path.exists() or secret.exists()) and not overwrite:
        there = path if path.exists() else secret
        return EXISTS.format(there=there)
    for place in (folder, secret.parent if secret.parent.exists() else folder):
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            return NO_FOLDER.format(place=place, error=error.strerror)
    return None


def write(draft: Draft, path: Path, *, overwrite: bool = False) -> Sequence[Path]:
    """Writes secrets (0600 in a folder of 0700), then agent.yaml; FileExistsError before anything is touched. OSError
    after what was made new is gone again."""
    wanted = {path.parent / name: (secret.reveal() + "\n", 0o600) for name, secret in draft.secrets.items()}
    wanted[path] = (draft.text, 0o640)
    existing = [file for file in wanted if file.exists()]
    if existing and not overwrite:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(existing[0]))
    try:
        for file, (text, mode) in wanted.items():
            if file != path:
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.parent.chmod(0o700)
            _write(file, text, mode)
    except OSError:
        for file in wanted.keys() - existing:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        raise
    return list(wanted)


def _write(file: Path, text: str, mode: int) -> None:
    """A new file under another name: never readable by others, not even for a moment, and whole or not there."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as target:
        target.write(text)
    fresh.replace(file)
