"""Alertmanagers for tests: the real one with a webhook behind it, and one of our own that behaves badly."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.core.calendar import Calendar
from agent.core.incident import Incident
from agent.core.site import Center, Site
from agent.core.store import Store
from exporters.alertmanager import SELF_TEST
from exporters.notify import NotifyOptions
from exporters.outbox import Outbox
from tests.peers import free_port, need, running, until


def of_incidents(alerts: Iterable[Any]) -> list[Any]:
    """Without the test alert that an agent sends once each service day: whether it comes is a matter of the hour."""
    return [each for each in alerts if each["labels"].get("alertname") != SELF_TEST]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of these tests."""


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler], owner: Any, port: int = 0) -> Iterator[int]:
    server = _Server(("127.0.0.1", port), handler)
    server.owner = owner
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Sink:
    """What Alertmanager notified, in order: (status, target, class) and the whole alert."""

    port: int = 0
    alerts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seen(self) -> list[tuple[str, str, str]]:
        return [(each["status"], each["labels"]["target"], each["labels"]["class"]) for each in self.alerts]

    def of(self, target: str) -> list[str]:
        return [status for status, found, _ in self.seen if found == target]


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        now = time.time()
        self.server.owner.alerts += [each | {"seen": now} for each in body["alerts"]]  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@dataclass
class Real:
    """prometheus-alertmanager on loopback; `start` and `stop` as often as wanted, on the same port and storage."""

    place: Path
    sink: Sink
    group_wait: str = "300ms"
    group_interval: str = "300ms"
    group_by: str = "[alertname]"
    port: int = field(default_factory=free_port)
    _process: Any = None
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        binary = need("prometheus-alertmanager")
        config = self.place / "alertmanager.yml"
        config.write_text(
            f"""
route: {{receiver: sink, group_by: {self.group_by}, group_wait: {self.group_wait},
  group_interval: {self.group_interval}, repeat_interval: 1h}}
receivers: [{{name: sink, webhook_configs: [{{url: "http://127.0.0.1:{self.sink.port}/", send_resolved: true}}]}}]
""",
            encoding="utf-8",
        )
        argv = [
            binary,
            f"--config.file={config}",
            f"--storage.path={self.place / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        ]
        self._process = self._stack.enter_context(running(argv, self.place / "alertmanager.log"))
        until(lambda: self.get("/-/ready") is not None, 20, "Alertmanager is ready")

    def stop(self) -> None:
        self._stack.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=5) as reply:
            return reply.read()

    def alerts(self) -> dict[str, dict[str, Any]]:
        return {each["labels"]["target"]: each for each in json.loads(self.get("/api/v2/alerts"))}


@contextlib.contextmanager
def real(place: Path, **options: Any) -> Iterator[Real]:
    """Not started yet; its `sink` listens."""
    need("prometheus-alertmanager")
    place.mkdir(parents=True, exist_ok=True)
    sink = Sink()
    with serving(_Hook, sink) as sink.port:
        found = Real(place, sink, **options)
        try:
            yield found
        finally:
            found.stop()


@dataclass
class Fake:
    """An Alertmanager of our own: `mode` says how it answers posts, `posts` are those it took."""

    mode: str = "take"
    boot: str | None = "monday"
    configuration: str = "route:\n  receiver: x\n  group_wait: 0s\n"
    posts: list[list[dict[str, Any]]] = field(default_factory=list)
    tries: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def words(self, now: float | None = None) -> list[list[tuple[str, str, str]]]:
        """Of each post: (word, target, class), by endsAt as Alertmanager judges it."""
        return [[self._word(alert, now or time.time()) for alert in post] for post in self.posts]

    def _word(self, alert: dict[str, Any], now: float) -> tuple[str, str, str]:
        from datetime import datetime

        ended = datetime.fromisoformat(alert["endsAt"]).timestamp() <= now
        return "resolved" if ended else "firing", alert["labels"]["target"], alert["labels"]["class"]


class _Badly(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fake: Fake = self.server.owner  # type: ignore[attr-defined]
        fake.headers.append(dict(self.headers))
        if fake.mode == "hang":
            fake.let_go.wait(60)
        status = {"uptime": fake.boot, "config": {"original": fake.configuration}}
        self._answer(404 if fake.boot is None else 200, json.dumps(status).encode())

    def do_POST(self) -> None:
        fake: Fake = self.server.owner  # type: ignore[attr-defined]
        body = of_incidents(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if not body:
            self._answer(200)
            return
        fake.tries += 1
        match fake.mode:
            case "take":
                fake.posts.append(body)
                self._answer(200)
            case "reject":
                self._answer(400, b'"start time must be before end time"')
            case "reject poison" if any(alert["labels"]["target"] == "poison" for alert in body):
                self._answer(400, b"poison")
            case "reject poison":
                fake.posts.append(body)
                self._answer(200)
            case "fail":
                self._answer(503, b"upstream \x1b[31m\xe2\x80\xaeaway")
            case "login":
                self._answer(401)
            case "move":
                self._answer(302, location="http://127.0.0.1:1/")
            case "page":
                self._answer(200, b"<html>please log in</html>")
            case "garbage":
                self.wfile.write(b"\x00\xff nothing like HTTP\r\n\r\n")
                self.close_connection = True
            case "endless":
                self.send_response(500)
                self.end_headers()
                with contextlib.suppress(OSError):
                    while not fake.let_go.is_set():
                        self.wfile.write(b"x" * 4096)
                self.close_connection = True
            case "take and hang up":
                fake.posts.append(body)
                self.close_connection = True

    def _answer(self, status: int, body: bytes = b"", location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def fake(mode: str = "take", port: int = 0, **options: Any) -> Iterator[Fake]:
    found = Fake(mode, **options)
    with serving(_Badly, found, port) as found.port:
        try:
            yield found
        finally:
            found.let_go.set()


CENTER = Center("changshou", "长寿路街道社区事务受理服务中心", "普陀区")


def site(place: Path, *receivers: Any, center: Center = CENTER) -> Site:
    notify = NotifyOptions(alertmanagers=receivers, resolve_after=0.001)
    return Site(center, Calendar(), place / "agent.yaml", place, sections={"notify": notify})


def alertname(incident: Incident) -> str:
    return "LineDown"


def describe(incident: Incident) -> dict[str, str]:
    return {"summary": f"{incident.target} 中断", "summary_en": f"{incident.target} is down", "empty": ""}


def outbox(store: Store, *receivers: Any, **options: Any) -> Outbox:
    return Outbox(store, alertname, describe, site(Path("/nowhere"), *receivers), **options)


async def eventually(condition: Callable[[], object], why: str, seconds: float = 30) -> None:
    """Waits on the loop until the condition is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds:g} s: {why}")
        await asyncio.sleep(0.02)
