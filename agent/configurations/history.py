"""History: versions of configurations in a bare git repository, a branch for each device, written by dulwich. Blocks;
raises whatever the disk or a damaged repository makes of it."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agent.core.configurations import Version

if TYPE_CHECKING:
    from dulwich.objects import ObjectID
    from dulwich.refs import Ref
    from dulwich.repo import Repo

MOST_VERSIONS = 500  # that are looked back to
LOCKED = 60.0  # seconds after which a lock is one that was left
AUTHOR = b"shouwang <shouwang@localhost>"
TRAILER = re.compile(rb"^(at|before|running|saved|rules|same|approved): (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stored:
    """A version, and the id of its commit."""

    version: Version
    commit: str


class History:
    """`path` is where the repository is, or will be."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ref(self, identity: str) -> Path:
        """A file that changes with each version of a device."""
        return self._path / os.fsdecode(_branch(identity))

    def versions(self, identity: str) -> Iterator[Stored]:
        """The newest first."""
        repo = self._opened()
        if repo is None:
            return
        try:
            following = self._head(repo, identity)
            for _ in range(MOST_VERSIONS):
                if not following:
                    return
                commit: Any = repo[following[0]]
                yield Stored(_version(commit.message), commit.id.decode())
                following = commit.parents
        finally:
            repo.close()

    def text(self, commit: str, which: str = "running") -> str | None:
        """One of the texts of a version: running, saved, or the approved one where that is by other rules; None where
        it has none."""
        repo = self._opened()
        if repo is None:
            return None
        try:
            made: Any = repo[commit.encode()]
            tree: Any = repo[made.tree]
            name = which.encode()
            if name not in tree:
                return None
            blob: Any = repo[tree[name][1]]
            return str(blob.data, "utf-8", "surrogateescape")
        finally:
            repo.close()

    def add(self, identity: str, version: Version, texts: Mapping[str, str | None]) -> None:
        """One version more; `texts` by name."""
        from dulwich.file import FileLocked
        from dulwich.objects import Commit

        self._unlock()
        repo = self._opened() or self._made()
        try:
            branch, parents = _branch(identity), self._head(repo, identity)
            commit = Commit()
            commit.tree, commit.parents = _tree(repo, texts), parents
            commit.author = commit.committer = AUTHOR
            commit.author_time = commit.commit_time = int(version.at)
            commit.author_timezone = commit.commit_timezone = 0
            commit.encoding, commit.message = b"UTF-8", _message(identity, version)
            repo.object_store.add_object(commit)
            if not repo.refs.set_if_equals(branch, parents[0] if parents else None, commit.id):
                raise OSError(f"{branch.decode()} was written by somebody else meanwhile")
        except FileLocked as error:
            lock = os.fsdecode(error.lockfilename)
            raise OSError(errno.EAGAIN, "somebody writes there; it is tried again", lock) from None
        finally:
            repo.close()

    def _unlock(self) -> None:
        """Takes away what an agent left that was killed, or whose disk was full: one alone writes here."""
        for each in self._path.rglob("*.lock"):
            with contextlib.suppress(FileNotFoundError):
                if abs(time.time() - each.stat().st_mtime) > LOCKED:
                    each.unlink()

    def _head(self, repo: Repo, identity: str) -> list[ObjectID]:
        """The newest commit of a device; none where it has no branch."""
        branch = _branch(identity)
        if branch in repo.refs:
            return [repo.refs[branch]]
        if self.ref(identity).exists():
            raise ValueError(f"the branch {identity} is damaged")
        return []

    def _opened(self) -> Repo | None:
        from dulwich.repo import Repo

        return Repo(str(self._path)) if self._path.exists() else None

    def _made(self) -> Repo:
        from dulwich.repo import Repo

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(".repository.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        repo = Repo.init_bare(str(fresh))
        config = repo.get_config()
        config.set((b"core",), b"fsyncObjectFiles", b"true")
        config.write_to_path()
        repo.close()
        fresh.rename(self._path)
        return Repo(str(self._path))


def _tree(repo: Repo, texts: Mapping[str, str | None]) -> ObjectID:
    from dulwich.objects import Blob, Tree

    tree = Tree()
    for name, text in texts.items():
        if text is not None:
            blob = Blob.from_string(text.encode("utf-8", "surrogateescape"))
            repo.object_store.add_object(blob)
            tree.add(name.encode(), 0o100644, blob.id)
    repo.object_store.add_object(tree)
    return tree.id


def _branch(identity: str) -> Ref:
    """An id as a branch: git allows all that an id may hold but for some dots (git-check-ref-format(1))."""
    return cast("Ref", b"refs/heads/" + re.sub(r"\.(?=\.|$|lock$)", "%2E", identity).encode())


def _message(identity: str, version: Version) -> bytes:
    lines = [
        f"{identity}: " + ("the same, normalised by other rules" if version.same else "as it was read"),
        "",
        f"at: {version.at:.0f}",
        *([] if version.before is None else [f"before: {version.before:.0f}"]),
        f"running: {version.running}",
        *([] if version.saved is None else [f"saved: {version.saved}"]),
        f"rules: {version.rules}",
        *(["same: yes"] if version.same else []),
        *([] if version.approved is None else [f"approved: {'='.join(version.approved)}"]),
        "",
    ]
    return "\n".join(lines).encode()


def _version(message: bytes) -> Version:
    said = {match[1].decode(): match[2].decode() for match in TRAILER.finditer(message)}
    before = float(said["before"]) if "before" in said else None
    was, _, now = said.get("approved", "").partition("=")
    return Version(
        float(said["at"]),
        said["running"],
        said.get("saved"),
        before,
        int(said.get("rules", "1")),
        "same" in said,
        (was, now) if now else None,
    )
