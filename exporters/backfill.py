"""Backfill: a past as OpenMetrics with times, for `promtool tsdb create-blocks-from openmetrics`.

The series have the labels that they would have had, had Prometheus scraped them as exporters.scrape says, so that what
is scraped from now on goes on with them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from agent.core.model import Metric
from agent.core.past import Past
from agent.core.site import Site
from exporters.families import LABEL_ESCAPES
from exporters.scrape import JOB

STEP = 240  # seconds; Prometheus takes a series for gone that is older than 300
HEAD = 3 * 3600  # seconds that Prometheus still writes itself, and that must not be filled
Series = tuple[str, str, str, tuple[tuple[str, str], ...]]  # metric, kind and id of the target, labels


def openmetrics(site: Site, past: Past, metrics: Mapping[str, Metric]) -> Iterator[str]:
    """The text, a series at a time."""
    times = range(int(past.start), int(past.end) - HEAD, STEP)
    series: dict[Series, Callable[[float], float]] = _steps(past)
    series |= {(each.metric, each.kind, each.target, each.labels): each.value for each in past.levels}
    for name, group in groupby(sorted(series), key=itemgetter(0)):
        yield f"# TYPE {name} {metrics[name].type}\n# HELP {name} {metrics[name].help.translate(LABEL_ESCAPES)}\n"
        for each in group:
            labels, value = _labels(site, each), series[each]
            found = ((at, value(at)) for at in times)
            yield "".join([f"{name}{{{labels}}} {number:.6g} {at}\n" for at, number in found if not math.isnan(number)])
    yield "# EOF\n"


def _steps(past: Past) -> dict[Series, Callable[[float], float]]:
    """What has one value until it has another."""
    moments: dict[Series, list[tuple[float, float]]] = {}
    for turn in sorted(past.turns):
        moments.setdefault((turn.metric, turn.kind, turn.target, turn.labels), []).append((turn.at, turn.value))
    return {series: _step(found) for series, found in moments.items()}


def _step(moments: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    starts = [at for at, _ in moments]
    values = [math.nan, *(value for _, value in moments)]
    return lambda at: values[bisect_right(starts, at)]


def _labels(site: Site, series: Series) -> str:
    _, kind, target, own = series
    scraped = {"center": site.center.id, "district": site.center.district, "instance": site.listen, "job": JOB}
    labels = {"kind": kind, "target": target, **dict(own), **scraped}
    return ",".join(f'{name}="{value.translate(LABEL_ESCAPES)}"' for name, value in labels.items())
