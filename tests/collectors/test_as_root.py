"""What is granted on a host is what is asked there, word for word, in both directions."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

import pytest

import collectors
from collectors.as_root import AS_ROOT
from collectors.host.linux import SUBJECTS
from collectors.host.linux.system import PROGRAMS, System, placed
from tests.collectors.host.hosts import Recorded

ASKS = Path(collectors.__file__).parent / "host" / "linux"
# What of a host decides what is asked of it.
MANAGERS = ("apt-get", "dnf", "yum", "apk")


def asked(manager: str, role: str = "server") -> set[tuple[str, ...]]:
    """All that a host with every program and this package manager is asked as root, at the paths of the table."""
    programs = {name: paths[0] for name, paths in PROGRAMS.items() if name not in MANAGERS or name == manager}
    system = System("Linux", family=("debian",), programs=programs, disks=("sda",))
    found: set[tuple[str, ...]] = set()
    for subject in SUBJECTS:
        host = Recorded(subject, options={"role": role}, system=system)
        host.poll()
        found |= {placed(each, system).argv for each in host.asked if each.root}
    return found


@pytest.mark.parametrize(("manager", "role"), list(product(MANAGERS, ("server", "terminal"))))
def test_what_is_asked_as_root_is_granted(manager: str, role: str) -> None:
    assert asked(manager, role) - {each.argv for each in AS_ROOT} == set()


def test_what_is_granted_is_asked_of_some_host() -> None:
    everywhere = set().union(*map(asked, MANAGERS))
    assert {each.argv for each in AS_ROOT} - everywhere == set()


def test_nothing_else_of_the_collectors_asks_as_root() -> None:
    """A word `root=True` anywhere else would be a command that the tests above do not see."""
    elsewhere = {
        str(file)
        for file in Path(collectors.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "root" and ASKS not in file.parents
    }
    assert elsewhere == set()
