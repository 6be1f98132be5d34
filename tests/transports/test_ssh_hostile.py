"""SSH servers that hang, flood, lie and go away: an error within the deadline, little memory, others on time."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, ReachError
from agent.core.secrets import Secret
from agent.transports.ssh import SshWay
from tests.apart import peak
from tests.peers import until
from tests.ssh_server import PASSWORD, SshServer, ssh_server
from tests.sshd import sshd

pytestmark = pytest.mark.long

MEMORY = 20.0  # MB
TIMEOUT = 1.5

# Failure kind and a part of the message, by what the server does.
EXPECTED = {
    "silent": ("timeout", "no end of the greeting within 1"),
    "closes at once": ("refused", "ended the connection during the greeting; has it too many connections"),
    "greeting by the byte": ("timeout", "no end of the greeting within 1"),
    "greeting of endless lines": ("protocol", "Indecipherable protocol version"),
    "greeting without a line's end": ("protocol", "is this an SSH server?"),
    "another protocol": ("refused", "ended the connection during the greeting"),
    "binary garbage": ("refused", "ended the connection during the greeting"),
    "protocol 1": ("protocol", "Incompatible version"),
    "silent after the greeting": ("timeout", "no end of the greeting within 1"),
    "packet of 4 GiB": ("protocol", ""),
    "packet of nothing": ("protocol", ""),
    "keys that are junk": ("protocol", ""),
    "opens no channel": ("timeout", "opening of a channel"),
    "refuses a channel": ("refused", "Administratively prohibited"),
    "answers no command": ("timeout", "no end of the commands within 1"),
    "refuses a command": ("refused", "ended the connection during the commands"),
    "says nothing": ("timeout", "no end of the commands within 1"),
    "output without end": ("protocol", "sent more during the commands than there is to say"),
    "errors without end": ("protocol", "sent more during the commands than there is to say"),
    "half a line a second": ("timeout", "no end of the commands within 1"),
    # It may go while the command is still on its way, or behind it.
    "closes in the middle": ("refused", "ended the connection "),
    "breaks in the middle": ("refused", "ended the connection "),
    "ends without a word": ("protocol", "it said 'nothing'"),
    "another shell": ("protocol", "This account is not available."),
    "a huge window": ("protocol", "This account is not available."),
    "records": ("protocol", "This account is not available."),
    "notice of 1 MB": ("protocol", "sent more during the login than there is to say"),
    "asks for the password": ("protocol", "This account is not available."),
    "asks for a new password": ("authentication", "'New password:'"),
    "asks for a new password twice": ("authentication", "'Retype:'"),
    "asks for a code that is seen": ("authentication", "'Code: [2J'"),
    "asks again and again": ("authentication", "'Password:'"),
    "wants a change of password": ("authentication", "'a new password'"),
    "closes at the login": ("refused", "ended the connection during the login"),
    "never says whether": ("timeout", "no end of the login within 1"),
}


def target(server: SshServer, password: str = PASSWORD, timeout: float = TIMEOUT) -> Target:
    return server.target(timeout=timeout, user="monitor", key=None, password=Secret(password))


async def asked(way: SshWay, host: Target) -> bytes:
    async with way.session(host) as session:
        return (await session.run("echo", "here")).stdout


def failing(host: Target) -> tuple[ReachError, float]:
    """The failure, and after how many seconds it came."""

    async def main() -> tuple[ReachError, float]:
        way, began = SshWay(), time.monotonic()
        try:
            with pytest.raises(ReachError) as caught:
                await asked(way, host)
            return caught.value, time.monotonic() - began
        finally:
            await way.close()

    return asyncio.run(main())


@pytest.mark.parametrize("word", EXPECTED)
def test_it_is_an_error_within_the_deadline_and_costs_little_memory(word: str, tmp_path: Path) -> None:
    kind, says = EXPECTED[word]
    with ssh_server(tmp_path, word) as server:
        threads = set(threading.enumerate())
        failing(target(server))  # whatever is loaded or made once is not counted
        gc.collect()
        before = peak(begin=True)
        error, seconds = failing(target(server))
        grown = peak() - before
        until(lambda: threads >= set(threading.enumerate()), 5, "no thread of its own is left")
    assert (error.kind, seconds < TIMEOUT + 1, grown < MEMORY) == (kind, True, True), (error, seconds, grown)
    assert says in str(error)
    assert PASSWORD not in str(error)
    assert str(error).isprintable()


def test_hosts_that_hang_hold_up_no_other(tmp_path: Path) -> None:
    counts = {"silent": 80, "says nothing": 70}  # more than a few dozen in each phase
    folders = [tmp_path / word for word in (*counts, "good")]
    for each in folders:
        each.mkdir()

    async def main(bad: Mapping[str, SshServer], good: Target) -> float:
        way = SshWay()
        hosts = [hanging_host(bad[word], number) for word, count in counts.items() for number in range(count)]
        hanging = [asyncio.ensure_future(asked(way, each)) for each in hosts]
        async with asyncio.timeout(60):
            while way.connections < counts["says nothing"]:
                await asyncio.sleep(0.1)
        began = time.monotonic()
        for _ in range(3):
            assert await asked(way, good) == b"here\n"
        took = time.monotonic() - began
        assert not any(each.done() for each in hanging), "all of them hung meanwhile"
        for each in hanging:
            each.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await way.close()
        return took

    with ExitStack() as stack:
        good = stack.enter_context(sshd(folders[-1]))
        bad = {
            word: stack.enter_context(ssh_server(folder, word)) for word, folder in zip(counts, folders, strict=False)
        }
        assert asyncio.run(main(bad, good.target())) < 3


def hanging_host(server: SshServer, number: int) -> Target:
    """One of the addresses of loopback at which the server listens, each of which is a host of its own."""
    address = f"127.0.0.{number + 1}"
    hosts = server.folder / f"known_hosts_{number}"
    hosts.write_text((server.folder / "known_hosts").read_text().replace("127.0.0.1", address))
    login = server.target(user="monitor", key=None, password=Secret(PASSWORD), known_hosts=str(hosts)).login
    return Target("host", f"h{number}", f"h{number}", address=address, login=login, timeout=90)


@pytest.mark.parametrize("known", ["nothing", "another key", "a revoked key"])
def test_no_password_reaches_a_host_whose_key_is_not_trusted(known: str, tmp_path: Path) -> None:
    with ssh_server(tmp_path, "records") as server:
        file = tmp_path / "known_hosts"
        trusted = file.read_text()
        other = trusted[:-10] + "AAAAAAAAA\n"
        file.write_text(
            {"nothing": "", "another key": other, "a revoked key": trusted + "@revoked * " + trusted.split(" ", 1)[1]}[
                known
            ]
        )
        error, _ = failing(target(server, timeout=5))
        assert isinstance(error, CannotAsk)
        assert error.kind == "host_key"
        assert "SHA256:" in str(error)
        assert "nothing secret was sent" in str(error)
        assert ("shouwang hosts trust web" in str(error)) == (known != "a revoked key")
        assert server.passwords == []
        file.write_text(trusted)
        failing(target(server, timeout=5))
        assert server.passwords == [PASSWORD]


def test_a_wrong_password_is_sent_once_and_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ssh_server(tmp_path, "records") as server:
        error, _ = failing(target(server, "canary-wrong", timeout=5))
        assert error.kind == "authentication"
        assert "does not let monitor in by password" in str(error)
        assert server.passwords == ["canary-wrong"]
    assert "canary" not in str(error) + caplog.text


@pytest.mark.parametrize("word", ["asks for a new password", "asks again and again"])
def test_a_password_is_given_to_one_question_only(word: str, tmp_path: Path) -> None:
    with ssh_server(tmp_path, word) as server:
        failing(target(server, timeout=5))
        assert server.passwords == [PASSWORD]


def test_the_password_that_is_asked_for_is_given(tmp_path: Path) -> None:
    with ssh_server(tmp_path, "asks for the password") as server:
        failing(target(server, timeout=5))
        assert server.passwords == [PASSWORD]


def test_a_local_agent_is_never_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as local:
        local.bind(str(tmp_path / "agent"))
        local.listen()
        local.setblocking(False)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        with ssh_server(tmp_path, "records") as server:
            error, _ = failing(target(server, "wrong", timeout=5))
        assert "by password (it takes password)" in str(error)
        with pytest.raises(BlockingIOError):
            local.accept()
