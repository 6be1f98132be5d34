"""From agent.yaml to the page: applications on real servers, which go wrong while the agent runs."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import DAY, Issued, issue
from tests.frame.centre import SELF, Centre
from tests.peers import free_port, until

ROOT = issue("区根", authority=True, ends=3650 * DAY)


class Platform(http.server.ThreadingHTTPServer):
    """The acceptance software: `status` and `body` can be changed while it serves."""

    status, body = 200, '{"state": "ok", "version": "3.2.1", "last": "09:10:00"}'

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients may leave."""


class Handler(http.server.BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        body = self.server.body.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def platform(folder: Path, shown: Issued | None = None) -> Iterator[Platform]:
    with Platform(("127.0.0.1", 0), Handler) as server:
        if shown is not None:
            server.socket = shown.server(folder).wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def https(folder: Path, server: Platform) -> str:
    ROOT.file(folder, "ca.pem")
    return (
        f"{{id: acceptance, name: 统一受理软件, role: acceptance, http: 'https://127.0.0.1:{server.server_port}/',"
        " tls: {ca: ca.pem}, expect: {json: {state: ok}}, version: {json: version}, every: 1s, timeout: 1s}"
    )


def test_an_application_that_breaks_is_told_on_the_page_and_opens_its_incident(centre: Centre) -> None:
    with platform(centre.place, issue("yewu", ["127.0.0.1"], by=ROOT, ends=20 * DAY)) as server:
        centre.write(
            f"hosts: [{SELF}]\napplications: [{https(centre.place, server)}]\n"
            "counters: [{ids: 1-3, name: '{}号窗口', depends_on: [acceptance]}]\nthresholds: {IR-14: {for: 1s}}\n"
            "calendar: {service: {monday-sunday: ['00:00-24:00']}, holidays: open}"
        )
        up = 'application_up{kind="application",target="acceptance",role="acceptance"}'
        with centre.agent():
            until(lambda: centre.value(up) == 1, why=f"it is read as up; {centre.said()}")
            page = centre.get("/targets/acceptance")
            assert "3.2.1" in page
            assert "证书还有" in centre.get("/")
            until(lambda: any(each["playbook"] == "IR-19" for each in centre.incidents()), why="20 days are too few")
            server.status = 503
            until(lambda: any(each["playbook"] == "IR-14" for each in centre.incidents()), why="it is down")
            assert "返回状态 503,应为 2xx" in centre.get("/")
            opened = next(each for each in centre.incidents() if each["playbook"] == "IR-14")
            told = centre.command("incident", "show", opened["id"]).stdout
            assert "返回状态 503,应为 2xx" in told
            assert "号窗口" in told
            server.status, server.body = 200, '{"state": "ok", "version": "3.2.2"}'
            until(lambda: centre.value(up) == 1, why="it is up again")


def test_poll_says_why_in_both_languages(centre: Centre) -> None:
    with platform(centre.place, issue("yewu", ["127.0.0.1"], by=ROOT, begins=-9 * DAY, ends=-2 * DAY)) as server:
        centre.write(f"applications: [{https(centre.place, server)}]")
        chinese = centre.command("poll", "acceptance").stdout
        assert "→ 不可用:证书已于 " in chinese
        assert "certificate_chain_valid" in chinese
        found = json.loads(centre.command("poll", "acceptance", "--format", "json").stdout)
        (reading,) = found if isinstance(found, list) else found["readings"]
        assert reading["up"]
        assert reading["diagnosis"]["en"].startswith("Down: its certificate expired on ")


def test_a_queue_a_spool_and_a_name_server_beside_each_other(centre: Centre) -> None:
    spool = centre.place / "spool"
    spool.mkdir()
    (spool / "a.xml").write_text("x")
    with platform(centre.place) as server, socket.create_server(("127.0.0.1", 0)) as database:
        url = f"http://127.0.0.1:{server.server_port}/"
        centre.write(
            f"hosts: [{SELF}]\napplications:\n"
            f"  - {{id: queue, role: queue, http: '{url}', ticket: {{json: last}}}}\n"
            f"  - {{id: db, role: database, tcp: '127.0.0.1:{database.getsockname()[1]}'}}\n"
            f"  - {{id: upload, role: upload, host: self, spool: {spool}, pattern: '*.xml'}}\n"
            f"  - {{id: gone, http: 'http://127.0.0.1:{free_port()}/'}}\n"
        )
        assert centre.command("validate").returncode == 0
        said = centre.command("poll", "--format", "prometheus").stdout
    assert 'application_ticket_last_timestamp_seconds{kind="application",target="queue",role="queue"} ' in said
    assert 'application_up{kind="application",target="db",role="database"} 1' in said
    assert 'application_upload_backlog{kind="application",target="upload",role="upload"} 1' in said
    assert 'application_up{kind="application",target="gone",role="other"} 0' in said


def test_a_secret_of_a_request_stands_nowhere(centre: Centre) -> None:
    with platform(centre.place) as server:
        (centre.place / "token").write_text("hunter2-canary")
        (centre.place / "token").chmod(0o600)
        url = f"http://127.0.0.1:{server.server_port}/"
        centre.write(
            f"applications: [{{id: a, http: '{url}', login: {{bearer: 'file:token'}},"
            " headers: {X-Key: 'file:token'}, every: 1s, timeout: 1s}]"
        )
        with centre.agent():
            until(lambda: "application_up" in centre.get("/metrics"), why="it is read")
            everything = [centre.get(each) for each in ("/", "/targets/a", "/metrics", "/api/v1/targets")]
        polled = centre.command("poll", "--format", "json")
        assert "hunter2" not in "".join((*everything, centre.said(), polled.stdout, polled.stderr))


def test_a_file_of_tls_that_is_not_there_is_named(centre: Centre) -> None:
    with platform(centre.place, issue("yewu", ["127.0.0.1"], by=ROOT)) as server:
        centre.write(
            f"applications: [{{id: a, http: 'https://127.0.0.1:{server.server_port}/', tls: {{ca: none.pem}}}}]"
        )
        said = centre.command("poll", "a").stdout
        assert "none.pem" in said
