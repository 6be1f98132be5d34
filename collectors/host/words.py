"""What people are told of a host beside its figures: sentences in Chinese and English."""

from __future__ import annotations

from agent.core.text import Text

LATE = Text(
    "{command} 用时超过 {seconds:g} 秒,稍后再问;请看主机是否太忙、磁盘有无应答",
    "{command} took longer than {seconds:g} s, and is asked again later: is the host busy, does a disk not answer?",
)
NOT_READ = Text("{subject} 没有读到:{why}", "{subject} was not read: {why}")
LACKING = Text("{what}读不到:{why}", "{what} could not be read: {why}")
SYSTEM, SERVICES = Text("系统信息", "the system"), Text("服务", "services")
TIME_SERVICE, PROTECTION = Text("时间服务", "the time service"), Text("防病毒软件", "protection from malware")
LOGINS, PORTS = Text("登录记录", "logins"), Text("监听端口", "listening ports")
SESSIONS = Text("登录的用户", "who is logged in")
NO_UTF8 = Text(
    "不知道 {services} 是否在运行:主机没有 C.UTF-8 这个 locale,进程名里的中文成了问号;请装上(glibc 的语言包),"
    "或改写成 systemd 的单元名",
    "whether {services} runs is not known: the host lacks the locale C.UTF-8, so that it lists question marks; install "
    "it (a language pack of glibc), or name the unit of systemd",
)
EVENT_LOGS, DEVICES = Text("事件日志", "the event logs"), Text("外设", "the devices")
DISKS, UPDATES = Text("磁盘", "the disks"), Text("待装更新", "pending updates")
ARRAYS = Text("磁盘阵列", "arrays")
# By the name of what is read.
SUBJECTS = {
    "antivirus": PROTECTION,
    "arrays": ARRAYS,
    "audit": Text("审计", "the audit"),
    "canaries": Text("诱饵文件", "canaries"),
    "clock": Text("时钟", "the clock"),
    "controllers": ARRAYS,
    "disks": DISKS,
    "extensions": Text("新扩展名和勒索信", "new extensions and ransom notes"),
    "hardening": Text("加固", "hardening"),
    "logins": LOGINS,
    "logs": Text("本机日志", "its own logs"),
    "peripherals": DEVICES,
    "ports": PORTS,
    "services": SERVICES,
    "sessions": SESSIONS,
    "updates": UPDATES,
    "watched": Text("被看的文件", "watched files"),
}
TOPICS = {
    "sshd": Text("sshd 的设置", "sshd"),
    "password": Text("口令策略", "passwords"),
    "accounts": Text("账户", "accounts"),
    "system": Text("系统设置", "the system"),
    "terminal": Text("窗口终端", "the terminal"),
}
AND_MORE = Text("等另外 {count} 个", " and {count} more")
LISTENS = Text(
    "开着未登记的端口:{ports}{more};确属需要的写进 listen",
    "listens where nobody said it may: {ports}{more}; `listen` allows",
)
NO_LOGINS = Text(
    "看不到登录记录:读不了 journal,也读不了 sshd 的日志(/var/log 下的 auth.log、secure、messages);"
    "请让这个账号能读,例如加入 adm 组",
    "logins were not seen: neither the journal nor a log of sshd can be read (auth.log, secure, messages in /var/log); "
    "let this account read them, e.g. by the group adm",
)
MORE_LOGINS = Text(
    "一小时内的登录记录多到读不完:次数至少是这些,是否有人正在猜密码请到主机上看",
    "more logins within the hour than can be read: at least so many; look on the host whether somebody guesses",
)
OLD_LIST = Text(
    "软件包清单一周没有更新,是否有待装更新不得而知;请在主机上更新清单(apt-get update、dnf makecache、apk update)",
    "its list of packages was not renewed for a week: whether updates are pending is not known; renew it there "
    "(apt-get update, dnf makecache, apk update)",
)
NO_USB = Text(
    "看不到 USB 设备:/sys/bus/usb/devices 列不出来;没有 USB 的虚拟机请去掉 peripherals",
    "its USB devices were not seen: /sys/bus/usb/devices cannot be listed; a virtual machine without USB needs no "
    "`peripherals`",
)
NO_ANSWER = Text(
    "文件系统 {mountpoint} 没有应答;请查它的磁盘(dmesg、smartctl)",
    "file system {mountpoint}: no answer; look at its disk (dmesg, smartctl)",
)
NO_WAY_TO = Text(
    "看不到文件系统 {mountpoints}{more} 的用量:{why};请让这个账号能进入上一级目录,例如 setfacl -m u:{user}:x 目录",
    "how full {mountpoints}{more} is was not seen: {why}; let this account pass the folders above, "
    "e.g. setfacl -m u:{user}:x FOLDER",
)
NO_USAGE = Text(
    "读不到文件系统 {mountpoints}{more} 的用量:{why};请查它的磁盘(dmesg、smartctl)",
    "how full {mountpoints}{more} is could not be read: {why}; look at its disk (dmesg, smartctl)",
)
TOO_MANY = Text("{found} 个文件系统里只监测 {most} 个", "only {most} of {found} file systems are watched")
NO_CANARY = Text("诱饵文件 {path} 不存在,请先放好", "canary {path} is not there: lay it down first")
UNREADABLE_CANARY = Text("诱饵文件 {path} 这个账号读不了", "canary {path} cannot be read by this account")
CANARY_MISSING = Text("诱饵文件 {path} 不见了", "canary {path} is missing")
CANARY_CHANGED = Text("诱饵文件 {path} 被改过", "canary {path} is changed")
NOT_WHOLE = Text("{path} 没能读全:{why}", "watched {path} could not be read whole: {why}")
TOO_MUCH = Text("内容太多", "it holds too much")
UNAPPROVED = Text(
    "未经批准的改动:{files}{more};确属正常的请执行 shouwang hosts approve {host}",
    "changed without approval: {files}{more}; if it was meant, run: shouwang hosts approve {host}",
)
RANSOM = Text("文件名像勒索信:{path}", "named like a ransom note: {path}")
DEVIATIONS = Text("{topic}:{said}{more}", "{topic}: {said}{more}")
UNSEEN = Text("{topic}:看不到{said}{more},不算通过", "{topic}: not seen, so no pass: {said}{more}")
AND_SO_ON = Text("等", "; and more")

