"""A centre's agent.yaml in a folder of its own, and the commands on it as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.peers import free_port

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
NETWORK = "127.0.7.0/28"


class Centre:
    """agent.yaml in a folder of its own, and the commands on it."""

    def __init__(self, place: Path, port: int) -> None:
        self.config = place / "agent.yaml"
        self.place = place
        self.write(
            "# 我的配置\ncenter: {id: test, name: 测试中心, district: 普陀区}  # keep\n"
            f"language: en\nlisten: 127.0.0.1:{free_port()}\n"
            f'credentials: {{room: {{snmp: {{community: "r00m", port: {port}}}}}}}\n'
            "switches:\n  - {id: old, address: 127.0.7.4}  # 旧\n"
        )

    def write(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = [SHOUWANG, words[0], "-c", str(self.config), *words[1:]]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def discover(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("discover", NETWORK, "--rate", "500", *words)
