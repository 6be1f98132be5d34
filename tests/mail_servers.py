"""Small servers that begin plainly and change to TLS as SMTP, IMAP, POP3, FTP and LDAP do, strict as real ones."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence

Speak = Callable[[socket.socket], object]
Turn = tuple[bytes, bytes]  # what the client must say, what it is answered


@contextlib.contextmanager
def serving(speak: Speak) -> Iterator[int]:
    """The port; every connection is spoken to in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def one(opened: socket.socket) -> None:
            with contextlib.suppress(OSError), opened:
                opened.settimeout(10)
                speak(opened)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


TURNS: dict[str, Sequence[Turn]] = {
    "smtp": (
        (b"", b"220-mail.test\r\n220 ESMTP ready\r\n"),
        (b"EHLO ", b"250-mail.test\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
        (b"STARTTLS\r\n", b"220 2.0.0 ready\r\n"),
    ),
    "imap": ((b"", b"* OK IMAP4rev2\r\n"), (b"a STARTTLS\r\n", b"* CAPABILITY IMAP4rev2\r\na OK begin\r\n")),
    "pop3": ((b"", b"+OK POP3\r\n"), (b"STLS\r\n", b"+OK begin\r\n")),
    "ftp": ((b"", b"220-welcome\r\n 220 no end yet\r\n220 FTP\r\n"), (b"AUTH TLS\r\n", b"234 begin\r\n")),
    "ldap": ((b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037", bytes.fromhex("300c02010178070a010004000400")),),
}  # fmt: skip
AFTER = {"smtp": b"QUIT\r\n", "imap": b"b LOGOUT\r\n", "pop3": b"QUIT\r\n", "ftp": b"QUIT\r\n", "ldap": b""}


def speaking(protocol: str, context: ssl.SSLContext) -> Speak:
    """Text lines must end in CR LF. After TLS the right goodbye is answered with `bye`."""
    lines = protocol != "ldap"

    def speak(opened: socket.socket) -> None:
        for wanted, answer in TURNS[protocol]:
            came = b""
            while wanted and (not came.endswith(b"\n") if lines else len(came) < len(wanted)):
                more = opened.recv(1000)
                if not more:
                    return
                came += more
            if not came.startswith(wanted) or (lines and wanted and not came.endswith(b"\r\n")):
                opened.sendall(b"500 what?\r\n")
                return
            opened.sendall(answer)
        with context.wrap_socket(opened, server_side=True) as secured:
            said = secured.recv(1000)
            if said:
                secured.sendall(b"bye\r\n" if said == AFTER[protocol] else b"what?\r\n")
                secured.recv(10)

    return speak
