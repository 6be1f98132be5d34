"""Faults of switches, their ports and cables."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.text import Text
from demo.centre.plan import Centre
from demo.faults.fault import Fault, each_of


def _plugged(centre: Centre) -> Sequence[str]:
    """Whatever hangs on a cable; first a counter PC."""
    nodes = [*centre.of("terminal"), *(node for node in centre.nodes.values() if node.kind != "terminal")]
    return [node.id for node in nodes if node.behind] + list(centre.lines)


FAULTS = (
    Fault(
        "cable-break",
        Text("一根网线断了,它后面的设备失联", "a cable is broken, what hangs on it is gone"),
        _plugged,
        networked=True,
    ),
    Fault("port-down", Text("交换机端口断开", "a switch's port is down"), _plugged),
    Fault("port-flap", Text("端口每 5 秒断开又连上", "a port goes down and up every 5 s"), _plugged),
    Fault("port-errors", Text("端口收到的包有 2% 出错", "2 % of what a port receives has errors"), _plugged),
    Fault(
        "loop-storm",
        Text("交换机上广播占九成,疑似环路", "nine tenths of a switch's packets are broadcast: a loop"),
        each_of("access", "core"),
    ),
    Fault(
        "switch-down",
        Text("交换机断电,它后面的一切失联", "a switch has no power, all behind it is gone"),
        each_of("access", "core"),
    ),
    Fault(
        "switch-reboot",
        Text(
            "交换机自行重启,约 40 秒不应答,运行时间归零",
            "a switch starts anew: silent for 40 s, its uptime begins at 0",
        ),
        each_of("access", "core"),
    ),
    Fault(
        "config-changed",
        Text(
            "有人在交换机上打开了 telnet,没有登记变更,也没有保存",
            "somebody turned telnet on at a switch, by no planned change, and did not save it",
        ),
        each_of("access", "core"),
    ),
    Fault(
        "rogue-device",
        Text("接入交换机的空端口上出现陌生设备", "a device that nobody knows at a free port of an access switch"),
        each_of("access"),
    ),
)
