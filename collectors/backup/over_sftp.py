"""Copies on a host whose account may use SFTP and nothing else: what can be told so, by reading files from afar."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.sftp import Sftp
from agent.core.text import clean
from collectors.backup import manifest, run, testing, words
from collectors.backup.copies import Copy
from collectors.backup.formats import HEAD, Format, format_of, zip_of
from collectors.backup.listing import UNFINISHED, File, Listing
from collectors.backup.options import BackupOptions, RunOptions
from collectors.backup.tested import Tested, expected, joined
from collectors.backup.testing import Result

MOST_FILES = 10_000  # of a listing, as by find
MOST_READ = 64 * 2**20  # bytes of a copy that are fetched for its checksum


async def listed(host: Sftp, options: BackupOptions) -> Listing:
    """SFTP does not tell the host's clock."""
    tree = await host.tree(options.path, wanted(options.pattern), options.depth, MOST_FILES)
    return Listing(None, tuple(File(*each) for each in tree.files), tree.whole, tree.unseen)


def wanted(pattern: str) -> Callable[[str], bool]:
    """Names that `find -name` would take for this pattern, and those of copies that are being written."""
    plain = re.sub(r"\\(.)", lambda match: f"[{match[1]}]" if match[1] in "*?[" else match[1], pattern)
    patterns = (plain, *(plain + end for end in UNFINISHED), f".{plain}.??????")
    found = re.compile("|".join(fnmatch.translate(each) for each in patterns))
    return lambda name: found.match(name) is not None


async def failed(host: Sftp, asked: RunOptions) -> bool | None:
    """As run.failed. CannotAsk: only commands tell it."""
    path, size = (asked.status, 64) if asked.status is not None else (asked.log, run.TAIL)
    if path is None:
        raise CannotAsk(
            "missing", f"unit {clean(asked.unit or '')} of systemd cannot be asked by SFTP; use status or log"
        )
    text = await host.part(path, size, last=True)
    return run.failed_by(asked, text)


async def tested(host: Sftp, options: BackupOptions, copy: Copy) -> Tested:
    """By its checksum if it is short, and by its ends; nothing is unpacked."""
    try:
        head = await host.part(copy.path, HEAD)
    except CannotAsk as error:
        if error.kind != "permission":
            raise
        return Tested(Result(None, words.NO_RIGHT), "unknown", None)
    format_, known = format_of(head), await _manifest(host, options, copy.path)
    if format_.kind == "zip":
        format_ = zip_of(await host.part(copy.path, testing.DIRECTORY, last=True))
    results = [] if known is None else [await _checksum(host, copy, known)]
    results += testing.filled(head, copy.size)
    if format_.kind == "sql":
        results.append(testing.ended(await host.part(copy.path, testing.TAIL, last=True), format_))
    elif format_.kind in ("packed", "tar", "zip", "pg_dump"):
        results.append(Result(None, words.ONLY_SFTP))
    return Tested(joined([*_said(options, format_, known), *results]), format_.name, format_.encrypted)


def _said(options: BackupOptions, format_: Format, known: str | None) -> list[Result]:
    """What is packed is not seen: it may be encrypted, and any dump."""
    found = expected(options, format_, None, known)
    packed = (words.OTHER_KIND, words.NOT_ENCRYPTED)
    return [each for each in found if format_.kind != "packed" or each.why not in packed]


async def _manifest(host: Sftp, options: BackupOptions, path: str) -> str | None:
    for place in manifest.places(path, options.verify.manifest):
        try:
            text = await host.part(place, manifest.LIMIT)
        except CannotAsk:
            continue
        if found := manifest.checksum(text, path):
            return found
    return None


async def _checksum(host: Sftp, copy: Copy, known: str) -> Result:
    name = manifest.PROGRAMS[len(known)].removesuffix("sum")
    try:
        found = await host.digest(copy.path, name, MOST_READ)
    except Unanswered as error:
        return Result(None, words.TOOK_TOO_LONG) if error.kind == "timeout" else Result(False, words.UNREADABLE)
    if found is None:
        return Result(None, words.TOO_LARGE)
    return testing.GOOD if found == known else Result(False, words.CHECKSUM)


async def sha256(host: Sftp, path: str) -> str | None:
    """None where it is too large, or was not had in time."""
    try:
        return await host.digest(path, "sha256", MOST_READ)
    except ReachError:
        return None
