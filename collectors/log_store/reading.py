"""What a file of a log store holds, found by reading little of it: a generator yields commands and is sent their
answers, so that many files share a round.

A time longer than a day without a record is found by halving: where two pieces are no more than a day apart, none lies
between them. Such a time is exact; of shorter ones only those within the pieces are seen. Where pieces between two hold
no stamps, or there are too many of them, the host reads the stretch through.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from agent.core.ssh import Answer, Command
from collectors.log_store.files import STEP, Entry, piece, stretch, thinned, unpacked_head
from collectors.log_store.layout import packer
from collectors.log_store.stamps import DAY, Block, File, Spans, block, in_order, joined

MOST_PIECES = 400  # of one file, besides the hundred of which a small one is made
BARREN = 12  # pieces without a stamp after which halving of a stretch is given up
TRIES = 12  # pieces at either end that may hold no record, each twice as far in as the one before
SMALL = 400 * 1024  # bytes of a file that is read whole where an end tells no time


class Held(NamedTuple):
    """`spans` are as in Block, of the whole file; `gap` is the longest time that was seen between records of one span.
    `sure`: there is no time longer than a day without a record but between spans. `wrong`: stamps that cannot be.
    `why` is a word on what kept it from being read. `costly`: it was read through."""

    spans: Spans = ()
    gap: int = 0
    sure: bool = False
    wrong: bool = False
    why: str = ""
    costly: bool = False


Steps = Generator[Sequence[Command], Sequence[Answer], Held]
Blocks = dict[int, Block]  # by offset


def reading(entry: Entry, zone: int, size: int = 0, before: Held | None = None) -> Steps:
    """`before` is what the same file held when it had `size` bytes."""
    program = packer(entry.path)
    if program is not None:
        return _packed(entry, program, File(entry.at, zone))
    return _plain(entry, File(entry.at, zone), size if before else 0, before or Held(sure=True))


def _plain(entry: Entry, file: File, known: int, before: Held) -> Steps:
    start = max(0, known // STEP - 2) * STEP
    end = max(start, ((entry.size - 1) // STEP - 1) * STEP)
    blocks: Blocks = {}
    wanted, tries = [start, end], 0
    while wanted and len(blocks) < MOST_PIECES:
        places = list(dict.fromkeys(wanted))
        answers = yield [piece(entry, place) for place in places]
        if refused := next((each for each in answers if not each.ok), None):
            return Held(why=_why(refused))
        for place, answer in zip(places, answers, strict=True):
            blocks[place] = block(answer.stdout, file, whole_start=place == 0)
        tries += 1
        wanted = [*_further_in(blocks, start, end, tries), *_between(blocks)]
    return (yield from _through(entry, file, blocks, before))


def _through(entry: Entry, file: File, blocks: Blocks, before: Held) -> Steps:
    """What halving did not find, by the host itself."""
    hidden = [(left, right) for left, right in _doubtful(blocks) if _widest(blocks, left, right)]
    if not hidden:
        return _held(blocks, before)
    first, last = hidden[0][0], hidden[-1][1]
    (answer,) = yield [stretch(entry, first, last)]
    blocks[first + 1] = found = block(answer.stdout, file)  # in front of the piece that is read next to it
    if answer.ok and not answer.cut and found.spans:
        return _held(blocks, before)._replace(costly=True)
    return _held(blocks, before)._replace(sure=False, why="late" if answer.late else "holes", costly=True)


def _further_in(blocks: Blocks, first: int, last: int, tries: int) -> list[int]:
    """Where an end tells no time, farther from it: all of a small file, else each time twice as far until something
    does, and then by halving to where that begins or ends."""
    told = [place for place, each in blocks.items() if each.spans]
    if not (blocks[first].spans and blocks[last].spans) and last - first <= SMALL:
        wanted = list(range(first, last, STEP))
    elif told:
        outer = max((place for place in blocks if place < min(told)), default=min(told))
        beyond = min((place for place in blocks if place > max(told)), default=max(told))
        wanted = [
            (inner + empty) // 2 // STEP * STEP
            for inner, empty in ((min(told), outer), (max(told), beyond))
            if abs(inner - empty) > STEP
        ]
    else:
        away = STEP * 2 ** (tries - 1) if tries <= TRIES else last
        wanted = [place for place in (first + away, last - away) if first < place < last]
    return [place for place in wanted if place not in blocks]


def _between(blocks: Blocks) -> list[int]:
    """The middle of the widest unread stretch of each place that may hide a time longer than a day without a record."""
    widest = [
        _widest(blocks, left, right)
        for left, right in _doubtful(blocks)
        if sum(left < place < right for place in blocks) < BARREN
    ]
    return [(low + high) // 2 // STEP * STEP for low, high in filter(None, widest)]


def _widest(blocks: Blocks, left: int, right: int) -> tuple[int, int] | None:
    """Of what is unread between two pieces; None if nothing is."""
    inner = sorted(place for place in blocks if left <= place <= right)
    low, high = max(pairwise(inner), key=lambda pair: pair[1] - pair[0])
    return (low, high) if high - low > STEP else None


def _doubtful(blocks: Blocks) -> list[tuple[int, int]]:
    """Offsets of pieces between whose records more than a day passed, of those whose times are in order."""
    return [
        (left, right)
        for left, right in pairwise(_ordered(blocks))
        if blocks[right].spans[0][0] - blocks[left].spans[-1][1] > DAY and right - left > STEP
    ]


def _ordered(blocks: Blocks) -> list[int]:
    told = [place for place in sorted(blocks) if blocks[place].spans]
    return [told[place] for place in in_order([blocks[each].spans[0][0] for each in told])]


def _held(blocks: Mapping[int, Block], before: Held) -> Held:
    kept = [blocks[place] for place in _ordered(dict(blocks))]
    spans, _ = joined([*before.spans, *(span for each in kept for span in each.spans)])
    gap = max([before.gap, *(each.gap for each in kept)])
    wrong = before.wrong or any(each.wrong for each in blocks.values())
    return Held(spans, gap, before.sure and bool(spans), wrong, before.why)


def _packed(entry: Entry, program: str, file: File) -> Steps:
    """What packs a file keeps its time, which is that of its last record."""
    (answer,) = yield [unpacked_head(entry, program)]
    head = block(answer.stdout, file)
    if head.spans and 0 <= entry.at - head.spans[-1][1] <= DAY:
        spans, _ = joined([*head.spans, (entry.at, entry.at)])
        return Held(spans, head.gap, True, head.wrong)
    if not answer.stdout:
        return Held(why=_why(answer) if answer.stderr else "packed")
    (answer,) = yield [thinned(entry, program)]
    found = block(answer.stdout, file)
    spans, _ = joined([*head.spans, *found.spans])
    sure = answer.ok and not answer.cut and not answer.stderr and bool(found.spans)
    why = "" if sure else "late" if answer.late else "packed" if answer.stderr else ""
    return Held(spans, head.gap, sure, head.wrong or found.wrong, why, True)


def _why(answer: Answer) -> str:
    if answer.late:
        return "late"
    return "permission" if b"ermission denied" in answer.stderr else "missing"
