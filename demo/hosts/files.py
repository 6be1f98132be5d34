"""What programs say of files that a host really has, in a folder that stands for its file system; all of it is read.

A shell's scripts are known by what they join: a program that unpacks, and one that reads what it gave.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import posixpath
import stat as modes
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from demo.hosts.model import Host
from demo.hosts.programs import Ran

GZIP = 31  # zlib: with the header and the trailer of RFC 1952
BROKEN, DAMAGED = 1, 2  # exit status of gzip, of tar
OWNER = (0, 0)
RIGHTS = ["stat", "-L", "-c", "%a %u %g"]  # of a folder, and of each above it
REAL = ("/data/backup/", "/data/copies/", "/data/upload/")  # below these a host's files are real

Program = Callable[["Files", Sequence[str]], Ran]


class Files:
    """`root` stands for the host's file system."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self, path: str) -> Path | None:
        """None where there is none of this name."""
        found = self._root / posixpath.normpath("/" + path).lstrip("/")
        there = found.is_dir() if path.endswith("/.") else found.exists()
        return found if there else None

    def content(self, path: str) -> bytes | None:
        found = self.place(path)
        return found.read_bytes() if found is not None and found.is_file() else None


def ran(host: Host, argv: Sequence[str]) -> Ran | None:
    """None where it is about no place where the host has real files: then the model answers."""
    if host.tree is None or argv[0] not in PROGRAMS or not any(each.startswith(REAL) for each in argv[1:]):
        return _rights(Files(host.tree), argv) if host.tree is not None and argv[:4] == RIGHTS else None
    return PROGRAMS[argv[0]](Files(host.tree), argv)


def _missing(program: str, path: str) -> Ran:
    return Ran(1, stderr=f"{program}: {path}: No such file or directory\n".encode())


def _whole(files: Files, argv: Sequence[str]) -> Ran:
    found = files.content(argv[-1])
    return _missing(argv[0], argv[-1]) if found is None else Ran(0, found)


def _end(files: Files, argv: Sequence[str]) -> Ran:
    """head, tail -c COUNT -- PATH."""
    status, found, errors = _whole(files, argv)
    count = int(argv[2])
    return Ran(status, found[:count] if argv[0] == "head" else found[-count:], errors)


def _test(files: Files, argv: Sequence[str]) -> Ran:
    """-d, -r, -x, also joined by -a: everything may be read."""
    places = [files.place(argv[place + 1]) for place, each in enumerate(argv) if each in ("-d", "-r", "-x")]
    return Ran(int(not all(place is not None and place.is_dir() for place in places)))


def _stat(files: Files, argv: Sequence[str]) -> Ran:
    """stat -c FORMAT PATH."""
    found = files.place(argv[-1])
    if found is None:
        return _missing("stat", argv[-1])
    return Ran(0, _told(argv[argv.index("-c") + 1], argv[-1], found) + b"\n")


def _told(form: str, path: str, found: Path) -> bytes:
    about = found.stat()
    facts = {
        "%F": "directory" if found.is_dir() else "regular file",
        "%Y": str(int(about.st_mtime)),
        "%s": str(about.st_size),
        "%a": f"{modes.S_IMODE(about.st_mode):o}",
        "%u": str(OWNER[0]),
        "%g": str(OWNER[1]),
    }
    for sign, fact in facts.items():
        form = form.replace(sign, fact)
    return form.replace("%n", path).encode()


def _rights(files: Files, argv: Sequence[str]) -> Ran | None:
    return _stat(files, argv) if files.place(argv[-1]) is not None else None


def _readlink(files: Files, argv: Sequence[str]) -> Ran:
    """readlink -f PATH: there are no links."""
    return Ran(0, f"{argv[-1]}\n".encode()) if files.place(argv[-1]) is not None else Ran(1)


def _find(files: Files, argv: Sequence[str]) -> Ran:
    """find FOLDER -maxdepth N -type f [! -name GLOB] [( ] -name GLOB [-o -name GLOB …] -exec stat -c FORMAT {} +"""
    folder = files.place(argv[1])
    if folder is None:
        return _missing("find", argv[1])
    form = argv[argv.index("-c") + 1]
    names = _globs(argv)
    found = (
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and not any(fnmatch.fnmatchcase(path.name, each) for each in names[False])
        and any(fnmatch.fnmatchcase(path.name, each) for each in names[True])
    )
    return Ran(0, b"".join(_lines(form, argv[1], found)))


