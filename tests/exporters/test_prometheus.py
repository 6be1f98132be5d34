"""The exposition says what the snapshot says: in both formats, whatever stands in the labels."""

from __future__ import annotations

import asyncio
import logging
import math
import subprocess
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from agent.core.model import Failure, Metric, Reading, Sample, Target
from agent.core.snapshot import Snapshot
from exporters.prometheus import Exposition
from tests.peers import need

UP = Metric("line_up", "gauge", "0/1", (), 'The line\nserves: \\ and " are in its help')
TRIP = Metric("line_round_trip_seconds", "gauge", "seconds", ("layer", "probe"), "Mean round trip")
BYTES = Metric("interface_receive_bytes_total", "counter", "bytes", ("interface",), "ifHCInOctets")
INFO = Metric("interface_info", "gauge", "1", ("interface", "description"), "ifAlias")
SEEN = Metric("host_boot_timestamp_seconds", "gauge", "Unix seconds", (), "Last start")
CENTER = Metric("center_info", "gauge", "1", ("center", "name"), "This centre")
METRICS = (UP, TRIP, BYTES, INFO, SEEN, CENTER)

hostile = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        '"',
        "\\",
        "\n",
        '\\"\n',
        "%r%s%%",
        "} inf\n",
        " nan",
        "\u202e",
        "医保专线",
        "\r",
        "\x00",
        '{a="b"} 1\nfake 1',
        "\\n",
    ]
)
numbers = st.floats() | st.sampled_from([0.0, 1.0, -0.0, 1e300, 5e-324, math.inf, -math.inf, math.nan, 12345678901.0])


def reading(target: Target | None, collector: str, *samples: Sample, failure: Failure | None = None) -> Reading:
    return Reading(target, collector, 1000.0, 0.1, samples, failure)


def snapshot(*readings: Reading) -> Snapshot:
    made = Snapshot()
    for each in readings:
        made.put(each)
    return made


def values(metric: Metric) -> st.SearchStrategy[float]:
    """What the metric's type allows: an info is 1, a counter neither negative nor NaN."""
    if metric.name.endswith("_info"):
        return st.just(1.0)
    return numbers.filter(lambda value: value >= 0) if metric.type == "counter" else numbers


def samples(metric: Metric) -> st.SearchStrategy[Sample]:
    return st.builds(Sample, st.just(metric), values(metric), st.tuples(*[hostile for _ in metric.labels]))


@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    line = Target("line", "yibao", "医保", labels={"area": draw(hostile), "kind": "mine", "layer": "site", "__x": "y"})
    switch = Target("switch", draw(st.sampled_from(["core", "二楼接入"])), "交换机")
    found = st.lists(st.sampled_from(METRICS).flatmap(samples), max_size=6)
    return [reading(each, collector, *draw(found)) for each in (None, line, switch) for collector in ("a", "b")]


class Library:
    """The same readings told to prometheus_client: the reference."""

    def __init__(self, made: Iterable[Reading]) -> None:
        self._readings = list(made)

    def collect(self) -> Iterable[object]:
        families: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
        for each in self._readings:
            for sample in each.samples:
                labels: dict[str, str] = {}
                if each.target is not None:
                    labels = {"kind": each.target.kind, "target": each.target.id}
                own = dict(zip(sample.metric.labels, sample.labels, strict=True))
                site = {} if each.target is None else {k: v for k, v in each.target.labels.items() if k[0] != "_"}
                series = tuple(sorted({**site, **own, **labels}.items()))
                families.setdefault(sample.metric.name, {}).setdefault(series, sample.value)
        for metric in METRICS:
            if metric.name in families:
                yield self._family(metric, families[metric.name])

    def _family(self, metric: Metric, series: dict[tuple[tuple[str, str], ...], float]) -> object:
        unit = metric.unit.split(" ")[-1]
        unit = unit if metric.name.removesuffix("_total").endswith("_" + unit) else ""
        if metric.type == "counter":
            family = CounterMetricFamily(metric.name.removesuffix("_total"), metric.help, unit=unit)
        elif metric.name.endswith("_info"):
            family = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help)
        else:
            family = GaugeMetricFamily(metric.name, metric.help, unit=unit)
        for labels, value in series.items():
            family.add_sample(metric.name, dict(labels), value)
        return family


