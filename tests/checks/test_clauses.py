"""Clauses of standards: which items an assessor means by a number."""

from __future__ import annotations

import re

import pytest

from agent.core.checklist import Item
from agent.core.unfit import Unfit
from checks import clauses
from checks.book import items_of, shipped

ITEMS = items_of(shipped())
# How sure one may be of a source at most, by how its clauses begin: the paper was seen, only quoted by others, or it is
# from memory, or was looked for in vain.
FROM_LEAST = ("not_found", "memory", "quoted", "seen")
AT_MOST = {
    r"(参照)?普府办〔2012〕17号|附件1 网络管理岗位": "seen",
    r"GB 50174-2017 附录A 电池": "not_found",
    r"GB 50174-2017": "quoted",
    r"GB/T 38645-2020": "quoted",
    r"网络安全法(\(2025修正.*?\))?第23条\(三\)|网络安全法第27条": "quoted",
    r"没有找到外部依据": "not_found",
    r"": "memory",
}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item.id))
def test_no_clause_is_told_as_surer_than_its_source_was_seen(item: Item) -> None:
    for clause in item.clauses:
        most = next(sure for begins, sure in AT_MOST.items() if re.match(begins, clause.text))
        assert FROM_LEAST.index(clause.certainty) <= FROM_LEAST.index(most), clause


def ids(asked: str) -> set[str]:
    return {each.id for each in clauses.items_of(asked, ITEMS)}


def shown(text: str) -> list[str]:
    return [each.shown + "".join(sorted(each.letters)) for each in clauses.places(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GB/T 22239-2019 7.1.4.1 a,b、7.1.4.2 b,c / 8.1.4.1 a", ["7.1.4.1ab", "7.1.4.2bc", "8.1.4.1a"]),
        ("GB/T 22239-2019 8.1.3.5 a–c", ["8.1.3.5abc"]),
        ("GB/T 22239-2019 8.1.5.1–8.1.5.3 [字母须核]", ["8.1.5.1", "8.1.5.2", "8.1.5.3"]),
        ("GB 50174-2017 附录A(露点 5.5–15 ℃、RH ≤60%)", ["附录A"]),
        ("网络安全法(2025修正,2026-01-01 施行)第23条(三)(原第21条)", ["第23条(三)"]),
        ("普府办〔2012〕17号 附件1 总值班(午间值班)、附件2 四.2、八.4(5+2)", ["附件1", "附件2", "四.2", "八.4"]),
        ("GB/T 12325 220 V +7%/-10%", []),
    ],
)
def test_the_places_that_a_clause_names_are_read_and_its_remarks_are_not(text: str, found: list[str]) -> None:
    assert shown(text) == found


def test_a_number_matches_on_the_borders_of_its_parts() -> None:
    assert ids("8.1.4.3") == {"HOST-04", "HOST-11", "HOST-12", "HOST-15"}
    assert ids("8.1.4.1") & ids("8.1.4.11") == set()
    assert ids("8.1.4.3") < ids("8.1.4") < ids("8.1")
    with pytest.raises(Unfit):
        ids("8.1.4.30")


def test_a_letter_narrows_and_a_source_narrows() -> None:
    assert ids("8.1.4.3 c") == {"HOST-04", "HOST-11", "HOST-12"}
    assert ids("GB/T 22239-2019 8.1.4.3 C".lower()) == ids("8.1.4.3 c")
    assert ids("8.1.4.3c") == ids("８.１.４.３ c")
    assert ids("第23条") >= {"HOST-12", "RSP-01"}
    assert ids("第23条(一)") == {"RSP-01"}
    assert "HOST-12" in ids("网络安全法")
    assert ids("Lynis SSH-7408") == {"HOST-07"}
    with pytest.raises(Unfit):
        ids("GB/T 2")


@pytest.mark.parametrize("asked", ["8.1.4.99", "8.1.4.30"])
def test_a_clause_that_is_not_known_is_refused_with_those_beside_it(asked: str) -> None:
    with pytest.raises(Unfit) as refused:
        ids(asked)
    said = refused.value.text.en
    assert f"no clause {asked}" in said
    assert "8.1.4.3, 8.1.4.4" in said
    assert "8.1.5" not in said


@pytest.mark.parametrize("asked", ["", "   ", "9.9", "\x1b[2J", "(", "第99条"])
def test_where_nothing_is_near_every_chapter_is_named(asked: str) -> None:
    with pytest.raises(Unfit, match=r"8\.1\.4, 8\.1\.5"):
        ids(asked)


def test_every_clause_with_a_place_is_found_by_each_of_its_places() -> None:
    for item in ITEMS:
        for clause in item.clauses:
            for place in clauses.places(clause.text):
                assert item.id in ids(place.shown), (item.id, place.shown)
