"""Record: the configurations of devices that were read, in the state directory, and the approved ones, which people
keep beside agent.yaml.

    state/configurations/repository   `git -C … log -p ID` shows what changed
    state/configurations/seen/ID      when the newest version was last found to be as the device has it; a fingerprint
                                      of what the device sent then
    state/configurations/key          32 bytes, from which fingerprints of secrets are made; not in the repository
    baselines/ID.cfg                  the approved configuration, normalised
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hmac
import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from agent.configurations.history import History, Stored
from agent.core.aside import aside
from agent.core.configurations import Form, OnRecord, Standing, as_read, digest
from agent.core.reach import CannotAsk

T = TypeVar("T")

LARGEST = 8 * 2**20
USUAL = Form()
DISK_SECONDS = 10.0
KEY_BYTES = 32
ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EIO: "look after the disk",
    errno.EAGAIN: "if it stays, remove this lock",
}


class Record:
    """Implements agent.core.configurations.Configurations. `folder` is state/configurations; `baselines` tells where
    the approved ones are; one that is not `writable` puts nothing on record;
    `seconds` is how long a disk may take.

    What has an event loop calls `standing` and `keep`; the others block, and are for threads and commands.
    """

    def __init__(
        self, folder: Path, baselines: Callable[[], Path], writable: bool = True, seconds: float = DISK_SECONDS
    ) -> None:
        self._folder, self._baselines, self._writable, self._seconds = folder, baselines, writable, seconds
        self._key: bytes | None = None
        self._making = threading.Lock()  # fingerprints are asked for by several threads at once, each for a device
        self._looked: dict[str, tuple[Any, Standing]] = {}
        self._wanted: Counter[str] = Counter()
        self._history = History(folder / "repository")
        self._turn = asyncio.Lock()
        self._call: asyncio.Future[Any] | None = None

    async def standing(self, identity: str) -> Standing:
        return await self._aside(lambda: self.look(identity))

    async def texts(self, identity: str) -> OnRecord:
        return await self._aside(lambda: self.on_record(identity))

    async def keep(self, identity: str, running: str, saved: str | None, at: float, form: Form = USUAL) -> Standing:
        return await self._aside(lambda: self.put(identity, running, saved, at, form))

    async def _aside(self, call: Callable[[], T]) -> T:
        """One at a time, and none for longer than the disk may take."""
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                if self._call is not None and not self._call.done():
                    await asyncio.wait({self._call})
                self._call = future = aside(call)
                return await asyncio.shield(future)
        except TimeoutError:
            raise CannotAsk("timeout", f"{self._folder}: the disk does not answer") from None

    def fingerprint(self, secret: str) -> str:
        with self._making:
            if self._key is None:
                self._key = _key(self._folder / "key", self._writable)
        return hmac.digest(self._key, secret.encode("utf-8", "surrogateescape"), "sha256").hex()[:8]

    def want(self, identity: str) -> None:
        """Somebody asks for this device to be read, whether that is due or not."""
        self._wanted[identity] += 1

    def wanted(self, identity: str) -> int:
        return self._wanted[identity]

    def look(self, identity: str) -> Standing:
        """As it is on disk; read again only where that changed."""
        files = (self._history.ref(identity), self._seen(identity), self.baseline(identity))
        stamp = tuple(map(_stamp, files))
        known = self._looked.get(identity)
        if known is not None and known[0] == stamp:
            return known[1]
        with self._telling():
            versions = tuple(each.version for each in self._history.versions(identity))
            approved = _text(files[2])
        seen, mark = _last(files[1])
        found = Standing(versions, seen, None if approved is None else digest(approved), mark)
        self._looked[identity] = stamp, found
        return found

    def on_record(self, identity: str) -> OnRecord:
        with self._telling():
            newest = next(self._history.versions(identity), None)
            running = None if newest is None else self._history.text(newest.commit)
            return OnRecord(running, _text(self.baseline(identity)))

    def put(self, identity: str, running: str, saved: str | None, at: float, form: Form = USUAL) -> Standing:
        before = self.look(identity)
        after = as_read(before, running, saved, float(int(at)), form)
        if not self._writable:
            return after
        with self._telling():
            if after.versions[:1] != before.versions[:1]:
                texts = {"running": running, "saved": saved, "approved": form.approved}
                self._history.add(identity, after.versions[0], texts)
            seen = self._seen(identity)
            seen.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(seen, f"{after.seen:.0f} {after.mark}\n".encode())
        return self.look(identity)

    def baseline(self, identity: str) -> Path:
        """Where the approved configuration of a device is, or would be."""
        return self._baselines() / f"{identity}.cfg"

    def approved(self, identity: str) -> str | None:
        """The approved configuration, by the rules of the newest version where it is known by them."""
        alike = self.look(identity).alike
        with self._telling():
            text = _text(self.baseline(identity))
            if text is None:
                return None
            versions = list(self._history.versions(identity))
            for stored in versions:
                if stored.version.rules != versions[0].version.rules:
                    break
                if stored.version.running in alike:
                    return self._history.text(stored.commit)
                if stored.version.approved is not None and stored.version.approved[0] == digest(text):
                    return self._history.text(stored.commit, "approved")
            return text

    def versions(self, identity: str) -> Sequence[Stored]:
        """The newest first."""
        with self._telling():
            return list(self._history.versions(identity))

    def text(self, commit: str, which: str = "running") -> str | None:
        """One of the texts of a version, as History has it."""
        with self._telling():
            return self._history.text(commit, which)

    def _seen(self, identity: str) -> Path:
        return self._folder / "seen" / identity

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """What goes wrong on the disk, as a question that could not be put."""
        try:
            yield
        except OSError as error:
            where = error.filename or self._folder
            advice = ADVICE.get(error.errno or 0, "the agent's user must be able to use it")
            raise CannotAsk("missing", f"{where}: {error.strerror or error}; {advice}") from None
        except Exception as error:  # noqa: BLE001 - dulwich raises whatever a damaged repository makes it stumble over
            raise CannotAsk(
                "missing",
                f"{self._folder}/repository cannot be read ({type(error).__name__}: {error}): put it back from a "
                "backup, or move it away to begin anew",
            ) from None


def _stamp(path: Path) -> Any:
    try:
        status = path.stat()
    except OSError as error:
        return error.errno
    return status.st_mtime_ns, status.st_size, status.st_ino


def _text(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read(LARGEST).replace("\r\n", "\n")
    except FileNotFoundError:
        return None


def _last(path: Path) -> tuple[float | None, str]:
    """When the newest version was last seen, and the mark of that time."""
    try:
        seen, _, mark = path.read_text("ascii").strip().partition(" ")
        return float(seen), mark
    except (OSError, ValueError):
        return None, ""


def _replace(path: Path, content: bytes) -> None:
    """A new file under another name, then in its place."""
    fresh = path.with_name(f".{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _key(path: Path, writable: bool) -> bytes:
    """The key, made where there is none. CannotAsk if it cannot be read, or made."""
    try:
        with contextlib.suppress(FileNotFoundError):
            if len(key := path.read_bytes()) == KEY_BYTES:
                return key
        key = secrets.token_bytes(KEY_BYTES)
        if writable:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(path, key)
    except OSError as error:
        raise CannotAsk("permission", f"{path}: {error.strerror}; the agent's user must be able to use it") from None
    return key
