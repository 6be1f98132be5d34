"""Hosts behind a jump host: real sshd behind real sshd, and routes as agent.yaml writes them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agent.core.calendar import Calendar
from agent.core.model import Target
from agent.core.reach import CannotAsk, Login, ReachError, SshLogin
from agent.core.site import Center, Site
from agent.transports.ssh import SshWay
from agent.transports.ssh.route import to_target
from tests.peers import free_port, until
from tests.sshd import Sshd, sshd

NAMES = ["127.0.0.1", "localhost", "127.0.0.2"]


@dataclass(frozen=True)
class Behind:
    jump: Sshd
    web: Sshd

    def site(self, **jump: object) -> Site:
        return site([self.jump.target(id_="jump", **jump), *self.hosts(1)])

    def hosts(self, count: int, timeout: float = 10, **login: object) -> list[Target]:
        """One host by several names."""
        return [
            replace(self.web.target(timeout, f"web{number}", jump="jump", **login), address=name)
            for number, name in enumerate(NAMES[:count])
        ]


def site(targets: list[Target], **logins: Login) -> Site:
    return Site(
        Center("c", "c", "d"),
        Calendar(),
        Path("/none/agent.yaml"),
        Path("/none"),
        targets=tuple(targets),
        logins=logins,
    )


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    jump, web = tmp_path_factory.mktemp("jump"), tmp_path_factory.mktemp("web")
    with sshd(jump) as first, sshd(web, host="0.0.0.0") as second:
        key = " ".join((web / "host_ed25519.pub").read_text().split()[:2])
        (web / "known_hosts").write_text("".join(f"[{name}]:{second.port} {key}\n" for name in NAMES))
        yield Behind(first, replace(second, host="127.0.0.1"))


async def whoami(way: SshWay, target: Target) -> str:
    async with way.session(target) as session:
        return (await session.run("id", "-un")).text.strip()


def test_many_hosts_behind_one_share_its_connection(behind: Behind) -> None:
    async def main() -> None:
        way = SshWay(site=behind.site)
        for _ in range(2):
            names = await asyncio.gather(*[whoami(way, each) for each in behind.hosts(3)])
            assert names == [behind.web.login.user] * 3
        assert way.connections == 4
        await way.close()

    before = behind.jump.logins, behind.web.logins
    asyncio.run(main())
    assert (behind.jump.logins - before[0], behind.web.logins - before[1]) == (1, 3)


def test_the_way_through_lives_as_long_as_it_is_used_and_no_longer(behind: Behind) -> None:
    async def main() -> None:
        way = SshWay(site=behind.site)
        one, two = behind.hosts(2)
        await whoami(way, one)
        await whoami(way, two)
        way.keep([two])
        await asyncio.sleep(0.3)
        assert way.connections == 2
        assert await whoami(way, two)
        way.keep([])
        await asyncio.sleep(0.5)
        assert way.connections == 0
        await way.close()

    asyncio.run(main())


def test_a_way_through_that_was_lost_is_opened_anew(behind: Behind) -> None:
    async def main() -> None:
        way = SshWay(site=behind.site)
        (host,) = behind.hosts(1)
        await whoami(way, host)
        for child in Path(f"/proc/{behind.jump.pid}/task/{behind.jump.pid}/children").read_text().split():
            os.kill(int(child), 9)
        await asyncio.sleep(0.2)
        assert await whoami(way, host) == behind.web.login.user
        await way.close()

    asyncio.run(main())


def failing(behind: Behind, target: Target, **jump: object) -> ReachError:
    async def main() -> ReachError:
        way = SshWay(site=lambda: behind.site(**jump))
        try:
            with pytest.raises(ReachError) as caught:
                await whoami(way, target)
            return caught.value
        finally:
            await way.close()

    return asyncio.run(main())


def test_the_key_of_each_is_proven_and_the_message_says_whose_it_is(behind: Behind, tmp_path: Path) -> None:
    (host,) = behind.hosts(1)
    error = failing(behind, host, known_hosts=str(tmp_path / "none"))
    assert (error.kind, "shouwang hosts trust jump" in str(error)) == ("host_key", True)
    (host,) = behind.hosts(1, known_hosts=str(tmp_path / "none"))
    error = failing(behind, host)
    assert (error.kind, "shouwang hosts trust web0" in str(error)) == ("host_key", True)


def test_a_host_that_the_jump_host_does_not_reach_is_told_as_its_own(behind: Behind) -> None:
    (host,) = behind.hosts(1)
    assert host.login is not None
    assert host.login.ssh is not None
    gone = replace(host, login=Login("room", ssh=replace(host.login.ssh, port=free_port())))
    error = failing(behind, gone)
    assert error.kind == "refused"
    assert f"[127.0.0.1]:{behind.jump.port} ended the connection during the way through to [127.0.0.1]:" in str(error)


def test_cancelling_leaves_nothing_of_a_way_through(behind: Behind) -> None:
    async def main() -> None:
        way = SshWay(site=behind.site)
        (host,) = behind.hosts(1)
        task = asyncio.ensure_future(hang(way, host))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await way.close()

    async def hang(way: SshWay, host: Target) -> None:
        async with way.session(host) as session:
            await session.run("sleep", "7")

    threads = set(threading.enumerate())
    asyncio.run(main())
    until(lambda: threads >= set(threading.enumerate()), 5, "no thread of its own is left")


LOGIN = SshLogin("monitor", key="k", known_hosts="h", jump="a")


def target(id_: str, jump: str | None, address: str = "") -> Target:
    return Target("host", id_, id_, address=address or f"{id_}.lan", login=Login("x", ssh=replace(LOGIN, jump=jump)))


@pytest.mark.parametrize(
    ("jump", "places"),
    [
        (None, ["web.lan"]),
        ("a", ["web.lan", "a.lan"]),
        ("b", ["web.lan", "b.lan", "a.lan"]),
        ("web", ["web.lan"]),
        ("round", ["web.lan", "round.lan"]),
        ("other@10.0.0.9", ["web.lan", "[10.0.0.9]:2200"]),
        ("other@10.0.0.9:22", ["web.lan", "10.0.0.9"]),
        ("other@[fd00::1]:22", ["web.lan", "fd00::1"]),
        ("other@fd00::1", ["web.lan", "[fd00::1]:2200"]),
    ],
)
def test_a_route_goes_through_what_jump_names_and_never_in_a_circle(jump: str | None, places: list[str]) -> None:
    hosts = [target("a", None), target("b", "a"), target("round", "web"), target("web", jump)]
    known = site(hosts, other=Login("other", ssh=replace(LOGIN, jump=None, port=2200)))
    assert [each.place for each in to_target(hosts[-1], lambda: known).whole] == places


@pytest.mark.parametrize(
    ("jump", "says"), [("gone", "no target gone"), ("bare", "host bare has no SSH login"), ("e", "more than 3")]
)
def test_a_jump_host_that_cannot_be_used_is_said(jump: str, says: str) -> None:
    hosts = [target("a", None), target("b", "a"), target("c", "b"), target("d", "c"), target("e", "d")]
    known = site([*hosts, Target("host", "bare", "bare", address="10.0.0.1")])
    with pytest.raises(CannotAsk, match=says):
        to_target(target("web", jump), lambda: known)


def test_a_way_through_that_hangs_is_opened_anew_within_the_same_reading(behind: Behind) -> None:
    async def main() -> None:
        way = SshWay(site=behind.site)
        one, two = behind.hosts(2)
        await whoami(way, one)
        stopped = [int(each) for each in descendants(behind.jump.pid)]
        for each in stopped:
            os.kill(each, signal.SIGSTOP)
        try:
            assert await whoami(way, two) == behind.web.login.user
        finally:
            for each in stopped:
                os.kill(each, signal.SIGCONT)
        await way.close()

    asyncio.run(main())


def descendants(pid: int) -> list[str]:
    """Processes that sshd started for its connections."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [*children, *(each for child in children for each in descendants(int(child)))]
