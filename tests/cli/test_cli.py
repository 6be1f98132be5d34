"""The command line as a person meets it: in the site's language, in the formats that a command has, in a pipe."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli import main
from agent.core.store import Store
from agent.core.write import of_record

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
HOST = "hosts: [{id: self, address: localhost, by: local}]\n"


def run(folder: Path, *words: str, given: str = "") -> Result:
    with contextlib.chdir(folder):
        done = CliRunner().invoke(main.application(), words, input=given)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def written(folder: Path, text: str) -> Path:
    (folder / "agent.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("poll", "nosuch"), "没有监测对象 nosuch;已有:self", "no target nosuch; known: self"),
        (("validate",), "agent.yaml:1 个监测对象,0 个窗口,0 名人员", "agent.yaml: 1 targets, 0 counters, 0 people"),
        (("ledger", "verify"), "还没有任何记录", "no agent has worked"),
        (("playbook", "show", "IR-99"), "没有剧本 IR-99", "no playbook IR-99"),
        (("run", "--log-level", "loud"), "可用:debug", "allowed: debug"),
        (
            ("discover", "10.0.0.0/30", "--credentials", "x"),
            "没有这个名字的 SNMP 登录信息",
            "no SNMP login of that name",
        ),
        (("onboard", "127.0.0.1"), "应为一台设备的地址", "expected the address of one device"),
    ],
)
def test_a_command_speaks_the_language_of_the_site(words: tuple[str, ...], zh: str, en: str, tmp_path: Path) -> None:
    for head, said in (("", zh), ("language: en\n", en)):
        done = run(written(tmp_path, head + HOST), *words)
        assert said in done.stdout + done.stderr


def test_init_speaks_the_language_it_was_started_in_and_writes_over_nothing(tmp_path: Path) -> None:
    assert "已停止;什么也没有写" in run(tmp_path, "init").stderr
    assert "stopped; nothing was written" in run(tmp_path, "init", "--language", "en").stderr
    written(tmp_path, HOST)
    assert "agent.yaml 已存在" in run(tmp_path, "init").stderr


def test_init_in_a_pipe_asks_for_the_community_without_a_warning(tmp_path: Path) -> None:
    answers = "\n".join(
        ["mine", "我的中心", "普陀区", "", "", "", "", "10.0.0.1", "mine", "", "", "", "s3cret", *[""] * 4]
    )
    done = run(tmp_path, "init", given=answers + "\n")
    assert done.exit_code == 0, done.stderr
    assert "arning" not in done.stderr
    assert run(tmp_path, "validate").exit_code == 0


def test_a_file_that_names_two_languages_is_refused_in_both(tmp_path: Path) -> None:
    done = run(written(tmp_path, "language: zh\nlanguage: en\n"), "validate")
    assert done.exit_code == 2
    assert "language: 写了两次" in done.stderr
    assert "language: given twice" in done.stderr


def test_playbooks_are_there_without_an_agent_yaml_and_beside_a_broken_one(tmp_path: Path) -> None:
    assert "IR-04" in run(tmp_path, "playbook", "list").stdout
    written(tmp_path, "language: en\nhosts: {\n")
    assert "Steps" in run(tmp_path, "playbook", "show", "IR-04").stdout


def test_what_has_a_json_format_prints_one_document(tmp_path: Path) -> None:
    written(tmp_path, "listen: 0.0.0.0:9780\n" + HOST)
    assert "IR-04" in [each["id"] for each in json.loads(run(tmp_path, "playbook", "list", "--format", "json").stdout)]
    assert json.loads(run(tmp_path, "playbook", "show", "IR-04", "--format", "json").stdout)["steps"]
    found = json.loads(run(tmp_path, "validate", "--format", "json").stdout)
    assert (found["targets"], found["errors"]) == (1, [])
    assert "no login yet" in found["remarks"][0]["en"]
    written(tmp_path, "hosts: [{id: self}]\n")
    done = run(tmp_path, "validate", "--format", "json")
    (error,) = json.loads(done.stdout)["errors"]
    assert (done.exit_code, error["line"], error["path"]) == (2, 1, "hosts[0].address")


@pytest.mark.parametrize("words", [("checklist", "show"), ("playbook", "list"), ("validate",), ("incident", "list")])
def test_a_format_that_a_command_does_not_have_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(written(tmp_path, HOST), *words, "--format", "prometheus")
    assert done.exit_code == 2
    assert "'table', 'json'" in done.stderr


def test_the_version_is_said(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").stdout.startswith("shouwang ")


def test_the_checklist_shows_when_it_was_judged(tmp_path: Path) -> None:
    written(tmp_path, HOST)
    Store.open(tmp_path / "var").close()
    assert "还没有检查过" in run(tmp_path, "checklist", "show").stdout


def test_help_begins_every_command_in_chinese_and_is_never_cut(tmp_path: Path) -> None:
    nested = [("checklist", name) for name in ("sheet", "ticket", "waive")]
    for group in ((), ("checklist",), *nested, ("playbook",), ("export",), ("ledger",), ("demo",)):
        shown = run(tmp_path, *group, "--help").stdout.partition("Commands:")[2]
        for line in filter(None, map(str.strip, shown.splitlines())):
            assert "..." not in line
            assert any("一" <= char <= "鿿" for char in line) or line.startswith("incident"), line


@pytest.mark.parametrize("words", [("validate", "--schema"), ("ledger", "export")])
def test_a_reader_that_goes_away_ends_a_command_quietly(words: tuple[str, ...], tmp_path: Path) -> None:
    written(tmp_path, HOST)
    store = Store.open(tmp_path / "var")
    for number in range(300):
        store.write([of_record("note", {"text": "x" * 500}, float(number))])
    store.close()
    with subprocess.Popen([SHOUWANG, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        child.wait(60)


BROKEN_MODULES = """\
auths: {public_v2: {community: public, version: 2}}
modules:
  good: {walk: [1.3.6.1.2.1.1], metrics: [{name: up, oid: 1.3.6.1.2.1.1.3, type: gauge}]}
  bad: {walk: [1.3.6.1.2.1.1], metrics: [{name: up, oid: 1.3.6.1.2.1.1.3, type: wrong}]}
  worse: {walk: [one.two]}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BROKEN_MODULES, ["snmp.yml: snmp_modules: bad.metrics[0].type", "snmp.yml: snmp_modules: worse.walk[0]"]),
        ("modules: {a: [", ["snmp.yml: snmp_modules: line 2, column 1: "]),
        ("root:x:0:0:root", ["snmp.yml: snmp_modules: expected the modules by name"]),
        ("", ["snmp.yml: snmp_modules: no modules"]),
    ],
)
def test_validate_says_what_is_wrong_in_the_modules_that_agent_yaml_names(
    text: str, said: list[str], tmp_path: Path
) -> None:
    written(tmp_path, "language: en\nsnmp_modules: snmp.yml\n")
    (tmp_path / "snmp.yml").write_text(text)
    done = run(tmp_path, "validate")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == len(said)
    assert all(each in done.stderr for each in said)
    found = json.loads(run(tmp_path, "validate", "--format", "json").stdout)
    assert [each["path"] for each in found["errors"]] == ["snmp_modules"] * len(said)


