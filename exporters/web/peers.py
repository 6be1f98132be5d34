"""What answers as Prometheus' own exporters do."""

from __future__ import annotations

from dataclasses import dataclass

from exporters.probe.ask import Probes
from exporters.snmp.scrape import Scrapes


@dataclass(frozen=True, slots=True)
class Peers:
    """`scrapes` for /snmp, `probes` for /probe; without them nothing is there."""

    scrapes: Scrapes | None = None
    probes: Probes | None = None
