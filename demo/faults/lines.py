"""Faults of the business lines."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.text import Text
from demo.centre.plan import Centre
from demo.faults.fault import Fault


def _medical_first(centre: Centre) -> Sequence[str]:
    return sorted(centre.lines, key=lambda line: line != "medical")


def _doubled(centre: Centre) -> Sequence[str]:
    """Lines that have a backup."""
    return [line.backup_of for line in centre.lines.values() if line.backup_of in centre.lines]


FAULTS = (
    Fault(
        "line-cut",
        Text("专线从光猫起全断,交换机端口也断开", "a line is dead from the modem on, and its switch port down"),
        _medical_first,
        networked=True,
    ),
    Fault(
        "line-gateway-down",
        Text("专线的本侧网关不应答,它后面全断", "a line's near gateway is dead, and all behind it"),
        _medical_first,
        networked=True,
    ),
    Fault(
        "line-carrier-fault",
        Text("本侧网关正常,运营商网内中断", "the near gateway answers, the carrier's network does not"),
        _medical_first,
        networked=True,
    ),
    Fault(
        "line-application-down",
        Text("专线通,条线业务系统拒绝连接", "the line is well, its application refuses connections"),
        _medical_first,
    ),
    Fault("line-loss", Text("专线丢包两成", "a line loses a fifth of its packets"), _medical_first, networked=True),
    Fault("line-slow", Text("专线往返多 180 毫秒", "a line takes 180 ms more"), _medical_first, networked=True),
    Fault(
        "backup-line-active",
        Text(
            "医保业务的流量改走备用线路,主用线路空着",
            "the medical traffic runs over the backup line, the main one idles",
        ),
        _doubled,
    ),
    Fault(
        "all-lines-down", Text("六条线路的运营商侧全断", "all six lines are dead at the carrier's side"), networked=True
    ),
)
