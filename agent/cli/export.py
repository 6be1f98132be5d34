"""`shouwang export`: what the district's Prometheus, Alertmanager and Grafana need of this centre."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, language_of, leave, out, say, site_of
from agent.core.text import Language, Text

app = typer.Typer(no_args_is_help=True, help="导出给区里的配置 / Configuration for the district.")

Output = Annotated[Path | None, typer.Option("-o", "--output", help="directory; default: standard output")]


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
