"""What is said of backups, in Chinese and English."""

from __future__ import annotations

from agent.core.text import Text

NEVER = Text(
    "还没有一份好的备份,{since} 起已过期;请查备份任务、path 和 pattern",
    "there is no good backup at all, overdue since {since}; look at the job, at path and pattern",
)
OVERDUE = Text(
    "备份过期:上一份好的备份是 {last},下一份最迟应在 {since} 前完成;请查任务日志并补做",
    "overdue: the last good backup is of {last}, the next was due by {since}; look at the job's log and run it again",
)
EMPTY = Text(
    "{since} 的最新备份是空文件(0 字节);请查源端和任务日志,立即重做",
    "the newest backup, of {since}, is empty (0 bytes); look at the source and the job's log, run it again",
)
BROKEN = Text(
    "{since} 的备份只写了一半,之后没有人再写;多半是任务中断或空间不足",
    "half a backup was written at {since} and nobody writes it any more; the job was cut off, or the disk is full",
)
SHRANK = Text(
    "{since} 的备份比最近几份的中位数小 {share};请核对源端数据是否缺失",
    "the backup of {since} is {share} smaller than the median of the last ones; look whether its source lost data",
)
GREW = Text(
    "{since} 的备份比最近几份的中位数大 {share};突然变大也可能是源端文件被加密",
    "the backup of {since} is {share} larger than the median of the last ones; files that were encrypted look so, too",
)
GREW_TOO_LITTLE = Text(
    "{since} 的备份几乎没有增长,以前每次都在增长;请核对源端是否还在写入",
    "the backup of {since} hardly grew, and every one before it did; look whether its source is still written to",
)
MISSING = Text(
    "按保留策略缺 {count} 份备份;请查清理脚本",
    "{count} copies that are to be kept are missing; look at what deletes old ones",
)
