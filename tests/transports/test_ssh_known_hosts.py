"""known_hosts as OpenSSH reads it, and what a person's yes writes into it."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest

from agent.core.reach import CannotAsk
from agent.core.ssh import HostKey
from agent.transports.ssh import known_hosts, trusting
from agent.transports.ssh.known_hosts import judged, kinds, place
from tests.peers import need
from tests.sshd import keygen


def blob(number: int) -> bytes:
    return b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes([number]) * 32


def line(names: str, number: int, marker: str = "") -> str:
    key = base64.b64encode(blob(number)).decode()
    return f"{marker} {names} ssh-ed25519 {key} a comment\n".lstrip()


def standing(text: str, wanted: str, number: int = 1) -> str:
    return judged(text, wanted, "ssh-ed25519", blob(number)).standing


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        ("web", "web", "known"),
        ("web,10.0.0.1", "10.0.0.1", "known"),
        ("WEB", "web", "known"),
        ("web", "webx", "unknown"),
        ("[web]:2222", "[web]:2222", "known"),
        ("web", "[web]:2222", "unknown"),
        ("[web]:2222", "web", "unknown"),
        ("10.0.*", "10.0.0.1", "known"),
        ("10.0.0.?", "10.0.0.1", "known"),
        ("10.0.0.?", "10.0.0.11", "unknown"),
        ("*,!web", "web", "unknown"),
        ("*,!web", "db", "known"),
        ("fd00::1", "fd00::1", "known"),
        ("[fd00::1]:22222", "[fd00::1]:22222", "known"),
        ("[a-z]eb", "web", "unknown"),
    ],
)
def test_names_mean_the_places_that_openssh_says(names: str, wanted: str, expected: str) -> None:
    assert standing(line(names, 1), wanted) == expected


def test_a_place_is_named_as_ssh_names_it() -> None:
    assert [place("Web", 22), place("web", 2222), place("fd00::1", 22)] == ["web", "[web]:2222", "fd00::1"]


def test_another_key_for_a_known_place_is_a_change_and_the_known_ones_are_told() -> None:
    found = judged(line("web", 2) + line("web", 3), "web", "ssh-ed25519", blob(1))
    assert found.standing == "changed"
    assert found.known == (known_hosts.fingerprint(blob(2)), known_hosts.fingerprint(blob(3)))


def test_any_of_several_keys_will_do() -> None:
    assert standing(line("web", 2) + line("web", 1), "web") == "known"


def test_a_revoked_key_is_refused_whatever_else_is_said_of_it() -> None:
    assert standing(line("web", 1) + line("*", 1, "@revoked"), "web") == "revoked"
    assert standing(line("web", 1) + line("db", 1, "@revoked"), "web") == "known"
    assert standing(line("web", 1) + line("web", 2, "@revoked"), "web") == "known"


def test_the_key_of_an_authority_is_no_host_key() -> None:
    assert standing(line("*", 1, "@cert-authority"), "web") == "unknown"


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "#",
        "web",
        "web ssh-ed25519",
        "web ssh-ed25519 !!!",
        "@odd web ssh-ed25519 AAAA",
        "|1|x|y ssh-rsa AAAA",
        "\0",
        "x" * 20000,
    ],
)
def test_what_is_no_line_of_known_hosts_is_passed_over(junk: str) -> None:
    assert standing(f"{junk}\n{line('web', 1)}{junk}\n", "web") == "known"
    assert standing(f"{junk}\n", "web") == "unknown"


def test_names_that_ssh_keygen_hashed_are_found(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(line("web", 1) + line("[10.0.0.1]:2222", 2))
    subprocess.run([need("ssh-keygen"), "-q", "-H", "-f", str(file)], check=True, timeout=20)
    text = file.read_text()
    assert "web" not in text
    assert standing(text, "web") == "known"
    assert standing(text, "[10.0.0.1]:2222", 2) == "known"
    assert standing(text, "db") == "unknown"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_fingerprint_is_that_of_ssh_keygen(kind: str, tmp_path: Path) -> None:
    keygen(tmp_path / "key", kind)
    said = subprocess.run(
        [need("ssh-keygen"), "-lf", str(tmp_path / "key.pub")], capture_output=True, text=True, check=True
    )
    raw = base64.b64decode((tmp_path / "key.pub").read_text().split()[1])
    assert known_hosts.fingerprint(raw) == said.stdout.split()[1]


def test_the_kinds_of_key_that_are_known_are_told_in_their_order() -> None:
    text = "web ssh-rsa AAAA\n* ecdsa-sha2-nistp256 AAAA\n@revoked web ssh-dss AAAA\nweb ssh-rsa AAAB\n"
    assert kinds(text, "web") == ("ssh-rsa", "ecdsa-sha2-nistp256")


def accepted(text: str, wanted: str, number: int = 1) -> str:
    return trusting.with_key(text, HostKey(wanted, "ssh-ed25519", blob(number), "", "unknown"))


def test_an_accepted_key_is_known_and_all_else_stays_as_it_is() -> None:
    before = "# ours\n" + line("db", 2) + line("10.*", 3) + line("*", 4, "@revoked")
    after = accepted(before, "web")
    assert after.startswith(before)
    assert standing(after, "web") == "known"


def test_an_accepted_key_replaces_those_of_its_place_only(tmp_path: Path) -> None:
    after = accepted(line("web", 2) + line("web,db", 3) + line("[web]:2222", 4), "web")
    assert judged(after, "web", "ssh-ed25519", blob(1)).known == (known_hosts.fingerprint(blob(1)),)
    assert standing(after, "db", 3) == "known"
    assert standing(after, "[web]:2222", 4) == "known"


def test_openssh_finds_what_was_accepted(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(line("[web]:2222", 2))
    subprocess.run([need("ssh-keygen"), "-q", "-H", "-f", str(file)], check=True, timeout=20)
    trusting.write(file, accepted(file.read_text(), "[web]:2222"))
    found = subprocess.run(
        [need("ssh-keygen"), "-F", "[web]:2222", "-f", str(file)],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert base64.b64encode(blob(1)).decode() in found.stdout
    assert base64.b64encode(blob(2)).decode() not in found.stdout


def test_the_file_is_replaced_whole_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "known_hosts"
    trusting.write(file, "a\n")
    file.chmod(0o640)
    trusting.write(file, "b\n")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("b\n", 0o640)
    assert os.listdir(file.parent) == ["known_hosts"]


def test_no_file_knows_nobody_and_one_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert known_hosts.read(str(tmp_path / "none")) == ""
    with pytest.raises(CannotAsk, match="known_hosts") as caught:
        known_hosts.read(str(tmp_path))
    assert caught.value.kind == "permission"