# Deviations from how a host should be set up; settings of sshd stand as they are.
SETTING = Text("{setting}", "{setting}")
MAX_TRIES = Text("maxauthtries 大于 {most}", "maxauthtries over {most}")
IDLE_LOGINS = Text(
    "clientaliveinterval 不在 {seconds} 秒、{count} 次以内", "clientaliveinterval not within {seconds} s, {count} times"
)
SHORT = Text("密码可少于 {most} 位", "passwords may have less than {most} characters")
SHORT_ADMINISTRATORS = Text(
    "管理员密码可少于 {most} 位", "passwords of administrators may have less than {most} characters"
)
SIMPLE = Text("密码所需字符种类少于 {most} 种", "passwords need less than {most} kinds of characters")
LASTING = Text("密码有效期超过 {most} 天", "passwords are good for more than {most} days")
NOT_LOCKED = Text("输错 {most} 次密码不锁账号", "no account is locked after {most} wrong passwords")
LOCKED_BRIEFLY = Text("锁定不到 {most} 秒就解开", "a locked account is free again before {most} s")
IDLE_SHELL = Text("空闲的终端 {most} 秒内不退出", "an idle shell is not ended within {most} s")
SECOND_ROOT = Text("{name} 是第二个 root(UID 0)", "{name} is a second root (UID 0)")
NO_PASSWORD = Text("{name} 没有密码", "{name} has no password")
UNUSED = Text("{name} 已 {most:.0f} 天没有使用", "{name} was not used for {most:.0f} days")
LEFT = Text("{name} 的人已离岗,账户仍启用", "the account {name} is on although its person left")
USB_STORAGE = Text(
    "没有停用 USB 存储(modprobe.d:install usb-storage /bin/false)",
    "USB storage is not switched off (modprobe.d: install usb-storage /bin/false)",
)
NO_SCREEN_LOCK = Text("屏幕 {most} 秒内不自动锁定(dconf)", "the screen does not lock itself within {most} s (dconf)")


def more(count: int) -> Text:
    """What follows a list of which `count` are not named."""
    return AND_MORE.format(count=count) if count > 0 else Text("", "")
