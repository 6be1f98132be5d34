"""Faults of hosts."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.text import Text
from demo.centre.plan import Centre
from demo.faults.fault import Fault


def _hosts(centre: Centre) -> Sequence[str]:
    return [node.id for node in centre.of("host")]


def _machines(centre: Centre) -> Sequence[str]:
    """Servers and counters' computers."""
    return [node.id for node in (*centre.of("host"), *centre.of("terminal"))]


def _terminals(centre: Centre) -> Sequence[str]:
    return [node.id for node in centre.of("terminal")]


def _printers(centre: Centre) -> Sequence[str]:
    return [node.id for node in centre.of("printer")]


FAULTS = (
    Fault(
        "host-down",
        Text("一台服务器或窗口电脑断电,连不上", "a server or counter PC has no power and is gone"),
        _machines,
        networked=True,
    ),
    Fault("disk-filling", Text("根分区每秒多用 1%,直到将满", "the root file system fills by 1 % a second"), _hosts),
    Fault("disk-degraded", Text("磁盘阵列掉了一块盘", "an array lost a disk"), _hosts),
    Fault("memory-leak", Text("内存使用一路上升到 97%", "memory in use rises to 97 %"), _hosts),
    Fault("clock-drift", Text("主机时钟快了 95 秒", "the host's clock is 95 s fast"), _machines),
    Fault("brute-force", Text("有人在猜密码,每秒两次", "somebody guesses passwords, twice a second"), _machines),
    Fault(
        "canary-file-changed", Text("诱饵文件被改,疑似勒索软件", "canary files were changed: ransomware?"), _machines
    ),
    Fault(
        "host-key-changed",
        Text("主机密钥变了,守望拒绝登录", "the host's key is another, and the agent refuses to log in"),
        _machines,
    ),
    Fault("peripheral-lost", Text("窗口的读卡器掉线", "the card reader of a counter is unplugged"), _terminals),
    Fault("kiosk-paper-out", Text("自助终端的打印机缺纸", "the printer of a kiosk has no paper"), _printers),
)
