"""A hundred faults of a line, twenty and more of each segment, as commands in the nodes of the chain.

A segment is the section from one probed address to the next, with the node that has the farther one: what a node does
to packets that it passes on only shows behind it, unless it says so itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.line_chain.chain import BEYOND, PORTS

CENTRE = "10.10.0.0/30"
LARGE = "meta length > 1000 drop"
SOME = "numgen random mod 100 < {} drop"


@dataclass(frozen=True, slots=True)
class Step:
    """A command in a node. `damaged`: the switch counts errors at the port; `stop`: server processes by port."""

    node: str = ""
    words: tuple[str, ...] = ()
    text: str = ""
    damaged: bool = False
    stop: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    segment: str
    name: str
    steps: tuple[Step, ...]


def ip(node: str, words: str) -> Step:
    return Step(node, ("ip", *words.split()))


def rule(node: str, hook: str, *rules: str) -> Step:
    lines = "; ".join(rules)
    return Step(
        node, ("nft", "-f", "-"), f"table inet {hook} {{ chain c {{ type filter hook {hook} priority 0; {lines}; }}; }}"
    )


def arrive(node: str, name: str, what: str) -> Step:
    return rule(node, "prerouting", f"iifname {name} {what}")


def leave(node: str, name: str, what: str) -> Step:
    return rule(node, "postrouting", f"oifname {name} {what}")


def slow(node: str, name: str, rate: str) -> Step:
    return Step(node, ("tc", *f"qdisc replace dev {name} root tbf rate {rate} burst 1600 limit 3000".split()))


def to_centre(node: str, how: str) -> Step:
    return ip(node, f"route replace {how}")


# More than the line's bandwidth, for longer than a fault is watched.
FLOOD = """import socket, time
out, end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.monotonic() + 60
while time.monotonic() < end:
    out.sendto(bytes(1200), ("10.23.0.10", 9))
    time.sleep(0.003)
