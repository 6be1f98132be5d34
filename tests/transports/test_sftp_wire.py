"""What a hostile SFTP server may send: every answer is believed no further than its bytes go."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from agent.core.reach import CannotAsk, Unanswered
from agent.transports.ssh import sftp, sftp_wire
from agent.transports.ssh.sftp_wire import Client, string

VERSION = struct.pack(">IBI", 5, 2, 3)
MANY = struct.pack(">I", 0xFFFFFFFF)


def packet(kind: int, number: int, content: bytes) -> bytes:
    return struct.pack(">IBI", len(content) + 5, kind, number) + content


def entry(name: bytes, mode: int = 0o100600, size: int = 1, at: int = 1) -> bytes:
    return string(name) + string(b"") + struct.pack(">IQIII", 13, size, mode, at, at)


@contextmanager
def client(*answers: Callable[[int], bytes]) -> Iterator[Client]:
    """Of a server that answers the first question so, the next so, and then goes; what takes its number."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)

    def serve() -> None:
        with theirs:
            theirs.recv(9)
            theirs.sendall(VERSION)
            for number, answer in enumerate(answers, 1):
                theirs.recv(65536)
                theirs.sendall(answer(number))
            theirs.recv(65536)

    thread = threading.Thread(target=serve)
    thread.start()
    with ours:
        yield Client(cast("sftp_wire.Channel", ours), "store")  # type: ignore[name-defined]  # a socket is like one
    thread.join(5)


def handle(number: int) -> bytes:
    return packet(102, number, string(b"h"))


@pytest.mark.parametrize(
    "answer",
    [
        lambda number: packet(104, number, MANY),
        lambda number: packet(104, number, struct.pack(">I", 1) + MANY),
        lambda number: packet(
            104, number, struct.pack(">I", 1) + string(b"a") + string(b"") + struct.pack(">I", 1 << 31) + MANY
        ),
        lambda number: packet(104, number + 1, struct.pack(">I", 0)),
        lambda number: packet(103, number, struct.pack(">I", 0)),
        lambda number: packet(101, number, b""),
        lambda number: MANY,
        lambda number: b"\0\0\0\0",
    ],
)
def test_a_count_a_length_or_a_number_that_is_wrong_ends_it(answer: Callable[[int], bytes]) -> None:
    with client(handle, answer) as made, pytest.raises((ValueError, Unanswered)):
        list(made.folder(b"/"))


@pytest.mark.parametrize("size", [0, 11])
def test_more_bytes_than_were_asked_for_are_not_taken(size: int) -> None:
    def answer(number: int) -> bytes:
        return packet(103, number, string(b"x" * size))

    with client(handle, answer) as made, pytest.raises((ValueError, Unanswered)):
        list(made.pieces(b"/f", 0, 10))


def test_a_refusal_in_any_bytes_is_told_by_its_number() -> None:
    for code, kind in ((2, "missing"), (3, "permission")):
        said = struct.pack(">I", code) + string(b"\xff\x1b[2J")
        with client(lambda number, said=said: packet(101, number, said)) as made, pytest.raises(CannotAsk) as caught:  # type: ignore[misc]
            made.stat(b"/f")
        assert caught.value.kind == kind


def test_names_that_mean_another_place_are_left_out_and_the_newest_are_kept() -> None:
    names = [b"..", b".", b"../../etc/passwd", b"", b"a\0b", b"\xff\n$(id)", b"old"]
    listed = b"".join(entry(name, at=100 - place) for place, name in enumerate(names))
    answers = (
        handle,
        lambda number: packet(104, number, struct.pack(">I", len(names)) + listed),
        lambda number: packet(101, number, struct.pack(">I", 1) + string(b"")),
        lambda number: packet(101, number, struct.pack(">I", 0) + string(b"")),
    )
    with client(*answers) as made:
        tree = sftp._Walk(made, lambda name: True, 1, 1).tree(b"/srv")
    assert [each.path.encode("utf-8", "surrogateescape") for each in tree.files] == [b"/srv/\xff\n$(id)"]
    assert not tree.whole
