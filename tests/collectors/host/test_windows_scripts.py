"""The scripts for Windows as text, and how they are put: nothing is run, for want of a PowerShell in the registries."""

from __future__ import annotations

import re

import pytest

from agent.core.ssh import Command
from agent.transports.ssh import windows
from agent.transports.ssh.quoting import powershell
from collectors.host.linux.system import System
from collectors.host.subject import Turn
from collectors.host.windows import SUBJECTS
from demo.hosts.windows.powershell import BLOCK, WHOLE, arguments, unescaped
from tests.collectors.host.hosts import host_options
from tests.hostile_pieces import PIECES

# What a script may call: what only reads, and what works on text that was read. `Invoke-Script` and `give` are ours.
READ = re.compile(r"(?:Get|Test|ConvertTo|Select|Where|ForEach|Measure|Sort|Group)-[A-Z]\w+\Z")
OTHERS = frozenset(("Invoke-Expression", "New-Object"))  # the latter for the update agent's COM object only
PROGRAMS = frozenset(("w32tm /query", "whoami /groups", "whoami /user"))
CORE = frozenset(("regex", "int", "long", "char", "string", "datetime", "double", "bool", "adsi"))
EVERYTHING = {
    "services": ["x"],
    "peripherals": ["printer"],
    "antivirus": {"process": "x", "signatures": "C:\\x"},
    "canaries": ["C:\\x"],
    "watch": ["C:\\x"],
    "role": "terminal",
    "system": "windows",
}


def commands(**options: object) -> list[Command]:
    return [
        command
        for subject in SUBJECTS
        for command in subject.ask(Turn(host_options(**{**EVERYTHING, **options}), "u", System(), 0.0, 0.0, {}, {}))
    ]


def bare(text: str) -> str:
    """Without what stands in literals and comments."""
    return re.sub(r"'[^']*'|<#.*?#>", "''", text)


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.argv[1].split()[0:2]))
def test_a_script_is_well_formed_and_only_reads(command: Command) -> None:
    text = command.argv[1]
    assert text.isascii()
    assert '"' not in text
    assert "`" not in text
    opened: list[str] = []
    for sign in bare(text):
        if sign in "([{":
            opened.append({"(": ")", "[": "]", "{": "}"}[sign])
        elif sign in ")]}":
            assert opened.pop() == sign, text
    assert not opened
    for name in re.findall(r"(?<![\w$.-])[A-Z]\w*-[A-Z]\w*", bare(text)):
        assert READ.match(name) or name in OTHERS, name
    assert all(each.startswith("Microsoft.Update.") for each in re.findall(r"New-Object -ComObject (\S+?)[\s)]", text))
    assert text.count("New-Object") == text.count("New-Object -ComObject Microsoft.Update.")
    # No redirection into a file, no call of what a variable holds, no word that writes.
    assert not re.search(
        r">(?!\$null)|(?<!\d)&|\b(?:Set|Out|Remove|Add|Clear|Start|Stop|Copy|Move|Rename)-", bare(text)
    )


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.argv[1].split()[0:2]))
def test_a_script_keeps_to_the_types_that_constrained_language_has(command: Command) -> None:
    types = {each.lower() for each in re.findall(r"\[([A-Za-z][\w.]*)\]", bare(command.argv[1]))}
    assert types <= CORE


def test_programs_that_scripts_run_are_those_that_only_tell() -> None:
    called = {
        " ".join(found)
        for command in commands()
        for found in re.findall(r"\b([a-z]\w+(?:\.exe)?) (/[a-z]+)", bare(command.argv[1]))
    }
    assert called == PROGRAMS


def test_what_reaches_the_host_is_one_line_that_its_shell_and_any_code_page_leaves_alone() -> None:
    every = commands()
    line, end, _ = windows.script(every, "0" * 32, 20).split(b"\r\n")
    assert line.isascii()
    assert end == b"exit"
    assert b"\n" not in line
    # What cmd is given is the same each time, and holds nothing that cmd takes for its own.
    assert re.fullmatch(r"[\w -]+", windows.LINE)
    assert len(windows.LINE) < 8191


# No file of Windows can have a double quote in its name: it is not asked for.
@pytest.mark.parametrize("piece", [piece for piece in PIECES if '"' not in piece])
def test_a_path_reaches_a_script_as_it_is_and_is_no_part_of_it(piece: str) -> None:
    path = f"C:\\共享{piece}‘’\\$(calc).docx"
    command = Command(("Invoke-Script", "give @{}", path))
    sent = WHOLE.match(windows.script([command], "0" * 32, 20).decode("ascii"))
    assert sent is not None
    script = unescaped(sent[1])
    assert script.endswith(f"{{{powershell(command.argv)}}}")
    ((_, words),) = BLOCK.findall(script)
    assert arguments(words) == ["give @{}", path]
