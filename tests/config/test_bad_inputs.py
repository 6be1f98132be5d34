"""Every bad input of bad_inputs.txt is refused with exactly the words that stand below it, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import ConfigError
from tests.config.places import HERE, loaded

CANARY = "hunter2"  # the secret of every example that has one


def _cases() -> list[tuple[str, str, list[str]]]:
    """Blocks of `=== name`, the file, `---`, and for each problem a line in English and one in Chinese."""
    found = []
    for block in (HERE / "bad_inputs.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        name, _, rest = block.partition("\n")
        # The last mark: a file may hold one itself.
        text, _, told = rest.rpartition("---\n")
        found.append((name, text, told.splitlines()))
    return found


CASES = _cases()


def refused(folder: Path, text: str) -> ConfigError:
    path = folder / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        loaded(path)
    return caught.value


@pytest.mark.parametrize(("name", "text", "told"), CASES, ids=[name for name, _, _ in CASES])
def test_a_bad_input_is_refused_in_these_words(name: str, text: str, told: list[str], tmp_path: Path) -> None:
    error = refused(tmp_path, text)
    lines = [problem.render(language) for problem in error.problems for language in ("en", "zh")]
    assert [line.replace(f"{tmp_path}/", "") for line in lines] == told
    assert CANARY not in error.render("zh") + error.render("en")


def test_there_are_enough_of_them_and_none_speaks_the_language_of_the_library() -> None:
    assert len(CASES) >= 40
    told = "\n".join(line for _, _, lines in CASES for line in lines).lower()
    for jargon in (
        "pydantic",
        "input should",
        "value error",
        "function-",
        "extra inputs",
        "field required",
        "yaml.org",
    ):
        assert jargon not in told


def test_a_problem_tells_file_line_and_path_before_the_words(tmp_path: Path) -> None:
    text = "lines:\n  - id: yibao\n    probes:\n      - {layer: gateway, icpm: 10.20.0.1, tcp: '10.20.0.1:1'}\n"
    (problem,) = refused(tmp_path, text).problems
    assert (problem.line, problem.path) == (4, "lines[0].probes[0].icpm")
    assert str(problem).startswith(
        f"{tmp_path}/agent.yaml:4: lines[0].probes[0].icpm: unknown key; did you mean icmp? known: layer, icmp, tcp, "
    )


def test_a_key_of_no_plain_word_stands_in_quotes_and_is_harmless(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, '"a b\\e[2J": 1\n').problems
    assert problem.path == '"a b[2J"'


@pytest.mark.parametrize(
    "text",
    [
        "credentials: {room: {snmp: {community: '', version: 2c}}}",
        f"credentials: {{room: {{snmp: {{community: {CANARY * 1000}}}}}}}",
        f"credentials: {{room: {{snmp: {{version: [{CANARY}]}}}}}}",
        f"credentials: {{room: {{snmp: {{port: {CANARY}, community: x}}}}}}",
        f"credentials: {{room: {{ssh: {{user: a, password: {{{CANARY}: x}}}}}}}}",
        f"credentials: {{room: {{ssh: {{user: [{CANARY}], password: y}}}}}}",
        f"credentials: {{room: {{ssh: {{user: a, jump: {CANARY}@@, password: y}}}}}}",
        f"credentials: {CANARY}",
        f"credentials: [{CANARY}]",
        f"credentials: {{room: {CANARY}}}",
        f"credentials: {{room: {{snmp: {{version: 3, user: a, auth: {CANARY}}}}}}}",
        f"credentials: {{room: {{snmp: {{version: 3, user: a, auth: {{protocol: {CANARY}, password: x}}}}}}}}",
        f"notify: {{channels: [{{id: a, kind: webhook, url: {CANARY}}}]}}",
        f"notify: {{channels: [{{id: a, kind: webhook, url: 'http://x', headers: {CANARY}}}]}}",
        f"notify: {{channels: [{{id: a, kind: {CANARY}, url: 'http://x'}}]}}",
        f"notify: {{channels: {CANARY}}}",
        f"notify: {{alertmanagers: ['http://u:{CANARY}@10.0.0.1']}}",
        f"notify: {{alertmanagers: [{{url: 'http://10.0.0.1', password: {CANARY}}}]}}",
        f"notify: {{alertmanagers: [{{url: {CANARY}, user: a, password: b}}]}}",
        f"notify: {{alertmanagers: [{{url: 'http://10.0.0.1', user: a, password: [{CANARY}]}}]}}",
        f'credentials: {{room: {{snmp: {{community: "{CANARY}\\q"}}}}}}',
        f"credentials: {{room: {{snmp: {{community: {CANARY}: x}}}}}}",
        f"credentials: {{room: {{snmp: {{community: %{CANARY}}}}}}}",
        f"credentials: {{room: {{snmp: {{community: &{CANARY}}}}}}}",
        f"credentials:\n  room:\n    snmp: {{community: x}}\n\tssh: {CANARY}\n",
    ],
)
def test_no_message_tells_a_secret_wherever_it_was_put(text: str, tmp_path: Path) -> None:
    error = refused(tmp_path, text + "\n")
    assert CANARY not in error.render("zh") + error.render("en") + repr(error.problems)


def test_a_file_that_a_secret_names_must_be_a_small_plain_text(tmp_path: Path) -> None:
    (tmp_path / "big").write_text(CANARY * 1000)
    (tmp_path / "binary").write_bytes(b"\xff\xfe" + CANARY.encode())
    (tmp_path / "empty").write_text("\n")
    entries = ", ".join(f"{name}: {{snmp: {{community: 'file:{name}'}}}}" for name in ("big", "binary", "empty"))
    error = refused(tmp_path, f"credentials: {{{entries}, folder: {{snmp: {{community: 'file:.'}}}}}}\n")
    told = error.render("en")
    for words in ("more than 4096 characters", "is not UTF-8", "is empty", "Is a directory"):
        assert words in told
    assert CANARY not in told


def test_an_environment_variable_of_other_bytes_than_utf_8_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", f"{CANARY}\udcff")  # what Python makes of a byte that is not UTF-8
    told = refused(tmp_path, 'credentials: {a: {snmp: {community: "${WORD}"}}}\n').render("en")
    assert "environment variable WORD is not UTF-8" in told
    assert CANARY not in told
