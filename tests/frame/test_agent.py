"""The whole agent as a process: it starts, reloads, refuses, stops and comes back as the contract says."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.frame.centre import Centre
from tests.peers import free_port, until

pytestmark = pytest.mark.long


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


UP = 'shouwang_target_up{kind="host",target="self",collector="host"}'


def test_it_watches_the_machine_it_runs_on_and_ends_on_sigterm(centre: Centre) -> None:
    with centre.agent() as agent:
        until(lambda: centre.value(UP) == 1, why="the host is read")
        assert centre.value("center_service_open") in (0, 1)
        assert "测试中心" in centre.get("/")
        began = time.monotonic()
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(10) == 0
        assert time.monotonic() - began < 5
    assert "Traceback" not in centre.said()


def test_a_second_agent_on_the_same_state_is_refused_and_names_the_first(centre: Centre) -> None:
    with centre.agent() as first:
        second = centre.command("run")
        assert second.returncode != 0
        assert str(first.pid) in second.stderr
        assert "Traceback" not in second.stderr


def test_a_taken_address_is_refused_with_what_to_do(centre: Centre, tmp_path: Path) -> None:
    with centre.agent():
        other = Centre(tmp_path / "other") if (tmp_path / "other").mkdir() is None else centre
        other.port = centre.port
        other.write("")
        refused = other.command("run")
    assert refused.returncode != 0
    assert f"不能在 127.0.0.1:{centre.port} 上提供页面" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_broken_file_keeps_the_old_configuration_and_says_so(centre: Centre) -> None:
    with centre.agent() as agent:
        until(lambda: centre.value(UP) == 1, why="the host is read")
        centre.write("hosts: [{id: self, adress: localhost}]")
        agent.send_signal(signal.SIGHUP)
        until(lambda: centre.value("shouwang_config_last_reload_successful") == 0, why="the metric says it failed")
        assert centre.value(UP) == 1
        assert "adress" in centre.said()
        assert "adress" in centre.get("/")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{centre.port}/-/reload", method="POST"), timeout=10
            )
        assert refused.value.code == 500
        assert "adress" in refused.value.read().decode()
        refused.value.close()


def test_a_good_reload_keeps_the_rhythm_of_what_is_unchanged(centre: Centre) -> None:
    listed = "{id: self, name: 本机, address: localhost, by: local, every: 1s, timeout: 1s}"
    with centre.agent() as agent:
        until(lambda: centre.value('host_cpu_usage_ratio{kind="host",target="self"}') is not None, why="two polls")
        other = "{id: again, name: 又一, address: localhost, by: local, every: 1s, timeout: 1s}"
        centre.write(f"hosts: [{listed}, {other}]")
        agent.send_signal(signal.SIGHUP)
        until(lambda: centre.value(UP.replace('"self"', '"again"')) == 1, why="the new host is read")
        # CPU in use needs the poll before: it would be gone for a second if the memory had been lost.
        assert centre.value('host_cpu_usage_ratio{kind="host",target="self"}') is not None
        centre.write(f"hosts: [{listed}]")
        agent.send_signal(signal.SIGHUP)
        until(lambda: centre.value(UP.replace('"self"', '"again"')) is None, why="the old host is gone")


DOWN = (
    "thresholds: {IR-04: {for: 2s}}\n"
    "lines: [{id: yibao, name: 医保专线, business: medical_insurance, every: 1s, timeout: 1s, "
    'probes: [{layer: application, tcp: "127.0.0.1:%d"}]}]\n'
    "switches: [{id: core, name: 核心交换机, address: 127.0.0.1, credentials: room, every: 1s, timeout: 1s}]\n"
    "credentials: {room: {snmp: {version: 2c, community: hunter2-canary, port: 9}}}\n"
)


def test_an_incident_outlives_kill_9_and_people_can_own_it(centre: Centre) -> None:
    centre.write(DOWN % free_port())
    with centre.agent() as agent:
        until(lambda: 'playbook="IR-04"' in centre.get("/metrics"), 20, "the line that is down is an incident")
        listed = json.loads(centre.command("incident", "list", "--format", "json").stdout)
        assert [(each["playbook"], each["target"]) for each in listed] == [("IR-04", "yibao")]
        agent.kill()
        agent.wait(5)
    with centre.agent():
        again = json.loads(centre.command("incident", "list", "--format", "json").stdout)
        # Each collector that cannot read the switch joins the incident when its own two seconds are over.
        same = ("id", "playbook", "target", "opened", "class")
        assert [[each[key] for key in same] for each in again] == [[each[key] for key in same] for each in listed]
        assert 'incident_open{playbook="IR-04",target="yibao"' in centre.get("/metrics")
        identity = listed[0]["id"]
        owned = centre.command("incident", "ack", identity, "--who", "wang")
        assert owned.returncode == 0, owned.stderr
        shown = json.loads(centre.command("incident", "show", identity, "--format", "json").stdout)
        assert shown["acknowledged_by"] == "wang"
        kinds = [each["kind"] for each in shown["timeline"]]
        assert [kind for kind in kinds if kind != "subjects"] == ["opened", "acknowledged"]
        assert shown["id"] == identity
        beside = centre.command("incident", "show", identity).stdout
        assert centre.command("ledger", "verify").returncode == 0
    after = centre.command("incident", "show", identity).stdout
    assert beside.splitlines()[0] == after.splitlines()[0]
    for text in (beside, after):
        assert "单条线专线中断" in text
        assert "{" not in text
    everything = [
        centre.said(),
        *[path.read_bytes().decode("latin-1") for path in (centre.place / "var").iterdir() if path.is_file()],
    ]
    assert not any("hunter2-canary" in text for text in everything)


def test_a_pause_of_the_machine_proves_no_fault(centre: Centre) -> None:
    """One failed poll, then the process stands still for longer than the trigger's `for`, and the line is up again."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        centre.write(DOWN.replace("for: 2s", "for: 6s") % silent.getsockname()[1])
        with centre.agent() as agent:
            until(lambda: centre.value('line_up{kind="line",target="yibao"}') == 0, why="the line is down")
            agent.send_signal(signal.SIGSTOP)
            silent.listen(64)
            time.sleep(9)
            agent.send_signal(signal.SIGCONT)
            until(lambda: centre.value('line_up{kind="line",target="yibao"}') == 1, why="the line is up")
            assert "stood still" in centre.said()
            assert json.loads(centre.command("incident", "list", "--all", "--format", "json").stdout) == []


def test_two_signals_end_it_at_once_even_with_polls_in_flight(centre: Centre) -> None:
    centre.write(DOWN % free_port())
    with centre.agent() as agent:
        agent.send_signal(signal.SIGTERM)
        time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(agent.pid, signal.SIGINT)
        agent.wait(6)


def test_descriptors_do_not_grow_with_scrapes_and_reloads(centre: Centre) -> None:
    with centre.agent() as agent:
        until(lambda: centre.value(UP) == 1, why="the host is read")
        for _ in range(5):
            centre.get("/metrics")
        before = len(os.listdir(f"/proc/{agent.pid}/fd"))
        for _ in range(5):
            agent.send_signal(signal.SIGHUP)
            for _ in range(20):
                centre.get("/metrics")
        until(lambda: len(re.findall("taken up", centre.said())) >= 1, why="reloaded")
        time.sleep(1.5)
        assert len(os.listdir(f"/proc/{agent.pid}/fd")) <= before + 3
