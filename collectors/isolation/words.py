"""What people are told of connections that were tried: sentences in Chinese and English."""

from __future__ import annotations

from agent.core.text import Text

OPEN = Text(
    "隔离矩阵外可连通{grave}:从 {vantage} 能连 {to} 的端口 {ports};请在边界或设备的 ACL 上拦截,"
    "确属需要的在 isolation 里写 allowed: true",
    "open though not allowed{grave}: {vantage} reaches {to} on port {ports}; block it at the boundary or by the "
    "device's ACL, or write `allowed: true` in `isolation` if it is meant",
)
GRAVE = {"fail": Text("", ""), "warn": Text("(预警)", " (warning)")}
SHUT = Text(
    "应放行却连不上:从 {vantage} 到 {to} 的端口 {ports}({why});请查服务是否在运行、边界 ACL 是否误拦",
    "allowed and yet shut: {vantage} to {to}, port {ports} ({why}); look whether the service runs and whether the "
    "boundary blocks it",
)
UNKNOWN = Text(
    "没有测出:从 {vantage} 到 {to} 的端口 {ports}({why}),不算合格",
    "not known: {vantage} to {to}, port {ports} ({why}); that is no pass",
)
WHY = {
    "refused": Text("被拒绝", "refused"),
    "unreachable": Text("主机不可达", "host unreachable"),
    "no_route": Text(
        "这台主机没有到那里的路由,边界没有被试到;请查它的网关,或换一台有路由的主机",
        "that host has no route there, so no boundary was tried; look at its gateway, or name a host that has one",
    ),
    "silent": Text("无应答", "no answer"),
    "unresolved": Text(
        "主机名解析不了,agent.yaml 里也没有这个编号", "no such name there, and no such id in agent.yaml"
    ),
    "unsure": Text(
        "无应答,也可能是主机名没有解析出来;请在 to 里写地址",
        "no answer, or its name was not resolved; write an address in `to`",
    ),
    "forbidden": Text("被这台主机自己的防火墙或策略拦下", "the host's own firewall or policy forbids it"),
    "untried": Text("这台主机没有可用的工具", "the host has no program for it"),
    "failed": Text("这台主机的工具没有说清结果", "the host's program did not say"),
    "no_v3": Text("无应答,设备可能只用 SNMP v1/v2c", "no answer; the device may speak SNMPv1 or v2c only"),
    "left": Text("超出每对 20 个、每台主机 1000 个的上限", "beyond 20 of a pair or 1000 of a host"),
}
NO_ADDRESS = Text(
    "isolation:{to} 没有地址,测不了;请改写要测的地址",
    "isolation: {to} has no address to try; write the address that is meant",
)
MORE = Text("另有 {count} 条同类情况", "and {count} more like these")
NO_TARGET = Text(
    "{to} 一节里没有可测的对象,isolation 没有试连",
    "isolation: there is nothing to try in the section {to}",
)
NO_MEANS = Text(
    "{host} 上 {names} 都不能用来试连:{why};请装上其中一种,或换一台主机",
    "{host}: none of {names} can try connections there: {why}; install one, or name another host",
)
POWERSHELL = Text(
    "{host} 的 PowerShell 没有试连:{why};请用不受此限的帐户,或换一台主机",
    "{host}: PowerShell tried no connection: {why}; use an account that may, or name another host",
)
NOT_BY_SSH = Text(
    "isolation 要从 {host} 上试连,它却不是用 SSH 读的;请写 by: ssh 和 credentials",
    "isolation is tried on {host}, which is not read by SSH; write `by: ssh` and credentials",
)
NOTHING_SAID = Text("什么也没说", "nothing said")
