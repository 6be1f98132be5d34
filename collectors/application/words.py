"""What is wrong with an application, in the words of those who have to act. What stands in braces is filled in from the
configuration or from numbers, never with what a server says; {since} is filled in where the sentence is shown."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.text import Text

DOWN = Text("{since} 起不可用:{reason}。", "Down since {since}: {reason}.")
EXPIRED = Text("不可用:证书已于 {since} 过期,请更换证书。", "Down: its certificate expired on {since}; replace it.")
EXPIRING = Text("证书将于 {since} 到期,请提前更换。", "Its certificate expires on {since}; replace it in time.")
LAPSED = Text("证书已于 {since} 过期,请更换证书。", "Its certificate expired on {since}; replace it.")
CHANGED = Text(
    "{since} 起页面与已发布的版本不一致:{reason}。", "Since {since} the page is not the published one: {reason}."
)

SERVER = Text("服务器", "the server")
REDIRECTED = Text("重定向去的服务器", "the server that it redirects to")

# By the kind of failure and by how far it had got.
BROKEN: Mapping[tuple[str, str], Text] = {
    ("timeout", "connect"): Text("{seconds} 秒内连不上{server}", "no connection to {server} within {seconds} s"),
    ("timeout", "tls"): Text("{seconds} 秒内没有完成 TLS 握手", "TLS was not agreed within {seconds} s"),
    ("timeout", "answer"): Text("已连上,但 {seconds} 秒内没有回答", "connected, and no answer within {seconds} s"),
    ("timeout", "body"): Text("有回答,但 {seconds} 秒内没有传完", "the answer had not all come within {seconds} s"),
    ("refused", "connect"): Text("{server}拒绝连接,请查服务是否在运行", "{server} refuses; does the service run?"),
    ("refused", "tls"): Text("TLS 握手时连接中断", "the connection broke in the TLS handshake"),
    ("refused", "answer"): Text("已连上,但没有回答就断开", "connected, and cut off without an answer"),
    ("refused", "body"): Text("回答没有传完就断开", "cut off before all of the answer had come"),
    ("unreachable", "connect"): Text("网络到不了{server}", "{server} cannot be reached"),
    ("resolve", "connect"): Text("重定向去的名称解析不出地址", "the name that it redirects to has no address"),
    ("protocol", "tls"): Text("TLS 握手失败", "the TLS handshake fails"),
    ("protocol", "answer"): Text("没有按 HTTP 回答:直接断开,或说别的", "it closes, or speaks something else than HTTP"),
    ("protocol", "body"): Text("正文损坏或不完整", "the body is broken or not whole"),
}  # fmt: skip
OTHERWISE = Text("检查没有做完", "the check came to no end")
TOO_OLD = Text(
    "服务器最高只支持 {version},要求至少 {minimum}", "the server offers {version} at most, {minimum} is the least"
)
NOT_YET = Text("证书还没有生效,请核对两边的时钟", "its certificate is not valid yet; compare the clocks")
WRONG_NAME = Text("证书不是给 {name} 的", "its certificate is not for {name}")
OURS = Text(
    "服务器要求客户端证书,或不接受我方出示的证书,请核对 tls 的 certificate 和 key",
    "the server wants a certificate of ours, or does not accept the one it was shown; check tls: certificate, key",
)
UNTRUSTED = Text("证书链到不了受信任的机构", "its certificate leads to no trusted authority")

REDIRECTS = Text("重定向超过 {most} 次", "it redirects more than {most} times")
STATUS = Text("返回状态 {status},应为 {wanted}", "status {status} instead of {wanted}")
NO_HEADER = Text("没有 HTTP 头 {name}", "no header {name}")
HEADER = Text("HTTP 头 {name} 不符合 {wanted}", "header {name} does not match {wanted}")
TOO_LONG = Text("正文超过 {most} 还没有完", "the body goes on after {most}")
BODY = Text("正文里没有 {wanted}", "the body does not contain {wanted}")
NO_JSON = Text("正文不是 JSON", "the body is not JSON")
NO_FIELD = Text("JSON 里没有字段 {name}", "the JSON has no field {name}")
FIELD = Text("JSON 字段 {name} 不是 {wanted}", "the JSON field {name} is not {wanted}")

NO_LINE = Text("对方关闭了连接,没有等到 {wanted}", "it closed the connection, and {wanted} had not come")
SILENT = Text("{seconds} 秒内没有等到 {wanted}", "{wanted} did not come within {seconds} s")
TOO_MUCH = Text("对方说个不停,没有等到 {wanted}", "it says more than can be read, and not {wanted}")
STARTTLS = Text("STARTTLS 的应答", "the answer to STARTTLS")
SOMETHING = Text("应答", "an answer")

NO_NAME = Text(
    "名称 {name} 解析不出地址,域名服务器说没有,请查域名登记", "{name} has no address, as the name servers say"
)
NO_NAME_SERVER = Text("没有一台域名服务器应答", "no name server answers")
NAME_SERVERS_REFUSE = Text(
    "域名服务器应答 {codes},没有一台给出结果", "the name servers answer {codes}, and none of them gives a result"
)
NOT_REGISTERED = Text(
    "域名服务器 {servers} 把 {names} 解析到没有登记的地址", "{servers}: the address for {names} is not a registered one"
)
NOT_RESOLVED = Text(
    "域名服务器 {servers} 说没有 {names} 这个名字或这种记录,请管域名的人查登记",
    "{servers}: there is no {names}, or no such record of it; ask who keeps the zone",
)
NO_ANSWER = Text("没有服务器回答 {names}", "no server answers for {names}")

NO_PROCESS = Text("主机上没有运行进程 {process}", "the process {process} does not run on its host")
DATABASE_DOWN = Text("连不上数据库,请查它是否在运行", "no connection to the database; does it run?")
DATABASE_SILENT = Text("数据库没有按时应答", "the database does not answer in time")
DATABASE_FULL = Text("数据库的连接数已满", "the database has no connection left")
DATABASE_STARTING = Text("数据库正在启动、停止或恢复", "the database is starting, stopping or recovering")
HASH = Text("正文的 SHA-256 不同", "the SHA-256 of the body differs")
NO_WORD = Text("缺少“{word}”", "“{word}” is missing")


def of_config(text: str) -> str:
    """Text of agent.yaml as it may stand in a sentence: braces there would be filled in."""
    return " ".join(text.split())[:80].replace("{", "{").replace("}", "}")


# Remarks.
NO_PAPER_TOLD = Text(
    "打印机 {printer}:它的条目还读不到纸张状态;需要 SNMP 凭据(credentials)",
    "printer {printer}: its entry tells no paper yet; it needs credentials for SNMP",
)
BESIDE_DNS = Text(
    "写了 dns 的应用不看进程和数据库;请为它们另写一个应用",
    "beside dns its process and database are not looked at; write an application of their own",
)
NO_VERSION = Text(
    "应答里在 `version` 所说的地方没有版本号",
    "its answer does not tell the version where `version` says that it stands",
)
PAGE_TOO_LONG = Text(
    "页面超过 {bytes} 字节,不作比对;请改用 `words` 写出其中的词",
    "its page has more than {bytes} bytes and is not compared; name `words` in it instead",
)
HASHES = Text(
    "页面的 SHA-256 是 {found},发布的是 {wanted}", "the SHA-256 of its page is {found}, published is {wanted}"
)
UNREADABLE_PUBLISHED = Text("published 读不到:{error}", "published: {error}")
