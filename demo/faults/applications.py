"""Faults of applications, name server, queue system and screens."""

from __future__ import annotations

from agent.core.text import Text
from demo.faults.fault import Fault, each_of

FAULTS = (
    Fault("acceptance-down", Text("统一受理平台返回 503,窗口办不了业务", "the acceptance software answers 503")),
    Fault("acceptance-slow", Text("统一受理平台要 2.5 秒才打开", "the acceptance software takes 2.5 s")),
    Fault("certificate-expiring", Text("受理平台的证书 3 天后到期", "a certificate ends in 3 days")),
    Fault("dns-wrong", Text("域名服务器给出的地址不对", "the name server gives a wrong address")),
    Fault(
        "queue-down",
        Text("排队叫号系统停了,半小时没有取号", "the queue system stands still, no ticket for half an hour"),
    ),
    Fault("display-dark", Text("一块显示屏黑屏", "a display is dark"), each_of("display")),
)
