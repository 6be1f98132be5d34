"""Which segment of a line is broken, by what its probes and its port say. Pure.

A layer that answers proves every nearer segment; a layer that is silent proves nothing where a farther one answers, for
many routers do not answer echoes. So what is broken lies after the farthest layer that answers, and no farther than the
next that was asked. Loss counts only where every farther layer has it too: routers answer few echoes when busy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from agent.core.reach import Refusal
from collectors.line.options import LAYERS, Layer
from collectors.line.port import Port, PortState
from collectors.line.trouble import WELL, State


class Seen(NamedTuple):
    """What a probe saw. `whole`: its packets must not be cut; `loss` is a ratio, `seconds` a round trip, `rate` how
    many packets a second it sends; `echoes`: it sends enough of them to tell loss by; `since`: when it ceased to be
    well, or to answer (on the clock that never steps)."""

    layer: Layer
    probe: str
    state: State
    loss: float = 0.0
    seconds: float = 0.0
    refusal: Refusal | None = None
    whole: bool = False
    rate: float = 0.0
    echoes: bool = True
    since: float | None = None

    @property
    def answers(self) -> bool:
        return self.state is not State.SILENT

    @property
    def degraded(self) -> bool:
        return self.state in (State.LOSSY, State.SLOW)


class Case(StrEnum):
    SERVES = "serves"
    AROUND = "around"  # the port is down, and the line answers all the same
    SHUT = "shut"
    DOWN = "down"
    SWITCH = "switch"  # the switch itself does not answer
    MACHINE = "machine"  # this machine does not let the packets out
    DEAD = "dead"
    STUCK = "stuck"  # the switch does not pass on what is sent to the line, or what comes from it
    NO_WAY = "no_way"  # a router on the way says that it has no route
    LOOP = "loop"  # the routes go round in a circle
    STOPPED = "stopped"  # a router on the way says that it may not let this through
    REFUSED = "refused"
    PARTLY = "partly"  # some business endpoints answer
    LOSSY = "lossy"
    SLOW = "slow"
    FAULTY = "faulty"  # the port damages or discards packets
    FULL = "full"  # our own traffic fills the line
    NARROW = "narrow"  # large packets do not go through


@dataclass(frozen=True, slots=True)
class Verdict:
    """`segments` may be broken, from near to far, none if nothing is; `failing` shows it, `answering` is the farthest
    that answers. `mtu`: the largest packet that goes on, where a router told it; `endpoints`: the business endpoints
    that fail."""

    segments: tuple[Layer, ...]
    case: Case
    failing: Seen | None = None
    answering: Seen | None = None
    mtu: int = 0
    endpoints: tuple[Seen, ...] = ()

    @property
    def cut(self) -> bool:
        """Whether nothing gets to the far end any more, whatever is asked there."""
        if self.case not in CUTS or self.segments[0] == "application":
            return False
        return self.answering is None or LAYERS.index(self.answering.layer) < LAYERS.index(self.segments[0])


CUTS = (Case.SHUT, Case.DOWN, Case.SWITCH, Case.DEAD, Case.STUCK, Case.NO_WAY, Case.LOOP, Case.STOPPED)
SERVES = Verdict((), Case.SERVES)
MUCH = 0.15  # loss by which a connect of two attempts fails now and then
MOST = 0.6  # of the packets that nobody answers
PORT: tuple[Layer, ...] = ("port",)
# What is said of a port that proves that the first segment is in order.
LINKED = (PortState.UP, PortState.FAULTY, PortState.FULL)
CUT = {PortState.SHUT: Case.SHUT, PortState.DOWN: Case.DOWN, PortState.SILENT: Case.SWITCH}


def judge(port: Port, seen: Sequence[Seen]) -> Verdict | None:
    """None where nothing was asked and nothing can be said."""
    if seen and port.state not in CUT and all(each.state in WELL for each in seen):
        return SERVES
    plain = [each for each in seen if not each.whole]
    if not plain and port.state not in CUT:
        return _narrow(port, seen) if seen else None
    found = _cut(port, plain) or _stuck(port, seen) or _dead(port, plain, seen) or _application(plain)
    if found is None or found.segments == ("application",):
        # On a way that loses much, connects fail: then the server is not to blame.
        way = _degraded(port, [each for each in seen if found is None or each.layer != "application"])
        if way is not None and (found is None or (way.failing is not None and way.failing.loss >= MUCH)):
            return way
        narrow = _narrow(port, seen)
        if narrow is not None and (found is None or _needs_large(plain, narrow)):
            return narrow
    return found or SERVES


def _needs_large(seen: Sequence[Seen], narrow: Verdict) -> bool:
    """Whether large packets that are lost on the way explain each business endpoint that fails: pages need them, a
    connect does not."""
    bad = [each for each in seen if each.layer == "application" and each.state in (State.SILENT, State.REFUSED)]
    return narrow.segments != ("application",) and all(each.probe.startswith("http") for each in bad)


def began(seen: Sequence[Seen]) -> float | None:
    """When the nearest layer that is not well ceased to be, by the clock of `since`: the last of its silent probes fell
    silent then, or where none is, the first of those that lose, are slow or refuse."""
    ill = [each for each in seen if each.since is not None]
    nearest = min((LAYERS.index(each.layer) for each in ill), default=0)
    ill = [each for each in ill if each.layer == LAYERS[nearest]]
    silent = [each.since for each in ill if not each.answers and each.since is not None]
    return max(silent) if silent else min((each.since for each in ill if each.since is not None), default=None)


def since_of(verdict: Verdict, seen: Sequence[Seen]) -> float | None:
    """When what the verdict says began: with the last layer that came to be as it says. Only layers from there on
    count: a router that answers few echoes does so for days; and where some is lost, a connect fails now and then."""
    failing = verdict.failing
    if failing is None:
        return None
    alike = [each for each in seen if each.whole == failing.whole and (each.echoes or not failing.degraded)]
    layers = [[each for each in alike if each.layer == layer] for layer in LAYERS[LAYERS.index(failing.layer) :]]
    found = [at for layer in layers if (at := began(layer)) is not None]
    return max(found) if found else failing.since


def _cut(port: Port, seen: Sequence[Seen]) -> Verdict | None:
    """The port is down, or nobody can say because the whole switch is silent."""
    case, answering = CUT.get(port.state), _farthest(seen)
    if case is None:
        return None
    failing = next((each for each in seen if not each.answers), None)
    if answering is None:
        return Verdict(PORT, case, failing)
    if case is Case.SWITCH:
        return None  # only its management is silent: the probes say more
    if failing is not None and not any(each.answers for each in seen if each.layer == "gateway"):
        return Verdict(PORT, case, failing, answering)
    # Another way leads round the port, or `via` names the wrong one; if that way is not in order, the probes say more.
    return Verdict((), Case.AROUND, None, answering) if all(each.state in WELL for each in seen) else None


def _stuck(port: Port, seen: Sequence[Seen]) -> Verdict | None:
    """Next to nothing beyond the port answers, and its counters say that it is our own switch that holds it back.

    A neighbour that is gone is still looked for (ARP), so the port sends something then; what comes in while every
    probe is silent, as much as they send, are their answers. On a line with other traffic none of this shows."""
    through = [each for each in seen if each.layer != "port"]
    answering = _farthest(through)
    silent = [each for each in through if not each.answers]
    told = any(each.refusal is not None and each.refusal.why != "other" for each in silent)
    if port.rates is None or not silent or told or (answering is not None and answering.layer != "gateway"):
        return None
    lost, kept = sum(each.rate for each in silent), sum(each.rate for each in through if each.answers)
    missing = port.sent == 0 if answering is None else kept + lost - port.sent >= MOST * lost
    came = port.received >= kept + MOST * lost
    if lost and (missing or came):
        return Verdict(PORT, Case.STUCK, silent[0], _farthest(seen))
    return None


def _dead(port: Port, seen: Sequence[Seen], tellers: Sequence[Seen]) -> Verdict | None:
    """Everything beyond a layer is silent; `tellers` are all that may tell of a router's refusal."""
    answering = _farthest(seen)
    first = 0 if answering is None else LAYERS.index(answering.layer) + 1
    beyond = [each for each in seen if LAYERS.index(each.layer) >= first]
    if not beyond:
        return None
    failing = min(beyond, key=lambda each: LAYERS.index(each.layer))
    last = LAYERS.index(failing.layer)
    if answering is None and _own_refusal(beyond):
        return Verdict(PORT, Case.MACHINE, failing)
    if port.state is PortState.FAULTY and (answering is None or answering.layer == "port"):
        return Verdict(PORT, Case.FAULTY, failing)
    if port.state in LINKED and first == 0 and last > 0:
        first = 1
    if answering is not None and answering.state is State.LOSSY and answering.loss >= MUCH:
        # Of what loses much, even at the near side, nothing comes back from farther on.
        return _degraded(port, [each for each in seen if each.answers])
    endpoints = tuple(each for each in beyond if failing.layer == "application")
    verdict = Verdict(LAYERS[first : last + 1], Case.DEAD, failing, answering, endpoints=endpoints)
    return _told(port, [each for each in tellers if LAYERS.index(each.layer) >= first], tellers, verdict)


