"""SFTP: the files that a host really has, to be read (draft-ietf-secsh-filexfer-02, and statvfs of OpenSSH's)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import paramiko
from paramiko.message import Message
from paramiko.sftp import CMD_EXTENDED, CMD_EXTENDED_REPLY, CMD_VERSION

from demo.hosts.files import OWNER, Files
from demo.hosts.model import Host
from demo.hosts.software import holding

VERSION = 3
STATVFS = "statvfs@openssh.com"
BLOCK, LONGEST = 4096, 255  # bytes of a block, of a name


class Reading(paramiko.SFTPServerInterface):  # type: ignore[misc]  # paramiko has no types
    """What may be asked of the files of one host; whatever would write is refused by the library."""

    def __init__(self, server: paramiko.ServerInterface, host: Host) -> None:
        super().__init__(server)
        self.host = host
        self._files = Files(host.tree) if host.tree is not None else None

    def _place(self, path: str) -> Path | None:
        return self._files.place(path) if self._files else None

    def list_folder(self, path: str) -> Any:
        found = self._place(path)
        if found is None or not found.is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        return [told for name in sorted(os.listdir(found)) if not isinstance(told := self.stat(f"{path}/{name}"), int)]

    def stat(self, path: str) -> Any:
        found = self._place(path)
        if found is None:
            return paramiko.SFTP_NO_SUCH_FILE
        about = paramiko.SFTPAttributes.from_stat(found.stat(), found.name)
        about.st_uid, about.st_gid = OWNER
        return about

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> Any:
        found = self._place(path)
        if found is None or not found.is_file():
            return paramiko.SFTP_NO_SUCH_FILE
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            return paramiko.SFTP_PERMISSION_DENIED
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = found.open("rb")
        return handle


class Server(paramiko.SFTPServer):  # type: ignore[misc]  # paramiko has no types
    """Tells free space, too, which the library's own does not. PROTOCOL of OpenSSH, section 4.4."""

    def _send_server_version(self) -> int:
        self._read_packet()
        told = Message()
        told.add_int(VERSION)
        told.add_string(STATVFS)
        told.add_string("2")
        self._send_packet(CMD_VERSION, told)
        return VERSION

    def _process(self, kind: int, number: int, asked: Message) -> None:
        question = Message(asked.get_remainder())
        if kind != CMD_EXTENDED or question.get_text() != STATVFS:
            super()._process(kind, number, asked)
            return
        told = Message()
        told.add_int(number)
        for value in self._room(question.get_text()):
            told.add_int64(value)
        self._send_packet(CMD_EXTENDED_REPLY, told)

    def _room(self, path: str) -> tuple[int, ...]:
        """As struct statvfs has it."""
        found = holding(self.server.host, path)
        blocks, files = found.size // BLOCK, found.inodes
        free, unused = int(blocks * (1 - found.used)), int(files * (1 - found.inodes_used))
        return BLOCK, BLOCK, blocks, free, free, files, unused, unused, 0, 1, LONGEST
