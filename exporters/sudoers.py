"""sudoers(5): what a host must allow the agent's account to run as root, argument by argument."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from agent.core.ssh import SUDO_SECONDS, AsRoot

# What useradd takes. Anything else could mean more in sudoers than one account: ALL, %group, #uid, +netgroup.
ACCOUNT = re.compile(r"[a-z_][a-z0-9_.-]{0,31}\Z")
HEAD = """\
# 守望在本机上需要以 root 执行的命令:只读,参数逐个写死,没有通配符。/ What Shouwang runs as root on this host.
# 检查 / check:   visudo -cf shouwang.sudoers
# 安装 / install: install -m 0440 -o root -g root shouwang.sudoers /etc/sudoers.d/shouwang
# command_timeout 要 sudo 1.8.20(2017 年)以上,更旧的请删去这一项。/ Older than sudo 1.8.20: leave command_timeout out.
# 程序路径与本机不同时请改路径;多块硬盘时,smartctl -H -A -j 每块写一行。
# Where a program lies elsewhere, change its path; with several disks, write one smartctl line for each.
"""


def account(name: str) -> bool:
    """Whether this is the name of one account, and nothing else that sudoers knows."""
    return ACCOUNT.match(name) is not None


def sudoers(accounts: Sequence[str], commands: Iterable[AsRoot]) -> str:
    """The file for these accounts (see `account`). A command without arguments is allowed without any only."""
    users = ", ".join(accounts)
    lines = [HEAD, f"Defaults:{users.replace(' ', '')} !requiretty, !lecture, command_timeout={SUDO_SECONDS}"]
    for item, group in groupby(commands, key=lambda each: each.item):
        lines.append(f"# {item}")
        lines += [f"{users} ALL = (root) NOPASSWD: {_command(each.argv)}" for each in group]
    return "\n".join(lines) + "\n"


def _command(argv: Sequence[str]) -> str:
    """sudoers(5): what separates is escaped, and wildcards and expressions, to be themselves."""
    words = [re.sub(r"([\\,:=#*?\[\]!^ \t])", r"\\\1", each) for each in argv]
    return " ".join(words) if len(words) > 1 else f'{words[0]} ""'
