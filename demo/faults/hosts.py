"""Faults of hosts."""

from __future__ import annotations

from agent.core.text import Text
from demo.faults.fault import Fault, each_of

SERVERS, MACHINES = each_of("host"), each_of("host", "terminal")

FAULTS = (
    Fault(
        "host-down",
        Text("一台服务器或窗口电脑断电,连不上", "a server or counter PC has no power and is gone"),
        MACHINES,
        networked=True,
    ),
    Fault("disk-filling", Text("根分区每秒多用 1%,直到将满", "the root file system fills by 1 % a second"), SERVERS),
    Fault("disk-degraded", Text("磁盘阵列掉了一块盘", "an array lost a disk"), SERVERS),
    Fault("memory-leak", Text("内存使用一路上升到 97%", "memory in use rises to 97 %"), SERVERS),
    Fault("clock-drift", Text("主机时钟快了 95 秒", "the host's clock is 95 s fast"), MACHINES),
    Fault("brute-force", Text("有人在猜密码,每秒两次", "somebody guesses passwords, twice a second"), MACHINES),
    Fault("canary-file-changed", Text("诱饵文件被改,疑似勒索软件", "canary files were changed: ransomware?"), MACHINES),
    Fault(
        "host-key-changed",
        Text("主机密钥变了,守望拒绝登录", "the host's key is another, and the agent refuses to log in"),
        MACHINES,
    ),
    Fault(
        "peripheral-lost", Text("窗口的读卡器掉线", "the card reader of a counter is unplugged"), each_of("terminal")
    ),
    Fault("kiosk-paper-out", Text("自助终端的打印机缺纸", "the printer of a kiosk has no paper"), each_of("printer")),
)
