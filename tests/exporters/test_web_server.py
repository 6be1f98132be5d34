"""What the server answers, on a real socket: pages, /metrics by negotiation, JSON, reload; and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from agent.core.model import Metric, Reading, Target
from exporters.web import negotiation
from exporters.web.look import assets
from tests.exporters.web_pictures import busy, calm, empty
from tests.exporters.web_serving import Answer, Served, ask, run, serving

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PAGES = ("/", "/?wall=1", "/?lang=en", "/targets/yibao", "/incidents/20261124-1")
DOCUMENTS = ("status", "targets", "incidents", "checklist", "ledger/head")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html_that_nobody_stores_and_no_script_runs_in(path: str) -> None:
    answer = ask(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Server"] == "shouwang"


def test_what_a_page_asks_for_is_there() -> None:
    async def scenario(served: Served) -> None:
        page = (await served.get("/")).text
        for name, (body, kind) in assets().items():
            assert f"/static/{name}" in page
            answer = await served.get(f"/static/{name}")
            assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, body, kind)
            assert "immutable" in answer.headers["Cache-Control"]

    run(scenario)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_api_gives_strict_json(name: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    for picture in (busy(), calm(), empty()):
        answer = ask(f"/api/v1/{name}", picture=picture)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert isinstance(json.loads(answer.body, parse_constant=refuse), dict)


def test_the_api_says_what_the_page_says() -> None:
    async def scenario(served: Served) -> list[Any]:
        return [json.loads((await served.get(f"/api/v1/{name}")).body) for name in ("status", "targets", "incidents")]

    status, targets, incidents = run(scenario)
    assert status["counts"] == {
        "fault": 1, "nodata": 1, "late": 1, "warn": 1, "ok": 7, "maintenance": 1, "unwatched": 0,
    }  # fmt: skip
    assert status["incidents"] == {"P1": 0, "P2": 1, "P3": 1, "P4": 0}
    states = {each["id"]: each["state"] for each in targets["targets"]}
    assert states["yibao"] == "fault"
    assert states["access-2"] == "nodata"
    first = incidents["incidents"][0]
    assert (first["id"], first["class"], first["alert"], first["name"]) == ("20261124-1", "P2", "LineDown", "医保专线")
    assert first["counters_hurt"] == ["1", "2", "3", "4"]
    assert first["call"][0] == {"who": "电信 报障电话", "number": "10000", "about": "电路号 SH-12345"}
    assert len(incidents["changes"]) == 5


def test_metrics_come_as_text_unless_openmetrics_is_asked_for() -> None:
    plain = ask("/metrics")
    assert plain.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert {"line_up", "process_resident_memory_bytes"} <= {family.name for family in parse_text(plain.text)}
    asked = ask("/metrics", headers={"Accept": PROMETHEUS})
    assert asked.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert "line_up" in {family.name for family in parse_openmetrics(asked.text)}
    assert asked.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (PROMETHEUS, True),
        ("application/openmetrics-text", True),
        ("application/openmetrics-text; version=0.0.1", False),
        ("application/openmetrics-text;version=1.0.0;q=0", False),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.2", False),
        ('APPLICATION/OPENMETRICS-TEXT; VERSION="1.0.0"; Q=1', True),
        ("text/plain", False),
        ("*/*", False),
        ("", False),
        (";;,,q=x", False),
    ],
)
def test_openmetrics_is_chosen_by_what_is_preferred(accept: str, wanted: bool) -> None:
    assert negotiation.wants_openmetrics(accept) is wanted


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("gzip", True), ("deflate, gzip;q=0.5", True), ("gzip;q=0", False), ("*", True), ("", False), ("br", False)],
)
def test_gzip_is_used_where_it_is_accepted(accept: str, wanted: bool) -> None:
    answer = ask("/metrics", headers={"Accept-Encoding": accept})
    assert (answer.headers.get("Content-Encoding") == "gzip") is wanted
    assert b"line_up{" in (gzip.decompress(answer.body) if wanted else answer.body)


def test_a_small_answer_is_not_compressed() -> None:
    assert "Content-Encoding" not in ask("/api/v1/ledger/head", headers={"Accept-Encoding": "gzip"}).headers


def large(snapshot: Any) -> None:
    metric = Metric("interface_receive_bytes_total", "counter", "bytes", ("interface",), "ifHCInOctets")
    for n in range(20):
        samples = tuple(metric.sample(k, interface=f"Gi1/0/{k}") for k in range(500))
        snapshot.put(Reading(Target("switch", f"big-{n}", ""), "switch", 0.0, 0.1, samples))


def test_a_large_body_arrives_whole_compressed_or_not() -> None:
    async def scenario(served: Served) -> None:
        large(served.snapshot)
        plain = await served.get("/metrics", headers={"Accept-Encoding": "identity"})
        packed = await served.get("/metrics", headers={"Accept-Encoding": "gzip"})
        head = await served.get("/metrics", "HEAD", headers={"Accept-Encoding": "identity"})
        assert len(plain.body) > 500_000
        assert int(plain.headers["Content-Length"]) == len(plain.body)
        for body in (plain.body, gzip.decompress(packed.body)):
            assert body.count(b"\ninterface_receive_bytes_total{") == 10_000
        assert head.body == b""
        assert abs(int(head.headers["Content-Length"]) - len(plain.body)) < 1000

    run(scenario)


def test_a_series_of_a_target_that_could_not_be_read_is_gone_at_the_next_scrape() -> None:
    async def scenario(served: Served) -> tuple[str, str]:
        before = (await served.get("/metrics")).text
        old = next(each for each in served.made_up.shown.readings if each.target and each.target.id == "minzheng")
        served.snapshot.put(replace(old, samples=()))
        return before, (await served.get("/metrics")).text

    before, after = run(scenario)
    assert 'target="minzheng"' in before
    assert 'target="minzheng"' not in after


def test_it_is_healthy_at_once_and_ready_when_it_polls() -> None:
    assert ask("/-/healthy", picture=empty()).status == 200
    assert ask("/-/ready", picture=empty()).status == 503
    assert ask("/-/ready").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_reload_says_what_came_of_it(method: str) -> None:
    async def scenario(served: Served) -> tuple[Answer, Answer]:
        good = await served.get("/-/reload", method)
        served.made_up.errors = ("agent.yaml:23: lines[0].icpm: unknown key", "agent.yaml:30: port 99999")
        return good, await served.get("/-/reload", method)

    good, bad = run(scenario)
    assert (good.status, good.text) == (200, "reloaded\n")
    assert bad.status == 500
    assert bad.headers["Content-Type"].startswith("text/plain")
    assert "agent.yaml:23: lines[0].icpm: unknown key\nagent.yaml:30: port 99999\n" in bad.text


def test_head_is_answered_without_a_body() -> None:
    for path in ("/", "/metrics", "/api/v1/status"):
        answer = ask(path, "HEAD")
        assert (answer.status, answer.body) == (200, b"")


def test_an_address_that_is_taken_is_an_error_and_the_old_one_stays() -> None:
    async def scenario(served: Served) -> tuple[int, int]:
        async with serving() as second:
            for host in ("127.0.0.1", "0.0.0.0"):
                with pytest.raises(OSError, match="in use"):
                    await second.server.start(host, served.port)
            return (await second.get("/-/healthy")).status, (await served.get("/-/healthy")).status

    assert run(scenario) == (200, 200)


def test_another_address_can_be_taken_up_while_it_runs() -> None:
    async def scenario(served: Served) -> None:
        old = served.port
        served.port = await served.server.start("127.0.0.1", 0)
        assert served.port != old
        assert (await served.get("/-/healthy")).status == 200
        with pytest.raises(OSError, match="Connect"):
            await asyncio.open_connection("127.0.0.1", old)
        assert await served.server.start("0.0.0.0", served.port) == served.port
        assert (await served.get("/-/healthy")).status == 200

    run(scenario)
