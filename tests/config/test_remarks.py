"""What is allowed and yet should be known is said with file, line and path, and no secret is told with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import ConfigError, load
from agent.core.site import Site
from tests.config.places import no_holidays
from tests.config.tables import SECTIONS


def site(folder: Path, text: str) -> Site:
    path = folder / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, SECTIONS, holidays=no_holidays, used={"assets"}, rules=lambda: ["IR-04", "IR-12", "NET-01"])


def told(folder: Path, text: str) -> list[str]:
    return [each.en.removeprefix(f"{folder}/") for each in site(folder, text).remarks]


@pytest.mark.parametrize("listen", ["127.0.0.1:1", "localhost:1", '"[::1]:1"', "127.3.0.1:1"])
def test_a_page_for_this_machine_alone_needs_no_remark(listen: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"listen: {listen}\n") == []


@pytest.mark.parametrize("listen", ["0.0.0.0:1", "10.0.0.1:1", '"[::]:1"', "centre.example:1"])
def test_a_page_that_others_reach_is_said(listen: str, tmp_path: Path) -> None:
    (line,) = told(tmp_path, f"language: zh\nlisten: {listen}\n")
    assert line.startswith("agent.yaml:2: listen: not only this machine: anyone who reaches this address can read")


def test_a_shipped_centre_id_is_said_where_somebody_is_told(tmp_path: Path) -> None:
    notify = "notify: {alertmanagers: ['http://10.1.0.5:9093']}\n"
    assert told(tmp_path, "center: {id: my-center}\n") == []
    assert told(tmp_path, "center: {id: changshou}\n" + notify) == []
    assert told(tmp_path, "center: {id: my-center}\n" + notify)[0].startswith("agent.yaml:1: center.id: ")
    assert "still local" in told(tmp_path, notify)[0]


def test_a_secret_that_others_can_read_is_said_and_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_TEST_COMMUNITY", "hunter2")
    tmp_path.chmod(0o755)
    for name, mode in (("open", 0o644), ("closed", 0o640)):
        (tmp_path / name).write_text("hunter2")
        (tmp_path / name).chmod(mode)
    written = {"a": "hunter2", "b": "file:open", "c": "file:closed", "d": "${SHOUWANG_TEST_COMMUNITY}"}
    logins = "".join(f'  {name}: {{snmp: {{community: "{text}"}}}}\n' for name, text in written.items())
    first, second = told(tmp_path, f"credentials:\n{logins}")
    assert first.startswith("agent.yaml:2: credentials.a.snmp.community: the secret itself stands here")
    assert second.startswith("agent.yaml:3: credentials.b.snmp.community: everybody on this machine can read ")
    assert "hunter2" not in first + second
    tmp_path.chmod(0o700)
    assert len(told(tmp_path, f"credentials:\n{logins}")) == 1


def test_a_file_that_something_reads_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"agent\.yaml:2: assets: there is no file .*assets\.csv; create it"):
        site(tmp_path, "duty: none.csv\nassets: assets.csv\n")
    (tmp_path / "assets.csv").mkdir()
    with pytest.raises(ConfigError, match=r"agent\.yaml:1: assets: .*assets\.csv is not a plain file"):
        site(tmp_path, "assets: assets.csv\n")
    (tmp_path / "assets.csv").rmdir()
    (tmp_path / "assets.csv").touch()
    assert site(tmp_path, "assets: assets.csv\n").sections["assets"] == tmp_path / "assets.csv"


def test_thresholds_name_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        site(tmp_path, "thresholds:\n  IR-04: {for: 30s}\n  IR-14: {for: 30s}\n  ZZZZ-99: {for: 1s}\n")
    assert [str(each).removeprefix(f"{tmp_path}/") for each in caught.value.problems] == [
        "agent.yaml:3: thresholds.IR-14: no such item or playbook; near it: IR-12, IR-04",
        "agent.yaml:4: thresholds.ZZZZ-99: no such item or playbook; known: IR-04, IR-12, NET-01",
    ]
