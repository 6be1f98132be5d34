"""Failures: why something could not be read, as an operator is told it, and what to check first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.model import Failure
from agent.core.text import Text

FAILURES: Mapping[str, Text] = {
    "timeout": Text("规定时间内没有答完。先查设备是否开机、网络是否通、设备是否过忙,再查地址写对没有。",
                    "No full answer in time. Check that the device is on, reachable and not overloaded."),
    "refused": Text("对方拒绝连接。先查该服务是否在运行,再查端口写对没有、防火墙是否放行本机。",
                    "It refused the connection. Check that the service runs, the port, and the firewall."),
    "unreachable": Text("到不了这个地址。先查网线、沿途交换机和路由,再查地址写对没有。",
                        "The address cannot be reached. Check cables, switches and routes on the way."),
    "resolve": Text("名称解析不出地址。先查域名服务器是否正常、名称写对没有,或在 agent.yaml 里改写成 IP 地址。",
                    "The name has no address. Check the name server and the name, or write the IP address."),
    "permission": Text("守望没有权限这样问。先查守望的运行账号和设备的访问名单是否允许。",
                       "Shouwang has no right to ask. Check the account that it runs as and the device's access list."),
    "authentication": Text("登录没有通过。先查 agent.yaml 里 credentials 的用户、团体字、口令与设备上的是否一致。",
                           "The login was not accepted. Check user, community and passwords in credentials."),
    "certificate": Text("对方的证书不可信、过期或不是它的名称。先查证书有效期和名称,再查签发它的机构是否受本机信任。",
                        "Its certificate is not trusted, expired or for another name. Check dates, names and issuer."),
    "host_key": Text("对方的 SSH 主机密钥未登记或变了,密码没有发出。"
                     "先问管理这台主机的人是否重装过,再用 shouwang hosts trust 核对。",
                     "Its SSH host key is unknown or has changed; no secret was sent. Ask whether it was set up anew, "
                     "then compare with shouwang hosts trust."),
    "protocol": Text("对方的回答看不懂。先查这个地址和端口是不是这台设备,再查协议版本。",
                     "Its answer makes no sense. Check that address and port are this device's, and the version."),
    "missing": Text("要读的东西不存在:配置里没写,或设备上没有。先按后面的说明改 agent.yaml,或在设备上启用。",
                    "What should be read is not there: not configured, or not on the device. See the detail."),
    "defect": Text("守望程序自身出错,不代表设备有问题。请把守望的日志交给维护人员。",
                   "A defect of Shouwang, which says nothing of the device. Hand its log to whoever maintains it."),
}  # fmt: skip
OTHER = Text("读不到,原因见后面的说明。", "It cannot be read; see the detail.")


def said(failure: Failure) -> Text:
    return FAILURES.get(failure.kind, OTHER)


def document(failure: Failure | None) -> Mapping[str, Any] | None:
    """As the API gives it."""
    return None if failure is None else {"kind": failure.kind, "message": failure.message, "zh": said(failure).zh}