def meaning(families: Iterable[object]) -> dict[str, object]:
    """Families and samples, comparable; NaN as a word, since it equals nothing."""
    return {
        family.name: (  # type: ignore[attr-defined]
            family.type,  # type: ignore[attr-defined]
            family.documentation,  # type: ignore[attr-defined]
            family.unit,  # type: ignore[attr-defined]
            {(s.name, tuple(sorted(s.labels.items()))): repr(s.value) for s in family.samples},  # type: ignore[attr-defined]
        )
        for family in families
        if not family.name.startswith(("process_", "python_"))  # type: ignore[attr-defined]
    }


@settings(max_examples=150, deadline=None)
@given(readings())
def test_it_means_what_the_library_would_have_said(made: list[Reading]) -> None:
    registry = CollectorRegistry()
    registry.register(Library(made))  # type: ignore[arg-type]
    exposition = Exposition(snapshot(*made))
    ours, theirs = exposition.render().decode(), generate_latest(registry).decode()
    assert meaning(parse_text(ours)) == meaning(parse_text(theirs))
    assert exposition.render().decode().split("# HELP process_")[0] == ours.split("# HELP process_")[0]  # warm = cold
    ours, theirs = exposition.render(openmetrics=True).decode(), generate_openmetrics(registry).decode()
    assert meaning(parse_openmetrics(ours)) == meaning(parse_openmetrics(theirs))
    assert ours.endswith("# EOF\n")


def body(exposition: Exposition) -> str:
    return exposition.render().decode().split("# HELP process_")[0]


def test_kind_and_target_stand_first_then_the_metrics_own_labels_then_the_sites() -> None:
    line = Target("line", "yibao", "医保", labels={"floor": "2", "target": "other", "layer": "mine", "not-a-name": "x"})
    text = body(Exposition(snapshot(reading(line, "line", TRIP.sample(0.007, layer="gateway", probe="10.0.0.1")))))
    assert (
        'line_round_trip_seconds{kind="line",target="yibao",layer="gateway",probe="10.0.0.1",floor="2"} 0.007' in text
    )


def test_what_describes_the_centre_carries_neither_kind_nor_target() -> None:
    text = body(Exposition(snapshot(reading(None, "vitals", CENTER.sample(1, center="c", name="中心"), UP.sample(1)))))
    assert 'center_info{center="c",name="中心"} 1.0\n' in text
    assert "\nline_up 1.0\n" in text


def test_values_change_and_labels_come_and_go_between_two_scrapes() -> None:
    switch = Target("switch", "core", "核心")
    shown = snapshot(reading(switch, "switch", *[BYTES.sample(n, interface=f"Gi{n}") for n in range(3)]))
    exposition = Exposition(shown)
    assert body(exposition).count("interface_receive_bytes_total{") == 3
    shown.put(reading(switch, "switch", BYTES.sample(7, interface="Gi0"), BYTES.sample(8, interface="Gi9")))
    text = body(exposition)
    assert 'interface="Gi0"} 7.0\n' in text
    assert 'interface="Gi9"} 8.0\n' in text
    assert text.count("interface_receive_bytes_total{") == 2


def test_a_failed_reading_keeps_what_came_before_the_failure_and_nothing_older() -> None:
    line = Target("line", "yibao", "医保")
    shown = snapshot(reading(line, "line", UP.sample(1), TRIP.sample(0.007, layer="gateway", probe="p")))
    exposition = Exposition(shown)
    body(exposition)
    shown.put(reading(line, "line", UP.sample(0), failure=Failure("timeout", "no answer")))
    text = body(exposition)
    assert 'line_up{kind="line",target="yibao"} 0.0\n' in text
    assert "line_round_trip_seconds" not in text


