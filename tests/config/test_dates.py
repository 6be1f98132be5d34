"""The file of dates: years are added whole, and every bad line is told with its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent.config.dates import read_dates
from agent.config.problem import ConfigError
from agent.core.calendar import HolidayTable

KNOWN = HolidayTable(frozenset({2026}), frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)}))


def table(folder: Path, text: str) -> HolidayTable:
    path = folder / "dates.csv"
    path.write_text(text, encoding="utf-8")
    return read_dates(path, KNOWN)


def told(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        table(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_whole_year_is_added_and_single_dates_of_known_years_are_corrected(tmp_path: Path) -> None:
    text = (
        "date,kind,name\n# 国务院公布\n2027-01-01,holiday,元旦\n2027-10-01, holiday # 国庆\n"
        '2027-02-06:  workday\n"2026-10-10": holiday\n2026-10-01,上班\n'
    )
    found = table(tmp_path, text)
    assert found.years == {2026, 2027}
    assert found.holidays == {date(2027, 1, 1), date(2027, 10, 1), date(2026, 10, 10)}
    assert found.workdays == {date(2027, 2, 6), date(2026, 10, 1)}


def test_a_year_that_is_not_whole_is_refused_else_it_would_pass_for_known(tmp_path: Path) -> None:
    assert told(tmp_path, "2027-01-01,holiday\n2027-01-02,holiday\n") == [
        "dates.csv:1: 2027 is not whole: 2027-10-01 is no holiday in it; write the whole year as it was published"
    ]


def test_every_bad_line_is_told_with_its_number(tmp_path: Path) -> None:
    text = "2027-01-01,holiday\n2027-02-30,holiday\n2027-01-03,free\nnext year\n2027-01-01,workday\n"
    assert told(tmp_path, text) == [
        "dates.csv:2: there is no day 2027-02-30",
        "dates.csv:3: not a kind: free; allowed: 2027-01-01,holiday or 2027-02-06,workday",
        "dates.csv:4: not understood: next year; allowed: 2027-01-01,holiday or 2027-02-06,workday",
        "dates.csv:5: 2027-01-01 is given twice, first on line 1",
    ]


def test_a_file_saved_by_a_spreadsheet_in_gbk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_bytes("2027-01-01,holiday,元旦\n".encode("gbk"))
    with pytest.raises(ConfigError, match="it looks like GBK"):
        read_dates(path, KNOWN)


def test_a_directory_or_nothing_is_no_file_of_dates(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="this is a directory"):
        read_dates(tmp_path, KNOWN)
    with pytest.raises(ConfigError, match=r"no such file; create it"):
        read_dates(tmp_path / "none.csv", KNOWN)
