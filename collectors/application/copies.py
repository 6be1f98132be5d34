"""Are all copies of an application those that are laid down? By what its server shows, and by the program files of the
hosts that name its file under `software`, as their own collectors read them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text, clean
from agent.core.unchanged import MISSING
from collectors.application import metrics
from collectors.application.copies_options import CopiesOptions
from collectors.application.options import ApplicationOptions
from collectors.host.metrics import SOFTWARE

OUTDATED = Metric(
    "application_outdated_copies",
    "gauge",
    "copies",
    ("role", "side"),
    "Copies that are not those laid down; side server, terminal",
)
OUTDATED_INFO = Metric(
    "application_outdated_copy_info",
    "gauge",
    "1",
    ("role", "side", "host", "observed"),
    "A copy that is not the one laid down: its version, else the beginning of its SHA-256; at most 50",
)
SERVER, TERMINAL = "server", "terminal"
MOST = 50
UNREAD = Text(
    "{id}:这些主机上的 {file} 还没有读到过:{hosts}",
    "{id}: the {file} of these hosts was never read: {hosts}",
)


@dataclass(frozen=True, slots=True)
class Copy:
    side: str
    host: str
    observed: str
    right: bool


async def collect(target: Target, options: ApplicationOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A counter's machine that is switched off has the copy that it had when it was read last."""
    copies = options.copies
    if copies is None:
        return
    found = [*_of_server(target, copies, poll), *_of_hosts(target, copies, poll)]
    for side in dict.fromkeys(each.side for each in found):
        count = sum(each.side == side and not each.right for each in found)
        yield Sample(OUTDATED, float(count), (options.role, side))
    for each in [each for each in found if not each.right][:MOST]:
        yield Sample(OUTDATED_INFO, 1.0, (options.role, each.side, each.host, each.observed))


def _of_server(target: Target, copies: CopiesOptions, poll: Poll) -> Iterator[Copy]:
    reading = poll.known.reading(target.id, metrics.INFO.name) if copies.server is not None else None
    for sample in reading.by_metric[metrics.INFO.name] if reading is not None else ():
        shown = sample.label("version") or ""
        yield Copy(SERVER, target.id, clean(shown, 40) or "-", shown == copies.server)


def _of_hosts(target: Target, copies: CopiesOptions, poll: Poll) -> Iterator[Copy]:
    seen: dict[str, list[str]] = poll.kept.setdefault("copies", {})
    hosts = {each.id: each for each in poll.known.targets() if copies.file in _software(each)}
    for gone in set(seen) - set(hosts):
        del seen[gone]
    unread = []
    for host in hosts.values():
        if (told := _told(host, str(copies.file), poll)) is not None:
            seen[host.id] = told
        if host.id not in seen:
            unread.append(host.id)
            continue
        digest, version = seen[host.id]
        right = copies.right(digest, version)
        observed = "missing" if digest == MISSING else version or digest[:12]
        yield Copy(SERVER if host.options.role == "server" else TERMINAL, host.id, observed, right)
    if unread:
        hosts_ = clean(", ".join(unread), 200)
        poll.remarks.append(UNREAD.format(id=target.id, file=clean(str(copies.file), 80), hosts=hosts_))


def _software(target: Target) -> tuple[str, ...]:
    return getattr(target.options, "software", ()) if target.kind == "host" else ()


def _told(host: Target, file: str, poll: Poll) -> list[str] | None:
    """Digest and version of its copy; None where it was not read lately."""
    reading = poll.known.reading(host.id, SOFTWARE.name)
    samples: Any = reading.by_metric[SOFTWARE.name] if reading is not None else ()
    for sample in samples:
        if sample.label("path") == clean(file, 120):
            return [sample.label("sha256") or "", sample.label("version") or ""]
    return None


COLLECTOR = Collector(
    name="application_copies",
    kinds=("application",),
    metrics=(OUTDATED, OUTDATED_INFO),
    collect=collect,
    watches=lambda target: target.options.copies is not None,
)