def _globs(argv: Sequence[str]) -> Mapping[bool, Sequence[str]]:
    """By whether a name has to be so, or must not."""
    names: Mapping[bool, list[str]] = {True: [], False: []}
    for place, each in enumerate(argv):
        if each == "-name":
            names[argv[place - 1] != "!"].append(argv[place + 1])
    return names


def _lines(form: str, folder: str, found: Iterator[Path]) -> Iterator[bytes]:
    for path in found:
        try:
            yield _told(form, f"{folder}/{path.name}", path) + b"\n"
        except FileNotFoundError:  # it was taken meanwhile
            continue


def _sha256sum(files: Files, argv: Sequence[str]) -> Ran:
    found = files.content(argv[-1])
    if found is None:
        return _missing("sha256sum", argv[-1])
    return Ran(0, f"{hashlib.sha256(found).hexdigest()}  {argv[-1]}\n".encode())


def _sh(files: Files, argv: Sequence[str]) -> Ran:
    """sh -c SCRIPT sh ARGUMENT…: the script runs its arguments, or unpacks the last and has the end of it read."""
    script, arguments = argv[2], argv[4:]
    if script.endswith('"$@"'):
        return PROGRAMS[arguments[0]](files, arguments) if arguments[0] in PROGRAMS else Ran(127)
    if "tar -xOf" in script:
        return _member(files, *arguments[-2:])
    packed = files.content(arguments[-1])
    if packed is None:
        return _missing("sh", arguments[-1])
    return _piped(script, *_unpacked(packed))


def _piped(script: str, unpacked: bytes, status: int) -> Ran:
    """What reads the unpacked makes of it."""
    if "| head -c" in script:
        return Ran(0, unpacked[:512])
    if "tar -tvf" in script:
        return Ran(0, b"".join(map(_row, _members(unpacked)[0])))
    said = f"status {status}\n"
    if "tar -tf" in script:
        return Ran(0, stderr=f"{said}tar {_members(unpacked)[1]}\n".encode())
    return Ran(0, unpacked[-1024:], said.encode())


def _unpacked(packed: bytes) -> tuple[bytes, int]:
    """What gzip gives of it, and its exit status."""
    stream = zlib.decompressobj(GZIP)
    try:
        unpacked = stream.decompress(packed)
    except zlib.error:
        return b"", BROKEN
    return unpacked, 0 if stream.eof else BROKEN


def _members(archive: bytes) -> tuple[list[tarfile.TarInfo], int]:
    """The members up to where it is damaged, and the exit status of tar."""
    found: list[tarfile.TarInfo] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            found.extend(opened)
    except tarfile.TarError:
        return found, DAMAGED
    return found, 0


def _row(member: tarfile.TarInfo) -> bytes:
    """As `tar -tv` lists it."""
    at = time.strftime("%Y-%m-%d %H:%M", time.gmtime(member.mtime))
    return f"-rw-r--r-- root/root {member.size:9} {at} {member.name}\n".encode()


def _member(files: Files, path: str, name: str) -> Ran:
    """tar -xO of what gzip gives: one member, hashed and counted, with how both programs ended."""
    packed = files.content(path)
    unpacked, status = _unpacked(packed or b"") if packed is not None else (b"", BROKEN)
    there, ended = _members(unpacked)
    found = next((each for each in there if each.name == name), None)
    content = unpacked[found.offset_data : found.offset_data + found.size] if found else b""
    said = f"status {status}\ntar {ended if found else DAMAGED}\n{len(content)} bytes\n"
    return Ran(0, f"{hashlib.sha256(content).hexdigest()}  -\n".encode(), said.encode())


PROGRAMS: Mapping[str, Program] = {
    "cat": _whole,
    "find": _find,
    "head": _end,
    "readlink": _readlink,
    "sh": _sh,
    "sha256sum": _sha256sum,
    "stat": _stat,
    "tail": _end,
    "test": _test,
}
