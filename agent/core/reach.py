"""The ways into a device, as protocols, and Poll: one run of a collector on a target. The real ones: agent/transports.

A failed probe is an answer (`Unanswered`, or a result that says so); a question that could not be put raises
`CannotAsk`. The runner turns both into a Failure when a collector lets them pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from agent.core.excerpts import Excerpt
from agent.core.model import Diagnosis, Failure
from agent.core.others import Known, NothingKnown, Told
from agent.core.registers import Registers
from agent.core.secrets import Secret
from agent.core.text import Said

if TYPE_CHECKING:
    from agent.core.assets import Assets
    from agent.core.console import Console
    from agent.core.dns import Dns
    from agent.core.http import Http
    from agent.core.model import Target
    from agent.core.ntp import Ntp
    from agent.core.ssh import Ssh
    from agent.core.tcp import Tcp


class ReachError(Exception):
    """A way in failed. `kind` is one of Failure's kinds; the message names what was asked, where, and what to do."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def failure(self) -> Failure:
        return Failure(self.kind, str(self))


class Unanswered(ReachError):
    """The question was put and not answered, or refused: timeout, refused, unreachable; what a router said of it."""

    refusal: Refusal | None = None


class CannotAsk(ReachError):
    """The question could not be put: name not resolved, no right to send, no login, no free port."""


