"""Promises of the shipped playbooks, and of the reader that refuses bad ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.options.shipped import FormError
from agent.tables import every_metric
from playbooks import PLAYBOOKS
from playbooks.book import FOLDER, load, undeclared
from tests.playbooks.made import gauge

BOOKS = load()


def test_every_file_is_in_the_table():
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(PLAYBOOKS)
    assert tuple(book.id for book in BOOKS) == PLAYBOOKS


def test_every_metric_that_a_trigger_compares_is_yielded_with_its_labels():
    assert undeclared(BOOKS, every_metric()) == ()


def test_ids_of_triggers_are_unique_and_every_alert_has_its_own_name():
    triggers = [trigger.id for book in BOOKS for trigger in book.triggers]
    assert len(set(triggers)) == len(triggers)
    assert len({book.alert for book in BOOKS}) == len(BOOKS)


def test_every_playbook_has_automatic_and_manual_steps():
    for book in BOOKS:
        levels = [step.confirmation for step in book.steps]
        assert {"automatic", "C1"} <= set(levels)
        assert levels == sorted(levels, key=lambda level: level != "automatic"), "the automatic ones come first"


def test_what_is_undeclared_is_named():
    said = undeclared(load(["IR-20"]), [gauge("other")])[0]
    assert said == "IR-20.1: nothing yields shouwang_target_up"
    known = [gauge("line_up"), gauge("line_standby"), gauge("interface_critical_up")]
    assert "no label role" in undeclared(load(["IR-04"]), known)[0]


GOOD = (FOLDER / "IR-12.yaml").read_text(encoding="utf-8")
ENGLISH = '  en: "Disk full"\n'


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("alert: DiskFull", "alarm: DiskFull", r"IR-12.yaml:2: alarm: Extra inputs"),
        ("alert: DiskFull\n", "", r"alert: Field required"),
        (ENGLISH, "", r"IR-12.yaml:3: title.en: Field required"),
        (ENGLISH, '  en: "{disk} full"\n', r"IR-12.yaml:3: title: .*facts differ between zh and en: disk"),
        ("notice: null  # applicants are not affected\n", "", r"notice: Field required"),
        ("above: 0.9,", "above: 0.9, below: 0.1,", r"IR-12.yaml:13: triggers.0: .*exactly one of above, below"),
        ("clear: 0.88", "clear: 0.92", r"triggers.0: .*beyond the threshold that opens"),
        ("clear: 129600", "clear: 60", r"triggers.3: .*beyond the threshold that opens"),
        ("above: 0.9, clear: 0.88", "equals: 1, clear: 0.88", r"triggers.0: .*clear needs above, below or age_above"),
        ("above: 0.9, clear: 0.88", "left_below: 30d, clear: 9", r"triggers.0: .*beside left_below"),
        ("raises_to: P1", "raises_to: P5", r"IR-12.yaml:14: triggers.1.raises_to: Input should be 'P1'"),
        ("for: 30m", "for: soon", r"IR-12.yaml:16: triggers.3.for: .*not a duration"),
        ("id: IR-12.2", "id: IR-12.1", r"trigger id 'IR-12.1': expected IR-12.N, each only once"),
        ("id: IR-12.2", "id: IR-13.2", r"trigger id 'IR-13.2'"),
        ("confirmation: C2", "confirmation: C4", r"steps.6.confirmation: Input should be 'automatic'"),
        ("id: IR-12\n", "id: IR-13\n", r"expected"),
        ("alert: DiskFull", "alert: [", r"IR-12.yaml:4: "),
    ],
)
def test_a_bad_file_is_refused_by_file_line_and_path(was: str, becomes: str, message: str, tmp_path: Path):
    assert was in GOOD
    (tmp_path / "IR-12.yaml").write_text(GOOD.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(FormError, match=message):
        load(["IR-12"], tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FormError, match=re.escape("IR-99.yaml: ")):
        load(["IR-99"], tmp_path)


def test_two_playbooks_cannot_share_an_alert(tmp_path: Path):
    (tmp_path / "IR-12.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "IR-13.yaml").write_text(GOOD.replace("IR-12", "IR-13"), encoding="utf-8")
    with pytest.raises(FormError, match="DiskFull stands in two playbooks"):
        load(["IR-12", "IR-13"], tmp_path)
