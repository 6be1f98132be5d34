"""A log store as a real rsyslogd writes it from messages over UDP, and a real logrotate puts its files aside."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.collectors.log_store.store import DAY, HOUR, NOW, Store, bsd, server, switch
from tests.peers import free_port, need, running, until

TARGETS = (
    switch("core", "127.0.1.1"),
    switch("access-2", "127.0.1.2"),
    server("web", "127.0.1.3"),
    server("db", "127.0.1.4"),
)
LAYOUTS = {
    "remote/{source}/*.log*": "remote/%FROMHOST-IP%/messages.log",
    "names/{source}.log*": "names/%HOSTNAME%.log",
    "days/*/{source}-all.log*": "days/%$YEAR%/%FROMHOST-IP%-all.log",
}
FORMS = ("RSYSLOG_FileFormat", "RSYSLOG_TraditionalFileFormat", "RSYSLOG_SyslogProtocol23Format")  # of each layout
ROTATION = {
    "numbers": "compress\ndelaycompress",
    "dates": "dateext\ndateformat -%Y%m%d-%s\ncompress",
    "xz": "dateext\nextension .log\ncompress\ncompresscmd {xz}\ncompressext .xz",
}
LINES = {"127.0.1.1": 49, "127.0.1.2": 5, "127.0.1.3": 49}


def conf(folder: Path, port: int) -> str:
    rules = "".join(
        f'template(name="t{place}" type="string" string="{folder}/{path}")\n'
        for place, path in enumerate(LAYOUTS.values())
    )
    kept = "".join(
        f'  action(type="omfile" dynaFile="t{place}" template="{form}" fileCreateMode="0600" dirCreateMode="0700")\n'
        for place, form in enumerate(FORMS)
    )
    return (
        f'global(workDirectory="{folder}")\nmodule(load="imudp")\n{rules}ruleset(name="kept") {{\n{kept}}}\n'
        f'input(type="imudp" port="{port}" address="127.0.0.1" ruleset="kept")\n'
    )


def send(port: int, source: str, messages: Sequence[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, 0))
        for message in messages:
            sender.sendto(message.rstrip().encode(), ("127.0.0.1", port))


def count(folder: Path) -> dict[str, int]:
    found = (folder / "remote").glob("*/messages.log")
    return {each.parent.name: each.read_bytes().count(b"\n") for each in found}


def rfc5424(at: int) -> str:
    return f"<13>1 {datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}.000Z web.example.gov.cn nginx 12 - - 页面 200"


def wave(port: int, start: int) -> None:
    """Two days from `start` on, of a switch, a server and a switch whose clock was never set."""
    moments = range(start, start + 2 * DAY + 1, HOUR)
    send(port, "127.0.1.1", [f"<189>{bsd(at, 'core %%01SHELL/4/LOGIN(s)[1]: admin')}" for at in moments])
    send(port, "127.0.1.2", ["<189>Jan  3 2000 02:00:01 ACCESS-2 %%01IFNET/4/LINK_STATE(l)[1]: up"] * 5)
    send(port, "127.0.1.3", [rfc5424(at) for at in moments])


@pytest.fixture(scope="module", params=ROTATION)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two days of records, put aside; three days of nothing; two days of records."""
    rsyslogd, logrotate = need("rsyslogd"), need("logrotate")
    folder, port = tmp_path_factory.mktemp("rsyslog"), free_port(socket.SOCK_DGRAM)
    (folder / "rsyslog.conf").write_text(conf(folder, port))
    rotate = ROTATION[request.param].format(xz=need("xz") if request.param == "xz" else "")
    files = " ".join(f'"{folder}/{each}"' for each in ("remote/*/*.log", "names/*.log", "days/*/*.log"))
    (folder / "rotate.conf").write_text(f"{files} {{\nrotate 9\n{rotate}\n}}\n")
    (folder / "rotate.conf").chmod(0o600)
    argv = [rsyslogd, "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")]
    with running(argv, folder / "log") as daemon:
        until(lambda: _arrives(port, folder), why=f"rsyslogd takes messages; its log is {folder / 'log'}")
        for place, start in enumerate((NOW - 7 * DAY, NOW - 2 * DAY)):
            wave(port, start)
            until(lambda: count(folder).items() >= LINES.items(), why="rsyslogd writes what it was sent")
            if place == 0:
                subprocess.run([logrotate, "-f", "-s", str(folder / "state"), str(folder / "rotate.conf")], check=True)
                os.kill(daemon.pid, 1)
                until(lambda: _arrives(port, folder), why="rsyslogd opens its files anew")
        yield folder


def _arrives(port: int, folder: Path) -> bool:
    send(port, "127.0.1.9", [f"<13>{bsd(NOW, '10.0.0.99 probe')}"])
    return (folder / "remote" / "127.0.1.9" / "messages.log").exists()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_rsyslog_wrote_and_logrotate_put_aside_is_one_history(kept: Path, layout: str) -> None:
    store = Store(f"{kept}/{layout}", {"names": {"ACCESS-2": "access-2"}}, targets=TARGETS)
    found = store.look()
    for identity in ("core", "web"):
        assert found[identity] == {"oldest": NOW - 7 * DAY, "newest": NOW, "longest": 3 * DAY}
    assert found["access-2"]["newest"] >= NOW
    assert "longest" not in found["access-2"]
    assert "cannot be right" in store.remarks_on("access-2")
    assert "no logs in the log store of: db" in store.remarks
    assert "agent.yaml does not know: 1" in store.remarks
