"""Versions of program files of Windows hosts, as recorded answers of PowerShell behind a real sshd tell them."""

from __future__ import annotations

from typing import Any

from collectors.host.windows import software
from tests.collectors.host.test_windows import Windows, connected, server, windows

__all__ = ["connected", "server", "windows"]
CLIENT, GONE, DENIED = "C:\\受理\\client.exe", "C:\\gone.exe", "C:\\denied.exe"
DIGEST = "AB" * 32


def said(at: int, **facts: Any) -> dict[str, Any]:
    return {"at": at, "hash": "", "version": "", "why": "", **facts}


def test_a_program_file_is_told_with_its_version_and_one_that_is_gone_as_missing(windows: Windows) -> None:
    windows.options = {"software": [CLIENT, GONE, DENIED]}
    files = [
        said(0, hash=DIGEST, version="3.2.1.0"),
        said(1, why="ObjectNotFound"),
        said(2, why="PermissionDenied", version="9"),
    ]
    windows.says("software", {"files": files})
    found = windows.poll()["host_software_info"]
    assert found == {(CLIENT, DIGEST.lower(), "3.2.1.0"): 1, (GONE, "missing", ""): 1}
    assert ["software", CLIENT, GONE, DENIED] in windows.given
    assert any(DENIED in each and "PermissionDenied" in each for each in windows.remarks)
    windows.says("software", {"files": [said(0, hash=DIGEST, version="3.2.2.0")]})
    assert (CLIENT, DIGEST.lower(), "3.2.2.0") in windows.poll(software.SUBJECT.every)["host_software_info"]


def test_a_script_that_gives_nothing_is_remarked(windows: Windows) -> None:
    windows.options = {"software": [CLIENT]}
    windows.complains("software", "AppLocker blocked it")
    assert "host_software_info" not in windows.poll()
    assert any("software" in each for each in windows.remarks)


def test_without_program_files_nothing_is_asked(windows: Windows) -> None:
    windows.poll()
    assert "software" not in windows.asked
