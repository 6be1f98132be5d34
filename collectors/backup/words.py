"""What is said of backups, in Chinese and English."""

from __future__ import annotations

from agent.core.text import Text

NEVER = Text(
    "还没有一份好的备份,{since} 起已过期;请查备份任务、path 和 pattern。",
    "There is no good backup at all, overdue since {since}; look at the job, at path and pattern.",
)
OVERDUE = Text(
    "备份过期:上一份好的备份是 {last},下一份最迟应在 {since} 前完成;请查任务日志并补做。",
    "Overdue: the last good backup is of {last}, the next was due by {since}; look at the job's log and run it again.",
)
EMPTY = Text(
    "{since} 的最新备份是空文件(0 字节);请查源端和任务日志,立即重做。",
    "The newest backup, of {since}, is empty (0 bytes); look at the source and the job's log, run it again.",
)
BROKEN = Text(
    "{since} 的备份只写了一半,之后没有人再写;多半是任务中断或空间不足。",
    "Half a backup was written at {since} and nobody writes it any more; the job was cut off, or the disk is full.",
)
TORN = Text(
    "{since} 的分卷备份中间缺卷,不能恢复,不算一份;请重新传输或重做。",
    "Of the backup in volumes of {since} one in between is missing: it is of no use; transfer it or run it again.",
)
IN_VOLUMES = Text(
    "分卷备份只看中间缺不缺卷,没有解开测试,不算通过;请在备份端自己测试,或不分卷",
    "a copy in volumes is not unpacked, it is only seen that none in between is missing: let the store test it itself",
)
SHRANK = Text(
    "{since} 的备份比最近几份的中位数小 {share};请核对源端数据是否缺失。",
    "The backup of {since} is {share} smaller than the median of the last ones; look whether its source lost data.",
)
GREW = Text(
    "{since} 的备份比最近几份的中位数大 {share};突然变大也可能是源端文件被加密。",
    "The backup of {since} is {share} larger than the median of the last ones; files that were encrypted look so, too.",
)
GREW_TOO_LITTLE = Text(
    "{since} 的备份几乎没有增长,以前每次都在增长;请核对源端是否还在写入。",
    "The backup of {since} hardly grew, and every one before it did; look whether its source is still written to.",
)
MISSING = Text(
    "按保留策略缺 {count} 份备份;请查清理脚本。",
    "{count} copies that are to be kept are missing; look at what deletes old ones.",
)
CHECKSUM = Text(
    "校验和与清单不符",
    "its checksum is not the one that is listed",
)
UNREADABLE = Text(
    "读不完整,可能是磁盘坏道",
    "it cannot be read to its end; the disk may be failing",
)
DAMAGED = Text(
    "压缩包或归档损坏,打不开",
    "it is damaged: unpacking it fails",
)
CUT_OFF = Text(
    "归档没有结束标记,只写了一部分",
    "the archive has no end: it was cut off",
)
NO_END = Text(
    "转储没有写完:缺少结尾标记",
    "the dump was not finished: its last line is missing",
)
OTHER_KIND = Text(
    "不是应有的数据库转储;请查看文件内容",
    "it is no dump of that database; look at what is in it",
)
NOT_ENCRYPTED = Text(
    "要求加密,但这份没有加密",
    "copies are to be encrypted, and this one is not",
)
PERHAPS_ENCRYPTED = Text(
    "要求加密,但认不出它是什么格式,看不出是否加密",
    "copies are to be encrypted, and its format is not known: nobody can tell whether this one is",
)
NOTHING_IN_IT = Text(
    "里面什么也没有;多半是转储或打包的命令失败了",
    "there is nothing in it; what was to fill it has failed, most likely",
)
SOMETHING_BEHIND = Text(
    "gzip 结尾之后还有别的内容,是否完整说不准",
    "something stands behind the end of gzip's data: whether it is whole cannot be told",
)
TOO_LONG = Text(
    "主机上的 zstd 太旧,解不开用 --long 压缩的文件",
    "the host's zstd is too old to unpack what was packed with --long",
)
NO_METHOD = Text(
    "主机上的 unzip 不支持它的压缩或加密方式",
    "the host's unzip cannot unpack, or decrypt, such a zip",
)
NO_PASSWORD = Text(
    "里面有加密的文件,没有口令无法测试",
    "some files in it are encrypted, so that it cannot be tested",
)
NO_PROGRAM = Text(
    "主机上没有测试所需的程序",
    "the host has no program to test it with",
)
ONLY_SFTP = Text(
    "登录账户只能用 SFTP,压缩包和归档打不开测试,不算通过;请给一个能运行只读命令的账户,或在备份端自己测试",
    "this login has SFTP only, so that archives cannot be opened; give it a shell, or let the store test them itself",
)
TOO_LARGE = Text(
    "登录账户只能用 SFTP,超过 64 MiB 的文件不取回计算校验和;请给一个能运行只读命令的账户",
    "this login has SFTP only, and more than 64 MiB are not fetched for a checksum; give it a shell",
)
SIZES_ONLY = Text(
    "异地副本大小相同;有一端只能用 SFTP,内容没有比对(超过 64 MiB 或没能读完),不算一致",
    "the second copy is as large; one of both has SFTP only, and they were not compared (more than 64 MiB, or not read "
    "to the end): not told to be the same",
)
NO_ROOM = Text(
    "SFTP 服务不提供剩余空间(statvfs@openssh.com);请另给能运行 df 的账户,或用主机监测看磁盘",
    "this SFTP server does not tell free space (statvfs@openssh.com); give a login that may run df, or watch the host",
)
ISOLATION_UNSEEN = Text(
    "隔离要运行命令才看得出,该账户只能用 SFTP;请在 isolation.host 上给能运行只读命令的账户",
    "isolation is seen by commands only, and this login has SFTP only; give one with a shell on `isolation.host`",
)
TOO_NEW = Text(
    "主机上的 pg_restore 比生成它的 pg_dump 旧",
    "the host's pg_restore is older than the pg_dump that made it",
)
NO_RIGHT = Text(
    "登录账户无权读取",
    "this login may not read it",
)
TOOK_TOO_LONG = Text(
    "在 verify.within 内没有测完;请加大它",
    "the test goes on when `verify.within` is over; make it longer",
)
NO_ENTRY = Text(
    "清单里没有它的校验和",
    "the list of checksums does not name it",
)
NO_TEST = Text(
    "没有清单,格式也无法测试",
    "there is no list of checksums, and its format cannot be tested",
)
REPOSITORY = Text(
    "restic check 报告仓库有错误",
    "restic check finds errors in the repository",
)
WRITTEN_TO = Text(
    "restic check 时仓库正被写入或清理(有锁),报告的错误不作数;下次再查",
    "the repository was being written to or pruned (it is locked) while it was checked, so that the errors found say "
    "nothing; it is checked again",
)
UNVERIFIED = Text(
    "{since} 的备份校验不通过:{why};请立即重做,并保留坏件。",
    "The backup of {since} fails its test: {why}; run it again at once and keep the bad one.",
)
SECOND_LATE = Text(
    "异地副本过期:最新一份是 {last},下一份最迟应在 {since} 前到达;请查传输任务和线路。",
    "The second copy is late: the newest is of {last}, the next was due by {since}; look at the transfer and its line.",
)
SECOND_DIFFERS = Text(
    "{since} 的异地副本与本地那份不一致;请重新传输并查找原因。",
    "The second copy of {since} is not the same as the one here; transfer it again and look for the reason.",
)
IS_ROOT = Text(
    "该账户就是 root",
    "that account is root",
)
FOLDER_OPEN = Text(
    "它能在备份目录里删除或改名",
    "it can delete or rename in the folder of the copies",
)
ABOVE_OPEN = Text(
    "它能把备份目录整个移走",
    "it can move the folder of the copies away",
)
FILE_OPEN = Text(
    "它能改写备份文件",
    "it can write to copies",
)
RIGHTS_UNSEEN = Text(
    "看不到目录的权限或访问控制列表",
    "rights or access lists of a folder cannot be seen",
)
NOT_ISOLATED = Text(
    "备份没有与生产账户隔离:{why};应改为由备份端拉取,或使用只读快照。",
    "Backups are not isolated from production: {why}; let the store pull them, or keep read-only snapshots.",
)
RESTORE_BAD = Text(
    "{since} 的恢复测试结果不一致;这份备份可能无法恢复,请查明原因后重做。",
    "The restore of {since} was not identical; this backup may be of no use: find out why, and try again.",
)
SAMPLE_BAD = Text(
    "{since} 从备份里抽样恢复失败:{why};这份备份可能无法恢复,请查明原因后重做。",
    "The sample restore of {since} failed: {why}; this backup may be of no use: find out why, and run it again.",
)
RESTORE_DUE = Text(
    "恢复测试应在 {since} 前做(上次:{last});做完用 shouwang backup restored 登记。",
    "A restore was to be tried by {since} (last: {last}); enter it with shouwang backup restored.",
)
NO_RESTORE = Text(
    "从未",
    "never",
)
RUN_FAILED = Text(
    "备份任务自己报告最近一次运行失败;请看它的日志。",
    "The job itself says that its last run failed; look at its log.",
)
NO_MEMBERS = Text(
    "里面没有能抽样的文件或表;只从 tar(可压缩)、zip、pg_dump -Fc 和 -Ft 里抽,不抽加密、重名和名字有特殊字符的",
    "nothing in it can be drawn: only from tar, packed or not, zip, pg_dump -Fc and -Ft, but for what is "
    "encrypted, is there twice, or has special characters in its name",
)
NOT_NAMED = Text(
    "抽中的那个文件不能按名字单独取出",
    "the member that was drawn could not be taken out by its name alone",
)
OTHER_SIZE = Text(
    "取出的大小与归档里记的不同",
    "its size is not the one that the archive gives",
)