@dataclass(frozen=True, slots=True)
class SnmpLogin:
    """SNMP credentials. v1 and v2c use `community`; v3 uses user, auth and privacy (protocol name, password).

    `context` and `context_engine` (hexadecimal) name the part of a v3 device that is asked; empty: the device's own.
    `repetitions` of a GETBULK, `names` in a GET, `retries` of a question at most; None: as the way finds out.
    """

    version: str
    community: Secret | None = None
    user: str = ""
    auth: tuple[str, Secret] | None = None
    privacy: tuple[str, Secret] | None = None
    port: int = 161
    engine: str = "own"
    context: str = ""
    context_engine: str = ""
    repetitions: int | None = None
    names: int | None = None
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class SshLogin:
    """SSH credentials: `key`, `known_hosts` are files; `jump` a target, or `credentials@address[:port]`; `legacy`
    allows what only old devices need."""

    user: str
    key: str | None = None
    password: Secret | None = None
    known_hosts: str | None = None
    port: int = 22
    jump: str | None = None
    legacy: bool = False
    passphrase: Secret | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A named entry of `credentials:`."""

    name: str
    snmp: SnmpLogin | None = None
    ssh: SshLogin | None = None


Why = Literal["no_route", "no_host", "prohibited", "expired", "too_big", "other"]


class Refusal(NamedTuple):
    """What this machine or a router on the way said of a packet that it did not deliver. `by` is its address, empty for
    this machine; `mtu` the largest packet in bytes that goes on from there, 0 where that is not told.

    It is not proven that `by` sent it: it only quotes a packet of ours."""

    by: str
    why: Why
    mtu: int = 0


@dataclass(frozen=True, slots=True)
class Burst:
    """The answers to one burst of echo requests. `round_trips` in seconds, in the order sent, None where lost.

    `unreachable` counts those of the lost that this machine or a router said cannot be delivered, `refusal` is the last
    that was said of one, or of the burst before after it had ended. `hops`: the last answer's hop limit, where asked
    for.
    """

    round_trips: tuple[float | None, ...]
    duplicates: int = 0
    reordered: int = 0
    unreachable: int = 0
    refusal: Refusal | None = None
    hops: int | None = None

    @property
    def sent(self) -> int:
        return len(self.round_trips)

    @property
    def received(self) -> tuple[float, ...]:
        return tuple(each for each in self.round_trips if each is not None)


class Icmp(Protocol):
    async def burst(  # noqa: PLR0913 - each is one property of the packets
        self,
        address: str,
        *,
        count: int,
        interval: float,
        timeout: float,
        size: int = 56,
        source: str | None = None,
        whole: bool = False,
        hops: int | None = None,
    ) -> Burst:
        """Send `count` echoes, `interval` seconds apart, wait `timeout` after the last; `whole`: never in fragments;
        `hops`: their hop limit, where that of the answers is wanted, too. CannotAsk if none was sent."""
        ...


class SnmpSession(Protocol):
    """One conversation with one agent; OIDs are dotted text without a leading dot."""

    async def get(self, oids: Sequence[str]) -> Mapping[str, Any]:
        """Values by OID; an OID that the agent does not have is absent. bytes for OctetString, int, str for OIDs."""
        ...

    def columns(self, oids: Sequence[str], urgent: bool = False) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """Rows of a table: the index (dotted text after the column's OID) and the values by column OID. `urgent`: read
        before all that others want of this agent."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How one agent is asked where something else than the way's own manners is wanted.

    `pauses`: seconds to wait after each try of a packet; `repetitions` of a GETBULK; `names` in a GET at most;
    `unordered`: OIDs of a walk need not increase, for agents that cannot sort (one that repeats itself is still ended).
    """

    pauses: tuple[float, ...]
    repetitions: int
    names: int
    unordered: bool = False


class SnmpWalk(SnmpSession, Protocol):
    """A conversation in which whole subtrees are read. `sent` counts questions sent, `retried` those sent again."""

    @property
    def sent(self) -> int: ...

    @property
    def retried(self) -> int: ...

    async def subtree(self, root: str, last: bool = True) -> Mapping[tuple[int, ...], Any]:
        """Values below an OID by the numbers that follow it, in the order of the walk; None for NULL, other types are
        those of agent.core.smi. Where nothing lies below it, the object itself, which no numbers follow; with `last`
        also if the agent has nothing after it."""
        ...


class Snmp(Protocol):
    def session(self, target: Target) -> AbstractAsyncContextManager[SnmpSession]:
        """CannotAsk if the target has no SNMP login."""
        ...

    def open(
        self,
        address: str,
        login: SnmpLogin,
        timeout: float = 10,
        credentials: str = "the login",
        pace: Pace | None = None,
    ) -> AbstractAsyncContextManager[SnmpWalk]:
        """A conversation with whoever is at this address, of at most `timeout` seconds; messages call the login
        `credentials`. CannotAsk if it lacks something."""
        ...


ModbusTable = Literal["coil", "discrete", "input", "holding"]


class ModbusSession(Protocol):
    """One conversation with one unit behind one address."""

    async def read(self, table: ModbusTable, address: int, count: int) -> Sequence[int]:
        """`count` values from `address` on: bits of coil and discrete as 0 and 1, registers of 16 bits as they are.

        Unanswered: "missing" where the unit answers and does not have them (others may be read all the same);
        "timeout", "refused", "unreachable" or "protocol" where nothing more will come in this session.
        """
        ...


class Modbus(Protocol):
    def session(self, target: Target, *, port: int, unit: int) -> AbstractAsyncContextManager[ModbusSession]:
        """A connection of one's own; whoever asks the same address and port waits for its end."""
        ...


class Unopened:
    """A way in that this run did not open: who asks it anything is told so."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, question: str) -> Any:
        raise CannotAsk("missing", f"this run has no {self._name}")


def unopened(name: str) -> Any:
    return Unopened(name)


@dataclass(frozen=True, slots=True)
class Reach:
    """All the ways in, handed to collectors through Poll."""

    icmp: Icmp
    tcp: Tcp
    snmp: Snmp
    modbus: Modbus = field(default_factory=partial(unopened, "Modbus"))
    http: Http = field(default_factory=partial(unopened, "HTTP"))
    dns: Dns = field(default_factory=partial(unopened, "DNS"))
    ntp: Ntp = field(default_factory=partial(unopened, "NTP"))
    ssh: Ssh = field(default_factory=partial(unopened, "SSH"))
    console: Console = field(default_factory=partial(unopened, "command line"))


@dataclass(frozen=True, slots=True)
class Poll:
    """One run of one collector on one target.

    `now` is the start in Unix seconds, `monotonic` the same moment on the clock that never steps.
    `memory` belongs to this collector and target and outlives the run (and a reload that leaves the target as it was).
    `kept` is like it, holds small JSON values only, and outlives the agent too, but for the last minutes of a crash.
    `assets` is the list of what may be on the network; None where agent.yaml names none.
    `remarks` takes what people should know that is no failure: a key port that the device does not have.
    `registers` is what the centre has on record of configurations and changes.
    `known` tells of other targets; `diagnoses` takes what the collector concludes that is wrong with this one.
    `others` takes, by id, what it found out about other targets, `center` what about the centre as a whole.
    `excerpts` takes what proves the samples, where the answer says more than a number.
    """

    reach: Reach
    now: float
    monotonic: float
    memory: MutableMapping[str, Any]
    assets: Assets | None = None
    remarks: list[Said] = field(default_factory=list)
    known: Known = field(default_factory=NothingKnown)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    kept: MutableMapping[str, Any] = field(default_factory=dict)
    registers: Registers = field(default_factory=Registers)
    others: defaultdict[str, Told] = field(default_factory=partial(defaultdict, Told))
    center: Told = field(default_factory=Told)
    excerpts: list[Excerpt] = field(default_factory=list)
