"""`shouwang init` as a person runs it: what stands in its way is said before it asks, and no answer is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
# Centre, hours, one switch with its community, no network, no line, no Alertmanager.
ANSWERS = ("changshou", "长寿路", "普陀区", "", "", "", "n", "10.0.0.1", "core", "核心", "", "s3cret", "", "", "")


def init(config: Path, *words: str, answers: tuple[str, ...] = ANSWERS) -> subprocess.CompletedProcess[str]:
    argv = [SHOUWANG, "init", "--language", "en", "-c", str(config), *words]
    done = subprocess.run(
        argv, input="\n".join(answers) + "\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_answers_become_files_that_validate(tmp_path: Path) -> None:
    done = init(tmp_path / "agent.yaml")
    assert (done.returncode, done.stdout.count("10.0.0.1")) == (0, 0), done.stderr
    assert (tmp_path / "secrets" / "snmp-community").read_text(encoding="utf-8") == "s3cret\n"
    argv = [SHOUWANG, "validate", "-c", str(tmp_path / "agent.yaml")]
    assert subprocess.run(argv, capture_output=True, timeout=60, check=False).returncode == 0


def in_no_folder(folder: Path) -> Path:
    return folder / "nodir" / "x.yaml"


def with_old_secret(folder: Path) -> Path:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "snmp-community").write_text("old", encoding="utf-8")
    return folder / "agent.yaml"


def with_file_for_folder(folder: Path) -> Path:
    (folder / "secrets").write_text("", encoding="utf-8")
    return folder / "agent.yaml"


def where_nobody_may(folder: Path) -> Path:
    return Path("/proc/agent.yaml")  # not even root makes a file there


@pytest.mark.parametrize(
    ("obstacle", "reason"),
    [
        (in_no_folder, "nodir: no such folder; make it first"),
        (with_old_secret, "secrets/snmp-community exists; name another file with -c, or --force"),
        (with_file_for_folder, "secrets: cannot be written to"),
        (where_nobody_may, "/proc: cannot be written to"),
    ],
)
def test_what_stands_in_the_way_is_said_before_the_first_question(
    obstacle: Callable[[Path], Path], reason: str, tmp_path: Path
) -> None:
    config = obstacle(tmp_path)
    done = init(config, answers=())
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Short id of the centre" not in done.stdout + done.stderr
    assert not config.exists()


def test_what_cannot_be_written_in_the_end_is_shown_without_its_secrets(tmp_path: Path) -> None:
    (tmp_path / ".agent.yaml.new").mkdir()  # where the new file should be
    done = init(tmp_path / "agent.yaml")
    assert done.returncode == 1
    assert 'address: "10.0.0.1"' in done.stdout
    assert "nothing was written" in done.stderr
    assert "secrets/snmp-community is to be written apart" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == [".agent.yaml.new", "secrets"]
