"""What commands show of configurations, and how one becomes approved: a file in baselines/, and the register."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import ParamSpec

from agent.cli.common import NOT_RUNNING, leave, out, say
from agent.configurations import Record, Stored
from agent.configurations.kinds import KINDS, kinds
from agent.control import NotRunning, Refused, ask
from agent.core.configurations import digest
from agent.core.model import Target
from agent.core.reach import ReachError
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.discovery.files import write_all
from agent.registering import record_of

NONE_READ = Text("{id}:还没有读到配置", "{id}: no configuration was read yet")
NO_TARGET = Text("没有交换机 {id};已有:{known}", "no switch {id}; known: {known}")
NOT_WRITTEN = Text("{path}:{error};什么也没有批准", "{path}: {error}; nothing was approved")
QUESTION = Text("批准以上内容为新基线?请输入 yes:", "Approve this as the new baseline? Type yes: ")
NO_TERMINAL = Text(
    "要由人来批准:请在终端里执行,或加 --yes", "a person must approve: run it in a terminal, or add --yes"
)
NOT_APPROVED = Text("没有批准;基线不变", "not approved; the baseline stays")
NOT_READ = Text("{id}:没有重新读取:{error};以下是 {at} 的配置", "{id}: not read anew: {error}; this is as of {at}")
ABOUT = Text("涉及:{kinds}", "about: {kinds}")
APPROVED, RUNNING = Text("已批准", "approved"), Text("运行", "running")
PART = re.compile(r"@@ -(\d+)")
P = ParamSpec("P")


def told(command: Callable[P, None]) -> Callable[P, None]:
    """A command that leaves with what the store of configurations says where that cannot be read."""

    @wraps(command)
    def careful(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except ReachError as error:
            leave(str(error))

    return careful


def record(site: Site) -> Record:
    """To look into, beside a running agent or after it."""
    return record_of(lambda: site, writable=False)


def switch(site: Site, identity: str) -> Target:
    found = site.target(identity)
    if found is None or found.kind != "switch":
        known = ", ".join(each.id for each in site.of_kind("switch"))
        leave(NO_TARGET.format(id=identity, known=known)[site.language], 2)
    return found


def versions(site: Site, kept: Record, identity: str) -> list[Stored]:
    """The newest first, at least one; exit 1 if there is none."""
    found = list(kept.versions(identity))
    if not found:
        leave(NONE_READ.format(id=identity)[site.language])
    return found


def newest(site: Site, kept: Record, identity: str) -> tuple[Stored, str]:
    """The newest version and its running configuration."""
    first = versions(site, kept, identity)[0]
    return first, kept.text(first.commit) or ""


def difference(before: str, after: str, names: tuple[str, str]) -> str:
    """Unified; after the place of each part stands the section that it begins in. Empty where there is none."""
    old = before.splitlines()
    lines = difflib.unified_diff(old, after.splitlines(), *names, lineterm="")
    return "\n".join(f"{line}{_section(old, int(match[1]))}" if (match := PART.match(line)) else line for line in lines)


def _section(lines: Sequence[str], number: int) -> str:
    """The line that begins the section of this one."""
    above = lines[: max(0, number - 1)]
    if not 0 < number <= len(lines) or not lines[number - 1].startswith(" "):
        return ""
    return next((f" {line}" for line in reversed(above) if not line.startswith(" ")), "")


def about(site: Site, before: str, after: str) -> str:
    """What a difference touches, in one line; empty where there is none."""
    words = [KINDS[kind][site.language] for kind in kinds(before, after)]
    between = "、" if site.language == "zh" else ", "
    return ABOUT.format(kinds=between.join(words))[site.language] if words else ""


def reread(site: Site, kept: Record, identities: Iterable[str]) -> None:
    """Has the running agent read them now, so that nothing old is approved; says so where it cannot."""
    for identity in identities:
        try:
            why = ask(site.state, "read_configuration", target=identity)["failure"]
        except NotRunning:
            why = NOT_RUNNING.format(state=site.state)[site.language]
        except Refused as error:
            why = str(error)
        if why:
            seen = kept.look(identity).seen
            at = "?" if seen is None else moment(site.calendar, seen)
            say(NOT_READ.format(id=identity, error=why, at=at)[site.language])


def approve(site: Site, kept: Record, identities: Iterable[str], yes: bool) -> Mapping[str, str]:
    """Shows what is new of each, asks a person, writes the baselines; hashes of what is approved, by id."""
    texts = {identity: newest(site, kept, identity)[1] for identity in identities}
    for line in _shown(site, kept, texts):
        out(line)
    _confirmed(site, yes)
    files = {kept.baseline(identity): text.encode("utf-8", "surrogateescape") for identity, text in texts.items()}
    try:
        write_all(files)
    except OSError as error:
        leave(NOT_WRITTEN.format(path=error.filename, error=error.strerror)[site.language])
    for path in files:
        say(str(path))
    return {identity: digest(text) for identity, text in texts.items()}


def _shown(site: Site, kept: Record, texts: Mapping[str, str]) -> Iterator[str]:
    for identity, text in texts.items():
        names = f"{identity} {APPROVED[site.language]}", f"{identity} {RUNNING[site.language]}"
        approved = kept.approved(identity) or ""
        yield difference(approved, text, names) or f"{identity}: ="
        if words := about(site, approved, text):
            yield words


def _confirmed(site: Site, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        leave(NO_TERMINAL[site.language], 2)
    try:
        answer = input(QUESTION[site.language])
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() != "yes":
        leave(NOT_APPROVED[site.language])
