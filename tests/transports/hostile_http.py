"""Servers that mean harm, or know no better: each is one function of a connection, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator

Say = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


def endless(first: bytes, piece: bytes, pause: float = 0.0) -> Say:
    def say(taken: socket.socket) -> None:
        taken.sendall(first)
        while True:
            taken.sendall(piece)
            time.sleep(pause)

    return say


def once(said: bytes, then: float = 0.0) -> Say:
    def say(taken: socket.socket) -> None:
        taken.sendall(said)
        time.sleep(then)

    return say


def reset(taken: socket.socket) -> None:
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def bomb(coding: str) -> Say:
    """256 MiB of nothing, as a quarter of one: the packed form of one MiB, as often as that."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece, count = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH), 256
    check = (zlib.crc32 if coding == "gzip" else zlib.adler32)(bytes(count * 2**20))
    if coding == "gzip":
        first, last = b"\x1f\x8b\x08" + bytes(6) + b"\xff", struct.pack("<II", check, count * 2**20)
    else:
        first, last = b"\x78\xda", struct.pack(">I", check)
    packed = first + piece * count + packing.flush() + last
    head = OK + f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    return once(head + packed)


def empty_members() -> Say:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return endless(OK + b"Content-Encoding: gzip\r\n\r\n", packing.flush() * 500)


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return len(body).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + body


SETTINGS, HEADERS = frame(4, 0, 0), frame(1, 4, 1, b"\x88")  # \x88: the indexed header `:status: 200`
LONG_HEADER = b"\x00\x01a\x7f\xa1\x3e" + b"x" * 8224  # a literal, never indexed, 8,224 bytes long

PLAIN: dict[str, Say] = {
    "endless body": endless(OK + b"\r\n", b"x" * 65536),
    "a byte a second": endless(OK + b"\r\n", b"x", 1),
    "a header byte a second": endless(OK, b"x", 1),
    "gzip bomb": bomb("gzip"),
    "deflate bomb": bomb("deflate"),
    "empty gzip members": empty_members(),
    "endless headers": endless(OK, b"X-A: " + b"a" * 1000 + b"\r\n"),
    "endless header": endless(OK + b"X-A: ", b"a" * 65536),
    "endless status line": endless(b"HTTP/1.1 200 ", b"a" * 65536),
    "endless informational": endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),
    "tiny chunks": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 2000),
    "chunk longer than anything": endless(OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\n", b"x" * 65536),
    "redirect loop": once(b"HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
    "redirect to a novel": once(b"HTTP/1.1 302 F\r\nLocation: /" + b"x" * 60000 + b"\r\n\r\n"),
    "lying length": once(OK + b"Content-Length: 100000\r\n\r\nshort", 60),
    "less than its length": once(OK + b"Content-Length: 100000\r\n\r\nshort"),
    "two lengths": once(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    "reset": reset,
    "closed at once": once(b""),
    "silent": once(b"", 60),
    "another protocol": once(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "upgrade unasked": once(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
}
BY_H2: dict[str, Say] = {
    "h2 pings": endless(SETTINGS, frame(6, 0, 0, b"12345678") * 900),
    "h2 settings": endless(SETTINGS, SETTINGS * 1700),
    "h2 empty data": endless(SETTINGS + HEADERS, frame(0, 0, 1) * 1700),
    "h2 endless continuation": endless(SETTINGS + frame(1, 0, 1, b"\x88"), frame(9, 0, 1, LONG_HEADER)),
    "h2 many headers": once(SETTINGS + frame(1, 0, 1, b"\x88" + LONG_HEADER) + frame(9, 4, 1, LONG_HEADER * 9), 60),
    "h2 reset": once(SETTINGS + frame(3, 0, 1, b"\0\0\0\x07"), 60),
    "h2 gone": once(SETTINGS + frame(7, 0, 0, bytes(8)), 60),
    "h2 garbage": once(b"HTTP/1.1 400 Bad\r\n\r\n", 60),
    "h2 endless body": endless(SETTINGS + HEADERS, frame(0, 0, 1, b"x" * 16000)),
}
BY_TLS: dict[str, Say] = {
    "tls silent": once(b"", 60),
    "tls garbage": once(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "tls closed": once(b""),
    "tls a byte a second": endless(b"\x16\x03\x03", b"\x02", 1),
    "tls endless record": endless(b"", b"\x16\x03\x03\x40\x00" + b"\x02\x00\x40\x00" + b"x" * 16380),
}


@contextlib.contextmanager
def listening(say: Say, tls: ssl.SSLContext | None, hears: bool) -> Iterator[int]:
    """The port. A request is read first where it `hears`."""

    def one(taken: socket.socket) -> None:
        with contextlib.suppress(OSError):
            spoken = tls.wrap_socket(taken, server_side=True) if tls else taken
            with contextlib.closing(spoken):
                if hears:
                    spoken.recv(65536)
                say(spoken)
        taken.close()

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