def test_validate_tries_the_modules_of_both_files(tmp_path: Path) -> None:
    written(tmp_path, "language: en\nsnmp_modules: snmp.yml\nprobe_modules: blackbox.yml\n")
    (tmp_path / "snmp.yml").write_text("modules: {a: {wolk: [1.3]}}")
    (tmp_path / "blackbox.yml").write_text("modules: {a: {prober: http, http: {metod: GET}}, b: {prober: tcp}}")
    done = run(tmp_path, "validate")
    assert done.exit_code == 2
    assert "snmp.yml: snmp_modules: a.wolk: unknown key" in done.stderr
    assert "blackbox.yml: probe_modules: a.http.metod: unknown key" in done.stderr
    (tmp_path / "snmp.yml").write_text("modules: {a: {walk: [1.3]}}")
    (tmp_path / "blackbox.yml").write_text("modules: {b: {prober: tcp}}")
    assert run(tmp_path, "validate").exit_code == 0


def test_validate_accepts_modules_that_can_be_used(tmp_path: Path) -> None:
    written(tmp_path, "snmp_modules: snmp.yml\n")
    (tmp_path / "snmp.yml").write_text("\n".join(BROKEN_MODULES.splitlines()[:3]))
    assert run(tmp_path, "validate").exit_code == 0
