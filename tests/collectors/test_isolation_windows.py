"""Zone separation as a Windows host sees it: its script as text, and its answers as they come from a real sshd."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Target
from collectors.isolation import windows
from collectors.isolation.discovery import DISCOVERY
from tests.collectors.host.test_windows_scripts import CORE, bare
from tests.collectors.host.test_windows_scripts import test_a_script_is_well_formed_and_only_reads as is_well_formed
from tests.collectors.vantage import V3, Vantage
from tests.namespace import ROOT
from tests.sshd import Keys, Sshd, sshd

CORE_SWITCH = Target("switch", "core", "core", address="10.0.0.1", login=V3)
COMMAND = windows.asking([("10.0.0.1", 22), ("10.0.0.1", 161)], 3.0)
SOCKETS = {
    *("byte", "void", "ref", "math", "net.ipaddress", "net.ipendpoint"),
    *(f"net.sockets.{each}" for each in ("addressfamily", "socketexception", "tcpclient", "udpclient")),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("windows")
    line = f"{sys.executable} -SE {ROOT}/tests/simulated_powershell.py {folder / 'said'}"
    with sshd(folder, Keys(options=(f"ForceCommand {line}",))) as server:
        yield server


@pytest.fixture
def said(server: Sshd) -> Path:
    folder = server.folder / "said"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def polled(server: Sshd, *entries: dict[str, Any]) -> Vantage:
    web = Vantage(server, entries, [CORE_SWITCH], {"system": "windows"})
    web.poll()
    return web


def test_each_connection_is_an_argument_of_one_script_and_told_by_the_code_of_winsock(server: Sshd, said: Path) -> None:
    (said / "isolation.json").write_text(json.dumps({"codes": "open 10061 10060 silent 10051 10013", "why": []}))
    web = polled(
        server,
        {"to": "switches", "port": [22, 23, 161, 443]},
        {"to": "10.9.9.9", "port": 80},
        {"to": "10.9.9.8", "port": 80},
    )
    assert web.failure is None
    (asked,) = [json.loads(line) for line in (said / "asked").read_text().splitlines()]
    assert asked[:2] == ["isolation", "1"]
    assert asked[2:] == [
        *("10.9.9.8", "80", "10.9.9.9", "80"),
        *(word for port in ("22", "23", "161", "443") for word in ("10.0.0.1", port)),
    ]
    assert web.managed == {("core", "22"): 0, ("core", "23"): 0}
    assert web.unexpected == {("10.9.9.8", "fail"): 1, ("10.9.9.9", "fail"): 0}, "of core not all is known"
    assert [each.partition(";")[0] for each in web.remarks] == [
        "open though not allowed: web reaches 10.9.9.8 on port 80",
        "not known: web to core, port 161 (that host has no route there, so no boundary was tried",
        "not known: web to core, port 443 (the host's own firewall or policy forbids it)",
    ]


def test_a_policy_that_lets_powershell_have_no_sockets_is_told_and_is_no_pass(server: Sshd, said: Path) -> None:
    given = {"why": ["no sockets"], "mode": "ConstrainedLanguage"}
    (said / "isolation.json").write_text(json.dumps(given))
    web = polled(server, {"to": "switches", "port": 22})
    assert web.failure is not None
    assert (web.failure.kind, web.unexpected, web.managed) == ("missing", {}, {})
    assert web.remarks == [
        "web: PowerShell tried no connection: no sockets (PowerShell runs in ConstrainedLanguage mode: AppLocker or "
        "WDAC refuses what this takes); use an account that may, or name another host"
    ]


@pytest.mark.parametrize("raw", [b"", b"PowerShell 2.0", b"codes", b'{"codes": 7}', b'{"codes": ""}', b"[1]"])
def test_an_answer_that_says_nothing_is_no_pass(raw: bytes, server: Sshd, said: Path) -> None:
    (said / "isolation.raw").write_bytes(raw)
    web = polled(server, {"to": "core", "port": 22})
    assert (web.unexpected, web.managed) == ({}, {})
    assert web.remarks != []


def test_a_silent_name_may_not_have_been_resolved(server: Sshd, said: Path) -> None:
    (said / "isolation.json").write_text('{"codes": "silent"}')
    web = polled(server, {"to": "db.example", "port": 443})
    assert web.unexpected == {}
    assert "no answer, or its name was not resolved; write an address in `to`" in web.remarks[0]


def test_the_script_is_well_formed_and_takes_sockets_only_where_language_is_full() -> None:
    is_well_formed(COMMAND)
    script = COMMAND.argv[1]
    first, _, rest = script.partition("throw 'no sockets'")
    types = {each.lower() for each in re.findall(r"\[([A-Za-z][\w.]*)(?:\[\])?\]", bare(first))}
    assert types <= CORE
    assert {each.lower() for each in re.findall(r"\[([A-Za-z][\w.]*)(?:\[\])?\]", bare(rest))} <= CORE | SOCKETS
    assert ",".join(map(str, DISCOVERY)) in rest
    assert COMMAND.argv[2:] == ("3", "10.0.0.1", "22", "10.0.0.1", "161")
