"""SSH with a real sshd: what is asked, who is trusted, what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.secrets import Secret
from agent.core.ssh import Broken, Command
from agent.transports.ssh import Manners, SshWay
from tests.peers import free_port, until
from tests.sshd import Keys, Sshd, keygen, sshd, trust

pytestmark = pytest.mark.long

T = TypeVar("T")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def asked(main: Callable[[SshWay], Awaitable[T]], manners: Manners | None = None) -> T:
    """What `main` gives, on a way of its own that is closed behind it and leaves nothing."""

    async def run() -> T:
        way = SshWay(manners=manners)
        try:
            return await main(way)
        finally:
            await way.close()
            assert way.connections == 0

    before, threads = descriptors(), set(threading.enumerate())
    try:
        return asyncio.run(run())
    finally:
        until(
            lambda: descriptors() <= before and threads >= set(threading.enumerate()),
            5,
            f"at most {before} descriptors, and no thread more",
        )


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def whoami(way: SshWay, target: Target) -> str:
    async with way.session(target) as session:
        return (await session.run("id", "-un")).text.strip()


def refused(target: Target) -> ReachError:
    with pytest.raises(ReachError) as caught:
        asked(lambda way: whoami(way, target))
    return caught.value


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_each_kind_of_key_logs_in_and_each_kind_of_host_key_is_known(
    kind: str, passphrase: str, tmp_path: Path
) -> None:
    with sshd(tmp_path, Keys((kind,), kind, passphrase)) as server:
        target = server.target(passphrase=Secret(passphrase) if passphrase else None)
        assert asked(lambda way: whoami(way, target)) == server.login.user


def test_a_server_with_several_keys_is_asked_for_the_one_that_is_known(tmp_path: Path) -> None:
    with sshd(tmp_path, Keys(("ed25519", "ecdsa", "rsa"))) as server:
        for kind in ("rsa", "ecdsa", "ed25519"):
            trust(server, kind)
            assert asked(lambda way: whoami(way, server.target()))


def test_a_whole_host_is_one_exchange_on_a_connection_that_is_kept(server: Sshd) -> None:
    async def main(way: SshWay) -> list[bytes]:
        seen = []
        for _ in range(3):
            async with way.session(server.target()) as session:
                seen += [each.stdout for each in await session.round([Command(("echo", str(n))) for n in range(30)])]
        assert way.connections == 1
        return seen

    before, sessions = server.logins, server.log.count("Starting session")
    assert asked(main) == [b"%d\n" % n for n in range(30)] * 3
    assert server.logins == before + 1
    assert server.log.count("Starting session") == sessions + 3


def test_many_hosts_are_asked_at_once_and_one_host_by_one_at_a_time(server: Sshd) -> None:
    most = 0
    busy = 0

    async def one(way: SshWay, target: Target) -> None:
        nonlocal most, busy
        async with way.session(target) as session:
            busy += 1
            most = max(most, busy)
            await session.run("true")
            busy -= 1

    async def main(way: SshWay) -> None:
        await asyncio.gather(*[one(way, server.target()) for _ in range(10)])

    before = server.logins
    asked(main)
    assert (most, server.logins - before) == (1, 1)


def test_what_takes_long_keeps_nobody_waiting(server: Sshd) -> None:
    async def main(way: SshWay) -> None:
        async with way.session(server.target(), apart=True) as long:
            sleeping = asyncio.create_task(long.run("sleep", "1"))
            for _ in range(2):
                assert await whoami(way, server.target(timeout=5)) == server.login.user
            assert not sleeping.done()
            assert (await sleeping).ok
        assert way.connections == 2

    before = server.logins
    asked(main)
    assert server.logins - before == 2


def test_without_a_connection_beside_what_takes_long_goes_by_the_same_one(server: Sshd) -> None:
    async def main() -> None:
        way = SshWay(manners=Manners(beside=False))
        for apart in (False, True):
            async with way.session(server.target(), apart=apart) as session:
                assert (await session.run("true")).ok
        assert way.connections == 1
        await way.close()

    before = server.logins
    asyncio.run(main())
    assert server.logins - before == 1


def test_a_turn_that_does_not_come_is_said(server: Sshd) -> None:
    async def main(way: SshWay) -> None:
        async with way.session(server.target()) as session:
            await session.run("true")
            with pytest.raises(Unanswered, match="still busy"):
                await whoami(way, server.target(timeout=0.5))

    asked(main)


def test_a_connection_that_was_lost_is_opened_anew_without_a_failure(tmp_path: Path) -> None:
    port = free_port()

    async def main(way: SshWay) -> None:
        with sshd(tmp_path, port=port) as first:
            assert await whoami(way, first.target())
            for child in Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split():
                os.kill(int(child), 9)
            assert await whoami(way, first.target())
            assert first.logins == 2

    asked(main)


@pytest.mark.parametrize(
    "manners",
    [Manners(idle=0.2, sweep=0.1), Manners(life=0.2, sweep=0.1), Manners(most=0, sweep=0.1)],
    ids=["idle", "old", "surplus"],
)
def test_a_connection_ends_when_it_is_idle_or_old_or_one_too_many(server: Sshd, manners: Manners) -> None:
    async def main(way: SshWay) -> None:
        assert await whoami(way, server.target())
        await asyncio.sleep(1)
        assert way.connections == 0
        assert await whoami(way, server.target())

    asked(main, manners)


def test_a_reload_closes_what_is_gone_and_what_has_another_login(server: Sshd) -> None:
    async def main(way: SshWay) -> None:
        target = server.target()
        assert await whoami(way, target)
        way.keep([target, Target("host", "bare", "bare", address="10.0.0.1")])
        assert way.connections == 1
        way.keep([server.target(legacy=True)])
        await asyncio.sleep(0.3)
        assert way.connections == 0

    asked(main)


def test_a_connection_in_use_is_closed_by_a_reload_only_behind_its_user(server: Sshd) -> None:
    async def main(way: SshWay) -> None:
        async with way.session(server.target()) as session:
            await session.run("true")
            way.keep([])
            assert (await session.run("echo", "still")).text == "still\n"
        await asyncio.sleep(0.3)
        assert way.connections == 0

    asked(main)


def running(mark: str) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark.encode() in each.read_bytes().split(b"\0"):
                found.append(int(each.parent.name))
    return found


@pytest.mark.parametrize("how", ["deadline", "cancelled"])
def test_a_command_that_hangs_is_ended_here_and_on_the_host(server: Sshd, how: str) -> None:
    mark = f"30{os.getpid()}.{1 if how == 'deadline' else 2}"

    async def hang(way: SshWay) -> None:
        async with way.session(server.target(timeout=1.5)) as session:
            await session.run("sleep", mark)

    async def main(way: SshWay) -> None:
        task = asyncio.ensure_future(hang(way))
        if how == "cancelled":
            await asyncio.sleep(0.8)
            assert running(mark)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with pytest.raises(Unanswered, match="no end of the commands within 1") as caught:
                await task
            assert caught.value.kind == "timeout"
        assert await whoami(way, server.target()) == server.login.user

    asked(main)
    until(lambda: not running(mark), 5, "the host ends the command")


def test_the_rest_of_a_round_is_told_apart_from_what_broke(server: Sshd) -> None:
    async def main(way: SshWay) -> None:
        async with way.session(server.target()) as session:
            # The leader of the session: the shell of the round itself.
            await session.round(
                [
                    Command(("true",)),
                    Command(("sh", "-c", "set -- $(cat /proc/$$/stat); kill -9 $6")),
                    Command(("true",)),
                ]
            )

    with pytest.raises(Unanswered, match="ended the round after 1 of 3 commands"):
        asked(main)


def test_a_file_is_read_and_one_that_is_not_there_is_missing(server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "it's $(x)").write_bytes(b"\0here\n")

    async def main(way: SshWay) -> None:
        async with way.session(server.target()) as session:
            assert await session.read(str(tmp_path / "it's $(x)")) == b"\0here\n"
            assert len(await session.read("/proc/self/status", 100)) == 100
            with pytest.raises(Unanswered, match=r"cannot be read: .*No such file") as caught:
                await session.read("/none")
            assert caught.value.kind == "missing"

    asked(main)


def test_an_account_without_a_shell_is_said_in_its_own_words(tmp_path: Path) -> None:
    with sshd(tmp_path, Keys(options=["ForceCommand echo 'This account is currently not available.'"])) as server:
        error = refused(server.target())
    assert error.kind == "protocol"
    assert "did not run `exec /bin/sh -s`" in str(error)
    assert "This account is currently not available." in str(error)


def test_a_key_that_the_host_does_not_take_is_said(server: Sshd, tmp_path: Path) -> None:
    keygen(tmp_path / "other", "ed25519")
    error = refused(server.target(key=str(tmp_path / "other")))
    assert error.kind == "authentication"
    assert f"does not let {server.login.user} in by publickey (it takes publickey)" in str(error)


@pytest.mark.parametrize(
    ("changed", "kind", "says"),
    [
        ({"key": "none"}, "missing", "there is no key file"),
        ({"key": "open"}, "permission", "mode 0644); chmod 600 it"),
        ({"key": "junk"}, "missing", "holds no key that can be used"),
        ({"key": "user.pub"}, "missing", "holds no key that can be used"),
        ({"key": "cut"}, "missing", "a damaged one"),
        ({"key": "locked"}, "missing", "write its `passphrase`"),
        ({"key": "locked", "passphrase": Secret("canary-1")}, "authentication", "does not unlock it"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_said(
    server: Sshd, tmp_path: Path, changed: dict[str, object], kind: str, says: str
) -> None:
    raw = (server.folder / "user").read_bytes()
    for name, content, mode in (
        ("open", raw, 0o644),
        ("junk", b"junk\n", 0o600),
        ("cut", raw[: len(raw) // 2] + b"\n-----END OPENSSH PRIVATE KEY-----\n", 0o600),
        ("user.pub", (server.folder / "user.pub").read_bytes(), 0o600),
    ):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(mode)
    keygen(tmp_path / "locked", "ed25519", "correct horse")
    error = refused(server.target(**{**changed, "key": str(tmp_path / str(changed["key"]))}))
    assert error.kind == kind
    assert says in str(error)
    assert "canary-1" not in str(error)


def test_ipv6_and_the_name_that_known_hosts_has_for_it(tmp_path: Path) -> None:
    with sshd(tmp_path, host="::1") as server:
        assert f"[::1]:{server.port} " in (tmp_path / "known_hosts").read_text()
        assert asked(lambda way: whoami(way, server.target()))


LEGACY = {
    "kex": ["KexAlgorithms diffie-hellman-group14-sha1"],
    "host key": ["HostKeyAlgorithms ssh-rsa"],
    "cipher": ["Ciphers aes128-cbc"],
    "mac": ["MACs hmac-sha1"],
    "all": [
        "KexAlgorithms diffie-hellman-group1-sha1",
        "HostKeyAlgorithms ssh-rsa",
        "Ciphers 3des-cbc",
        "MACs hmac-sha1",
    ],
}


@pytest.mark.parametrize("what", LEGACY)
def test_an_old_device_is_reached_only_where_its_login_says_legacy(what: str, tmp_path: Path) -> None:
    with sshd(tmp_path, Keys(("rsa",), "rsa", options=LEGACY[what])) as server:
        error = refused(server.target())
        assert error.kind == "protocol"
        assert "legacy: true" in str(error)
        assert asked(lambda way: whoami(way, server.target(legacy=True))) == server.login.user


def test_the_agents_own_event_loop_is_not_held_up(server: Sshd) -> None:
    async def main(way: SshWay) -> float:
        await whoami(way, server.target())
        worst, stop = 0.0, time.monotonic() + 1.0

        async def work() -> None:
            while time.monotonic() < stop:
                await whoami(way, server.target())

        task = asyncio.ensure_future(work())
        while not task.done():
            began = time.monotonic()
            await asyncio.sleep(0.01)
            worst = max(worst, time.monotonic() - began - 0.01)
        await task
        return worst

    assert asked(main) < 1.0  # a call that blocks would hold it for the second that the work takes


def test_a_target_without_address_login_or_known_hosts_is_not_asked(server: Sshd) -> None:
    for target, says in (
        (Target("host", "web", "web", address="10.0.0.1"), "host web has no SSH login"),
        (Target("host", "web", "web", login=server.target().login), "host web has no address"),
        (server.target(known_hosts=None), "name no known_hosts"),
    ):
        error = refused(target)
        assert isinstance(error, CannotAsk)
        assert says in str(error)


def test_a_port_where_nothing_listens_refuses(server: Sshd) -> None:
    assert refused(server.target(port=free_port())).kind == "refused"


def test_what_was_answered_before_a_round_broke_off_is_kept(server: Sshd) -> None:
    commands = [Command(("echo", "one")), Command(("sleep", "30")), Command(("echo", "three"))]

    async def main(way: SshWay) -> Broken:
        with pytest.raises(Broken) as caught:
            async with way.session(server.target(timeout=1.5)) as session:
                await session.round(commands)
        return caught.value

    broken = asked(main)
    assert broken.kind == "timeout"
    assert [(each.command, each.text) for each in broken.answers] == [(commands[0], "one\n")]
