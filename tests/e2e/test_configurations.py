"""A switch's configuration from its command line to a version, a metric and an approval: with the agent as a process,
and simulated switches behind real SSH."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli.main import application
from tests.console_server import PASSWORD, Device, consoles
from tests.frame.centre import Centre
from tests.peers import need, until

pytestmark = pytest.mark.long

CANARY = "canary-community"
TEXT = (
    "!Software Version V200R019C10SPC500\n!Last configuration was updated at 2026-11-20 09:12:44+08:00 by admin\n#\n"
    f"sysname SW-1\n#\nvlan batch 10 20\n#\ninterface NULL0\n#\nsnmp-agent community read {CANARY}\n#\nreturn\n"
)
CHANGED = TEXT.replace("vlan batch 10 20", "vlan batch 10 20 66").replace("09:12:44", "10:00:00")
SWITCHES = ("drifting", "undone", "seen", "kept", "lost", "polled", "judged")
FAULTY = Path(__file__).parents[1] / "checks/device_configurations/huawei/hall-counter-b.cfg"
TEXTS = {"judged": FAULTY.read_text(encoding="utf-8")}


@dataclass
class Watched:
    """One switch of the centre, and its device."""

    centre: Centre
    id: str
    device: Device

    def shouwang(self, *words: str) -> Result:
        done = CliRunner().invoke(application(), [*words, "-c", str(self.centre.config)])
        assert CANARY not in done.output
        return done

    def read(self) -> None:
        done = self.shouwang("config", "read", self.id)
        assert done.exit_code == 0, done.stderr

    def value(self, metric: str) -> float | None:
        return self.centre.value(f'{metric}{{kind="switch",target="{self.id}"}}')


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, dict[str, Device]]]:
    """All switches behind one agent; each has its own login, so that each is its own device."""
    place = tmp_path_factory.mktemp("centre")
    (place / "consoles").mkdir()
    with consoles(place / "consoles") as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWITCH_PASSWORD", PASSWORD)
        devices = {each: server.device("huawei_vrp", each, TEXTS.get(each, TEXT)) for each in SWITCHES}
        logins = ", ".join(
            f'{each}: {{ssh: {{user: "huawei_vrp {each}", password: "${{SWITCH_PASSWORD}}", '
            f"known_hosts: consoles/known_{each}, port: {server.port}}}}}"
            for each in SWITCHES
        )
        entries = "".join(
            f"  - {{id: {each}, address: 127.0.0.1, credentials: {each}, every: 1s, "
            "config: {backup: 1d, family: huawei_vrp, timeout: 10s}}\n"
            for each in SWITCHES
        )
        for each in SWITCHES:
            shutil.copy(place / "consoles/known_hosts", place / f"consoles/known_{each}")
        found = Centre(place)
        people = "people: [{id: wang, name: 王工, role: network_administrator}]\n"
        found.write(f"language: en\n{people}credentials: {{{logins}}}\nswitches:\n{entries}")
        with found.agent():
            seen = found.state / "configurations" / "seen"
            until(lambda: all((seen / each).exists() for each in SWITCHES), why=found.said())
            yield found, devices


@pytest.fixture
def watched(centre: tuple[Centre, dict[str, Device]], request: pytest.FixtureRequest) -> Watched:
    """The switch that the test names by `switch`."""
    found, devices = centre
    return Watched(found, request.param, devices[request.param])


def switch(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("watched", [name], indirect=True)


def number(done: Result) -> str:
    found = re.search(r"CHG-\d{4}", done.stderr)
    assert found is not None, done.output
    return found[0]


@switch("drifting")
def test_a_change_without_an_order_is_seen_until_somebody_approves_it(watched: Watched) -> None:
    done = watched.shouwang("config", "approve", watched.id, "--yes", "--by", "wang", "--reason", "as it was set up")
    assert done.exit_code == 0, done.stderr
    until(lambda: watched.value("device_config_unapproved") == 0, why=watched.centre.said())
    assert watched.value("device_config_saved") == 1
    first = watched.value("device_config_changed_timestamp_seconds")

    watched.device.write(CHANGED, TEXT)
    watched.read()
    until(lambda: watched.value("device_config_unapproved") == 1, why=watched.centre.said())
    assert watched.value("device_config_saved") == 0
    later = watched.value("device_config_changed_timestamp_seconds")
    assert (later or 0) > (first or 0)
    told = watched.shouwang("config", "diff", watched.id)
    assert told.stderr == "about: VLAN\n"
    shown = told.stdout
    assert [line for line in shown.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")] == [
        "-vlan batch 10 20",
        "+vlan batch 10 20 66",
    ]
    assert "-vlan batch 10 20\n" in watched.shouwang("config", "diff", watched.id, "--saved").stdout

    opened = watched.shouwang("change", "open", watched.id, "--reason", "VLAN 66", "--by", "wang")
    change = number(opened)
    until(lambda: watched.value("device_config_unapproved") == 0, why=watched.centre.said())
    assert change in watched.shouwang("change", "list").stdout
    closed = watched.shouwang("change", "close", change, "--yes", "--by", "wang", "--result", "works")
    assert closed.exit_code == 0, closed.stderr
    assert "+vlan batch 10 20 66" in closed.stdout
    assert change not in watched.shouwang("change", "list").stdout
    assert change in watched.shouwang("change", "list", "--all").stdout
    assert watched.shouwang("config", "diff", watched.id).stdout == ""
    assert watched.centre.sound()


@switch("undone")
def test_a_change_that_was_undone_leaves_the_baseline_and_covers_nothing_that_stays(watched: Watched) -> None:
    watched.shouwang("config", "approve", watched.id, "--yes")
    change = number(watched.shouwang("change", "open", watched.id, "--reason", "a try"))
    watched.device.write(CHANGED)
    watched.read()
    until(lambda: watched.value("device_config_unapproved") == 0, why=watched.centre.said())
    done = watched.shouwang("change", "close", change, "--undone")
    assert done.exit_code == 0, done.stderr
    until(
        lambda: watched.value("device_config_unapproved") == 1, why="what stays is no part of a change that was undone"
    )
    watched.device.write(TEXT)
    watched.read()
    until(lambda: watched.value("device_config_unapproved") == 0, why=watched.centre.said())


@switch("seen")
def test_what_is_approved_is_what_a_person_saw(watched: Watched) -> None:
    listed = watched.shouwang("config", "list").stdout
    assert re.search(rf"{watched.id} .* yes +no baseline", listed), listed
    assert json.loads(watched.shouwang("config", "list", "--format", "json").stdout)[2]["approved"] is None
    done = watched.shouwang("config", "approve", watched.id)
    assert (done.exit_code, "add --yes" in done.stderr) == (2, True)
    nobody = watched.shouwang("config", "approve", watched.id, "--yes", "--by", "nobody")
    assert (nobody.exit_code, "no such person" in nobody.stderr) == (2, True)
    assert not (watched.centre.place / "baselines" / f"{watched.id}.cfg").exists()


@switch("kept")
def test_the_versions_can_be_looked_at_by_git_and_hold_no_secret(watched: Watched) -> None:
    watched.device.write(CHANGED.replace(CANARY, CANARY + "-moved"))
    watched.read()
    log = watched.shouwang("config", "log", watched.id).stdout.split()
    repository = watched.centre.state / "configurations" / "repository"
    told = git(repository, "log", "--format=%h %an", "--abbrev=8", watched.id).splitlines()
    assert [line.split()[0] for line in told] == [word for word in log if len(word) == 8]
    assert len(told) == 2
    patch = git(repository, "log", "-p", watched.id)
    assert "+vlan batch 10 20 66" in patch
    assert "snmp-agent community read ***" in patch
    assert git(repository, "fsck", "--strict") == ""
    for path in watched.centre.place.rglob("*"):
        if path.is_file() and "consoles" not in path.parts:
            assert CANARY.encode() not in path.read_bytes(), path
    assert CANARY not in watched.centre.get("/metrics")
    assert watched.shouwang("config", "show", watched.id).stderr == ""
    watched.device.write(CHANGED.replace(CANARY, "cipher %^%#anew%^%#"))
    watched.read()
    assert "1 secrets or certificates have no fingerprint" in watched.shouwang("config", "show", watched.id).stderr


def git(repository: Path, *words: str) -> str:
    argv = [need("git"), "-C", str(repository), *words]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True, env=env)
    return done.stdout


@switch("lost")
def test_a_switch_that_cannot_be_read_is_told_and_its_backup_grows_old(watched: Watched) -> None:
    backed_up = watched.value("device_config_backup_timestamp_seconds")
    assert backed_up is not None
    (watched.centre.place / "consoles" / f"known_{watched.id}").write_text("")
    done = watched.shouwang("config", "read", watched.id)
    assert (done.exit_code, "nothing secret was sent" in done.stderr) == (1, True), done.stderr
    up = f'shouwang_target_up{{kind="switch",target="{watched.id}",collector="configuration"}}'
    until(lambda: watched.centre.value(up) == 0, why=watched.centre.get("/metrics")[:2000])
    assert watched.value("device_config_saved") is None
    assert watched.value("device_config_backup_timestamp_seconds") == backed_up


@switch("polled")
def test_a_poll_from_the_command_line_writes_nothing(watched: Watched) -> None:
    watched.device.write(CHANGED)
    head = watched.shouwang("config", "log", watched.id).stdout
    done = watched.shouwang("poll", watched.id, "--format", "prometheus")
    assert "device_config_changed_timestamp_seconds" in done.stdout, done.stderr
    assert watched.shouwang("config", "log", watched.id).stdout == head


HOSTILE = ("../../etc/passwd", "$(touch x)", "-x", "HEAD", "a\nb", "")


@switch("seen")
def test_an_id_that_is_none_is_refused_before_it_is_a_path(watched: Watched) -> None:
    for name in HOSTILE:
        assert watched.shouwang("config", "show", name).exit_code == 2, name
    for verb in ("diff", "log", "approve", "read"):
        assert watched.shouwang("config", verb, HOSTILE[0]).exit_code == 2, verb
    assert watched.shouwang("change", "close", HOSTILE[0]).exit_code == 2


@switch("judged")
def test_what_is_wrong_in_a_configuration_is_told_at_metrics_and_at_the_item(watched: Watched) -> None:
    """Telnet is on, at the VTYs and for an account; of the accounts' passwords nothing is wrong."""

    def findings(topic: str) -> float | None:
        labels = f'kind="switch",target="{watched.id}",topic="{topic}",result="fail"'
        return watched.centre.value(f"device_hardening_findings{{{labels}}}")

    until(lambda: findings("cleartext") == 3, why=watched.centre.said())
    assert findings("accounts") == 0

    def observed() -> list[str]:
        found = json.loads(watched.centre.get("/api/v1/checklist"))["findings"]
        mine = [each for each in found if (each["item"], each["subject"]) == ("NET-14", watched.id)]
        assert mine or found
        return [each["observed"]["en"] for each in mine]

    until(lambda: any("telnet server enable" in each for each in observed()), seconds=90, why=watched.centre.said())
    assert "the Telnet server should be off: telnet server enable" in observed()[0]
