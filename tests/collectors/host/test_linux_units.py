"""Units of systemd that failed, of any kind, as a real service manager tells them: one of a user, in a namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors.host.linux import services
from collectors.host.linux.services import failed
from collectors.host.linux.system import System
from tests.collectors.host.hosts import Recorded
from tests.collectors.host.roots import need_unshare
from tests.peers import need

SYSTEMD = System(programs={"systemd": "/run/systemd/system", "systemctl": "/usr/bin/systemctl"})
FALSE, SLEEP = shutil.which("false"), shutil.which("sleep")
UNITS = {
    "broken.service": f"[Service]\nExecStart={FALSE}\n",
    "runs.service": f"[Service]\nExecStart={SLEEP} 600\n",
    "run-data.mount": "[Mount]\nWhat=nothing\nWhere=/run/data\nType=ext4\n",
    "door.socket": "[Socket]\nListenStream=/proc/no/socket/here\n",
    "door.service": f"[Service]\nExecStart={SLEEP} 600\n",
    "backup.timer": "[Timer]\nOnActiveSec=1d\n",
    "backup.service": f"[Service]\nExecStart={SLEEP} 600\n",
}
# sd_booted(3) looks for /run/systemd/system, without which no manager starts. The unit ends with the last command.
MANAGER = """mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/me && export XDG_RUNTIME_DIR=/run/me
/lib/systemd/systemd --user --log-target=console >"$LOG" 2>&1 &
manager=$!
n=0; until systemctl --user is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
  n=$((n+1)); [ "$n" -lt 100 ] || { tail -5 "$LOG" >&2; kill -9 "$manager"; exit 9; }; sleep 0.1; done
systemctl --user start broken.service runs.service run-data.mount door.socket backup.timer >/dev/null 2>&1
n=0; until [ "$(systemctl --user list-units --state=failed --no-legend | wc -l)" -ge 3 ] || [ "$n" -ge 50 ]; do
  n=$((n+1)); sleep 0.1; done
"$@"; echo "--- end"
SYSTEMD_COLORS=1 systemctl --user exit >/dev/null 2>&1; sleep 0.1; kill -9 "$manager" 2>/dev/null; wait
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the commands of the subject say, by their first two words."""
    need_unshare()
    need("systemctl")
    if not Path("/lib/systemd/systemd").exists():
        pytest.skip("needs systemd (apt-get install systemd)")
    folder = tmp_path_factory.mktemp("units")
    (folder / "config" / "systemd" / "user").mkdir(parents=True)
    for name, text in UNITS.items():
        (folder / "config" / "systemd" / "user" / name).write_text(text)
    host = Recorded(services.SUBJECT, options={"services": ["run-data.mount", "backup.timer"]}, system=SYSTEMD)
    host.poll()
    asked = [each.argv for each in host.asked if each.argv[0] == "systemctl"]
    script = "".join(f"{words(each)} > {folder}/{number}\n" for number, each in enumerate(asked))
    (folder / "ask").write_text(f"#!/bin/sh\n{script}")
    (folder / "ask").chmod(0o755)
    done = subprocess.run(
        [need("unshare"), "-Urmpf", "--kill-child", "--mount-proc", "sh", "-c", MANAGER, "sh", str(folder / "ask")],
        capture_output=True, text=True, check=False, timeout=60,
        env={
            "PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder), "LOG": str(folder / "log"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        },
    )  # fmt: skip
    if done.returncode == 9:
        pytest.skip(f"no service manager of a user starts here: {done.stderr.strip()[-200:]}")
    assert "--- end" in done.stdout, done.stderr
    return {" ".join(each[:2]): (folder / str(number)).read_text() for number, each in enumerate(asked)}


def words(argv: Sequence[str]) -> str:
    return " ".join("'" + each + "'" for each in ("systemctl", "--user", *argv[1:]))


def test_failed_mounts_and_sockets_are_told_as_failed_services_are(said: dict[str, str]) -> None:
    found = Recorded(services.SUBJECT, said, system=SYSTEMD).poll()["host_service_up"]
    down = {name for (name,), up in found.items() if not up}
    assert down == {"broken", "run-data.mount", "door.socket"}
    assert found[("runs",)] == 1
    assert ("backup.timer",) not in found, "what is no service and did not fail is not told"


def test_a_unit_of_another_kind_that_is_named_is_told_by_its_state(said: dict[str, str]) -> None:
    named = {"services": ["run-data.mount", "backup.timer", "runs.service"]}
    found = Recorded(services.SUBJECT, {**said, "ps -e": "COMMAND\n"}, named, SYSTEMD).poll()["host_service_up"]
    assert (found[("run-data.mount",)], found[("backup.timer",)], found[("runs",)]) == (0, 1, 1)


def test_marks_of_old_versions_and_units_without_a_file_are_no_names() -> None:
    text = (
        "* data.mount loaded failed failed /data\n\u25cf a.service loaded failed failed A\n"
        "gone.service not-found failed failed gone.service\nuser@1.service loaded failed failed U\n\n0 units listed.\n"
    )
    assert list(failed(text)) == ["data.mount", "a"]
