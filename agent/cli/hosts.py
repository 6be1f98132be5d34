"""`shouwang hosts`: which SSH host keys are trusted, and which changes of files. A person's yes is the only thing that
writes known_hosts."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from agent.cli import files
from agent.cli.common import DEFAULT, Config, leave, out, say, site_of
from agent.core.model import Target
from agent.core.reach import ReachError
from agent.core.site import Site
from agent.core.ssh import HostKey
from agent.core.text import Text, clean

app = typer.Typer(no_args_is_help=True, help="主机密钥,被看的文件 / SSH host keys, watched files.")
app.command("approve")(files.approve)

SECONDS = 20.0
NO_TARGET = Text(
    "没有 {id};应为 agent.yaml 里的编号,或跳板机的 登录信息@地址[:端口]",
    "no target {id}; expected an id of agent.yaml, or a jump host as credentials@address[:port]",
)
SHOWN = Text("{place} 出示的主机密钥:\n  {kind} {fingerprint}", "{place} shows this host key:\n  {kind} {fingerprint}")
STANDING = {
    "unknown": Text("{file} 里还没有它的密钥。", "{file} has no key for it yet."),
    "changed": Text(
        "!! 与 {file} 里登记的不同:{known}\n!! 主机重装过吗?如果没有,可能有人冒充它:不要接受,按 IR-18 处理。",
        "!! {file} has another: {known}\n!! Was the host set up anew? If not, somebody may stand in for it: do not "
        "accept, follow IR-18.",
    ),
    "revoked": Text("{file} 已吊销这把密钥;不能接受", "{file} revokes this key; it cannot be accepted"),
    "known": Text("已经登记在 {file};无需再做什么", "{file} has it already; there is nothing to do"),
}
COMPARE = Text(
    "请在主机本机的控制台上执行:ssh-keygen -lf /etc/ssh/ssh_host_{short}_key.pub,逐字核对。",
    "On the host's own console run: ssh-keygen -lf /etc/ssh/ssh_host_{short}_key.pub, and compare every letter.",
)
QUESTION = Text("一致请输入 yes:", "If they are the same, type yes: ")
NOT_ACCEPTED = Text("没有接受;什么也没有写", "not accepted; nothing was written")
NO_TERMINAL = Text(
    "要由人来确认:请在终端里执行,或用 --fingerprint 给出在主机上看到的指纹",
    "a person must confirm: run it in a terminal, or give the fingerprint seen on the host with --fingerprint",
)
ANOTHER = Text(
    "与 --fingerprint 给出的不同:不要接受;什么也没有写",
    "not the one given with --fingerprint: do not accept it; nothing was written",
)
NOT_WRITTEN = Text("{file}:{error};一切保持原样", "{file}: {error}; everything is as it was")
TRUSTED = Text("已登记:{file}", "trusted: {file}")


@app.command()
def trust(
    target: Annotated[str, typer.Argument(metavar="ID", help="target's id, or a jump host's credentials@address")],
    config: Config = DEFAULT,
    fingerprint: Annotated[str, typer.Option("--fingerprint", help="SHA256:… as seen on the host itself")] = "",
) -> None:
    """核对并接受主机密钥 / Show a host's SSH key and, after a person's yes, trust it."""
    site = site_of(config)
    host = _host(site, target)
    try:
        key = asyncio.run(_shown(site, host))
    except ReachError as error:
        leave(clean(str(error), 500))
    file = Path(host.login.ssh.known_hosts or "") if host.login and host.login.ssh else Path()
    facts = {"place": key.place, "kind": clean(key.kind, 40), "fingerprint": key.fingerprint}
    out(SHOWN.format(**facts)[site.language])
    standing = STANDING[key.standing].format(file=file, known=", ".join(key.known))[site.language]
    if key.standing == "revoked":
        leave(standing)
    say(standing)
    if key.standing != "known":
        _confirmed(site, key, fingerprint)
        _write(site, key, file)


def _host(site: Site, name: str) -> Target:
    """A target with more time than a poll has, or what stands for a jump host that is none."""
    found = site.target(name)
    if found is None and "@" in name:
        from agent.transports.ssh.route import jump_target

        try:
            return replace(jump_target(name, site), timeout=SECONDS)
        except ValueError as error:
            leave(f"{name}: {error}", 2)
    if found is None:
        leave(NO_TARGET.format(id=name)[site.language], 2)
    return replace(found, timeout=SECONDS)


async def _shown(site: Site, host: Target) -> HostKey:
    from agent.transports.ssh import SshWay

    way = SshWay(site=lambda: site)
    try:
        return await way.host_key(host)
    finally:
        await way.close()


def _confirmed(site: Site, key: HostKey, fingerprint: str) -> None:
    """Returns after a yes; exit 1 after anything else, 2 where nobody can be asked."""
    if fingerprint:
        if fingerprint.strip().removeprefix("SHA256:") != key.fingerprint.removeprefix("SHA256:"):
            leave(ANOTHER[site.language])
        return
    if not sys.stdin.isatty():
        leave(NO_TERMINAL[site.language], 2)
    short = next((each for each in ("ed25519", "ecdsa", "rsa") if each in key.kind), "*")
    say(COMPARE.format(short=short)[site.language])
    try:
        answer = input(QUESTION[site.language])
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() != "yes":
        leave(NOT_ACCEPTED[site.language])


def _write(site: Site, key: HostKey, file: Path) -> None:
    from agent.transports.ssh import known_hosts, trusting

    try:
        trusting.write(file, trusting.with_key(known_hosts.read(str(file)), key))
    except ReachError as error:
        leave(str(error))
    except OSError as error:
        leave(NOT_WRITTEN.format(file=file, error=error.strerror)[site.language])
    say(TRUSTED.format(file=file)[site.language])