def _own_refusal(seen: Sequence[Seen]) -> bool:
    """Whether this machine itself has no way to any of them; of a connect it does not always tell."""
    own, told = ("no_route", "prohibited"), [each.refusal for each in seen if each.refusal is not None]
    out = any(each.echoes and each.refusal is None for each in seen)
    return bool(told) and not out and all(not each.by and each.why in own for each in told)


TOLD = {"no_route": Case.NO_WAY, "expired": Case.LOOP, "prohibited": Case.STOPPED}


def _told(port: Port, beyond: Sequence[Seen], seen: Sequence[Seen], verdict: Verdict) -> Verdict:
    """A router that is known, and says that it has no way on or may not let this through, is where the fault is. That
    it does not find the next one (`no_host`) says only that the next one is gone; of a circle it is half."""
    for each in beyond:
        if each.refusal is None or each.refusal.why not in TOLD:
            continue
        case, layer = TOLD[each.refusal.why], _layer_of(port, seen, each.refusal.by)
        if case is not Case.LOOP and layer is not None and LAYERS.index(layer) < LAYERS.index(each.layer):
            return replace(verdict, segments=(layer,), case=case, failing=each)
        return replace(verdict, case=case, failing=each)
    return verdict


def _layer_of(port: Port, seen: Sequence[Seen], address: str) -> Layer | None:
    """Whose address this is: the switch's, or one that is probed."""
    if address and address in port.addresses:
        return "port"
    return next((each.layer for each in seen if each.probe == address), None)


