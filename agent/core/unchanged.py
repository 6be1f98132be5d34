"""Files that should stay as they are: what they were, what they are now, what a person has approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

MISSING = "missing"  # in the place of a hash
MOST = 500  # paths that are remembered, and of which a change is told


def compared(
    found: Mapping[str, str], kept: MutableMapping[str, Any], missing: bool = True, new: bool = True
) -> list[str]:
    """The paths that are not as they were when they were first seen or last approved; `found` has the SHA-256 of each,
    or MISSING.

    `kept` holds `approved` and `now`. At the first comparison all that is found counts as approved. Later a path that
    was not there before is different too, unless `new` is false: then it counts as approved. One that is approved and
    not `found` any more is missing; with `missing` false nothing is said of it, since not all may have been seen.
    """
    first = "approved" not in kept
    approved: dict[str, str] = kept.setdefault("approved", {})
    seen = dict(found)
    if missing:
        seen |= {path: MISSING for path in approved if path not in found}
    if first or not new:
        for path, digest in seen.items():
            if path not in approved and digest != MISSING and len(approved) < MOST:
                approved[path] = digest
    changed = sorted(path for path, digest in seen.items() if digest != approved.get(path, MISSING))[:MOST]
    kept["now"] = {path: seen[path] for path in changed}
    return changed


def approve(kept: MutableMapping[str, Any], paths: Iterable[str] | None = None) -> list[str]:
    """What is different now becomes what is right, of these paths or all; those of which it did."""
    now: dict[str, str] = kept.setdefault("now", {})
    done = sorted(now if paths is None else set(paths) & set(now))
    approved: dict[str, str] = kept.setdefault("approved", {})
    for path in done:
        digest = now.pop(path)
        approved.pop(path, None)
        if digest != MISSING:
            approved[path] = digest
    return done


def open_questions(kept: Any) -> Iterator[MutableMapping[str, Any]]:
    """Wherever a collector keeps such a comparison: those that find something different now."""
    if isinstance(kept, dict):
        if "approved" in kept and kept.get("now"):
            yield kept
        for each in kept.values():
            yield from open_questions(each)
