"""/probe as it is asked: parameters, time, failures, and what `debug=true` shows and hides."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.core.reach import Reach, unopened
from exporters.asked import Failed
from exporters.probe.ask import AT_ONCE, Probes, Wanted
from exporters.probe.debug import duration
from exporters.web.probe import TIMEOUT
from tests.exporters.probe_servers import talking
from tests.exporters.probe_sides import blackbox, peer, serving_probes, site_with
from tests.exporters.web_serving import Answer, Served
from tests.transports.http_server import plain, saying

SECRETS = ("open-sesame", "s3cret-token", "hidden-header", "of-a-file")
MODULES: dict[str, Any] = {
    "http_2xx": {"prober": "http", "timeout": "5s"},
    "tcp": {"prober": "tcp"},
    "quick": {"prober": "tcp", "timeout": "200ms", "tcp": {"query_response": [{"expect": "never"}]}},
    "grpc": {"prober": "grpc", "grpc": {"service": "x", "tls": True}},
    "none": {},
    "host": {"prober": "http", "http": {"headers": {"hOST": "a.example"}}},
    "broken": {"prober": "http", "http": {"metod": "GET"}},
    "basic": {
        "prober": "http",
        "timeout": "1m30s",
        "http": {
            "basic_auth": {"username": "u", "password": SECRETS[0]},
            "headers": {"X-Api-Key": SECRETS[2], "X-Other": "shown"},
            "fail_if_body_not_matches_regexp": ["ok"],
            "valid_status_codes": [200, 204],
            "tls_config": {"insecure_skip_verify": True},
        },
    },
    "bearer": {"prober": "http", "http": {"bearer_token": SECRETS[1]}},
    "proxy": {
        "prober": "http",
        "http": {
            "proxy_url": f"http://u:{SECRETS[0]}@127.0.0.1:1",
            "proxy_connect_header": {"X-A": [SECRETS[1]]},
            "oauth2": {
                "client_id": "c",
                "client_secret": SECRETS[2],
                "token_url": "http://127.0.0.1:1/",
                "scopes": ["a"],
            },
        },
    },
    "file": {"prober": "http", "http": {"basic_auth": {"username": "u", "password_file": "password"}}},
    "dns": {"prober": "dns", "timeout": "1s", "dns": {"query_name": "a.example", "query_type": "MX"}},
    "icmp": {"prober": "icmp", "timeout": "1s", "icmp": {"ttl": 9}},
}


def play(
    folder: Path,
    scenario: Callable[[Served], Awaitable[Any]],
    modules: dict[str, Any] | None = None,
    places: int = AT_ONCE,
) -> Any:
    """A scenario against a server with these modules."""
    file = folder / "blackbox.yml"
    file.write_text(yaml.safe_dump({"modules": modules or MODULES}), encoding="utf-8")

    async def whole() -> Any:
        async with serving_probes(file, places) as served:
            return await scenario(served)

    return asyncio.run(whole())


def asked(folder: Path, query: str, headers: dict[str, str] | None = None) -> Answer:
    answer: Answer = play(folder, lambda served: served.get(f"/probe?{query}", headers=headers or {}))
    return answer


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("module=none-such&target=127.0.0.1", 'Unknown module "none-such"'),
        ("module=none-such", 'Unknown module "none-such"'),
        ("module=tcp", "Target parameter is missing"),
        ("module=tcp&target=", "Target parameter is missing"),
        ("", "Target parameter is missing"),
        ("module=grpc&target=127.0.0.1:1", 'Unknown prober "grpc"; known here: dns, http, icmp, tcp'),
        ("module=none&target=127.0.0.1:1", 'Unknown prober ""; known here: dns, http, icmp, tcp'),
        ("module=host&target=127.0.0.1:1&hostname=b.example", "host header defined both in module configuration"),
    ],
)
def test_a_request_for_what_there_is_not_is_refused(tmp_path: Path, query: str, said: str) -> None:
    answer = asked(tmp_path, query)
    assert answer.status == 400
    assert answer.text.startswith(said)


def test_a_module_with_a_mistake_costs_that_one_only(tmp_path: Path) -> None:
    answer = asked(tmp_path, "module=broken&target=127.0.0.1")
    assert answer.status == 500
    assert answer.text.endswith("blackbox.yml: broken.http.metod: unknown key\n")
    assert asked(tmp_path, "module=tcp&target=127.0.0.1").status == 200


def test_without_a_file_it_says_how_to_name_one() -> None:
    async def whole() -> Answer:
        async with serving_probes(None) as served:
            return await served.get("/probe?target=127.0.0.1")

    answer = asyncio.run(whole())
    assert answer.status == 404
    assert "write `probe_modules: blackbox.yml`" in answer.text


def test_a_page_of_another_origin_may_not_have_targets_probed(tmp_path: Path) -> None:
    answer = asked(tmp_path, "module=tcp&target=127.0.0.1:1", {"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("header", "module", "shown"),
    [("10", "http_2xx", "5"), ("3", "http_2xx", "2.5"), ("", "tcp", "119.5"), ("0.3", "http_2xx", "5"),
     ("10", "tcp", "9.5"), ("0", "tcp", "119.5"), ("nan", "tcp", "119.5"), ("1e9", "tcp", "300")],
)  # fmt: skip
def test_the_time_is_prometheus_own_less_half_a_second_or_the_modules(
    tmp_path: Path, header: str, module: str, shown: str
) -> None:
    answer = asked(tmp_path, f"module={module}&target=127.0.0.1:1&debug=true", {TIMEOUT: header} if header else {})
    assert f" timeout_seconds={shown}\n" in answer.text


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    answer = asked(tmp_path, "module=tcp&target=127.0.0.1:1", {TIMEOUT: "soon"})
    assert answer.status == 500
    assert answer.text == 'Failed to parse timeout from Prometheus header: "soon" is no number of seconds\n'


def test_a_silent_target_costs_its_time_and_no_more(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def scenario(served: Served) -> tuple[Answer, float]:
        async with talking(silent) as port:
            began = time.monotonic()
            return await served.get(f"/probe?module=quick&target=127.0.0.1:{port}"), time.monotonic() - began

    answer, took = play(tmp_path, scenario)
    assert "probe_success 0\n" in answer.text
    assert 0.2 <= took < 5


def test_debug_shows_log_series_and_module(tmp_path: Path) -> None:
    async def scenario(served: Served) -> Answer:
        async with saying(plain(b"ok")) as port:
            return await served.get(f"/probe?module=basic&target=127.0.0.1:{port}&debug=true")

    answer = play(tmp_path, scenario)
    assert answer.headers["Content-Type"].startswith("text/plain")
    logs, rest = answer.text.split("\n\n\n\nMetrics that would have been returned:\n")
    series, module = rest.split("\n\n\nModule configuration:\n")
    assert logs.startswith("Logs for the probe:\nts=2")
    assert "module=basic target=127.0.0.1:" in logs
    assert 'level=info msg="Probe succeeded"' in logs
    assert "\nprobe_success 1\n" in series
    assert yaml.safe_load(module)["http"]["headers"] == {"X-Api-Key": "<secret>", "X-Other": "shown"}


@pytest.mark.parametrize("module", ["basic", "bearer", "file"])
def test_no_secret_is_ever_shown(tmp_path: Path, module: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "password").write_text(SECRETS[3] + "\n")
    heard: list[bytes] = []

    async def say(head: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(head)
        await plain(b"ok")(head, writer)

    async def scenario(served: Served) -> str:
        async with saying(say) as port:
            target = f"http://127.0.0.1:{port}/"
            shown = await served.get(f"/probe?module={module}&target={target}&debug=true")
            refused = await served.get(f"/probe?module={module}&target=127.0.0.1:1&debug=true")
            return "\n".join(line for each in (shown, refused) for line in each.text.splitlines())

    with caplog.at_level("DEBUG"):
        text = play(tmp_path, scenario)
    assert b"\r\nAuthorization: " in heard[0]
    assert not [secret for secret in SECRETS if secret in text or secret in caplog.text]


def test_no_secret_of_a_proxy_or_of_oauth2_is_shown(tmp_path: Path) -> None:
    text = asked(tmp_path, "module=proxy&target=127.0.0.1:1&debug=true").text
    assert "proxy_url: http://u:xxxxx@127.0.0.1:1" in text
    assert "connection refused" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_a_password_file_is_read_beside_the_modules_and_anew_each_time(tmp_path: Path) -> None:
    heard: list[str] = []

    async def say(head: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(next(line for line in head.decode().split("\r\n") if line.startswith("Authorization")))
        await plain(b"ok")(head, writer)

    async def scenario(served: Served) -> Answer:
        async with saying(say) as port:
            for password in ("one", "two"):
                (tmp_path / "password").write_text(f"{password}\n")
                await served.get(f"/probe?module=file&target=127.0.0.1:{port}")
            (tmp_path / "password").unlink()
            return await served.get(f"/probe?module=file&target=127.0.0.1:{port}&debug=true")

    without = play(tmp_path, scenario)
    assert heard == ["Authorization: Basic dTpvbmU=", "Authorization: Basic dTp0d28="]
    assert "No such file" in without.text
    assert "\nprobe_success 0\n" in without.text


@pytest.mark.parametrize("module", ["http_2xx", "basic", "proxy", "tcp", "quick", "dns", "icmp"])
def test_debug_shows_the_module_as_blackbox_exporter_does(tmp_path: Path, module: str) -> None:
    known = {name: each for name, each in MODULES.items() if name not in ("broken", "basic")}
    known["basic"] = {**MODULES["basic"], "http": {**MODULES["basic"]["http"], "headers": {"X-Other": "shown"}}}
    query = f"module={module}&target=127.0.0.1:1&debug=true"

    async def scenario(served: Served) -> tuple[str, str]:
        with blackbox(tmp_path / "blackbox.yml", tmp_path) as port:
            theirs = await peer(port, query)
        return (await served.get(f"/probe?{query}")).text, theirs.text

    # Of all that is empty it writes this one.
    mine, theirs = (
        text.replace('    client_secret_file: ""\n', "").split("Module configuration:\n")[1]
        for text in play(tmp_path, scenario, known)
    )
    assert yaml.safe_load(mine) == yaml.safe_load(theirs)
    assert list(yaml.safe_load(mine)) == list(yaml.safe_load(theirs))


def test_no_more_probes_run_at_a_time_than_there_are_places(tmp_path: Path) -> None:
    running, most = 0, 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.3)
        running -= 1

    async def scenario(served: Served) -> list[str]:
        async with talking(count) as port:
            ask = [f"/probe?module=tcp_wait&target=127.0.0.1:{port}&hostname={number}" for number in range(20)]
            return [each.text for each in await asyncio.gather(*map(served.get, ask))]

    waits = {"prober": "tcp", "timeout": "20s", "tcp": {"query_response": [{"expect": "never"}]}}
    texts = play(tmp_path, scenario, {"tcp_wait": waits}, places=8)
    assert most == 8
    assert all("probe_failed_due_to_regex 1\n" in text for text in texts)


def test_two_hundred_targets_that_are_silent_at_once_are_all_told_as_down(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def scenario(served: Served) -> list[tuple[int, bool]]:
        async with talking(silent) as port:
            ask = [f"/probe?module=tcp_wait&target=127.0.0.1:{port}&hostname={number}" for number in range(200)]
            answers = await asyncio.gather(*map(served.get, ask))
            return [(each.status, "probe_success 0\n" in each.text) for each in answers]

    waits = {"prober": "tcp", "timeout": "1s", "tcp": {"query_response": [{"expect": "never"}]}}
    assert play(tmp_path, scenario, {"tcp_wait": waits}) == [(200, True)] * 200


def test_a_probe_that_finds_no_place_in_its_time_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "blackbox.yml"
    file.write_text(yaml.safe_dump({"modules": {"tcp": {"prober": "tcp", "timeout": "100ms"}}}))

    async def whole() -> None:
        site = site_with(file)
        reach = Reach(unopened("ICMP"), unopened("TCP"), unopened("SNMP"))
        probes = Probes(lambda: site, lambda: reach, places=0)
        with pytest.raises(Failed, match="0 other probes were under way all the time: ask less often"):
            await probes.body(Wanted("127.0.0.1:1", "tcp"))

    asyncio.run(whole())


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3s"), (90, "1m30s"), (1.5, "1.5s"), (0.5, "500ms"), (3600, "1h0m0s"), (60, "1m0s")]
)
def test_durations_are_written_as_go_does(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("module", "reason"), [("basic", "longer than the "), ("http_2xx", "request body too large")])
def test_a_body_without_end_is_left_and_the_probe_fails(tmp_path: Path, module: str, reason: str) -> None:
    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nok")
        while True:
            writer.write(bytes(2**20))
            await writer.drain()

    async def scenario(served: Served) -> Answer:
        async with saying(endless) as port:
            return await served.get(f"/probe?module={module}&target=127.0.0.1:{port}&debug=true")

    text = play(tmp_path, scenario, {**MODULES, "http_2xx": {"prober": "http", "timeout": "60s"}}).text
    assert reason in text
    assert "\nprobe_success 0\n" in text
    assert "\nprobe_http_status_code 200\n" in text
