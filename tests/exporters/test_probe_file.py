"""blackbox.yml: what is read of it, and how what is wrong is named."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from exporters.module_file import Unknown, Unreadable
from exporters.probe.book import Book
from exporters.probe.module import Module
from tests.peers import need

GOOD = (
    "{}",
    "{prober: http}",
    "{prober: http, timeout: 1m30s}",
    "{prober: http, timeout: 1.5s}",
    "{prober: http, timeout: -5s}",
    "{prober: http, timeout: 0s}",
    "{prober: http, http: }",
    "{prober: http, http: {valid_status_codes: [], valid_http_versions: [HTTP/1.1, HTTP/2.0]}}",
    "{prober: http, http: {follow_redirects: no, enable_http2: off}}",
    "{prober: http, http: {no_follow_redirects: true}}",
    "{prober: http, http: {authorization: {credentials: a}}}",
    "{prober: http, http: {authorization: {credentials_file: a}}}",
    "{prober: http, http: {basic_auth: {username: a, password: 5}}}",
    "{prober: http, http: {bearer_token: a}}",
    "{prober: http, http: {headers: {a: 1}, body: 5}}",
    "{prober: http, http: {body_size_limit: 10MB}}",
    "{prober: http, http: {body_size_limit: 1.5KiB}}",
    "{prober: http, http: {compression: gzip, headers: {accept-encoding: 'br, gzip;q=0.5'}}}",
    "{prober: http, http: {compression: deflate, headers: {Accept-Encoding: '*'}}}",
    "{prober: http, http: {tls_config: {min_version: TLS12, max_version: TLS13, server_name: a}}}",
    "{prober: http, http: {fail_if_header_matches: [{header: a, regexp: b, allow_missing: true}]}}",
    "{prober: http, http: {proxy_url: 'http://a:b@c:3', proxy_connect_header: {X-A: [b, c]}}}",
    "{prober: http, http: {proxy_url: 'http://a', skip_resolve_phase_with_proxy: true}}",
    "{prober: http, http: {oauth2: {client_id: a, client_secret: b, token_url: 'http://c'}}}",
    "{prober: http, http: {oauth2: {client_id: a, client_secret_file: b, token_url: c, scopes: [d], proxy_url: 'http://e'}}}",
    "{prober: tcp, tcp: {query_response: []}}",
    "{prober: tcp, tcp: {query_response: [{expect: a, send: b, starttls: true}], tls: true}}",
    "{prober: dns, dns: {query_name: a, query_type: HTTPS, query_class: CH}}",
    "{prober: dns, dns: {query_name: a, valid_rcodes: [NOERROR], validate_answer_rrs: {fail_if_matches_regexp: [a]}}}",
    "{prober: dns}",
    "{prober: icmp, icmp: {ttl: 0, payload_size: 1000, dont_fragment: true, source_ip_address: 127.0.0.1}}",
    "{prober: grpc, grpc: {service: x, tls: true, tls_config: {ca_file: a}, preferred_ip_protocol: ip4}}",
)
BAD = {
    "{prober: http, timeout: 5}": "m.timeout: a duration needs its unit, like 5s, 1m30s, 500ms",
    "{probe: http}": "m.probe: unknown key",
    "{prober: http, http: {metod: GET}}": "m.http.metod: unknown key",
    "{prober: http, http: {tls_config: {ca: x}}}": "m.http.tls_config.ca: unknown key",
    "{prober: http, http: {tls_config: {min_version: 1}}}": "m.http.tls_config.min_version: Input should be ",
    "{prober: http, http: {body_size_limit: 10}}": "m.http.body_size_limit: not a size with its unit",
    "{prober: http, http: {valid_status_codes: 200}}": "m.http.valid_status_codes: Input should be a valid tuple",
    "{prober: http, http: {valid_status_codes: [2xx]}}": "m.http.valid_status_codes[0]: Input should be a valid",
    "{prober: http, http: {headers: {a: [b]}}}": "m.http.headers.a: Input should be a valid string",
    "{prober: http, http: {fail_if_header_matches: [{header: a}]}}": "m.http.fail_if_header_matches[0].regexp: ",
    "{prober: http, http: {fail_if_header_matches: [{regexp: a}]}}": "m.http.fail_if_header_matches[0].header: ",
    "{prober: http, http: {fail_if_body_matches_regexp: ['(']}}": "m.http.fail_if_body_matches_regexp[0]: not a reg",
    "{prober: http, http: {compression: gzip, headers: {accept-encoding: br}}}": "m.http: headers ask for another",
    "{prober: http, http: {compression: gzip, headers: {accept-encoding: gzip;q=0}}}": "m.http: headers ask for",
    "{prober: http, http: {basic_auth: {password: a, password_file: b}}}": "m.http.basic_auth: at most one of",
    "{prober: http, http: {bearer_token: a, basic_auth: {username: a}}}": "m.http: at most one of basic_auth,",
    "{prober: http, http: {authorization: {type: Basic, credentials: a}}}": "m.http.authorization: type cannot be",
    "{prober: http, http: {proxy_connect_header: {X-A: [b]}}}": "m.http: proxy_connect_header goes with a proxy_url",
    "{prober: http, http: {proxy_url: 'http://%zz'}}": "m.http.proxy_url: not the address of a proxy; expected http",
    "{prober: http, http: {oauth2: {client_secret: a, token_url: b}}}": "m.http.oauth2: client_id is missing",
    "{prober: http, http: {oauth2: {client_id: a, client_secret: b}}}": "m.http.oauth2: token_url is missing",
    "{prober: http, http: {oauth2: {client_id: a, token_url: b}}}": "m.http.oauth2: either client_secret or",
    "{prober: http, http: {oauth2: {client_id: a, client_secret: b, client_secret_file: c, token_url: d}}}": "m.",
    "{prober: http, http: {no_proxy: a}}": "m.http.no_proxy: unknown key",
    "{prober: tcp, tcp: {query_response: [{expect: '('}]}}": "m.tcp.query_response[0].expect: not a regular expression",
    "{prober: tcp, tcp: {query_response: [{foo: 1}]}}": "m.tcp.query_response[0].foo: unknown key",
    "{prober: dns, dns: {query_type: A}}": "m.dns: query_name is missing; a dns module needs it",
    "{prober: dns, dns: {query_name: a, query_type: FOO}}": "m.dns.query_type: unknown; expected one of DNS' names",
    "{prober: dns, dns: {query_name: a, query_class: FOO}}": "m.dns.query_class: unknown; expected one of DNS' names",
    "{prober: icmp, icmp: {ttl: 300}}": "m.icmp.ttl: Input should be less than or equal to 255",
    "{prober: icmp, icmp: {ttl: -1}}": "m.icmp.ttl: Input should be greater than or equal to 0",
}


def written(folder: Path, module: str) -> Path:
    file = folder / "blackbox.yml"
    file.write_text(f"modules:\n  m: {module}\n", encoding="utf-8")
    return file


def accepted(file: Path) -> bool:
    """By blackbox_exporter."""
    argv = [need("prometheus-blackbox-exporter"), "--config.check", f"--config.file={file}"]
    return subprocess.run(argv, check=False, capture_output=True, timeout=20).returncode == 0


@pytest.mark.parametrize("module", GOOD)
def test_what_blackbox_exporter_takes_is_taken(tmp_path: Path, module: str) -> None:
    file = written(tmp_path, module)
    assert accepted(file)
    assert Book(file).mistakes() == []


@pytest.mark.parametrize("module", BAD)
def test_what_blackbox_exporter_refuses_is_refused_with_its_place(tmp_path: Path, module: str) -> None:
    file = written(tmp_path, module)
    assert not accepted(file)
    (said,) = Book(file).mistakes()
    assert said.removeprefix(f"{file}: ").startswith(BAD[module])


def test_a_secret_with_a_mistake_beside_it_is_not_repeated(tmp_path: Path) -> None:
    file = written(
        tmp_path, "{http: {basic_auth: {password: open-sesame, passwort: sesame-open}, bearer_token: [sesame]}}"
    )
    (said,) = Book(file).mistakes()
    assert "sesame" not in said


def test_every_module_with_a_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "blackbox.yml"
    file.write_text("modules:\n  a: {x: 1}\n  b: {prober: tcp}\n  c: {timeout: 5, y: 2}\n")
    first, second = Book(file).mistakes()
    assert first.endswith("a.x: unknown key")
    assert second.endswith("c.timeout: a duration needs its unit, like 5s, 1m30s, 500ms (and 1 more)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no modules; expected what blackbox_exporter reads, under `modules:`"),
        ("modules:\n", "no modules; expected"),
        ("foo: 1\nmodules: {}\n", "foo: unknown key; known: modules"),
        ("- a\n", "expected `modules:`, and under it the modules by name"),
        ("modules: [a]\n", "expected `modules:`, and under it the modules by name"),
        ("modules: {a: [", "line 2, column 1: "),
    ],
)
def test_a_file_of_another_kind_is_told_as_such(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "blackbox.yml"
    file.write_text(text)
    (found,) = Book(file).mistakes()
    assert found.removeprefix(f"{file}: ").startswith(said)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("modules:\n  a: {prober: tcp}\n  b: {}\n  a: {prober: icmp}\n", "line 4, column 3: a stands twice"),
        ("modules:\n  a: {prober: tcp, tcp: {tls: true, tls: false}}\n", "line 2, column 37: tls stands twice"),
        ("modules: {}\nmodules:\n  a: {}\n", "line 2, column 1: modules stands twice"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "blackbox.yml"
    file.write_text(text)
    assert not accepted(file)
    assert Book(file).mistakes() == [f"{file}: {place}"]


def test_what_a_merge_key_brings_may_be_overridden(tmp_path: Path) -> None:
    file = tmp_path / "blackbox.yml"
    file.write_text(
        "modules:\n  plain: &plain {prober: tcp, timeout: 1s}\n"
        "  slow: &slow {<<: *plain, timeout: 9s}\n  same: {<<: *slow}\n"
    )
    assert Book(file).mistakes() == []
    assert asyncio.run(Book(file).module("same")).timeout == 9


def test_a_file_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    file = written(tmp_path, "{prober: tcp}")

    async def main() -> tuple[str, str]:
        book = Book(file)
        before = (await book.module("m")).prober
        with pytest.raises(Unknown):
            await book.module("n")
        written(tmp_path, "{prober: http }")
        os.utime(file, ns=(1, 1))
        return before, (await book.module("m")).prober

    assert asyncio.run(main()) == ("tcp", "http")


def test_a_file_that_is_not_there_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"No such file or directory; `probe_modules:` of agent\.yaml"):
        asyncio.run(Book(tmp_path / "blackbox.yml").module("m"))


def test_files_of_a_module_lie_beside_it(tmp_path: Path) -> None:
    file = written(tmp_path, "{http: {basic_auth: {password_file: pw}, tls_config: {ca_file: /etc/ca.pem}}}")
    module: Module = asyncio.run(Book(file).module("m"))
    assert module.http.basic_auth is not None
    assert module.http.basic_auth.password_file == tmp_path / "pw"
    assert module.http.tls_config.wanted().ca == "/etc/ca.pem"


def test_the_modules_that_come_with_blackbox_exporter_are_read() -> None:
    need("prometheus-blackbox-exporter")
    shipped = Path("/etc/prometheus/blackbox.yml")
    if not shipped.is_file():
        pytest.skip("the package prometheus-blackbox-exporter left no /etc/prometheus/blackbox.yml")
    assert Book(shipped).mistakes() == []
