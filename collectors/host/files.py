"""Files: canaries and watched files as they are now against what they were, however a host tells their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.text import Text, clean
from agent.core.unchanged import MISSING, MOST, approve, compared
from collectors.host import words
from collectors.host.metrics import CANARY, FILE_CHANGES, FILE_RENEWALS
from collectors.host.subject import Turn

DIGEST = 70  # characters of one in JSON
NAMED = 16_000  # characters, for all that is watched: of more files than that only what all together are is remembered
RENEWED = "renewed"  # kept: files that were approved by a planned change which is not over
SHOWN = 5  # files that a remark names


def canaries(turn: Turn, digests: Mapping[str, str | None]) -> Iterator[Sample]:
    """By the SHA-256 of each, MISSING, or None where that is not known. A file that never was there is no canary yet;
    one that this account may not read tells nothing."""
    found: dict[str, str] = {}
    for path, digest in digests.items():
        known = path in turn.kept.get("approved", {})
        if digest is not None and (known or digest != MISSING):
            found[path] = digest
        else:
            why = words.NO_CANARY if digest == MISSING else words.UNREADABLE_CANARY
            turn.remarks.append(why.format(path=clean(path, 80)))
    for gone in set(turn.kept.get("approved", {})) - set(digests):
        del turn.kept["approved"][gone]
    if found:
        touched = compared(found, turn.kept, missing=False, new=False)
        yield Sample(CANARY, float(bool(touched)))
        turn.remarks.extend(_how(found[path]).format(path=clean(path, 80)) for path in touched)


def _how(digest: str) -> Text:
    return words.CANARY_MISSING if digest == MISSING else words.CANARY_CHANGED


def few(path: str, found: Mapping[str, str], paths: int) -> Mapping[str, str]:
    """The files of a watched path, by path; of too many only what all together are. `paths` share the room."""
    if sum(len(json.dumps(each)) + DIGEST for each in found) > NAMED // paths:
        return {f"{path}/**": together(found)}
    return found


def together(found: Mapping[str, str]) -> str:
    lines = (f"{digest} {path}\0" for path, digest in sorted(found.items()))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def unapproved(turn: Turn, kept: MutableMapping[str, Any], found: Mapping[str, str], missing: bool) -> list[str]:
    """What is different; what came about since the last look while a change was planned is approved by that."""
    before, since = set(kept.get("now", ())), kept.get("read", turn.now)
    kept["read"] = turn.now
    changed = compared(found, kept, missing)
    if not turn.planned(turn.now, turn.now):
        kept.pop(RENEWED, None)
    if turn.planned(since, turn.now):
        planned = approve(kept, set(changed) - before)
        if turn.planned(turn.now, turn.now):
            kept[RENEWED] = sorted({*kept.get(RENEWED, ()), *planned})[:MOST]
        return [path for path in changed if path not in planned]
    return changed


def watched(turn: Turn, changed: Sequence[str], told: bool) -> Iterator[Sample]:
    """What is told of all that is watched; `told`: something of it could be read."""
    for forgotten in set(turn.kept) - {"", *turn.options.watch}:
        del turn.kept[forgotten]
    if told:
        yield Sample(FILE_CHANGES, float(len(changed)))
        yield Sample(FILE_RENEWALS, float(sum(len(each.get(RENEWED, ())) for each in turn.kept.values())))
    if changed:
        names, more = ", ".join(clean(each, 80) for each in changed[:SHOWN]), words.more(len(changed) - SHOWN)
        turn.remarks.append(words.UNAPPROVED.format(files=names, more=more, host=turn.options.id))
