"""What people are told of a job beside its figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.model import Diagnosis
from agent.core.text import Text
from agent.core.units import duration, moment, percent
from collectors.backup import words
from collectors.backup.copies import Copies
from collectors.backup.schedule import Schedule
from collectors.backup.verdict import Standing

NOTABLE = 0.3  # change of size that is told, as a ratio
AHEAD = Text(
    "主机的时钟比本机快 {lag};备份时间已按本机换算",
    "the host's clock is {lag} ahead of ours; the times of copies are put right",
)
BEHIND = Text(
    "主机的时钟比本机慢 {lag};备份时间已按本机换算",
    "the host's clock is {lag} behind ours; the times of copies are put right",
)
UNDATED = Text(
    "有 {count} 个文件的时间在将来,而且开始监测前就在那里:不计入",
    "{count} files are dated in the future, and were there before they were looked at: not counted",
)
TOO_MANY = Text(
    "文件多到一次列不完:备份份数和缺少的份数不计;请写窄一些的 `pattern`",
    "more files than are listed at once: copies and what is missing are not counted; narrow `pattern`",
)
UNSEEN = Text(
    "登录账户进不去下面的 {count} 个文件夹:备份份数和缺少的份数不计",
    "this login may not look into {count} folders below: copies and what is missing are not counted",
)
WRITING = Text("有一份备份正在写入", "a copy is being written")


def diagnoses(standing: Standing, found: Copies, schedule: Schedule) -> Iterator[Diagnosis]:
    """The gravest first."""
    if standing.late.seconds > 0:
        by = standing.late.due + schedule.grace
        last = standing.success
        said = words.NEVER if last is None else words.OVERDUE.format(last=moment(schedule.calendar, last))
        yield Diagnosis(said, by)
    if found.broken is not None:
        yield Diagnosis(words.BROKEN, found.broken.at)
    if found.torn:
        yield Diagnosis(words.TORN, found.torn[-1])
    if standing.newest is not None:
        yield from _of_size(standing, standing.newest.at)
    if standing.missing:
        yield Diagnosis(words.MISSING.format(count=standing.missing), 0.0)


def _of_size(standing: Standing, at: float) -> Iterator[Diagnosis]:
    change = standing.change
    if standing.newest is not None and standing.newest.size == 0:
        yield Diagnosis(words.EMPTY, at)
    if change is not None and abs(change) > NOTABLE:
        word = words.SHRANK if change < 0 else words.GREW
        share = Text(percent(abs(change), "zh"), percent(abs(change), "en"))
        yield Diagnosis(word.format(share=share), at)
    if standing.small_growth:
        yield Diagnosis(words.GREW_TOO_LITTLE, at)


def remarks(found: Copies) -> Iterator[Text]:
    if found.skew:
        said = AHEAD if found.skew > 0 else BEHIND
        yield said.format(lag=Text(duration(abs(found.skew), "zh"), duration(abs(found.skew), "en")))
    if found.undated:
        yield UNDATED.format(count=found.undated)
    if found.unseen:
        yield UNSEEN.format(count=found.unseen)
    elif not found.known:
        yield TOO_MANY
    if found.writing is not None:
        yield WRITING
