"""What people are told of a log store."""

from agent.core.text import Text

UNSEEN = Text("日志库里有看不到的目录:{why}", "folders of the log store that are not seen: {why}")
NOT_ALL = Text(
    "日志库的文件太多,只看了最近 {days} 天写过的;请把 log_store.path 写得更窄",
    "the log store has too many files: only those written in the last {days} days were looked at; "
    "name log_store.path more narrowly",
)
SILENT = Text("日志库里{within}没有它们的日志:{names}", "no logs{within} in the log store of: {names}")
NO_LOG = Text("日志库({store})里{within}没有它的日志", "the log store ({store}) has no log of it{within}")
WITHIN = Text("最近 {days} 天", " of the last {days} days")
UNKNOWN = Text(
    "日志库里不认识的来源:{names};可用 log_store.names 指明是谁的",
    "sources in the log store that agent.yaml does not know: {names}; log_store.names says whose they are",
)
AND_MORE = Text("等 {count} 个", "and others, {count} in all")
WRONG_CLOCK = Text(
    "{file} 里的时间不对(设备时钟没有校准?),按文件的时间算;断档无法判断",
    "the stamps in {file} cannot be right (is the clock of the device set?); the file's own time counts, "
    "and gaps are not known",
)
UNREAD = Text("{file} 读不到({why}),断档无法判断", "{file} cannot be read ({why}); gaps are not known")
WHY = {
    "permission": Text("没有权限", "permission denied"),
    "missing": Text("不见了", "it is gone"),
    "late": Text("读得太久", "it takes too long"),
    "holes": Text("里面有长段没有时间的内容", "long stretches of it have no stamps"),
    "packed": Text("解压不了", "it cannot be unpacked"),
    "": Text("没有认得的时间", "no stamps that are known"),
}
PENDING = Text("日志库还有 {count} 个文件没有看完", "{count} files of the log store are still to be read")
CLOCK = Text("日志库主机的时钟与守望差 {seconds} 秒", "the clock of the log store's host is {seconds} s from ours")
NOT_POSIX = "the host of log_store runs Windows; its files can be read on Linux and other POSIX systems only"