"""
PROHIBIT = "reject with icmp type admin-prohibited"


def _port() -> Iterator[tuple[str, tuple[Step, ...]]]:
    node, name = "switch", "line"
    yield "端口被关闭", (ip(node, f"link set {name} down"),)
    yield "跳线拔出", (ip("modem", "link set near down"),)
    yield "交换机掉电", (ip(node, "link set uplink down"),)
    yield "交换机死机,不收包", (arrive(node, "uplink", "drop"),)
    yield "端口不发包", (leave(node, name, "drop"),)
    yield "端口收到的包被丢弃", (arrive(node, name, "drop"),)
    yield "访问控制拒绝去往专线的包", (rule(node, "forward", f"oifname {name} {PROHIBIT}"),)
    yield "访问控制丢弃去往专线的包", (rule(node, "forward", f"oifname {name} drop"),)
    yield "访问控制丢弃专线来的包", (rule(node, "forward", f"iifname {name} drop"),)
    yield "到条线的路由被删除", (ip(node, f"route del {BEYOND}"),)
    yield "到条线的路由指错", (ip(node, f"route replace {BEYOND} via 10.10.0.1"),)
    yield "到条线的路由成黑洞", (ip(node, f"route replace blackhole {BEYOND}"),)
    yield "三层转发被关闭", (Step(node, ("sysctl", "-qw", "net.ipv4.ip_forward=0")),)
    yield "接口地址丢失(VLAN 配错)", (ip(node, f"addr flush dev {name}"),)
    yield "光模块坏:错包、丢三成", (arrive(node, name, SOME.format(30)), Step(damaged=True))
    yield "光模块坏:错包、丢六成", (arrive(node, name, SOME.format(60)), Step(damaged=True))
    yield "双工不匹配:发送丢四成", (leave(node, name, SOME.format(40)), Step(damaged=True))
    yield "端口限速过低", (slow(node, name, "8kbit"),)
    yield "端口 MTU 改小", (ip(node, f"link set {name} mtu 1300"),)
    yield "只放行到光猫的包", (rule(node, "forward", f"oifname {name} ip daddr != 10.20.0.1 drop"),)
    yield "光猫以外的回包被丢弃", (rule(node, "forward", f"iifname {name} ip saddr != 10.20.0.1 drop"),)
    yield "交换机 CPU 过载,上联丢五成", (arrive(node, "uplink", SOME.format(50)),)
    flood = Step("", ("sh", "-c", '"$0" -c "$1" >/dev/null 2>&1 &', sys.executable, FLOOD))
    yield "本中心的流量占满专线,光猫出口丢四成", (flood, leave("modem", "away", SOME.format(40)))
    yield "监控主机没有路由", (ip("", f"route del {BEYOND}"),)
    yield "监控主机防火墙挡住", (rule("", "output", f"ip daddr {BEYOND} drop"),)


def _at(node: str, near: tuple[str, str], onward: str) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """What can befall any node that is probed: `near` is the node before it and its interface, `onward` the address
    that leads on, empty where there is nothing behind it."""
    yield "不收包", (arrive(node, "near", "drop"),)
    yield "不发包", (leave(node, "near", "drop"),)
    yield "地址丢失", (ip(node, "addr flush dev near"),)
    yield "不应答 ARP", (ip(node, "link set near arp off"),)
    yield "收包丢三成", (arrive(node, "near", SOME.format(30)),)
    yield "发包丢三成", (leave(node, "near", SOME.format(30)),)
    yield "收包丢六成", (arrive(node, "near", SOME.format(60)),)
    yield "双向各丢两成", (arrive(node, "near", SOME.format(20)), leave(node, "near", SOME.format(20)))
    yield "出口限速到 8 kbit/s", (slow(node, "near", "8kbit"),)
    yield "只让每秒 3 个包进", (arrive(node, "near", "limit rate over 3/second burst 3 packets drop"),)
    yield "丢弃大包(进)", (arrive(node, "near", LARGE),)
    yield "丢弃大包(出)", (leave(node, "near", LARGE),)
    yield "没有回程路由", (ip(node, f"route del {CENTRE}"),)
    yield "回程路由成黑洞", (ip(node, f"route replace blackhole {CENTRE}"),)
    yield (
        "防火墙丢弃本中心的包",
        (
            rule(node, "input", f"ip saddr {CENTRE} drop"),
            rule(node, "forward", f"ip saddr {CENTRE} drop"),
        ),
    )
    yield "访问控制拒绝本中心", (rule(node, "input", PROHIBIT), rule(node, "forward", PROHIBIT))
    yield "上一跳到它的链路不发包", (leave(*near, "drop"),)
    if onward:
        # Without the address of the interface that leads on there is no route by itself to what lies behind it.
        bare = ip(node, "addr flush dev away")
        yield "没有去程路由", (bare,)
        yield "去程路由被禁止", (bare, ip(node, f"route replace prohibit {BEYOND}"))
        yield "回程路由指错", (ip(node, f"route replace {CENTRE} via {onward}"),)
        yield "包的目的地址被改错", (rule(node, "prerouting", "iifname near ip daddr set 10.99.0.9"),)


def _gateway() -> Iterator[tuple[str, tuple[Step, ...]]]:
    yield from (each for each in _at("modem", ("switch", "line"), "10.21.0.1") if "上一跳" not in each[0])
    yield "过载,丢八成", (arrive("modem", "near", SOME.format(80)),)


def _carrier() -> Iterator[tuple[str, tuple[Step, ...]]]:
    yield "接入光缆断", (ip("node1", "link set near down"),)
    yield "中继光缆断", (ip("node2", "link set near down"),)
    yield "第一个节点不转发", (Step("node1", ("sysctl", "-qw", "net.ipv4.ip_forward=0")),)
    yield "第一个节点没有去程路由", (ip("node1", f"route del {BEYOND}"), ip("node1", "addr del 10.21.1.2/30 dev away"))
    yield (
        "第一个节点路由绕圈",
        (ip("node1", "addr del 10.21.1.2/30 dev away"), ip("node1", f"route replace {BEYOND} via 10.21.0.2")),
    )
    yield "中继 MTU 小", (ip("node1", "link set away mtu 1300"),)
    yield "第一个节点丢四成", (arrive("node1", "near", SOME.format(40)),)
    yield from _at("node2", ("node1", "away"), "10.22.0.1")


def _far() -> Iterator[tuple[str, tuple[Step, ...]]]:
    yield "末段光缆断", (ip("far", "link set near down"),)
    yield "末段 MTU 小", (ip("node2", "link set away mtu 1300"),)
    yield "末段来包丢四成", (arrive("node2", "away", SOME.format(40)),)
    yield from _at("far", ("node2", "away"), "10.23.0.10")


def _application() -> Iterator[tuple[str, tuple[Step, ...]]]:
    both = ", ".join(map(str, PORTS))
    yield "服务器网线断", (ip("server", "link set near down"),)
    yield "两个服务都停了", (Step(stop=PORTS),)
    yield "一个服务停了", (Step(stop=PORTS[:1]),)
    yield "另一个服务停了", (Step(stop=PORTS[1:]),)
    yield "主机防火墙丢弃业务端口", (rule("server", "input", f"tcp dport {{ {both} }} drop"),)
    yield "主机防火墙丢弃一个端口", (rule("server", "input", f"tcp dport {PORTS[0]} drop"),)
    yield "主机防火墙复位连接", (rule("server", "input", f"tcp dport {{ {both} }} reject with tcp reset"),)
    yield "主机防火墙拒绝", (rule("server", "input", f"tcp dport {{ {both} }} {PROHIBIT}"),)
    yield "握手应答被丢弃", (rule("server", "output", f"tcp sport {{ {both} }} drop"),)
    yield "服务器前的交换机不通", (leave("far", "away", "drop"),)
    yield "服务器的回包被丢弃", (arrive("far", "away", "drop"),)
    yield from (each for each in _at("server", ("far", "away"), "") if "上一跳" not in each[0])


SOURCES = {"port": _port, "gateway": _gateway, "carrier": _carrier, "far_gateway": _far, "application": _application}
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    segment: tuple(Fault(segment, name, steps) for name, steps in source()) for segment, source in SOURCES.items()
}
