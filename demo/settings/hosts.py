"""Settings of servers, and of the computers at counters."""

from __future__ import annotations

from agent.core.text import Text
from demo.hosts.model import Care, Host
from demo.hosts.windows.desk import PERIPHERALS
from demo.hosts.windows.model import Terminal
from demo.settings.setting import Setting, attribute
from demo.settings.values import SWITCH, Line, Number, Words

STATES = Words({"running": True, "stopped": False})
PLUGGED = Words({"plugged": True, "unplugged": False})


def _care(host: Host, part: str) -> Care:
    return host.care


def _is_there(missing: set[str], name: str, there: bool) -> None:
    (missing.discard if there else missing.add)(name)


SERVER = (
    attribute("cpu", Text("处理器大致占用的比例", "processor in use, about, a ratio"), Number(0, 1), field="load"),
    attribute("memory", Text("内存占用的比例", "memory in use, a ratio"), Number(0, 1), field="usual_memory"),
    attribute(
        "used",
        Text("文件系统用掉的比例", "what is used of a file system, a ratio"),
        Number(0, 1),
        lambda host, mountpoint: next(each for each in host.file_systems if each.mountpoint == mountpoint),
        lambda host: [each.mountpoint for each in host.file_systems],
        field="usual",
    ),
    Setting(
        "service",
        Text("服务是否在运行", "whether a service runs"),
        STATES,
        lambda host, name: name not in host.care.stopped,
        lambda host, name, runs: _is_there(host.care.stopped, name, runs),
        lambda host: host.programs,
    ),
    attribute(
        "opened", Text("多开的监听端口,0 是没有", "a port that is open though nobody planned it, 0 for none"),
        Number(0, 65535, whole=True), _care,
    ),
    attribute("patched", Text("多少天前打的补丁", "days since it was last patched"), Number(0, 3650, "d"), _care),
    attribute("signatures", Text("病毒库多少天前更新", "days since signatures of malware were renewed"),
              Number(0, 3650, "d"), _care),
    attribute("quiet", Text("日志停写了多少天", "days since its journal was last written"), Number(0, 150, "d"), _care),
    attribute("root_login", Text("root 可否用口令 SSH 登录", "whether root may log in by SSH"), SWITCH, _care),
    attribute("locks_out", Text("口令猜错多次是否锁定", "whether guessing locks an account"), SWITCH, _care),
    attribute("second_root", Text("另有一个 UID 0 的账户", "whether another account has UID 0"), SWITCH, _care),
)  # fmt: skip
TERMINAL = (
    attribute("client", Text("受理客户端的版本", "the version of the acceptance platform's program"), Line(40)),
    attribute("storage", Text("可否插 U 盘", "whether USB sticks may be plugged in"), SWITCH),
    Setting(
        "peripheral",
        Text("外设是否插着", "whether a peripheral is plugged in"),
        PLUGGED,
        lambda terminal, name: name not in terminal.unplugged,
        lambda terminal, name, there: _is_there(terminal.unplugged, name, there),
        lambda terminal: PERIPHERALS,
    ),
)
MODELS = {Host: SERVER, Terminal: TERMINAL}
