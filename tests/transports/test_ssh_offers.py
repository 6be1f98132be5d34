"""What SSH servers offer before anybody logs in: OpenSSH's sshd as it comes and with what old devices have, and servers
that misbehave."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent.core.reach import Unanswered
from agent.core.ssh import Offer
from agent.transports.ssh import SshWay
from collectors.configuration.hardening.algorithms import broken, weak
from tests.ssh_server import RAW, ssh_server
from tests.sshd import Keys, sshd

TIMEOUT = 1.5
OLD = (
    "KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    "Ciphers aes128-ctr,aes128-cbc,3des-cbc",
    "MACs hmac-sha1",
    "HostKeyAlgorithms ssh-rsa",
)


def offer(port: int, timeout: float = TIMEOUT) -> Offer:
    return asyncio.run(SshWay().offer("127.0.0.1", port, timeout))


def test_what_openssh_offers_by_itself_is_neither_broken_nor_weak(tmp_path: Path) -> None:
    with sshd(tmp_path) as server:
        found = offer(server.port)
        assert "Accepted" not in server.log
    assert found.banner.startswith("SSH-2.0-OpenSSH_")
    assert "ssh-ed25519" in found.host_keys
    assert "hmac-sha2-256" in found.macs
    for each in (*found.exchanges, *found.host_keys, *found.ciphers):
        assert not broken(each), each
        assert not weak(each), each


def test_what_old_devices_offer_is_read_in_their_order(tmp_path: Path) -> None:
    with sshd(tmp_path, Keys(("rsa",), options=OLD)) as server:
        found = offer(server.port)
    assert found.exchanges[:2] == ("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1")
    assert found.ciphers == ("aes128-ctr", "aes128-cbc", "3des-cbc")
    assert found.host_keys == ("ssh-rsa",)
    assert [each for each in (*found.exchanges, *found.ciphers) if broken(each)] == [
        "diffie-hellman-group1-sha1",
        "3des-cbc",
    ]


@pytest.mark.long
@pytest.mark.parametrize("word", RAW)
def test_a_server_that_misbehaves_is_told_in_time(word: str, tmp_path: Path) -> None:
    with ssh_server(tmp_path, word) as server:
        if word == "protocol 1":
            assert offer(server.port) == Offer("SSH-1.5-old")
            return
        with pytest.raises(Unanswered) as told:
            offer(server.port)
    assert told.value.kind in ("timeout", "protocol", "refused")
    assert "port" in str(told.value)
