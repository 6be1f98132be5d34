"""The sentences about a line's faults. `{since}` and `{center}` are filled in where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.text import Text
from collectors.line.options import Layer
from collectors.line.port import PortState
from collectors.line.verdict import Case

# What a probe asks, and the segments that may be broken.
PLACES: Mapping[Layer, Text] = {
    "port": Text("本侧接口", "our interface"),
    "gateway": Text("光猫侧网关", "gateway at our modem"),
    "carrier": Text("运营商节点", "carrier's node"),
    "far_gateway": Text("对端网关", "far gateway"),
    "application": Text("业务端口", "business endpoint"),
}
SEGMENTS: Mapping[Layer, Text] = {
    "port": Text("本侧端口", "our port"),
    "gateway": Text("光猫侧网关这一段", "the section to the gateway at our modem"),
    "carrier": Text("运营商段", "the carrier's section"),
    "far_gateway": Text("对端网关这一段", "the section to the far gateway"),
    "application": Text("条线系统", "the line department's system"),
}
SPAN = Text("{near}到{far}之间的某一段", "somewhere between {near} and {far}")
# Sentences that need no segment: what is so, and what to do first.
WHOLE: Mapping[Case, Text] = {
    Case.AROUND: Text(
        "{port} 没有链路,但业务仍通:可能走了别的路,也可能 via 写错了端口。先核对端口;业务没有停,不用急着报障。",
        "{port} has no link, and yet the line answers: it may go another way, or `via` names the wrong port. Check the "
        "port first; business goes on, there is no hurry to report.",
    ),
    Case.SHUT: Text(
        "故障在本侧端口:{port} 被关闭(shutdown)。先查变更单和操作记录,确认后由授权人打开;与运营商无关,不要报障。",
        "The fault is at our port: {port} is shut down. Look at the change tickets first and have it opened by whoever "
        "may; it is not the carrier's, do not report it.",
    ),
    Case.DOWN: Text(
        "故障在本侧端口这一侧:{port} 没有链路。先看光猫(协转)和交换机的电源与指示灯,重插或更换跳线、光模块;"
        "光猫有电而线路灯告警的,才{call}",
        "The fault shows at our port: {port} has no link. First look at power and lamps of modem and switch, reseat or "
        "replace patch cord and optics; only if the modem has power and its line lamp is red {call}",
    ),
    Case.SWITCH: Text(
        "交换机 {device} 不应答,经过它的线路都看不到。先查交换机的供电和上联;查清之前不要报运营商。",
        "Switch {device} does not answer, so nothing is seen of the lines behind it. Look at its power and uplink "
        "first; do not report to the carrier before that.",
    ),
    Case.MACHINE: Text(
        "监控主机自己发不出去:没有到{failing} 的路由,或被本机防火墙挡住。先查本机的路由和防火墙;"
        "这不说明线路断了,不要报运营商。",
        "The agent's own machine cannot send: it has no route to {failing}, or its firewall forbids it. Look at its "
        "routes and firewall; this does not say that the line is down, do not report it.",
    ),
    Case.FAULTY: Text(
        "故障在本侧端口:{port} 的错包或丢弃在增加,{what}。先更换跳线、清洁或更换光模块,核对双工和限速;"
        "查清之前不要报运营商。",
        "The fault is at our port: errors or discards of {port} are growing, {what}. First replace the patch cord, "
        "clean or replace the optics, check duplex and rate limits; do not report to the carrier before that.",
    ),
    Case.STUCK: Text(
        "故障在本侧交换机:{port} 有链路,但监控主机的包没有从它发出去,或者回包到了它却没有送回来,{what}。"
        "先查交换机的路由、VLAN 和访问控制;查清之前不要报运营商。",
        "The fault is in our own switch: {port} has a link, but what the agent sends does not leave by it, or answers "
        "come to it and not back to the agent, {what}. Look at routes, VLAN and access lists of the switch first; do "
        "not report to the carrier before that.",
    ),
    Case.FULL: Text(
        "线路被本中心的流量占满({port}),{what}。先找出占带宽的终端(补丁下载、视频)请其停止;不是运营商的故障,不要报障。",
        "Our own traffic fills the line ({port}), {what}. Find the terminal that takes the bandwidth (patches, video) "
        "and have it stop; this is no fault of the carrier, do not report it.",
    ),
}
WHAT: Mapping[Case, Text] = {
    Case.DEAD: Text("{failing} 不应答", "{failing} does not answer"),
    Case.NO_WAY: Text("{by} 回报没有到{failing} 的路由", "{by} says that it has no route to {failing}"),
    Case.LOOP: Text(
        "{failing} 不应答,途中路由绕圈({by} 回报)",
        "{failing} does not answer, the routes on the way go round in a circle (so says {by})",
    ),
    Case.STOPPED: Text(
        "{by} 回报不许到{failing} 的包通过(访问控制)", "{by} says that its rules forbid packets to {failing}"
    ),
    Case.REFUSED: Text(
        "{failing} 拒绝服务(主机在,服务没有开或出错)",
        "{failing} refuses (the host is there, its service is not, or fails)",
    ),
    Case.PARTLY: Text("{bad},其余业务端口正常", "{bad}, the other business endpoints are in order"),
    Case.LOSSY: Text("到{failing} 丢包 {loss}", "{loss} of the packets to {failing} are lost"),
    Case.SLOW: Text(
        "到{failing} 往返 {seconds},远超平时", "the round trip to {failing} is {seconds}, far above the usual"
    ),
    Case.NARROW: Text(
        "小包通,但不许分片的大包到不了{failing}{told}",
        "small packets go through, large ones that must not be cut do not get to {failing}{told}",
    ),
}
MORE = Text("等 {number} 个", " and more, {number} in all")
TOLD = Text(",{by} 回报最大只能过 {mtu} 字节", "; {by} says that at most {mtu} bytes go on")
LARGE = Text("({size} 字节的大包)", " (packets of {size} bytes)")
MACHINE = Text("监控主机", "the agent's machine")
SILENT, REFUSES = Text("不应答", "does not answer"), Text("拒绝服务", "refuses")
FAULT = Text("故障在{where}:{evidence}{what}。{action}", "The fault is in {where}: {evidence}{what}. {action}")
PORT, PORT_OF = Text("本侧端口", "our port"), Text("本侧端口 {device} {name}", "our port {name} of {device}")
GOOD = Text("{thing}正常", "{thing} is in order")
# By who has to act: at our port; at the modem in our room, and then the carrier; the carrier; the far end's access; the
# system at the far end; and where it cannot be told apart, everybody in turn, from near to far.
ACTIONS: Mapping[str, Text] = {
    "ours": Text(
        "先查本侧交换机的端口、VLAN、路由、访问控制和跳线;查清之前不要报运营商。",
        "First look at port, VLAN, routes, access lists and patch cord of our own switch; do not report to the carrier "
        "before that.",
    ),
    "modem": Text(
        "先看机房里光猫(协转、网关)的电源和指示灯、到光猫的跳线;都正常再{call}",
        "First look at power and lamps of the modem (converter, gateway) in our room and the cord to it; if all is in "
        "order {call}",
    ),
    "near": Text(
        "先查本侧端口、跳线,再看光猫电源和指示灯;都正常再{call}",
        "First look at our port and patch cord, then at power and lamps of the modem; if all is in order {call}",
    ),
    "carrier": Text("本侧没有问题,请{call}", "Our side is in order; {call}"),
    "far": Text(
        "本侧没有问题,请{call}同时问条线部门:对端机房是否停电、检修。",
        "Our side is in order; {call} Ask the line department, too, whether the far end has no power or is under "
        "repair.",
    ),
    "beyond": Text(
        "本侧没有问题,请{call}同时请条线部门查对端服务器。",
        "Our side is in order; {call} Have the line department look at its servers, too.",
    ),
    "system": Text(
        "线路没有问题,不要报运营商;请告诉条线部门:「{center}:线路正常,{what},{since} 起。请查服务器、服务和防火墙。」",
        "The line is in order, do not report to the carrier; tell the line department: “{center}: the line is in "
        "order, {what}, since {since}. Please look at server, service and firewall.”",
    ),
}
CALL = Text(
    "拨打{desk},说:「{center}报障{circuit}:{evidence}{what},{since} 起。请测{test},给报障单号和预计恢复时间,"
    "并查附近受理中心的线路。」",
    "call {desk} and say: “{center} reports a fault{circuit}: {evidence}{what}, since {since}. Please test {test}, "
    "give me the fault number and the expected time of recovery, and look at the lines of the centres nearby.”",
)
TESTS: Mapping[str, Text] = {
    "near": Text("光猫和接入段", "modem and access section"),
    "modem": Text("光猫和接入段", "modem and access section"),
    "carrier": Text("传输和局端设备", "transmission and your node"),
    "far": Text("到对端的末段", "the last section to the far end"),
    "beyond": Text("传输和到对端的末段", "transmission and the last section to the far end"),
}
DESK = Text("{carrier}报障台{phone}", "the fault desk of {carrier}{phone}")
CARRIER = Text("运营商", "the carrier")
CIRCUIT = Text(",电路号 {circuit}", ", circuit {circuit}")
# Why nothing is known of the port; said always, or only where the port may be the fault.
ALWAYS: Mapping[PortState, Text] = {
    PortState.SILENT: Text(
        "(交换机 {device} 不应答,只凭探针判断。)", "(Switch {device} does not answer; judged by the probes alone.)"
    ),
    PortState.UNREAD: Text(
        "(交换机 {device} 现在读不到,端口状态不知,只凭探针判断。)",
        "(Switch {device} cannot be read now, so its port is unknown; judged by the probes alone.)",
    ),
    PortState.MISSING: Text(
        "(交换机 {device} 没有端口 {name},请核对 via。)", "(Switch {device} has no port {name}; check `via`.)"
    ),
}
NEAR_ONLY: Mapping[PortState, Text] = {
    PortState.NONE: Text(
        "(agent.yaml 没有写这条线的 via,端口状态不知。)",
        "(agent.yaml has no `via` for this line; its port is unknown.)",
    ),
    PortState.STALE: Text(
        "(端口状态要等交换机的下一次读数。)", "(The port will be known with the next reading of the switch.)"
    ),
}
COVERED = Text("业务由{lines}承载,没有停。", "Business goes on by {lines}.")
STANDBY = Text(
    "这是备用线,主用线正常,业务不受影响,但已没有备份。",
    "This is a backup and its main line serves: business goes on, but without a backup.",
)
