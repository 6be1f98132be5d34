"""What agent.yaml says of itself: before each section, in the reader's language, what it is for and what to mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from agent.core.text import Language, Text

HEAD = Text(
    "守望的完整配置示例:shouwang demo 的模拟中心就用这一份。照着改成自己中心的:地址、名称、密码文件。\n"
    "密码一律不写在这里,只写 file:相对路径,文件权限 0600。改完先检查:shouwang validate -c agent.yaml",
    "A full example of Shouwang's configuration: the simulated centre of `shouwang demo` uses this very file. Make it "
    "your own: addresses, names, files of secrets.\nNo secret stands here, only file:PATH, with mode 0600. Check it "
    "by: shouwang validate -c agent.yaml",
)
ABOVE: Mapping[str, Text] = {
    "language": Text("页面、报警和命令行的语言:zh 或 en", "The language of page, alerts and command line: zh or en"),
    "center": Text("本中心是谁;id 会出现在每条告警里", "Which centre this is; the id stands in each alert"),
    "people": Text(
        "中心的人和岗位:值班表、认领、签字都用这里的名字",
        "Who works here, and as what: the roster and signatures name them",
    ),
    "duty": Text("值班表(CSV):日期、开始、结束、人员", "The duty roster (CSV): date, from, to, person"),
    "listen": Text(
        "页面和 /metrics 的地址;只给本机看就写 127.0.0.1",
        "Where page and /metrics are; 127.0.0.1 for this machine only",
    ),
    "notify": Text(
        "告警发到哪里:一个或几个 Alertmanager,由它再发短信、微信",
        "Where alerts go: one or more Alertmanagers, which send them on",
    ),
    "credentials": Text(
        "登录设备的名和密,取个名字,下面各设备引用;snmp 用只读团体字(有条件用 v3),ssh 用只读账号,\n"
        "known_hosts 里是各主机的公钥:密钥变了守望就不登录,并报警",
        "Logins by names that devices below refer to; SNMP read-only (v3 where it can be had), SSH by an account that "
        "may only read.\nknown_hosts holds the hosts' keys: where one changes the agent does not log in, and says so",
    ),
    "machine_room": Text(
        "机房:UPS 和温湿度探头走 SNMP,漏水、烟感、门禁、空调告警的干接点走 Modbus TCP;every 是轮询间隔\n"
        "(演示用 5 秒,实际 30 秒到 1 分钟就够)",
        "The machine room: UPS and probes by SNMP, contacts for water, smoke, door and cooling by Modbus TCP; "
        "`every` is how often they are read\n(5 s for the demo; 30 s to a minute do for a centre)",
    ),
    "switches": Text(
        "交换机,核心在前;depends_on 是上联:上联断了,下面的失联不再单独报警;powered_by 是供电的 UPS",
        "Switches, core first; depends_on is the uplink: what is behind one that is gone raises no alert of its own",
    ),
    "assets": Text(
        "资产台账(CSV),与网上看到的对照,找出没登记的设备",
        "The list of assets (CSV), compared with what is seen on the network: strangers show",
    ),
    "isolation": Text(
        "不该通的网段之间确实不通,由另一台主机去试", "What must not be reachable, tried from another host"
    ),
    "lines": Text(
        "业务专线,由近到远各探一层,断了能说清断在哪一段;via 是接在哪台交换机哪个口,carrier 写上报障电话和电路号,\n"
        "backup_of 指明它替哪条线",
        "Business lines, probed layer by layer from near to far, so that it can be said where one is broken; via is "
        "the switch port, carrier whom to call,\nbackup_of which line it stands in for",
    ),
    "hosts": Text(
        "服务器和窗口电脑,by: ssh 登录去看:services 必须在跑,listen 之外的端口不该开,canaries 是防勒索的诱饵文件",
        "Servers and counter PCs, read by SSH: services that must run, ports that may be open, canary files against "
        "ransomware",
    ),
    "applications": Text(
        "应用:像窗口人员那样打开它,看状态码、页面文字、证书和用时;depends_on 是它跑在哪台主机上",
        "Applications, opened as staff do: status, text, certificate, time; depends_on is the host it runs on",
    ),
    "backups": Text(
        "备份:多久一次、在哪里、留几份、第二份在哪;过期、变小、坏掉都会报",
        "Backups: how often, where, how many are kept, where the second copy is; stale, shrunk, broken ones are told",
    ),
    "log_store": Text("集中日志", "The central log store"),
    "counters": Text(
        "窗口靠什么办业务:守望据此说出故障影响几号窗口;any_of 是有一条就行",
        "What a counter needs for its work, from which the agent tells whom a fault hurts; any_of: one of them does",
    ),
}


def commented(document: Mapping[str, Any], language: Language) -> str:
    """The file, a comment above each section."""
    return "\n".join((_comment(HEAD[language]), *_sections(document, language)))


def _sections(document: Mapping[str, Any], language: Language) -> Iterator[str]:
    for key, content in document.items():
        said = _comment(ABOVE[key][language]) if key in ABOVE else ""
        flow = None if isinstance(content, (dict, list)) else False  # of what has no parts of its own
        yield said + yaml.safe_dump(
            {key: content}, allow_unicode=True, sort_keys=False, width=120, default_flow_style=flow
        )


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.split("\n"))
