"""The book of items: every file is in the table, every item is well formed, a broken file is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

import checks
from agent.options.shipped import FormError
from checks import book
from tests.checks import scene


def test_every_area_file_is_in_the_table() -> None:
    assert {path.stem for path in book.FOLDER.glob("*.yaml")} == set(checks.AREAS)


def test_the_items_of_the_areas() -> None:
    assert list(scene.ITEMS) == ["NET-01", "NET-05", "HOST-04"]


def test_every_automatic_item_says_what_it_reads_and_what_to_do() -> None:
    for item in scene.ITEMS.values():
        assert item.rules or item.judge
        assert item.needs
        assert item.remedy.zh
        assert item.clauses


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
            "HOST-04: no judge nobody; known: device_restart",
        ),
        ("severity: high", "severity: urgent", "severity"),
        ("mode: automatic", "mode: attested", "HOST-04: attested against its mode"),
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
    with pytest.raises(FormError, match="HOST-04 stands in host_management and in other"):
        book.load(["host_management", "other"], tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"nowhere\.yaml"):
        book.load(["nowhere"], tmp_path)
