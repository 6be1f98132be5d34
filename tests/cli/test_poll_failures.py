"""`shouwang poll` of what cannot be read: why, in the language of agent.yaml, and the detail; each once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers import free_port

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))


def polled(tmp_path: Path, language: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    config = tmp_path / "agent.yaml"
    config.write_text(
        f"language: {language}\ncenter: {{id: c, name: 中心, district: 区}}\n"
        f"credentials: {{a: {{ssh: {{user: a, password: 'file:secret', known_hosts: known, port: {free_port()}}}}}}}\n"
        "hosts: [{id: h, address: 127.0.0.1, credentials: a, by: ssh, timeout: 5s}]\n"
    )
    for name in ("secret", "known"):
        (tmp_path / name).write_text("a")
    return subprocess.run(
        [SHOUWANG, "poll", "-c", str(config), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("language", "sentence"), [("zh", "对方拒绝连接。先查"), ("en", "It refused the connection.")])
def test_why_a_host_cannot_be_read_is_told_in_the_language_of_agent_yaml(
    tmp_path: Path, language: str, sentence: str
) -> None:
    done = polled(tmp_path, language)
    assert done.returncode == 1
    first, second = (line for line in done.stdout.splitlines() if "✖" in line)
    assert sentence in first
    assert "127.0.0.1" in second
    assert not done.stderr


def test_a_document_tells_it_too(tmp_path: Path) -> None:
    error = next(
        each["error"] for each in json.loads(polled(tmp_path, "zh", "--format", "json").stdout) if each["error"]
    )
    assert error["kind"] == "refused"
    assert "对方拒绝连接" in error["zh"]