def _application(seen: Sequence[Seen]) -> Verdict | None:
    """The way is in order, and not every business endpoint serves."""
    asked = [each for each in seen if each.layer == "application"]
    bad = [each for each in asked if each.state in (State.SILENT, State.REFUSED)]
    if not bad:
        return None
    case = Case.PARTLY if len(bad) < len(asked) else Case.REFUSED if bad[0].state is State.REFUSED else Case.DEAD
    answering = _farthest([each for each in seen if each not in bad])
    return Verdict(("application",), case, bad[0], answering, endpoints=tuple(bad))


def _degraded(port: Port, seen: Sequence[Seen]) -> Verdict | None:
    """From some layer on every one that says anything is lossy or slow."""
    known = [(layer, found) for layer in LAYERS if (found := _saying([each for each in seen if each.layer == layer]))]
    bad: list[tuple[Layer, Seen]] = []
    while known and all(each.degraded for each in known[-1][1]):
        layer, found = known.pop()
        bad.append((layer, found[0]))
    if not bad:
        return None
    first = LAYERS.index(known[-1][0]) + 1 if known else 0
    layer, failing = bad[-1]
    # Behind the narrowest place, which is seldom our port, everything suffers from our own traffic.
    if port.state is PortState.FULL and LAYERS[first : LAYERS.index(layer) + 1] != ("application",):
        return Verdict(PORT, Case.FULL, failing)
    if port.state is PortState.FAULTY and (not known or known[-1][0] == "port"):
        return Verdict(PORT, Case.FAULTY, failing)
    if first == 0 and port.state is PortState.UP and layer != "port":
        first = 1
    case = Case.LOSSY if failing.state is State.LOSSY else Case.SLOW
    return Verdict(LAYERS[first : LAYERS.index(layer) + 1], case, failing, known[-1][1][0] if known else None)


def _saying(seen: Sequence[Seen]) -> list[Seen]:
    """Those of a layer that say whether it loses: echoes, if any are asked there; connects where those are lossy or
    slow one and all, or alone."""
    heard = [each for each in seen if each.answers and each.state is not State.UNSURE]
    echoes, connects = [each for each in heard if each.echoes], [each for each in heard if not each.echoes]
    if any(each.degraded for each in echoes) or not connects:
        return echoes
    return connects if not echoes or all(each.degraded for each in connects) else echoes


def _narrow(port: Port, seen: Sequence[Seen]) -> Verdict | None:
    """Small packets go through, and large ones that must not be cut do not."""
    whole = [each for each in seen if each.whole]
    found = _dead(port, whole, whole) if whole else None
    if found is None:
        return None
    failing = next((each for each in whole if each.refusal and each.refusal.why == "too_big"), found.failing)
    refusal = failing.refusal if failing else None
    # Only of our own switch is it known that the narrow link, which is the one behind it, is ours to configure.
    ours = refusal is not None and _layer_of(port, (), refusal.by) == "port"
    return Verdict(
        PORT if ours else found.segments, Case.NARROW, failing, found.answering, refusal.mtu if refusal else 0
    )


def _farthest(seen: Sequence[Seen]) -> Seen | None:
    answering = [each for each in seen if each.answers]
    return max(answering, key=lambda each: LAYERS.index(each.layer)) if answering else None
