"""Whose logs lie in the store: the targets by what a source may be called, and what the files of one tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import pairwise
from typing import Any

from agent.core.model import Sample, Target
from agent.core.others import Told
from agent.core.text import Said, clean
from collectors.host.metrics import LOG_GAP, LOG_NEWEST, LOG_OLDEST, LOG_RETENTION
from collectors.host.retention import rotation, seen
from collectors.log_store import words
from collectors.log_store.files import Entry
from collectors.log_store.layout import address, put_aside
from collectors.log_store.options import LogStoreOptions
from collectors.log_store.reading import Held
from collectors.log_store.stamps import DAY, joined

KINDS = ("switch", "host", "machine_room")  # what writes logs
ROUND = 31 * DAY  # by which what is kept may be older than rotation says, if it says it rightly
ROTATION = 62 * DAY  # the longest that is usual is a month
LONGEST = 200  # characters of a path that are shown; its end says which file it is
CENTRAL = ("central",)  # label `source`: beside what a host keeps itself


def called(targets: Iterable[Target], names: Mapping[str, str]) -> dict[str, str]:
    """Ids of targets by what a source may be called: what agent.yaml says, ids, names, addresses."""
    found = {spelled(name): str(identity) for name, identity in names.items()}
    theirs = [target for target in targets if target.kind in KINDS]
    for ways in ([(each.id, each.id) for each in theirs], [(each.address or "", each.id) for each in theirs]):
        for name, identity in ways:
            found.setdefault(spelled(name), identity)
    for each in theirs:
        found.setdefault(spelled(each.name), each.id)
    return found


def owner(source: str, known: Mapping[str, str]) -> str | None:
    """The id of the target that a source is; a host's name also without its domain."""
    name = spelled(source)
    return known.get(name) or (None if address(name) else known.get(name.partition(".")[0]))


def spelled(name: str) -> str:
    text = name.strip().lower()
    return address(text) or text


def expected(targets: Iterable[Target], options: LogStoreOptions) -> list[Target]:
    """Switches and servers, but the store itself, this machine, and those that need not."""
    spared = {str(options.host), *map(str, options.not_logging)}
    return [each for each in targets if each.id not in spared and (each.kind == "switch" or _serves(each))]


def _serves(target: Target) -> bool:
    options = target.options
    return target.kind == "host" and getattr(options, "role", "") == "server" and not getattr(options, "local", False)


def told(files: Sequence[tuple[Entry, Held | None]], whole: bool) -> Told:
    """What the files of one source say. Of what depends on files that were not read yet nothing is told; `whole`: these
    are all its files."""
    newest = max(files, key=lambda each: (each[0].at, not put_aside(each[0].path)))
    oldest = min(files, key=lambda each: each[0].at)
    if newest[1] is None:
        return Told()
    if _clock_is_wrong(*newest):
        samples = [Sample(LOG_NEWEST, newest[0].at, CENTRAL), *([Sample(LOG_OLDEST, oldest[0].at, CENTRAL)] * whole)]
        return Told(samples, [words.WRONG_CLOCK.format(file=clean(newest[0].path, LONGEST))])
    held = [each for _, each in files if each is not None]
    spans, bridged = joined(span for each in held for span in each.spans)
    samples = [Sample(LOG_NEWEST, spans[-1][1] if spans else newest[0].at, CENTRAL)]
    if oldest[1] is not None and oldest[1].spans:
        samples.append(Sample(LOG_OLDEST, spans[0][0], CENTRAL))
    unsure = next(((entry, each) for entry, each in files if each is not None and not each.sure), None)
    if unsure is None and len(held) == len(files) and spans:
        holes = [right[0] - left[1] for left, right in pairwise(spans)]
        samples.append(
            Sample(LOG_GAP, max([*holes, *([] if holes else [bridged, *(each.gap for each in held)])]), CENTRAL)
        )
    return Told(samples, [] if unsure is None else [_why(*unsure)])


def kept_for(
    identity: str,
    source: Told,
    files: Sequence[Entry],
    rules: str,
    past: MutableMapping[str, Any],
    now: float,
) -> Iterator[Sample]:
    """How long the records of a source that was read without doubt are kept: what logrotate's `rules` say of the files
    that are written to, unless what is there is much older, or else what was seen to be thrown away."""
    oldest = next((sample.value for sample in source.samples if sample.metric is LOG_OLDEST), None)
    if oldest is None or source.remarks:
        return
    ages = [rotation(rules, each.path) for each in files if not put_aside(each.path)]
    rules_say = max((each for each in ages if each is not None), default=None) if None not in ages else None
    if rules_say is not None and now - oldest > 1.5 * rules_say + ROUND:
        rules_say = None
    thrown = seen(past, identity, oldest, now)
    if (kept := rules_say if rules_say is not None else thrown) is not None:
        yield Sample(LOG_RETENTION, kept, CENTRAL)


def _clock_is_wrong(entry: Entry, held: Held | None) -> bool:
    """The file was written more than a day after what its last stamp says, or no stamp can be. One that is put aside
    may be a copy (logrotate's copytruncate), which is as much later as a round of rotation is long."""
    if held is None or held.why:
        return False
    if not held.spans:
        return held.wrong
    return abs(entry.at - held.spans[-1][1]) > (ROTATION if put_aside(entry.path) else DAY)


def _why(entry: Entry, held: Held) -> Said:
    return words.UNREAD.format(file=clean(entry.path, LONGEST), why=words.WHY[held.why])
