"""`shouwang checklist run` where things are not as they should be: two at once, a clock that was set back, a host that
answers half of what it is asked. Nothing is lost, and no missing answer is a pass."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent import attestations
from agent.core.attestations import Attestation, body_of
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.database import NAME, looking
from agent.core.store import Store
from agent.core.text import Text
from agent.core.write import of_fact, of_record
from agent.reconciling import mismatches
from tests.frame.centre import Centre
from tests.peers import until
from tests.sshd import Keys, sshd

pytestmark = pytest.mark.long

RUN = ("checklist", "run", "--format", "json")
ENDED = (0, 1, 3)


def begun(centre: Centre, *words: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", "from agent.cli.main import main; main()", *words, "-c", str(centre.config)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sound(centre: Centre) -> bool:
    with looking(centre.state / NAME) as connection:
        connection.execute("BEGIN")
        return centre.sound() and list(mismatches(connection)) == []


def test_runs_at_the_same_time_each_get_an_answer_of_the_one_agent(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    with centre.agent():
        until(lambda: centre.command(*RUN).returncode in ENDED, 30, "it judges")
        runs = [begun(centre, *RUN) for _ in range(3)]
        done = [(each.communicate(timeout=60), each.returncode) for each in runs]
        said = [json.loads(out) for (out, _), _ in done]
        assert all(code in ENDED and not error for (_, error), code in done), done
        keys = [{(each["item"], each["subject"]) for each in report["findings"]} for report in said]
        assert keys[0] == keys[1] == keys[2]
        assert len(keys[0]) > 50
    assert sound(centre)


def test_runs_at_the_same_time_without_an_agent_read_each_for_itself_and_write_nothing(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    runs = [begun(centre, *RUN, "--item", "HOST-04") for _ in range(2)]
    done = [(each.communicate(timeout=60), each.returncode) for each in runs]
    for (out, error), code in done:
        assert code in ENDED, error
        assert "Traceback" not in error
        assert {each["item"] for each in json.loads(out)["findings"]} == {"HOST-04"}
    assert not centre.state.exists()


def test_reports_at_the_same_time_get_numbers_of_their_own_and_a_record_each(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    with centre.agent():
        until(lambda: centre.command(*RUN).returncode in ENDED, 30, "it judges")
        runs = [begun(centre, "checklist", "report", "--format", "html") for _ in range(3)]
        done = [(each.communicate(timeout=60), each.returncode) for each in runs]
        assert [code for _, code in done] == [0, 0, 0], done
        verified = centre.command("ledger", "verify")
        assert (verified.returncode, verified.stderr) == (0, "")
    assert len([each for each in (centre.state / "reports").iterdir() if each.is_dir()]) == 3


def judged(result: Found, at: float) -> Finding:
    said = Text("看见", "seen")
    return Finding("HOST-04", "host_management", "host", Verdict(result, "self", said, said), at)


def test_what_was_found_before_the_clock_was_set_back_stays_on_record_and_what_is_found_after_counts(
    tmp_path: Path,
) -> None:
    """The day before yesterday's clock was three days ahead."""
    centre, now = Centre(tmp_path), time.time()
    store = Store.open(centre.state)
    store.put_findings([judged(Found.FAIL, now + 3 * 86400)])
    early = Attestation("ATT-0001", "POL-07", "zhou", "full_time_deputy_director", now + 3 * 86400, now + 9e6)
    body = body_of(early)
    store.write([of_record("checklist.attested", body, now), of_fact(attestations.REGISTER.key, [body])])
    store.close()
    with centre.agent():
        until(lambda: centre.command(*RUN).returncode in ENDED, 30, "it judges")
        said = json.loads(centre.command(*RUN, "--item", "HOST-04", "--item", "POL-07").stdout)
    found = {each["item"]: each for each in said["findings"]}
    assert found["HOST-04"]["result"] in ("pass", "warn")
    assert abs(found["HOST-04"]["at"] - time.time()) < 60
    assert found["POL-07"]["result"] != "pass"
    assert "在将来" in found["POL-07"]["observed"]["zh"] or "时钟" in found["POL-07"]["observed"]["zh"]
    text = io.StringIO()
    with closing(Store.peek(centre.state)) as looking_:
        looking_.export(text)
    records = [json.loads(line) for line in text.getvalue().splitlines()]
    results = [each["body"]["verdict"]["result"] for each in records if each["body"].get("item") == "HOST-04"]
    assert results[0] == "fail"
    assert results[-1] == found["HOST-04"]["result"]
    assert sound(centre)


