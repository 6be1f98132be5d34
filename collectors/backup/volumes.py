"""Copies in volumes, as rar, 7z, zip and split(1) write them: those of one set are one copy. Pure.

Numbers also tell rotated copies apart. So volumes are one set only where each but the last is as large as the first,
the last no larger, and each was written after the one before it and soon.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from collectors.backup.listing import File

SOON = 6 * 3600  # seconds between two volumes
RAR = re.compile(r"(.+)\.part(\d{1,5})\.(rar|zip|7z)", re.DOTALL | re.IGNORECASE)
NUMBERED = re.compile(r"(.+)\.(\d{2,4})", re.DOTALL)
LETTERED = re.compile(r"(.+[.\-_])([a-z]{2,3})", re.DOTALL)
ZIP = re.compile(r"(.+)\.z(\d{2,3}|ip)", re.DOTALL)
LAST = 100_000  # number of the .zip, which is written after .z01, .z02 and so on

Set = tuple[str, str]


def joined(files: Iterable[File]) -> tuple[File, ...]:
    """A file for each set, called as its first volume, of the size of all, as old as the newest."""
    sets: defaultdict[Set, dict[int, File]] = defaultdict(dict)
    found: list[File] = []
    for file in files:
        places = list(_places(file.path))
        for set_, number in places:
            sets[set_][number] = file
        if not places:
            found.append(file)
    told: set[str] = set()
    for set_, volumes in sets.items():
        if _one_copy(set_, volumes):
            found.append(_copy(set_, volumes))
            told |= {each.path for each in volumes.values()}
    left = {each.path: each for volumes in sets.values() for each in volumes.values()}
    return (*found, *(file for path, file in left.items() if path not in told))


def _places(path: str) -> Iterator[tuple[Set, int]]:
    folder, name = posixpath.split(path)
    if match := RAR.fullmatch(name):
        yield (posixpath.join(folder, match[1]), f"part.{match[3]}"), int(match[2])
    elif match := NUMBERED.fullmatch(name):
        yield (posixpath.join(folder, match[1]), "number"), int(match[2])
    elif match := ZIP.fullmatch(name):
        yield (posixpath.join(folder, match[1]), "zip"), LAST if match[2] == "ip" else int(match[2])
    elif match := LETTERED.fullmatch(name):
        yield (posixpath.join(folder, match[1]), f"letters{len(match[2])}"), _number(match[2])


def _number(letters: str) -> int:
    """split(1) counts aa, ab, … az, ba."""
    return sum((ord(each) - ord("a")) * 26**place for place, each in enumerate(reversed(letters)))


def _first(set_: Set, numbers: Sequence[int]) -> int:
    """rar, 7z and zip begin with 1; split(1) with aa or, told to count, with 00."""
    return 0 if set_[1].startswith("letters") or numbers[0] == 0 else 1


def _one_copy(set_: Set, volumes: dict[int, File]) -> bool:
    files = [file for _, file in sorted(volumes.items())]
    whole = len(files) > 1 and all(file.size == files[0].size for file in files[:-1])
    if not whole or not 0 < files[-1].size <= files[0].size or not 0 <= _gaps(set_, volumes) <= len(files):
        return False
    return all(0 <= after.at - before.at <= SOON for before, after in itertools.pairwise(files))


def _gaps(set_: Set, volumes: dict[int, File]) -> int:
    counted = sorted(each for each in volumes if each != LAST)
    return counted[-1] - _first(set_, counted) + 1 - len(counted)


def _copy(set_: Set, volumes: dict[int, File]) -> File:
    files = [file for _, file in sorted(volumes.items())]
    whole = files[0]._replace(size=sum(each.size for each in files), at=max(each.at for each in files))
    return whole._replace(volumes=tuple(each.path for each in files), missing=_gaps(set_, volumes))
