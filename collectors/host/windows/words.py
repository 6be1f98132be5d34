"""What people are told of a Windows host: sentences in Chinese and English."""

from __future__ import annotations

from agent.core.text import Text

RIGHTS = Text(
    "看不到{what}:这个账号不是管理员(Administrators 组),没有这项读数",
    "{what} not seen: this account is no administrator (group Administrators), so there is no reading",
)
OLD_POWERSHELL = Text(
    "PowerShell {version} 太旧,需要 5.1:请安装 WMF 5.1,Windows 7、2008 R2 可以装",
    "PowerShell {version} is too old, 5.1 is needed: install WMF 5.1, also on Windows 7 and 2008 R2",
)
REFUSED = Text(
    "{why}(PowerShell 处于 {mode} 模式:AppLocker 或 WDAC 不许读这一项)",
    "{why} (PowerShell runs in {mode} mode: AppLocker or WDAC refuses what this takes)",
)
COUNTERS, SERVICES = Text("处理器使用率", "processor usage"), Text("服务", "services")
BROKEN = Text("服务中断记录(System 日志)", "records of services that broke off (log System)")
DISKS, ADMINISTRATORS = Text("硬盘健康", "health of disks"), Text("管理员组成员", "who is an administrator")
TIME, AUDIT = Text("时间服务的状态", "the state of the time service"), Text("审核策略", "the audit policy")
NO_COUNTERS = Text(
    "看不到处理器使用率:请把账号加入 Performance Monitor Users 组",
    "processor usage not seen: put the account into the group Performance Monitor Users",
)
NO_TIME_SERVICE = Text(
    "Windows Time 服务(W32Time)没有运行,时钟无人校准:请设为自动启动",
    "Windows Time (W32Time) does not run, nothing keeps the clock right: set it to start automatically",
)
LOCAL_CLOCK = Text(
    "时间服务只跟本机时钟走,没有可用的时间源:请用 w32tm /config 指定时间服务器",
    "the time service follows the machine's own clock only: name a time server by w32tm /config",
)
NO_PROTECTION_SEEN = Text(
    "看不出装了哪种防病毒软件(没有 Defender,也没有安全中心):请在 antivirus 写明它的进程",
    "no way to see which protection it has (no Defender, no Security Center): name its process by `antivirus`",
)
OLD_SEARCH = Text(
    "一周没有查过更新,是否有待装更新不得而知:请查 Windows Update 服务与 WSUS",
    "it has not looked for updates for a week, so whether any is pending is not known: see Windows Update, WSUS",
)
CANARIES = Text("诱饵文件", "the canaries")
DENIED = Text("{count} 个文件或目录读不了", "{count} files or folders could not be read")
NO_NAME = Text("Windows 的文件名不能有这些字符", "no file of Windows can be called so")
RESTART = Text("已装的更新要重启后才生效", "updates that are installed take effect only after a restart")