# Every second program that the host runs for it ends at once, as where one is missing, not allowed, or out of memory.
HALF = """#!/bin/sh
n=$(/bin/cat {folder}/count 2>/dev/null || echo 0)
echo $((n + 1)) > {folder}/count
if [ $((n % 2)) -eq {odd} ]; then echo 'no answer' >&2; exit 126; fi
exec {program} "$@"
"""
# Or the first half of all that it says comes, and then the line breaks.
CUT = """#!/bin/sh
/bin/sh -c "$SSH_ORIGINAL_COMMAND" > {folder}/out.$$ 2>/dev/null
size=$(wc -c < {folder}/out.$$)
head -c $((size / 2)) {folder}/out.$$
rm -f {folder}/out.$$
"""


def host(folder: Path, case: str) -> tuple[str, ...]:
    """Options of an sshd on which it is so."""
    place = folder / "bin"
    place.mkdir(parents=True)
    if case == "cut":
        (place / "cut").write_text(CUT.format(folder=folder), encoding="utf-8")
        (place / "cut").chmod(0o755)
        return (f"ForceCommand {place / 'cut'}",)
    programs = {path.name: path for where in ("/usr/sbin", "/usr/bin") for path in Path(where).iterdir()}
    for name, path in programs.items():
        if case == "whole" or name in ("sh", "dash", "bash"):
            continue
        text = HALF.format(folder=folder, odd=int(case == "odd"), program=path)
        (place / name).write_text(text, encoding="utf-8")
        (place / name).chmod(0o755)
    return (f"SetEnv PATH={place}:/usr/sbin:/usr/bin:/sbin:/bin",)


def read(place: Path, case: str) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[str]]:
    place.mkdir()
    centre = Centre(place)
    with sshd(place, Keys(options=host(place / "host", case))) as server:
        login = server.login
        way = f"{{user: {login.user}, key: {login.key}, known_hosts: {login.known_hosts}, port: {server.port}}}"
        centre.write(
            f"credentials: {{room: {{ssh: {way}}}}}\n"
            "hosts: [{id: web, name: 网站, address: 127.0.0.1, by: ssh, credentials: room, timeout: 20s}]\n"
        )
        done = centre.command(*RUN, "--target", "web")
    assert done.returncode in ENDED, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)["findings"], done


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is found where every command is answered."""
    found, _ = read(tmp_path_factory.mktemp("whole") / "place", "whole")
    return {each["item"]: each for each in found}


@pytest.mark.parametrize("case", ["even", "odd", "cut"])
def test_a_host_that_answers_half_of_the_commands_passes_by_what_it_answered_only(
    case: str, whole: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    found, done = read(tmp_path / "place", case)
    assert ("host web: " in done.stderr) is (case == "cut")  # a round that broke is told beside what it left out
    assert {each["item"] for each in found} == set(whole)
    for each in found:
        passes = each["result"] == "pass"
        assert not passes or each["evidence"], each
        assert not passes or whole[each["item"]]["result"] in ("pass", "warn"), each
        assert each["evidence"] or each["observed"]["zh"], each
    judged = [{each["item"] for each in said if each["evidence"]} for said in (found, whole.values())]
    assert judged[0] < judged[1], "what it did not answer is judged by nothing"
