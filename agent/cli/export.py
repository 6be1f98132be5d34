"""`shouwang export`: what the district's Prometheus, Alertmanager and Grafana need of this centre."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, leave, out, say, site_of

app = typer.Typer(no_args_is_help=True, help="导出给区里的配置 / Configuration for the district.")

Output = Annotated[Path | None, typer.Option("-o", "--output", help="directory; default: standard output")]


@app.command()
def rules(
    output: Output = None,
    raw: Annotated[bool, typer.Option("--raw", help="the triggers themselves as PromQL")] = False,
) -> None:
    """Alerting rules for the district's Prometheus. 告警规则。"""
    from agent.tables import every_metric
    from exporters.rules import district_rules, raw_rules
    from playbooks.book import load

    text = raw_rules(load(), every_metric()) if raw else district_rules(load())
    _give(output, "shouwang-raw.rules.yml" if raw else "shouwang.rules.yml", text)


@app.command()
def scrape(
    config: Config = DEFAULT,
    output: Output = None,
    address: Annotated[str, typer.Option("--address", help="host:port at which the district reaches the agent")] = "",
) -> None:
    """A prometheus.yml with this centre's scrape job and what drops foreign labels from alerts. 抓取配置。"""
    from exporters.outbox import receivers_of
    from exporters.scrape import scrape_config

    site = site_of(config)
    receivers = [receiver.name for receiver in receivers_of(site)]
    _give(output, "shouwang.scrape.yml", scrape_config(site, address, receivers))


def _give(output: Path | None, name: str, text: str) -> None:
    if output is None:
        out(text.rstrip("\n"))
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    except OSError as error:
        leave(f"{output / name}: {error.strerror}; name a directory that can be written", 2)
    say(str(output / name))
