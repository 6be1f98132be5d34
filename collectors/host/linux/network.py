"""Network interfaces but loopback: state, speed and counters, by /proc/net/dev and /sys/class/net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors import interface_metrics as net
from collectors.host.linux.figures import number
from collectors.host.linux.system import NETWORK
from collectors.host.subject import Subject, Turn

FOLDER = "/sys/class/net"
UP, LOOPBACK = 0x1, 0x8  # IFF_UP, IFF_LOOPBACK of netdevice(7)
MEGABIT = 125_000.0  # bytes
# Columns of /proc/net/dev after the name.
COUNTERS = (
    (net.RECEIVE_BYTES, 0),
    (net.TRANSMIT_BYTES, 8),
    (net.RECEIVE_ERRORS, 2),
    (net.TRANSMIT_ERRORS, 10),
    (net.RECEIVE_DISCARDS, 3),
    (net.TRANSMIT_DISCARDS, 11),
)
COLUMNS = 16


def ask(turn: Turn) -> Sequence[Command]:
    """The second only where there are interfaces: grep without a file would read what it is not meant to."""
    files = [f"{FOLDER}/{name}/{fact}" for name in turn.system.interfaces for fact in ("flags", "carrier", "speed")]
    states = Command(("grep", "-H", "-s", "-e", "", "--", *files), limit=32 * 1024)
    return (NETWORK, states) if files else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    counters, facts = counted(answers[0].text), states(answers[1].text)
    for name in turn.system.interfaces:
        flags = _flags(facts.get((name, "flags"), ""))
        if flags is None or flags & LOOPBACK:
            continue
        label = (name,)
        up = bool(flags & UP)
        yield Sample(net.INTERFACE_UP, float(up and facts.get((name, "carrier")) == "1"), label)
        yield Sample(net.INTERFACE_ADMIN_UP, float(up), label)
        speed = number(facts.get((name, "speed"), ""))
        if speed is not None and speed > 0:
            yield Sample(net.SPEED, speed * MEGABIT, label)
        for metric, column in COUNTERS if name in counters else ():
            yield Sample(metric, counters[name][column], label)


def counted(text: str) -> Mapping[str, Sequence[float]]:
    """The counters of /proc/net/dev by name."""
    found = {}
    for line in text.split("\n"):
        name, _, rest = line.rpartition(":")
        values = [value for word in rest.split() if (value := number(word)) is not None]
        if len(values) == COLUMNS:
            found[name.strip()] = values
    return found


def states(text: str) -> Mapping[tuple[str, str], str]:
    """What stands in the files, by interface and file; a link that is down has no carrier and no speed to read."""
    found = {}
    for line in text.split("\n"):
        path, _, value = line.rpartition(":")
        name, _, fact = path.removeprefix(FOLDER + "/").rpartition("/")
        found[name, fact] = value.strip()
    return found


def _flags(text: str) -> int | None:
    try:
        return int(text[:18], 16)
    except ValueError:
        return None


SUBJECT = Subject(
    "network",
    (net.INTERFACE_UP, net.INTERFACE_ADMIN_UP, net.SPEED, *(metric for metric, _ in COUNTERS)),
    ask,
    read,
)
