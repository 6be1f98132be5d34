"""Everything that the agent of the simulated centre reads, written into a folder."""

from __future__ import annotations

import time
from pathlib import Path

from agent.core.text import Language
from demo.centre.plan import Centre
from demo.configuration.document import agent_yaml
from demo.configuration.people import ROSTER, roster
from demo.configuration.switches import files
from demo.servers.keys import Keys

FILE, CA, SECRETS = "agent.yaml", "ca.pem", "secrets"


def write(folder: Path, centre: Centre, keys: Keys, listen: str, language: Language) -> Path:
    """The path of agent.yaml; secrets only for this user. OSError where it cannot be written."""
    secret = {
        "community": keys.community,
        "ssh": keys.password,
        "known_hosts": keys.known_hosts(centre.of("host", "terminal", "core", "access"), centre.shift),
    }
    (folder / SECRETS).mkdir(mode=0o700)
    for name, text in secret.items():
        path = folder / SECRETS / name
        path.touch(0o600)
        path.write_text(text, "utf-8")
    for name, content in (*files(centre), (ROSTER, roster(time.time()))):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / CA).write_bytes(keys.authority.pem)
    (folder / FILE).write_text(agent_yaml(centre, listen, language), "utf-8")
    return folder / FILE
