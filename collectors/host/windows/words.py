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
NO_JSON = Text("PowerShell 没有给出可解析的内容", "PowerShell gave nothing that is JSON")
SOFTWARE = Text("程序文件的版本(software)", "versions of program files (software)")
BROKEN = Text("服务中断记录(System 日志)", "records of services that broke off (log System)")
DISKS, ADMINISTRATORS = Text("硬盘健康", "health of disks"), Text("管理员组成员", "who is an administrator")
TIME = Text("时间服务的状态", "the state of the time service")
NO_COUNTERS = Text(
    "看不到处理器使用率:请把账号加入 Performance Monitor Users 组",
    "processor usage not seen: put the account into the group Performance Monitor Users",
)
NO_LOGINS = Text(
    "看不到登录记录:请把账号加入 Event Log Readers 组",
    "logins were not seen: put the account into the group Event Log Readers",
)
NO_SECURITY_LOG = Text(
    "读不到安全日志:请把账号加入 Event Log Readers 组",
    "the security log could not be read: put the account into the group Event Log Readers",
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
OLD_SIGNATURES = Text("{product} 报告病毒库过期", "{product} says that its signatures are out of date")
OLD_SEARCH = Text(
    "一周没有查过更新,是否有待装更新不得而知:请查 Windows Update 服务与 WSUS",
    "it has not looked for updates for a week, so whether any is pending is not known: see Windows Update, WSUS",
)
DENIED = Text("{count} 个文件或目录读不了", "{count} files or folders could not be read")
NO_NAME = Text("Windows 的文件名不能有这些字符", "no file of Windows can be called so")
RESTART = Text("已装的更新要重启后才生效", "updates that are installed take effect only after a restart")

# Deviations from how a host should be set up, each with what sets it right; and what was not seen of that.
SETTINGS, DESKTOP = Text("加固设置", "how it is hardened"), Text("桌面设置", "how the desktop is set up")
POLICY, ACCOUNTS = Text("口令策略", "the password policy"), Text("本机账户", "the machine's accounts")
COMPLEXITY = Text("口令复杂度(secpol.msc 里核对)", "whether passwords must be complex (look in secpol.msc)")
SMB1 = Text("SMBv1 是否停用", "whether SMBv1 is off")
FIREWALL = Text("防火墙 {name} 配置", "firewall profile {name}")
SCREEN_LOCK = Text("自动锁屏(没有人登录,或账号不是管理员)", "screen lock (nobody logged in, or no administrator)")
GUEST_ON = Text("来宾账户 {name} 启用着", "guest account {name} is enabled")
ADMINISTRATOR_ON = Text("内置 Administrator 启用着且没有改名", "built-in Administrator is enabled under its own name")
NOT_REQUIRED = Text("{name} 可以没有密码(net user {name} /passwordreq:yes)", "{name} may have no password")
SMB1_ON = Text("SMBv1 开着", "SMBv1 is on")
NO_NLA = Text("远程桌面不要求网络级身份验证(NLA)", "remote desktop does not ask for network level authentication")
NO_FIREWALL = Text("防火墙 {name} 配置关闭", "firewall profile {name} is off")
USB_STORAGE = Text(
    "没有停用 USB 存储(USBSTOR 的 Start 应为 4)", "USB storage is not switched off (USBSTOR: Start should be 4)"
)
USB_UAS = Text("UAS 硬盘盒仍可用(UASPStor 的 Start 应为 4)", "UAS disks still work (UASPStor: Start should be 4)")
USB_DISK = Text("插着 USB 存储 {name}", "USB storage {name} is plugged in")
AUTO_LOGIN = Text("开机自动登录(AutoAdminLogon)", "it logs in by itself (AutoAdminLogon)")
REMOTE_CONTROL = Text("装有远程控制软件 {name}", "has a program for remote control: {name}")
NO_LOCK = Text(
    "屏幕 {most} 秒内不自动锁定(InactivityTimeoutSecs)",
    "the screen does not lock itself within {most} s (InactivityTimeoutSecs)",
)
