"""The sudoers file as sudo itself reads it, where it is installed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from agent.core.ssh import AsRoot
from collectors.as_root import AS_ROOT
from exporters.sudoers import account, sudoers
from tests.peers import find, need

HARD = AsRoot("X-01", ("/bin/x", "a b", "c,d", "e:f=g", "h\\i", "*", "?", "[j]", "!k", "^l$", "#m", "'", '"'))
BARE = AsRoot("X-02", ("/bin/bare",))


def read(folder: Path, text: str) -> list[str]:
    """The commands as sudo understands them, with its escapes."""
    file = folder / "sudoers"
    file.write_text(text)
    file.chmod(0o440)
    checked = subprocess.run(
        [need("visudo"), "-cf", str(file)], capture_output=True, text=True, check=False, timeout=20
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = subprocess.run(
        [need("cvtsudoers"), "-f", "json", str(file)], capture_output=True, text=True, check=True, timeout=20
    )
    specs = json.loads(done.stdout)["User_Specs"]
    assert all(each["User_List"] == [{"username": "monitor"}] for each in specs)
    found = [command for each in specs for command in each["Cmnd_Specs"]]
    assert all(each["Options"] == [{"authenticate": False}] for each in found)
    assert all(each["runasusers"] == [{"username": "root"}] for each in found)
    return [each["Commands"][0]["command"] for each in found]


def test_sudo_reads_exactly_the_arguments_of_the_table(tmp_path: Path) -> None:
    need("visudo")
    escaped = [re.sub(r"([*?\[\]!^])", r"\\\1", " ".join(each.argv)) for each in AS_ROOT]
    assert read(tmp_path, sudoers(["monitor"], AS_ROOT)) == escaped


def test_no_argument_is_a_wildcard_or_ends_the_command(tmp_path: Path) -> None:
    need("visudo")
    hard, bare = read(tmp_path, sudoers(["monitor"], [HARD, BARE]))
    assert bare == '/bin/bare ""'
    for each in ("\\*", "\\?", "\\[j\\]"):
        assert each in hard


def test_every_special_sign_is_escaped_in_the_text() -> None:
    line = next(each for each in sudoers(["monitor"], [HARD]).splitlines() if "/bin/x" in each)
    expected = r"""/bin/x a\ b c\,d e\:f\=g h\\i \* \? \[j\] \!k \^l$ \#m ' """ + '"'
    assert line.endswith(expected)


@pytest.mark.parametrize(
    "name", ["ALL", "%wheel", "#0", "+net", "a b", "a,b", "", "root ALL=(ALL) ALL", "a\nb", "\\x", "ü", "-x"]
)
def test_what_is_more_than_one_account_is_none(name: str) -> None:
    assert not account(name)


def test_the_table_names_programs_by_their_whole_path_and_no_two_ways_to_split_its_arguments() -> None:
    """sudo compares the arguments joined by blanks."""
    for each in AS_ROOT:
        assert each.argv[0].startswith("/")
        assert not any(" " in word for word in each.argv)


def test_peers_of_these_tests_come_together() -> None:
    assert (find("visudo") is None) == (find("cvtsudoers") is None)
