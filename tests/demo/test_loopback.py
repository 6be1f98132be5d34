"""The simulated centre where the system refuses network namespaces: at loopback, with what can be had there.

The refusal is the kernel's own: the limit of user namespaces is 0, in a user namespace that this test may set it in."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.centre.loopback import SHIFT, on_loopback
from demo.centre.plan import centre
from demo.configuration.document import agent_yaml
from demo.faults import FAULTS, missing
from demo.stories import STORIES
from tests.demo.centres import SHOUWANG, Centre
from tests.peers import free_port, need

REFUSED = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
# Fault, whom it befalls, what shows it, then and when all is well.
SHOWN = (
    ("mains-off", "", "ups_on_battery", 1, 0),
    ("leak", "", "room_water_leak", 1, 0),
    ("line-application-down", "medical", 'line_up{target="medical"}', 0, 1),
    ("switch-down", "access-5", 'device_up{target="access-5"}', 0, 1),
    ("canary-file-changed", "file-host", 'host_canary_touched{target="file-host"}', 1, 0),
    ("dns-wrong", "", 'application_dns_expected{target="dns"}', 0, 1),
    ("acceptance-down", "", 'application_up{target="acceptance"}', 0, 1),
)


def refused(*words: str) -> list[str]:
    """The command line of `shouwang demo`, where namespaces are refused."""
    return [need("unshare"), "-Ur", "sh", "-c", REFUSED, "sh", SHOUWANG, "demo", *words, "--language", "en"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    """The centre, and what it said of the refusal."""
    if subprocess.run([need("unshare"), "-Ur", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system refuses the namespace in which namespaces would be refused")
    folder, port = tmp_path_factory.mktemp("demo") / "centre", free_port()
    command = refused("--folder", str(folder), "--port", str(port))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stderr
        if not any("targets were read" in line for line in process.stdout):
            raise AssertionError(process.stderr.read())
        yield Centre(folder, port, process), process.stderr.readline()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


@pytest.fixture
def well(running: tuple[Centre, str]) -> Centre:
    return running[0]


def document() -> Mapping[str, Any]:
    return yaml.safe_load(agent_yaml(on_loopback(centre()), "127.0.0.1:1"))


def test_it_says_what_the_system_refuses_and_what_is_missing_therefore(running: tuple[Centre, str]) -> None:
    assert "No space left on device" in running[1], "the kernel's word for a limit that is reached"
    assert "some faults are missing" in running[1]


def test_every_target_is_read_and_well(well: Centre) -> None:
    targets = json.loads(well.get("/api/v1/targets"))["targets"]
    assert {each["id"]: each["error"] for each in targets if each["state"] != "ok"} == {}
    assert len(targets) > 40


def test_what_befalls_services_shows_and_is_gone_after_healing(well: Centre) -> None:
    for fault, whom, metric, _, usual in SHOWN:
        well.until(metric, usual)
        well.fault(fault, whom)
    for _, _, metric, then, _ in SHOWN:
        well.until(metric, then, 30)
    well.heal("all")
    for _, _, metric, _, usual in SHOWN:
        well.until(metric, usual, 90)


@pytest.mark.parametrize("name", sorted(missing(on_loopback(centre()))))
def test_what_needs_a_network_is_refused_with_the_reason(well: Centre, name: str) -> None:
    command = [SHOUWANG, "demo", "fault", name, "--folder", str(well.folder), "--language", "en"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert f"the fault {name} cannot be caused here: it befalls the network" in done.stderr
    assert not well.asked("faults")["faults"]


def test_the_list_of_faults_marks_what_is_missing(well: Centre) -> None:
    command = [SHOUWANG, "demo", "faults", "--folder", str(well.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    marked = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("- ")}
    assert marked == missing(on_loopback(centre()))
    assert "这里造不出来" in done.stderr


def test_a_story_in_which_something_is_missing_is_not_begun(well: Centre) -> None:
    for name, story in STORIES.items():
        command = [SHOUWANG, "demo", "story", name, "--folder", str(well.folder), "--language", "en"]
        if any(FAULTS[event.fault].networked for event in story.events):
            assert (
                "cannot be caused here" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
            )
    assert not well.asked("faults")["faults"]


def test_a_second_centre_has_no_addresses_and_says_so(well: Centre, tmp_path: Path) -> None:
    command = refused("--folder", str(tmp_path / "other"), "--port", str(free_port()))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "cannot start" in done.stderr
    assert "already in use" in done.stderr


def test_every_address_and_port_of_agent_yaml_is_one_of_loopback() -> None:
    text = agent_yaml(on_loopback(centre()), "127.0.0.1:1")
    assert " 10." not in text
    said = document()
    assert {each["ssh"]["port"] for each in said["credentials"].values() if "ssh" in each} == {22 + SHIFT}
    assert {tuple(each) for line in said["lines"] for each in line["probes"]} == {("layer", "tcp")}
    assert said["applications"][0]["http"].endswith(f":{443 + SHIFT}/")


def test_with_a_network_nothing_is_missing() -> None:
    assert not missing(centre())
    assert {"line-cut", "cable-break"} < missing(on_loopback(centre()))
