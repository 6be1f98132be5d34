"""Filling: the words in braces of a playbook's texts, as far as the agent knows them. The rest stays a blank for the
people who know it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.core.text import Language, Text

BRACES = re.compile(r"\{(\w+)\}")
# What a person must fill in where the agent does not know it.
BLANKS: Mapping[str, Text] = {
    "address": Text("地址", "address"),
    "alternative": Text("可用窗口", "counters that work"),
    "backlog": Text("件数", "how many"),
    "bandwidth": Text("带宽", "bandwidth"),
    "bmc": Text("管理口日志", "BMC log"),
    "business": Text("业务", "business"),
    "carrier": Text("运营商", "carrier"),
    "circuit": Text("电路号", "circuit"),
    "counters": Text("窗口", "counters"),
    "diagnosis": Text("判断", "diagnosis"),
    "difference": Text("相差秒数", "difference in seconds"),
    "disk": Text("磁盘", "disk"),
    "error": Text("错误码", "error code"),
    "eta": Text("预计时间", "expected time"),
    "expected": Text("应有值", "what should be"),
    "fault_desk": Text("报障电话", "fault desk"),
    "folder": Text("目录", "folder"),
    "gateway_state": Text("网关状态", "state of the gateway"),
    "host_state": Text("主机状态", "state of the host"),
    "item": Text("检查项", "checklist item"),
    "log": Text("日志", "log"),
    "model": Text("型号", "model"),
    "mountpoint": Text("文件系统", "file system"),
    "names": Text("域名", "names"),
    "observed": Text("观察值", "what is observed"),
    "oldest": Text("最早时间", "since when"),
    "own_check": Text("查过没有、结果如何", "checked or not, and found what"),
    "planned": Text("计划时间", "when"),
    "port_state": Text("端口状态", "state of the port"),
    "printer_state": Text("取号机状态", "state of the ticket machine"),
    "rx_power": Text("收光功率", "received optical power"),
    "service": Text("服务", "service"),
    "source": Text("时钟源", "time source"),
    "usage": Text("使用率", "usage"),
    "verdict": Text("检测结论", "verdict"),
    "version": Text("版本", "version"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: as written, a fact filled in, or a blank with the name of what is missing."""

    kind: Literal["text", "fact", "blank"]
    text: str


def fill(template: str, facts: Mapping[str, str], language: Language) -> tuple[Part, ...]:
    """The text in parts. What a fact itself says in braces stays as it is."""
    parts, end = [], 0
    for match in BRACES.finditer(template):
        if match.start() > end:
            parts.append(Part("text", template[end : match.start()]))
        name, end = match[1], match.end()
        blank = Part("blank", BLANKS[name][language] if name in BLANKS else name)
        parts.append(Part("fact", facts[name]) if name in facts else blank)
    if end < len(template):
        parts.append(Part("text", template[end:]))
    return tuple(parts)


def plain(parts: tuple[Part, ...]) -> str:
    """As one text; a blank is `____(name)`."""
    return "".join(f"____({part.text})" if part.kind == "blank" else part.text for part in parts)


def filled(text: Text, facts: Mapping[str, str], language: Language) -> str:
    """As one line."""
    return " ".join(plain(fill(text[language], facts, language)).split())