def test_a_target_that_is_gone_leaves_nothing_behind() -> None:
    shown = snapshot(*[reading(Target("line", f"l{n}", ""), "line", UP.sample(1)) for n in range(50)])
    exposition = Exposition(shown)
    body(exposition)
    shown.keep({("line", "line", "l7")})
    text = body(exposition)
    assert text.count("line_up{") == 1
    assert len(exposition._layouts) == 1


def test_a_series_that_two_collectors_say_is_shown_once_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    host = Target("host", "h", "主机")
    shown = snapshot(
        reading(host, "snmp", SEEN.sample(2)), reading(host, "psutil", SEEN.sample(1), BYTES.sample(5, interface="lo"))
    )
    exposition = Exposition(shown)
    with caplog.at_level(logging.WARNING):
        for n in range(3):
            shown.put(reading(host, "snmp", SEEN.sample(2), *[BYTES.sample(n, interface=f"x{n}")]))
            text = body(exposition)
    assert text.count("host_boot_timestamp_seconds{") == 1
    assert 'host_boot_timestamp_seconds{kind="host",target="h"} 1.0\n' in text
    assert exposition.doubled == 1
    assert [record.getMessage() for record in caplog.records] == [
        "host h: a series of host_boot_timestamp_seconds comes twice; the first is shown"
    ]


def test_the_order_does_not_depend_on_who_answered_first() -> None:
    one = reading(Target("line", "b", ""), "line", UP.sample(1), TRIP.sample(1, layer="g", probe="p"))
    two = reading(Target("line", "a", ""), "line", TRIP.sample(2, layer="g", probe="p"), UP.sample(0))
    assert body(Exposition(snapshot(one, two))) == body(Exposition(snapshot(two, one)))


def test_a_lone_surrogate_costs_a_character_and_not_the_page() -> None:
    text = body(Exposition(snapshot(reading(None, "x", CENTER.sample(1, center="a\ud800b", name="n")))))
    assert 'center="a?b"' in text


def test_the_agents_own_process_is_shown_in_both_formats() -> None:
    exposition = Exposition(Snapshot())
    assert "process_resident_memory_bytes " in exposition.render().decode()
    assert "process_cpu_seconds_total " in exposition.render(openmetrics=True).decode()
    assert list(parse_openmetrics(exposition.render(openmetrics=True).decode()))


def test_other_tasks_run_while_a_large_body_is_rendered() -> None:
    switch = [Target("switch", f"s{n}", "") for n in range(60)]
    shown = snapshot(
        *[reading(s, "switch", *[BYTES.sample(n, interface=f"Gi{n}") for n in range(500)]) for s in switch]
    )

    async def scenario() -> tuple[bytes, int]:
        turns, exposition = 0, Exposition(shown)
        rendering = asyncio.create_task(exposition.render_in_slices())
        while not rendering.done():
            turns += 1
            await asyncio.sleep(0)
        return await rendering, turns

    text, turns = asyncio.run(scenario())
    assert text.count(b"\ninterface_receive_bytes_total{") == 30_000
    assert turns >= 3


def test_promtool_has_nothing_to_say() -> None:
    promtool = need("promtool")
    line, switch = Target("line", "yibao", "医保"), Target("switch", "core", "核心")
    hostile = 'a"b\\c\nd<script>\u202e'
    shown = snapshot(
        reading(line, "line", UP.sample(0), TRIP.sample(math.inf, layer=hostile, probe="p")),
        reading(
            switch, "switch", BYTES.sample(1, interface=hostile), INFO.sample(1, interface="x", description=hostile)
        ),
        reading(None, "vitals", CENTER.sample(1, center="c", name=hostile)),
    )
    done = subprocess.run(
        [promtool, "check", "metrics"], input=Exposition(shown).render(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
