"""What the server refuses: paths out of its table, requests from web pages, names that lie, and what is no request."""

from __future__ import annotations

import pytest

from exporters.web import negotiation
from tests.exporters.web_serving import Served, ask, run


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-Forwarded-For": "10.0.0.9"},
        {"Forwarded": "for=10.0.0.9"},
        {"X-Real-IP": "10.0.0.9"},
        {"via": "1.1 proxy"},
        {"X-Forwarded-Proto": "https"},
    ],
)
def test_reload_is_not_for_web_pages_nor_through_a_proxy(headers: dict[str, str]) -> None:
    async def scenario(served: Served) -> tuple[int, int]:
        return (await served.get("/-/reload", "POST", headers=headers)).status, served.made_up.reloads

    assert run(scenario) == (403, 0)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback_is_told_from_elsewhere(address: str | None, here: bool) -> None:
    assert negotiation.from_here(address, {}) is here


NAMES = ("127.0.0.1:9780", "localhost", "shouwang:9780", "[::1]:9780")


@pytest.mark.parametrize(
    ("host", "status"), [*[(name, 200) for name in NAMES], ("evil.example", 403), ("a.127.0.0.1:9780", 403)]
)
def test_a_name_that_was_pointed_at_this_machine_reads_nothing(host: str, status: int) -> None:
    assert ask("/-/healthy", headers={"Host": host}).status == status


@pytest.mark.parametrize(("path", "allowed"), [("/", "GET,HEAD"), ("/metrics", "GET,HEAD"), ("/-/reload", "POST,PUT")])
def test_a_method_that_a_path_does_not_take_is_named_so(path: str, allowed: str) -> None:
    answer = ask(path, "DELETE")
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert ask(path, "PATCH").headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_there_is_said_in_the_form_that_was_asked_for() -> None:
    for path in ("/nothing", "/targets/nobody", "/incidents/0", "/static/other.css", "/api/v1/other"):
        assert (ask(path).status, ask(path).headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
        page = ask(path, headers={"Accept": "text/html"})
        assert page.status == 404
        assert "没有这个页面" in page.text


UPS = rb".. %2e%2e %252e%252e .%2e ..; %c0%ae%c0%ae .... %uff0e%uff0e ..%00 %2E.".split()
SLASHES = rb"/ %2f \ %5c // %252f".split()
OTHERS = rb"""/etc/passwd //etc/passwd /static/ /static /%00 /static/%00 file:///etc/passwd /static/templates/base.html
    /templates/base.html \..\..\etc\passwd /proc/self/environ""".split()


def forms_of_traversal() -> list[bytes]:
    starts = ((b"/static", b"etc/passwd"), (b"/static", b"exporters/web/server.py"), (b"/targets", b"etc/passwd"))
    made = [
        start + slash + slash.join([up] * 6) + slash + aim for start, aim in starts for up in UPS for slash in SLASHES
    ]
    return [*made, *OTHERS]


def test_no_form_of_a_path_leads_out_of_the_table_of_files() -> None:
    async def scenario(served: Served) -> dict[bytes, bytes]:
        return {
            path: await served.raw(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            for path in forms_of_traversal()
        }

    answers = run(scenario)
    assert len(answers) > 190
    wrong = {path: answer[:60] for path, answer in answers.items() if answer[9:12] not in (b"404", b"400")}
    assert wrong == {}
    assert not any(b"root:" in answer or b"from __future__" in answer for answer in answers.values())


@pytest.mark.parametrize(
    "request_",
    [
        b"\x00\xff\x16\x03\x01\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
        b"POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /-/reload HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_costs_nothing(request_: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(served: Served) -> tuple[bytes, int, int]:
        answer = await served.raw(request_)
        return answer, (await served.get("/-/healthy")).status, served.made_up.reloads

    answer, after, reloads = run(scenario)
    assert answer[:12] in (b"", b"HTTP/1.0 400", b"HTTP/1.1 400")
    assert (after, reloads) == (200, 0)
    assert [record.getMessage() for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []
