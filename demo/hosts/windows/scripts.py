"""What a counter's computer says to each script, by the script's name: the facts that it gives as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from demo.centre.plan import OWN
from demo.hosts.rounds import Said
from demo.hosts.windows import policy, powershell
from demo.hosts.windows.model import CLIENT, CONTENT, DAY, GIB, HOUR, PROCESSORS, Terminal
from demo.hosts.windows.powershell import Block

MEMORY, DISK = 8 * GIB, 238 * GIB
UNITS = 10_000_000  # of 100 ns, in a second
GIVEN_BY_ALL = {"why": [], "mode": "FullLanguage"}
DEFENDER = {"name": "Windows Defender", "state": 0x61100}  # on, and up to date
NEW = ("Microsoft Windows 11 专业版", "10.0.22631")
OLD = ("Microsoft Windows 10 专业版", "10.0.19045")
OLD_ONES = (5, 9)  # counters whose computers are older than the others
NOT_THERE = "ObjectNotFound"
REFUSED = Said(b"", b"only rounds of scripts are answered here\r\n")

Facts = Mapping[str, Any]
Script = Callable[[Terminal, Sequence[str]], Facts]


def system(terminal: Terminal, given: Sequence[str]) -> Facts:
    name, version = OLD if terminal.number in OLD_ONES else NEW
    used = 0.41 + 0.02 * (terminal.number % 7)
    processor = {"idle": terminal.idle * UNITS, "at": terminal.seconds * UNITS}
    return {
        "name": name,
        "version": version,
        "boot": int(terminal.boot),
        "total": MEMORY // 1024,
        "free": int(MEMORY * (1 - used)) // 1024,
        "processors": [processor] * PROCESSORS,
        "paging": {"size": 4096, "used": 512 + 64 * (terminal.number % 5)},
        "volumes": [{"id": "C:", "size": DISK, "free": int(DISK * (0.62 - 0.02 * terminal.number))}],
    }


def canaries(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"files": [{"at": number, **_digest(terminal, path)} for number, path in enumerate(given)]}


def _digest(terminal: Terminal, path: str) -> Facts:
    content = terminal.file(path)
    return {"hash": _hash(content), "why": ""} if content is not None else {"hash": "", "why": NOT_THERE}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest().upper()


def software(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"files": [{"at": number, **_program(terminal, path)} for number, path in enumerate(given)]}


def _program(terminal: Terminal, path: str) -> Facts:
    if path.lower() != CLIENT.lower():
        return {"hash": "", "version": "", "why": NOT_THERE}
    return {"hash": _hash(f"client {terminal.client}".encode()), "version": terminal.client, "why": ""}


def services(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"logged": 1, "services": policy.services(), "broken": [], "processes": list(policy.PROCESSES)}


def clock(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"runs": 1, "leap": 0, "own": 0, "at": terminal.clock}


def antivirus(terminal: Terminal, given: Sequence[str]) -> Facts:
    """Signatures come several times a day."""
    newest = terminal.clock // (6 * HOUR) * 6 * HOUR
    defender = {"on": 1, "signatures": int(newest)}
    return {"defender": [defender], "center": 1, "products": DEFENDER, "processes": list(policy.PROCESSES)}


def logins(terminal: Terminal, given: Sequence[str]) -> Facts:
    ahead = terminal.clock - terminal.wall()
    events = [
        {"id": each.number, "at": int(each.at + ahead), "user": each.user, "type": each.kind, "source": each.source}
        for each in terminal.events()
    ]
    administrators = [{"name": f"{terminal.name}\\{name}"} for name in ("Administrator", "admin-ck", "monitor")]
    came = f"{OWN} 40000 22"
    return {"seen": 1, "now": int(terminal.clock), "from": came, "administrators": administrators, "events": events}


def ports(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"tcp": [{"address": "0.0.0.0", "port": port} for port in policy.PORTS]}  # noqa: S104 - as Windows tells it


def logs(terminal: Terminal, given: Sequence[str]) -> Facts:
    """Kept for more than the half year that the law asks for."""
    now = int(terminal.clock)
    days = {"Security": 210, "System": 320, "Application": 300}
    return {
        "logs": [
            {"name": name, "on": 1, "newest": now - 30, "oldest": now - int(kept * DAY)} for name, kept in days.items()
        ]
    }


def peripherals(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"devices": [{"kind": each.setup, "id": each.path, "fault": 0} for each in terminal.devices]}


def disks(terminal: Terminal, given: Sequence[str]) -> Facts:
    return {"disks": {"id": "0", "name": "NVMe 256GB", "health": 0}}


def watched(terminal: Terminal, given: Sequence[str]) -> Facts:
    """PATH SECONDS: the file, or all below the folder."""
    files = [{"path": path, "hash": _hash(content)} for path, content in _below(terminal, given[0])]
    return {"reason": "" if files else NOT_THERE, "cut": 0, "denied": 0, "files": files}


def extensions(terminal: Terminal, given: Sequence[str]) -> Facts:
    """PATH SECONDS PATTERN…, of which no file here has the name."""
    names = [path for path, _ in _below(terminal, given[0])]
    counts = {end: sum(path.endswith(end) for path in names) for end in (".docx", ".xlsx")}
    kinds = [{"name": end, "count": count} for end, count in counts.items() if count]
    return {"reason": "" if names else NOT_THERE, "cut": 0, "denied": 0, "kinds": kinds, "notes": []}


def _below(terminal: Terminal, place: str) -> Iterator[tuple[str, bytes]]:
    for path in CONTENT:
        content = terminal.file(path)
        if content is not None and f"{path}\\".lower().startswith(f"{place}\\".lower()):
            yield path, content


def updates(terminal: Terminal, given: Sequence[str]) -> Facts:
    """Those of a month are installed some days after they appear; an older computer still waits for one that can
    wait."""
    began, looked = int(terminal.began), terminal.clock // (8 * HOUR) * 8 * HOUR
    waiting = {"severity": "", "released": began - int(8 * DAY), "categories": ""}
    last = began - int((5 + terminal.number) * DAY)
    pending = [waiting] if terminal.number in OLD_ONES else []
    return {"last": last, "looked": int(looked), "restart": 0, "pending": pending}


SCRIPTS: Mapping[str, Script] = {
    "antivirus": antivirus,
    "canaries": canaries,
    "clock": clock,
    "disks": disks,
    "extensions": extensions,
    "hardening": lambda terminal, given: policy.settings(terminal),
    "logins": logins,
    "logs": logs,
    "peripherals": peripherals,
    "ports": ports,
    "services": services,
    "software": software,
    "system": system,
    "terminal": lambda terminal, given: policy.desktop(terminal),
    "updates": updates,
    "watched": watched,
}


def answered(terminal: Terminal, line: bytes, sent: bytes) -> Said:
    """On both streams, to a whole round that is sent to what the command line runs."""
    if not line.startswith(powershell.PROGRAM):
        return REFUSED
    try:
        answers = list(powershell.answered(sent.split(b"\n", 1)[0] + b"\n", lambda block: said(terminal, block)))
    except ValueError:  # also what is not ASCII
        return REFUSED
    return Said(b"".join(each.stdout for each in answers), b"".join(each.stderr for each in answers))


def said(terminal: Terminal, block: Block) -> powershell.Said:
    script = SCRIPTS.get(block.name)
    if script is None:
        return powershell.Said(b"", f"{block.name}: this script is not known here\r\n".encode(), 1)
    return powershell.Said(powershell.document({**script(terminal, block.given), **GIVEN_BY_ALL})[: block.limit])
