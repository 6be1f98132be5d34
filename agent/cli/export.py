"""`shouwang export`: what the district's Prometheus, Alertmanager and Grafana need of this centre."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, language_of, leave, out, say, site_of
from agent.core.text import Language, Text

app = typer.Typer(no_args_is_help=True, help="导出给区里的配置 / Configuration for the district.")

Output = Annotated[Path | None, typer.Option("-o", "--output", help="directory; default: standard output")]

NO_USER = Text(
    "agent.yaml 里没有 ssh 登录的普通账号;请用 --user 指定",
    "agent.yaml names no account that logs in by ssh but root; name one with --user",
)
NO_ACCOUNT = Text(
    "{user!r} 不能写进 sudoers:应为一个账号名(小写字母、数字、_ . -)",
    "{user!r} cannot stand in sudoers: expected the name of one account (lower case letters, digits, _ . -)",
)


@app.command()
def rules(
    output: Output = None,
    raw: Annotated[bool, typer.Option("--raw", help="the triggers themselves as PromQL")] = False,
) -> None:
    """告警规则 / Alerting rules for the district's Prometheus."""
    from agent.tables import every_metric
    from exporters.rules import district_rules, raw_rules
    from playbooks.book import load

    text = raw_rules(load(), every_metric()) if raw else district_rules(load())
    _give(output, "shouwang-raw.rules.yml" if raw else "shouwang.rules.yml", text, language_of(DEFAULT))


@app.command()
def scrape(
    config: Config = DEFAULT,
    output: Output = None,
    address: Annotated[str, typer.Option("--address", help="host:port at which the district reaches the agent")] = "",
) -> None:
    """抓取配置 / A prometheus.yml for this centre.

    It has the scrape job, and drops from alerts the labels that Prometheus adds.
    """
    from exporters.outbox import receivers_of
    from exporters.scrape import scrape_config

    site = site_of(config)
    receivers = [receiver.name for receiver in receivers_of(site)]
    _give(output, "shouwang.scrape.yml", scrape_config(site, address, receivers), site.language)


@app.command()
def sudoers(
    config: Config = DEFAULT,
    output: Output = None,
    user: Annotated[str, typer.Option("--user", help="the account on the hosts; default: the SSH logins' users")] = "",
) -> None:
    """主机上的 sudoers 文件 / What the agent's account may run as root."""
    from collectors.as_root import AS_ROOT
    from exporters.sudoers import account
    from exporters.sudoers import sudoers as text

    site = site_of(config)
    users = [user] if user else sorted({login.ssh.user for login in site.logins.values() if login.ssh} - {"root"})
    if not users:
        leave(NO_USER[site.language], 2)
    for each in users:
        if not account(each):
            leave(NO_ACCOUNT.format(user=each)[site.language], 2)
    _give(output, "shouwang.sudoers", text(users, AS_ROOT), site.language)


def _give(output: Path | None, name: str, text: str, language: Language) -> None:
    if output is None:
        out(text.rstrip("\n"))
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    except OSError as error:
        place = f"{output / name}: {error.strerror}"
        leave(Text(f"{place};请换一个能写的目录", f"{place}; name a directory that can be written")[language], 2)
    say(str(output / name))
