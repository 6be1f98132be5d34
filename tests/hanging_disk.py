"""A disk that hangs, for real: a process whose fsync and fdatasync wait in the kernel until the test lets them go on.

The process installs a seccomp filter that reports those calls to the test (SECCOMP_RET_USER_NOTIF, Linux 5.5), which
needs no privilege; the test answers at once, or, while the disk hangs, not at all. `python tests/hanging_disk.py
SOCKET COMMAND …` is the process's side.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import platform
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

# Numbers of seccomp, fsync, fdatasync: asm/unistd.h
CALLS = {"x86_64": (317, 74, 75), "aarch64": (277, 82, 83)}
RECEIVE, SEND = 0xC0502100, 0xC0182101  # linux/seccomp.h: SECCOMP_IOCTL_NOTIF_RECV, _SEND
GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def install() -> int:
    """The filter for this process and its children; the descriptor on which the calls are reported."""
    seccomp, *watched = CALLS[platform.machine()]
    code = struct.pack("=HBBI", 0x20, 0, 0, 0)  # load the call's number
    for left, number in zip((1, 0), watched, strict=True):
        code += struct.pack("=HBBI", 0x15, left, 0 if left else 1, number)  # equal: to the report
    code += struct.pack("=HBBI", 0x06, 0, 0, 0x7FC00000)  # report
    code += struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)  # allow
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    descriptor = libc.syscall(seccomp, 1, 8, ctypes.byref(_Program(len(code) // 8, code)))  # listen for reports
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(descriptor)


class HangingDisk:
    """`hang`, and `let_go`. `syncs` counts the calls that were let through."""

    def __init__(self, listener: int) -> None:
        self.syncs = 0
        self._listener = listener
        self._lock = threading.Lock()
        self._hanging = False
        self._held: list[int] = []
        threading.Thread(target=self._answer, daemon=True).start()

    @property
    def held(self) -> int:
        """How many calls wait."""
        return len(self._held)

    def hang(self) -> None:
        with self._lock:
            self._hanging = True

    def let_go(self) -> None:
        with self._lock:
            self._hanging = False
            for identity in self._held:
                self._go_on(identity)
            self._held.clear()

    def _answer(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        while poll.poll()[0][1] & select.POLLIN:
            report = bytearray(80)
            with contextlib.suppress(FileNotFoundError):  # it was killed meanwhile
                fcntl.ioctl(self._listener, RECEIVE, report)
                (identity,) = struct.unpack_from("=Q", report)
                with self._lock:
                    if self._hanging:
                        self._held.append(identity)
                    else:
                        self._go_on(identity)
        os.close(self._listener)

    def _go_on(self, identity: int) -> None:
        self.syncs += 1
        with contextlib.suppress(FileNotFoundError):
            fcntl.ioctl(self._listener, SEND, struct.pack("=QqiI", identity, 0, 0, GO_ON))


@contextlib.contextmanager
def on_a_disk_that_may_hang(
    argv: Sequence[str], place: Path, **more: Any
) -> Iterator[tuple[subprocess.Popen[str], HangingDisk]]:
    """Runs `argv`; killed at the end if it still lives. Skips where the kernel cannot hold calls for a test."""
    if platform.machine() not in CALLS:
        pytest.skip(f"needs seccomp reports, whose numbers are not known here for {platform.machine()}")
    path = place / "reports.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(1)
        server.settimeout(20)
        with subprocess.Popen([sys.executable, __file__, str(path), *argv], text=True, **more) as child:
            try:
                connection, _ = server.accept()
                with connection:
                    said, descriptors, _, _ = socket.recv_fds(connection, 200, 1)
                if not descriptors:
                    pytest.skip(f"needs seccomp reports (Linux 5.5): {said.decode()}")
                disk = HangingDisk(descriptors[0])
                yield child, disk
            finally:
                child.kill()
                child.wait(10)


if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX) as reports:
        reports.connect(sys.argv[1])
        try:
            socket.send_fds(reports, [b"here"], [install()])
        except OSError as error:
            reports.send(str(error).encode())
            raise SystemExit(1) from None
    os.execvp(sys.argv[2], sys.argv[2:])
