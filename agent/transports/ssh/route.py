"""Routes: which way a host is logged in to, through which jump hosts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.core.model import Target
from agent.core.reach import CannotAsk, SshLogin
from agent.core.site import Site
from agent.transports.logins import jump_place
from agent.transports.ssh import known_hosts

MOST_JUMPS = 3


@dataclass(frozen=True, slots=True)
class Route:
    """A host as its connection is kept: two with the same route share one. `name` is what `hosts trust` calls it;
    `apart`: it is beside the one for what is quick."""

    name: str
    address: str
    login: SshLogin
    credentials: str
    below: Route | None = None
    apart: bool = False

    @property
    def place(self) -> str:
        return known_hosts.place(self.address, self.login.port)

    @property
    def whole(self) -> tuple[Route, ...]:
        """This one and those that it goes through."""
        return (self, *(self.below.whole if self.below else ()))

    @property
    def hosts(self) -> str:
        """The known_hosts file that decides; CannotAsk if there is none."""
        if self.login.known_hosts is None:
            raise CannotAsk("missing", f"credentials {self.credentials} name no known_hosts file")
        return self.login.known_hosts


def to_target(target: Target, site: Callable[[], Site | None]) -> Route:
    """CannotAsk if the target, or a jump host on the way, has no address or no SSH login."""
    return _through(_direct(target), site(), ())


def _direct(target: Target) -> Route:
    where = f"{target.kind} {target.id}"
    if target.address is None:
        raise CannotAsk("missing", f"{where} has no address; write one to read it by SSH")
    if target.login is None or target.login.ssh is None:
        raise CannotAsk("missing", f"{where} has no SSH login; name credentials with an ssh part")
    return Route(target.id, target.address, target.login.ssh, target.login.name)


def _through(route: Route, site: Site | None, passed: tuple[str, ...]) -> Route:
    """With its jump host below it. A host is not reached through itself: there the way begins."""
    jump = route.login.jump
    if jump is None:
        return route
    below = jump_host(jump, site)
    places = (*passed, route.place)
    if below.place in places:
        return route
    if len(places) > MOST_JUMPS:
        raise CannotAsk("missing", f"{places[0]} is behind more than {MOST_JUMPS} jump hosts")
    return replace(route, below=_through(below, site, places))


def jump_host(jump: str, site: Site | None) -> Route:
    """The host that `jump` means: a target's id, or `credentials@address[:port]`."""
    if site is None:
        raise CannotAsk("missing", f"the jump host {jump} is not known in this run")
    target = jump_target(jump, site) if "@" in jump else site.target(jump)
    if target is None:
        raise CannotAsk("missing", f"no target {jump} to jump through")
    return _direct(target)


def jump_target(jump: str, site: Site) -> Target:
    """What stands for a jump host that is no target. ValueError if it is not `credentials@address[:port]`."""
    name, _, host = jump.partition("@")
    where, port = jump_place(host)
    login = site.logins.get(name)
    if login is not None and login.ssh is not None and port is not None:
        login = replace(login, ssh=replace(login.ssh, port=port))
    return Target("jump host", jump, jump, address=where, login=login)
