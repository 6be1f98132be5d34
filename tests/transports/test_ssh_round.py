"""A round of commands as real shells run it: every value arrives as it is, and nothing of it is executed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command, reading, unseen
from agent.transports.ssh import posix, rounds, windows
from agent.transports.ssh.quoting import SHELL_WORDS, powershell
from agent.transports.ssh.quoting import posix as quoted
from tests.hostile_pieces import PIECES
from tests.peers import need

# Those that the host may have as /bin/sh, of which this machine has some.
SHELLS = {argv[0]: argv for argv in (["sh"], ["bash", "--posix"], ["busybox", "sh"], ["mksh"]) if shutil.which(argv[0])}
LOGIN_SHELLS = [
    argv for argv in (["sh", "-c"], ["bash", "-c"], ["tcsh", "-f", "-c"], ["fish", "-c"]) if shutil.which(argv[0])
]
FRAMES = ("{}touch MARK{}", "-{}", "a{}touch MARK #", "';touch MARK;{}", "\udcff{}é")
HOSTILE = [frame.format(piece, piece) for frame in FRAMES for piece in PIECES]


def answered(
    commands: Sequence[Command], shell: Sequence[str] = ("/bin/sh",), folder: Path | None = None, **env: str
) -> tuple[Answer, ...]:
    asked = rounds.prepared(commands, "posix", 20)
    done = subprocess.run(
        [*shell, *([] if "-c" in shell else ["-s"])],
        input=asked.script,
        capture_output=True,
        check=False,
        timeout=60,
        cwd=folder,
        env={**os.environ, **env},
    )
    return rounds.answers(asked, done.stdout, done.stderr)


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize("name", SHELLS)
def test_a_hundred_hostile_values_arrive_as_they_are_and_none_is_executed(name: str, tmp_path: Path) -> None:
    assert len(set(HOSTILE)) == 100
    found = answered([Command(("printf", "%s", each)) for each in HOSTILE], SHELLS[name], tmp_path)
    assert [each.text for each in found] == HOSTILE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SHELLS)
def test_each_command_has_its_own_status_output_and_error(name: str) -> None:
    commands = [
        Command(("printf", "one\n\n")),
        Command(("sh", "-c", "echo out; echo err >&2; exit 7")),
        Command(("true",)),
        Command(("no-such-program-here",)),
        Command(("/etc/passwd",)),
        Command(("sh", "-c", "kill -9 $$")),
    ]
    found = answered(commands, SHELLS[name])
    assert [each.status for each in found[:3]] == [0, 7, 0]
    assert [each.stdout for each in found[:3]] == [b"one\n\n", b"out\n", b""]
    assert found[1].stderr.strip() == b"err"
    assert [each.absent for each in found] == [False, False, False, True, True, False]
    assert found[5].signal == 9


@pytest.mark.parametrize("name", SHELLS)
def test_standard_input_is_every_byte_as_given_and_else_closed(name: str) -> None:
    every = bytes(range(256)) * 4
    given, closed = answered([Command(("cat",), stdin=every), Command(("cat",))], SHELLS[name])
    assert (given.stdout, closed.stdout, closed.ok) == (every, b"", True)


@pytest.mark.parametrize("name", SHELLS)
def test_what_a_command_gets_as_standard_input_stands_in_no_programs_arguments(name: str, tmp_path: Path) -> None:
    script(tmp_path / "printf", f'/usr/bin/printf "%s " "$@" >>{tmp_path}/seen\nexec /usr/bin/printf "$@"')
    path = f"{tmp_path}:{os.environ['PATH']}"
    (given,) = answered([Command(("cat",), stdin=b"canary")], SHELLS[name], PATH=path)
    assert given.stdout == b"canary"
    seen = tmp_path / "seen"
    assert not seen.exists() or "\\0143\\0141\\0156" not in seen.read_text()


@pytest.mark.parametrize("name", SHELLS)
def test_endless_output_is_cut_where_it_is_made_and_the_next_command_runs(name: str) -> None:
    endless, exact, after = answered(
        [Command(("yes",), limit=10), Command(("printf", "12345"), limit=5), Command(("echo", "after"))], SHELLS[name]
    )
    assert (endless.stdout, endless.cut) == (b"y\ny\ny\ny\ny\n", True)
    assert (exact.stdout, exact.cut) == (b"12345", False)
    assert after.stdout == b"after\n"


@pytest.mark.parametrize("name", SHELLS)
def test_of_long_output_the_end_is_kept_where_that_is_what_matters(name: str) -> None:
    numbers, exact, endless, after = answered(
        [
            Command(("seq", "100000"), limit=12, last=True),
            Command(("printf", "12345"), limit=5, last=True),
            Command(("yes",), limit=4, seconds=1, last=True),
            Command(("echo", "after")),
        ],
        SHELLS[name],
    )
    assert (numbers.stdout, numbers.status, numbers.cut) == (b"99999\n100000\n"[-12:], 0, True)
    assert (exact.stdout, exact.cut) == (b"12345", False)
    assert (endless.stdout, endless.late, endless.cut) == (b"y\ny\n", True, True)
    assert after.stdout == b"after\n"


@pytest.mark.parametrize("name", SHELLS)
def test_a_command_that_takes_too_long_is_ended_and_says_so(name: str) -> None:
    slow, after = answered([Command(("sleep", "30"), seconds=1), Command(("echo", "after"))], SHELLS[name])
    assert slow.late
    assert after.ok


@pytest.mark.parametrize("login", LOGIN_SHELLS, ids=lambda each: each[0])
def test_whatever_the_login_shell_is_it_sees_no_value_of_ours(login: list[str]) -> None:
    (found,) = answered([Command(("printf", "%s", HOSTILE[0]))], [*login, posix.LINE])
    assert found.text == HOSTILE[0]


def test_the_locale_is_c_whatever_the_account_has() -> None:
    (found,) = answered([Command(("sh", "-c", "echo $LC_ALL"))], LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
    assert found.text == "C\n"


def test_a_file_is_read_to_its_limit_also_one_with_a_name_like_an_option(tmp_path: Path) -> None:
    (tmp_path / "-n").write_bytes(b"\0\xff\n")
    whole, cut = answered([reading("-n"), reading("-n", limit=2)], folder=tmp_path)
    assert (whole.stdout, whole.cut) == (b"\0\xff\n", False)
    assert (cut.stdout, cut.cut) == (b"\0\xff", True)


def not_root(folder: Path, sudo: str) -> dict[str, str]:
    """A host where the account is not root, and sudo does this."""
    script(folder / "id", "echo 1000")
    script(folder / "sudo", sudo)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_what_sudo_does_not_allow_is_said_with_what_to_do(tmp_path: Path) -> None:
    refusing = not_root(tmp_path, "echo 'sudo: a password is required' >&2; exit 1")
    commands = [Command(("/usr/sbin/sshd", "-T"), root=True), Command(("false",)), Command(("false",), root=False)]
    found = answered(commands, **refusing)
    assert [each.forbidden for each in found] == [True, False, False]
    said = unseen(found)
    assert said is not None
    assert "/usr/sbin/sshd -T" in said.en
    assert "export sudoers" in said.zh
    assert unseen(found[1:]) is None


@pytest.mark.parametrize("tools", ["coreutils", "busybox"])
def test_a_host_without_sudo_allows_nothing_as_root(tools: str, tmp_path: Path) -> None:
    script(tmp_path / "id", "echo 1000")
    for name in ("timeout", "head", "true"):
        (tmp_path / name).symlink_to(need("busybox") if tools == "busybox" else need(name))
    first, second = answered([Command(("/bin/x",), root=True), Command(("/bin/x",))], PATH=str(tmp_path))
    assert first.forbidden
    assert not second.forbidden
    assert second.absent


def test_sudo_is_asked_for_exactly_these_arguments(tmp_path: Path) -> None:
    (found,) = answered([Command(("/bin/x", "a b", "*"), root=True)], **not_root(tmp_path, 'printf "<%s>" "$@"'))
    assert found.text == "<-n><--></bin/x><a b><*>"


def test_a_program_that_fails_as_root_is_not_taken_for_one_that_was_not_allowed(tmp_path: Path) -> None:
    (found,) = answered([Command(("mdadm",), root=True)], **not_root(tmp_path, "echo 'mdadm: no arrays' >&2; exit 1"))
    assert not found.forbidden


@pytest.mark.parametrize(
    ("says", "forbidden"),
    [
        ("sudo: unable to resolve host web: Name or service not known", False),
        ("sudo: unable to resolve host web\nsudo: a password is required", True),
        ("Sorry, user monitor is not allowed to execute '/bin/x' as root on web.", True),
        ("sudo: sorry, you must have a tty to run sudo", True),
        (
            "We trust you have received the usual lecture from the local System\nAdministrator.\nsudo: no tty present",
            True,
        ),
    ],
)
def test_what_sudo_says_beside_a_command_is_no_refusal(says: str, forbidden: bool, tmp_path: Path) -> None:
    text = "".join(f'echo "{line}" >&2\n' for line in says.split("\n"))
    (found,) = answered([Command(("/bin/x",), root=True)], **not_root(tmp_path, text + "exit 1"))
    assert found.forbidden == forbidden


@pytest.mark.parametrize(
    "argv", [(), ("",), ("a", "b\0c"), ("a", "\ud800"), ("eval", "x"), ("shouwang_run",), ("a", "b" * 70000)]
)
def test_what_no_program_can_be_given_is_refused(argv: tuple[str, ...]) -> None:
    with pytest.raises(CannotAsk) as caught:
        quoted(argv)
    assert caught.value.kind == "missing"


def test_a_word_of_the_shell_is_no_program() -> None:
    for word in sorted(SHELL_WORDS):
        with pytest.raises(CannotAsk, match="word of the shell"):
            quoted((word, "x"))


@pytest.mark.parametrize("commands", [[], [Command(("a",))] * 201, [Command(("a",), limit=2**20)] * 9])
def test_a_round_is_bounded(commands: list[Command]) -> None:
    with pytest.raises(CannotAsk, match="a round has"):
        rounds.prepared(commands, "posix", 20)


def test_what_a_login_shell_says_before_belongs_to_no_command() -> None:
    asked = rounds.prepared([Command(("a",)), Command(("b",))], "posix", 20)
    mark = asked.boundary.encode()
    stdout = b"Welcome!\n\n%b -\nfirst\n%b 3\n\n%b 0\n" % (mark, mark, mark)
    stderr = b"profile: oops\n\n%b\nbad\n\n%b\n\n%b\n" % (mark, mark, mark)
    first, second = rounds.answers(asked, stdout, stderr)
    assert (first.status, first.stdout, first.stderr) == (3, b"first", b"bad\n")
    assert (second.status, second.stdout, second.stderr) == (0, b"", b"")


def test_a_round_that_broke_off_gives_what_came_to_its_end() -> None:
    asked = rounds.prepared([Command(("a",)), Command(("b",))], "posix", 20)
    mark = asked.boundary.encode()
    assert [each.stdout for each in rounds.answers(asked, b"\n%b -\nfirst\n%b 0\nhalf" % (mark, mark), b"")] == [
        b"first"
    ]
    assert rounds.answers(asked, b"", b"") == ()


def test_every_round_has_a_boundary_of_its_own() -> None:
    assert len({rounds.prepared([Command(("a",))], "posix", 20).boundary for _ in range(50)}) == 50


def test_arguments_for_powershell_are_literals() -> None:
    assert powershell(("Get-Item", "a'b", "$(calc)", "‘x’", "-Path")) == "& 'Get-Item' 'a''b' '$(calc)' '‘‘x’’' '-Path'"
    with pytest.raises(CannotAsk, match="double quote"):
        powershell(("a", 'b"c'))


def test_a_round_for_windows_is_one_literal_of_ascii_that_no_value_ends() -> None:
    sent = windows.script([Command(("Get-Item", "名'; calc"))], "mark", 20)
    first, second, _ = sent.split(b"\r\n")
    assert second == b"exit"
    assert re.fullmatch(rb"Invoke-Expression \(\[regex\]::Unescape\('([^']|'')*'\)\)", first)
    assert b"''Get-Item'' ''\\u540d''''; calc''}" in first
    assert first.isascii()
    with pytest.raises(CannotAsk, match="no sudo"):
        windows.script([Command(("a",), root=True)], "mark", 20)
