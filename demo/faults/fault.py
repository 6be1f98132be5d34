"""What a fault is, and how one is begun and ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.core.text import Text
from demo.centre.node import Kind
from demo.centre.plan import Centre
from demo.world.world import World

Whom = Callable[[Centre], Sequence[str]]


def centre_itself(centre: Centre) -> Sequence[str]:
    return ("",)


def each_of(*kinds: Kind) -> Whom:
    """Nodes of these kinds, those of the first one first."""
    return lambda centre: [node.id for kind in kinds for node in centre.of(kind)]


@dataclass(frozen=True, slots=True)
class Fault:
    """`sees`: in a line, what an operator should see. `whom`: ids of what it can befall, the first where nobody says
    which; "" is the whole centre. `networked`: it befalls packets, so the centre needs a network of its own."""

    name: str
    sees: Text
    whom: Whom = centre_itself
    networked: bool = False

    def missing(self, centre: Centre) -> bool:
        """Whether it cannot be caused in this centre."""
        return self.networked and bool(centre.shift)


NOBODY = Text(
    "故障 {name} 不会发生在 {whom} 上;可选:{known}", "the fault {name} cannot befall {whom}; it can befall: {known}"
)
NOTHING_THERE = Text("这里没有什么会遭到故障 {name}", "there is nothing here that the fault {name} could befall")
NO_NETWORK = Text(
    "故障 {name} 在这里造不出来:它发生在网络里,而本机不允许模拟中心有自己的网络",
    "the fault {name} cannot be caused here: it befalls the network, and this system lets the centre have none",
)
MISSING = Text(
    "- 的故障这里造不出来:本机不允许模拟中心有自己的网络",
    "- cannot be caused here: this system lets the centre have no network of its own",
)
NOTHING = Text("整个中心", "the whole centre")


class Unknown(Exception):
    """No such fault, or nothing of this name that it could befall; the text says what there is."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def begin(world: World, fault: Fault, subject: str = "") -> str:
    """Whom it befalls from now on. Unknown if it cannot."""
    who = befallen(world, fault, subject)
    world.active.begin(fault.name, who)
    return who


def end(world: World, fault: Fault, subject: str = "") -> list[str]:
    """Whom it befell until now; without a subject everybody."""
    who = [each for name, each in world.active.begun if name == fault.name and subject in ("", each)]
    for each in who:
        world.active.end(fault.name, each)
    return who


def befallen(world: World, fault: Fault, subject: str) -> str:
    """Whom it would befall. Unknown if it cannot."""
    if fault.missing(world.centre):
        raise Unknown(NO_NETWORK.format(name=fault.name))
    known = [each for each in fault.whom(world.centre) if each not in world.centre.absent]
    if not known:
        raise Unknown(NOTHING_THERE.format(name=fault.name))
    if not subject:
        return known[0]
    if subject not in known:
        raise Unknown(NOBODY.format(name=fault.name, whom=subject, known=", ".join(filter(None, known)) or NOTHING))
    return subject
