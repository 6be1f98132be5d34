"""Targets, good and bad, that /probe and blackbox_exporter are tried on beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.exporters.probe_servers import Servers

MODULES = Path(__file__).with_name("probe_modules.yml")


class Case(NamedTuple):
    name: str
    module: str
    target: str
    hostname: str = ""


# Paths of the web server, servers by TLS, servers by TCP, each by the module that they are tried with.
HTTP: Mapping[str, str] = {
    "http_2xx": """
        / /empty /missing /broken /none /unchanged /old /unknown-length /chunked /chunked-badly /short
        /modified /modified-850 /modified-asctime /modified-elsewhere /modified-utc /modified-badly
        /none-with-length /to-page /to-missing /to-twice /loop /to-nowhere /to-ftp /to-login
        /without-location /wrong /closed /early-hints /slow /drip /large /login
    """,
    "http_ip4": "/",
    "http_ip6_only": "/",
    "http_head": "/ /large /none-with-length",
    "http_post": "/method",
    "http_404": "/missing /",
    "http_302": "/to-page",
    "http_302_body": "/to-page",
    "http_no_follow": "/to-page",
    "http_1_0": "/old /",
    "http_body": "/ /short /missing",
    "http_body_bad": "/",
    "http_chinese": "/chinese /",
    "http_latin": "/latin",
    "http_header": "/headers / /policy",
    "http_header_bad": "/headers",
    "http_header_needed": "/",
    "http_gzip": "/gzip / /none /empty",
    "http_gzip_any": "/gzip /none /empty",
    "http_deflate": "/deflate /empty",
    "http_limit": "/large /",
    "http_limit_regex": "/large",
    "http_enough": "/large",
    "http_ssl_only": "/",
    "http_basic": "/login",
    "http_bearer": "/login",
    "http_token": "/login",
    "http_no_token": "/login",
    "http_length": "/method",
    "http_bad_method": "/",
    "http_bad_header": "/",
    "http_bad_secret": "/",
    "http_no_password": "/",
    "http_tls_no_pem": "/",
    "http_host": "/host",
    "http_tls_no_file": "/",
    "http_proxy": "/ /missing /to-page /to-nowhere /host",
    "http_proxy_refused": "/",
    "http_proxy_closed": "/",
    "http_proxy_resolves": "/ /to-page",
    "http_oauth2": "/login /to-page",
    "http_oauth2_refused": "/login",
    "http_oauth2_broken": "/login",
    "http_oauth2_closed": "/login",
}
TLS: Mapping[str, str] = {
    "http_tls": "tls tls_expired tls_other tls_self tls_12 tls_11 tls_asking",
    "http_2xx": "tls",
    "http_tls_any": "tls tls_expired tls_other tls_self tls_named",
    "http_tls_other_ca": "tls",
    "http_tls_named": "tls_other",
    "http_tls_13": "tls_12 tls",
    "http_tls_old": "tls_11",
    "http_tls_client": "tls_asking",
    "http_ssl_only": "tls",
    "http_no_ssl": "tls",
    "http_host": "tls",
    "http_2_0": "h2 tls",
    "http_1_over_tls": "tls",
    "http_proxy": "tls h2 tls_self",
    "http_proxy_refused": "tls",
    "http_proxy_closed": "tls",
    "http_proxy_no_proxy": "tls",
}
TCP: Mapping[str, str] = {
    "tcp_connect": "ssh closed",
    "tcp_ssh": "ssh pop3 hurried silent long closed",
    "tcp_irc": "irc",
    "tcp_pop3": "pop3",
    "tcp_tls": "pop3s pop3 tls_expired",
    "tcp_tls_any": "pop3s tls_self",
    "tcp_tls_named": "pop3s",
    "tcp_smtp": "smtp pop3",
    "tcp_source": "ssh",
    "tcp_bad_source": "ssh",
}
DNS_PLACES = {"dns_tcp": "dns_tcp", "dns_tls": "dns_tls"}
ICMP: Mapping[str, str] = {
    "icmp": "127.0.0.1 ::1 none.invalid 127.0.0.1:80",
    "icmp_ip4": "localhost ::ffff:127.0.0.1",
    "icmp_whole": "127.0.0.1",
    "icmp_no_ttl": "127.0.0.1 ::1",
    "icmp_largest": "127.0.0.1",
    "icmp_ip6": "localhost 127.0.0.1",
}


def modules(servers: Servers, folder: Path) -> Path:
    """blackbox.yml, with the files of these servers."""
    text = MODULES.read_text(encoding="utf-8")
    for name, file in servers.files.items():
        text = text.replace(f"{{{name}}}", file)
    written = folder / "blackbox.yml"
    written.write_text(text, encoding="utf-8")
    return written


def cases(servers: Servers) -> Iterator[Case]:
    ports = servers.ports
    for module, path in _pairs(HTTP):
        yield Case(f"http {path}", module, f"http://127.0.0.1:{ports['http']}{path}")
    for module, name in _pairs(TLS):
        path = "host" if module == "http_host" else ""
        yield Case(f"https {name}", module, f"https://127.0.0.1:{ports[name]}/{path}")
    yield from _odd_http(ports)
    for module, name in _pairs(TCP):
        yield Case(f"tcp {name}", module, f"127.0.0.1:{ports[name]}")
    yield from _odd_tcp(ports)
    for module in re.findall(r"^  (dns\w*):", MODULES.read_text(encoding="utf-8"), re.MULTILINE):
        yield Case("dns", module, f"127.0.0.1:{ports[DNS_PLACES.get(module, 'dns')]}")
    yield from _odd_dns(ports)
    for module, target in _pairs(ICMP):
        yield Case(f"icmp {target}", module, target)


def _pairs(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((module, word) for module, words in table.items() for word in words.split())


def _odd_tcp(ports: Mapping[str, int]) -> Iterator[Case]:
    yield Case("tcp without a port", "tcp_connect", "127.0.0.1")
    yield Case("tcp by name", "tcp_source", f"localhost:{ports['ssh']}")
    yield Case("tcp no such name", "tcp_connect", "none.invalid:80")
    yield Case("tcp no such port", "tcp_connect", "127.0.0.1:none-such")
    yield Case("tcp beyond the last port", "tcp_connect", "127.0.0.1:65536")
    yield Case("tcp IPv6 without brackets", "tcp_connect", "::1:80")
    yield Case("tcp IPv6", "tcp_connect", f"[::1]:{ports['closed']}")
    yield Case("tcp hostname", "tcp_tls", f"127.0.0.1:{ports['pop3s']}", "portal.example")
    yield Case("tcp wrong hostname", "tcp_tls", f"127.0.0.1:{ports['pop3s']}", "wrong.example")


def _odd_dns(ports: Mapping[str, int]) -> Iterator[Case]:
    yield Case("dns closed", "dns", f"127.0.0.1:{ports['closed']}")
    yield Case("dns tcp closed", "dns_tcp", f"127.0.0.1:{ports['closed']}")
    yield Case("dns tcp at a web server", "dns_tcp", f"127.0.0.1:{ports['http']}")
    yield Case("dns tls at plain dns", "dns_tls", f"127.0.0.1:{ports['dns_tcp']}")
    yield Case("dns no such name", "dns", "none.invalid")
    yield Case("dns no such port", "dns", "127.0.0.1:none-such")
    yield Case("dns beyond the last port", "dns", "127.0.0.1:65536")
    yield Case("dns tcp beyond the last port", "dns_tcp", "127.0.0.1:65536")
    yield Case("dns by name", "dns", f"localhost:{ports['closed']}")


def _odd_http(ports: Mapping[str, int]) -> Iterator[Case]:
    web = f"http://127.0.0.1:{ports['http']}"
    yield Case("http odd path", "http_2xx", f"{web}/a path?q=受理&b")
    yield Case("http escaped path", "http_2xx", f"{web}/%E5%8F%97?x=%20#part")
    yield Case("http name only the proxy finds", "http_proxy_resolves", "http://portal.invalid/")
    yield Case("http name not found for the proxy", "http_proxy", "http://portal.invalid/")
    for name, path in (
        ("broken escape", "%zz"),
        ("tab", "a\tb"),
        ("line", "a\nb"),
        ("backslash", "\\"),
        ("quotes", "'\"<>"),
    ):
        yield Case(f"http {name} in the path", "http_2xx", f"{web}/{path}")
    for name, host in (("space", "a b"), ("escape", "%31"), ("brace", "a{b"), ("user", "a<b@c"), ("delete", "a\x7f")):
        yield Case(f"http {name} in the host", "http_2xx", f"http://{host}/")
    yield Case("http closed", "http_2xx", f"http://127.0.0.1:{ports['closed']}/")
    yield Case("http without scheme", "http_2xx", f"127.0.0.1:{ports['http']}")
    yield Case("http by name", "http_ip4", f"http://localhost:{ports['http']}/host")
    yield Case("http no such name", "http_2xx", "http://none.invalid/")
    yield Case("http no port", "http_2xx", "http://127.0.0.1:port/")
    yield Case("http no host", "http_2xx", "http:///path")
    yield Case("http ftp", "http_2xx", "ftp://127.0.0.1/")
    yield Case("http user in url", "http_2xx", f"http://u:pw@127.0.0.1:{ports['http']}/login")
    yield Case("http IPv6 without brackets", "http_2xx", "http://::1/")
    yield Case("http hostname", "http_body_bad", f"http://127.0.0.1:{ports['http']}/host", "portal.example")
    yield Case("https hostname", "http_tls", f"https://127.0.0.1:{ports['tls']}/host", "portal.example")
    yield Case("https wrong hostname", "http_tls", f"https://127.0.0.1:{ports['tls']}/", "wrong.example")
    yield Case("https at http", "http_2xx", f"https://127.0.0.1:{ports['http']}/")
    yield Case("http at https", "http_2xx", f"http://127.0.0.1:{ports['tls']}/")
