"""The book of items: every file is in the table, every item is well formed, a broken file is refused with its place."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

import checks
from agent.options.shipped import FormError
from agent.tables import every_metric
from checks import book


def test_every_area_file_is_in_the_table() -> None:
    assert {path.stem for path in book.FOLDER.glob("*.yaml")} == set(checks.AREAS)


# By area, in the order of the printed sheet: the numbers of the items, and those that are not automatic.
ITEMS = {
    "physical_environment": ("PHY", range(1, 19), {13, 15, 16, 18}),
    "network_platform": ("NET", range(1, 26), {23}),
    "host_management": ("HOST", range(1, 20), {18, 19}),
    "application_platform": ("APP", range(1, 15), {12, 13}),
    "policies": ("POL", range(1, 12), {1, 2, 3, 6, 7, 8, 9, 10, 11}),
    "information_backup": ("BAK", range(1, 13), {10, 11, 12}),
    "responsibility": ("RSP", range(1, 7), {1, 2, 3, 6}),
    "emergency_response": ("EMR", range(1, 7), {1, 2, 4, 6}),
}


def test_the_items_of_the_areas() -> None:
    for area in book.load(ITEMS):
        prefix, numbers, by_people = ITEMS[area.id]
        assert [item.id for item in area.items] == [f"{prefix}-{number:02}" for number in numbers]
        people = [item.id for item in area.items if item.mode != "automatic"]
        assert people == [f"{prefix}-{number:02}" for number in sorted(by_people)]


def test_every_item_says_what_it_reads_who_reads_it_and_what_to_do() -> None:
    for item in book.items_of(book.load()):
        known = {metric.name for metric in every_metric()}
        assert set(item.metrics) <= known, item.id
        assert item.kinds, item.id
        assert item.needs, item.id


def test_words_name_labels_that_their_metric_has() -> None:
    known = {metric.name: metric for metric in every_metric()}
    for item in book.items_of(book.load()):
        for name, words in item.words.items():
            for text in (words.says.zh, words.says.en) if name in known else ():
                named = {field for _, field, _, _ in Formatter().parse(text) if field}
                assert named <= {"value", *known[name].labels}, (item.id, name)
            assert set(words.labels) <= set(known[name].labels if name in known else words.labels), (item.id, name)


def test_rules_name_labels_that_their_metric_has() -> None:
    known = {metric.name: metric for metric in every_metric()}
    for item in book.items_of(book.load()):
        for rule in item.rules:
            if metric := known.get(rule.condition.metric):
                assert set(rule.condition.labels) <= {"kind", "target", *metric.labels}, (item.id, metric.name)


GOOD = (book.FOLDER / "host_management.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("result: warn}", "result: red}", "Input should be 'warn' or 'fail'"),
        ("above: 0.8, result", "above: 0.8, below: 0.1, result", "exactly one of above, below, equals, age_above"),
        ("above: 0.9, result", "result", "exactly one of above, below, equals, age_above"),
        ("{metric: host_filesystem_usage_ratio, above", "{metric: host_disk, above", "HOST-04: rules use host_disk"),
        (
            "    mode: automatic",
            "    judge: nobody\n    mode: automatic",
            "HOST-01: no judge nobody; known: counter_peripherals",
        ),
        ("severity: high", "severity: urgent", "severity"),
        ("mode: automatic", "mode: attested", "HOST-01: attested against its mode"),
        ("certainty: memory", "certainty: sure", "certainty"),
        ("cadence: run", "cadence: often", "cadence"),
        ("      fail: {zh", "      bad: {zh", "limits.fail: Field required"),
        ('    says: {zh: "{mountpoint} 已用', '    say: {zh: "{mountpoint} 已用', "says"),
        ("  host_filesystem_usage_ratio:\n", "  host_other_ratio:\n", "words are missing for host_filesystem_usage"),
        ("area: host_management", "area: hosts", "expected 'host_management'"),
        ("HOST-04", "host four", "String should match pattern"),
        ("items:", "items: [", "host_management.yaml"),
    ],
)
def test_a_broken_area_file_is_refused_with_file_and_reason(
    tmp_path: Path, wrong: str, right: str, message: str
) -> None:
    assert wrong in GOOD
    (tmp_path / "host_management.yaml").write_text(GOOD.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(FormError, match=r"host_management\.yaml") as refused:
        book.load(["host_management"], tmp_path)
    assert message in str(refused.value)


def test_an_id_in_two_areas_is_refused(tmp_path: Path) -> None:
    for name in ("host_management", "other"):
        text = GOOD.replace("area: host_management", f"area: {name}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match="HOST-01 stands in host_management and in other"):
        book.load(["host_management", "other"], tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"nowhere\.yaml"):
        book.load(["nowhere"], tmp_path)


def test_whoever_is_asked_for_a_photograph_must_give_a_file() -> None:
    asked = [attesting for item in book.items_of(book.load()) if (attesting := item.attested or item.fallback)]
    assert [each.says.en for each in asked if each.photo != ("拍照" in each.says.zh)] == []
    assert sum(each.photo for each in asked) == 5
