"""The list of assets as people's spreadsheets write it, and what is told of one that is wrong."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from agent.asset_file import HELD, AssetFile
from agent.assets import LARGEST, MOST_FLAWS, read_assets
from agent.core.assets import Asset, Assets
from agent.core.text import spoken

LISTED = "编号,名称,IP地址,MAC地址,责任人,位置,所属网络\n1,王工电脑,10.0.0.5,00E0-FC12-3456,王工,二楼,业务网\n"
MAC = "00:e0:fc:12:34:56"
FOUND = {MAC: Asset("1", "王工电脑", "10.0.0.5", "王工", "二楼", "business", macs=(MAC,))}


def read(tmp_path: Path, raw: bytes | str) -> Assets:
    path = tmp_path / "assets.csv"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return read_assets(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_spreadsheet_is_understood(tmp_path: Path, encoding: str, separator: str) -> None:
    found = read(tmp_path, LISTED.replace(",", separator).encode(encoding))
    assert (found.by_mac, found.failure, found.flaws) == (FOUND, "", ())


@pytest.mark.parametrize(
    "raw",
    [
        "长寿路街道资产清单(2026年),,,,,,\n" + LISTED,
        "\n填表人:王工,,,日期:2026-11-1,,,\n\n" + LISTED,
        LISTED.replace("\n", "\r"),
        LISTED.replace("MAC地址", "物理地址(必填)*").replace("责任人", "责任人 （姓名）:"),
    ],
)
def test_titles_above_the_headings_remarks_in_them_and_old_line_ends_do_no_harm(tmp_path: Path, raw: str) -> None:
    found = read(tmp_path, raw.encode("gb18030"))
    assert (found.by_mac, found.failure, found.flaws) == (FOUND, "", ())


def test_a_quote_that_takes_in_the_rest_of_the_list_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    found = read(tmp_path, LISTED + '2,"打印机,,,,,\n' + "3,电脑,,00e0-fc12-3457,,,\n" * 50)
    assert "assets.csv:3: a quote that is not closed" in spoken(found.failure, "en")
    assert not found.by_mac


def test_english_headings_do_too_in_any_order(tmp_path: Path) -> None:
    found = read(tmp_path, "MAC,network,name\n00e0fc123456,management,core\n")
    assert found.by_mac == {MAC: Asset(name="core", network="management", macs=(MAC,))}


def test_a_device_may_have_several_addresses(tmp_path: Path) -> None:
    found = read(tmp_path, 'name,mac\nserver,"00e0-fc12-3456, 00e0-fc12-3457、00e0-fc12-3458\n00e0-fc12-3459"\n')
    assert len(found.by_mac) == 4
    assert set(found.by_mac.values()) == {Asset(name="server", macs=tuple(found.by_mac))}


def test_what_is_wrong_in_a_line_is_told_with_its_number_and_the_rest_counts(tmp_path: Path) -> None:
    lines = [
        "name,mac,network",
        "a,00e0-fc12-3456,lan",
        "b,00E0FC1234,",
        "c,ff:ff:ff:ff:ff:ff,",
        "d,00e0-fc12-3456",
        "e",
    ]
    found = read(tmp_path, "\n".join(lines))
    assert found.by_mac == {MAC: Asset(name="a", macs=(MAC,))}
    assert [spoken(flaw, "en").rpartition("assets.csv:")[2] for flaw in found.flaws] == [
        "2: network lan: allowed: management, business, public",
        "3: 00E0FC1234 is not a device's hardware address, like 00e0-fc12-3456",
        "4: ff:ff:ff:ff:ff:ff is not a device's hardware address, like 00e0-fc12-3456",
        "5: 00:e0:fc:12:34:56 is there twice; the first line counts",
    ]


def test_what_people_know_of_a_device_besides_its_address_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "编号,mac,序列号,重要程度,保修到期,固件日期\nsw1,,SN1,关键,2027/6/3,20190421\nups,,,一般,2027年12月31日,\n,,,,,\n",
    )
    assert found.listed == (
        Asset("sw1", serial="SN1", importance="关键", warranty=date(2027, 6, 3), software=date(2019, 4, 21)),
        Asset("ups", importance="一般", warranty=date(2027, 12, 31)),
    )
    assert [each.important for each in found.listed] == [True, False]
    assert not found.flaws


@pytest.mark.parametrize("written", ["soon", "2027-13-01", "2027-2-30", "202761", "27-06-30"])
def test_a_day_that_is_none_is_told(tmp_path: Path, written: str) -> None:
    found = read(tmp_path, f"id,mac,warranty\na,,{written}\n")
    assert found.listed == (Asset("a"),)
    assert [spoken(flaw, "en").rpartition("assets.csv:")[2] for flaw in found.flaws] == [
        f"2: warranty {written} is not a day, like 2027-06-30"
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("46568", date(2027, 6, 30)),
        ("2027年6月", date(2027, 6, 30)),
        ("2028-2", date(2028, 2, 29)),
        ("长期", None),
        ("无", None),
        ("/", None),
    ],
)
def test_days_as_spreadsheets_count_them_months_and_no_end_are_read(
    tmp_path: Path, written: str, day: date | None
) -> None:
    found = read(tmp_path, f"id,mac,warranty\na,,{written}\n")
    assert (found.listed, found.flaws) == ((Asset("a", warranty=day),), ())


@pytest.mark.parametrize(
    "written",
    ["00 e0 fc 12 34 56", "00E0 FC12 3456", "0:e0:fc:12:34:56", "００Ｅ０－ＦＣ１２－３４５６", "00e0-fc12-3456、无"],
)
def test_a_hardware_address_may_have_blanks_short_bytes_and_full_width(tmp_path: Path, written: str) -> None:
    found = read(tmp_path, f"id,mac\na,{written}\n")
    assert (list(found.by_mac), found.flaws) == ([MAC], ())


def test_a_device_may_have_a_column_for_each_of_its_hardware_addresses(tmp_path: Path) -> None:
    found = read(tmp_path, "编号,有线MAC,无线MAC地址\na,00e0-fc12-3456,00e0-fc12-3457\nb,,00e0-fc12-3458\n")
    assert [each.macs for each in found.listed] == [(MAC, MAC[:-1] + "7"), (MAC[:-1] + "8",)]
    assert not found.flaws


@pytest.mark.parametrize(
    ("cells", "address", "zh", "en"),
    [
        (",10.0.0.1/24", "", "地址 10.0.0.1/24 不是一个 IP 地址", "address 10.0.0.1/24 is not an IP address"),
        (",DHCP", "", "没有固定地址就留空", "or nothing if it is not fixed"),
        (",10.0.0.256", "", "地址 10.0.0.256 不是一个 IP 地址", "10.0.0.256 is not an IP address"),
        (",10.0.0.1、10.0.0.2", "10.0.0.1", "只用 10.0.0.1", "only 10.0.0.1 counts"),
        ("1.23E+11,", "", "Excel 把 MAC 地址变成了数字", "Excel has made a number of a hardware address"),
        ("00e0fc,", "", "00e0fc 不是设备的 MAC 地址", "00e0fc is not a device's hardware address"),
    ],
)
def test_what_can_never_be_found_is_told_in_both_languages(
    tmp_path: Path, cells: str, address: str, zh: str, en: str
) -> None:
    found = read(tmp_path, f"id,mac,ip\na,{cells}\n")
    assert found.listed == (Asset("a", address=address),)
    (flaw,) = found.flaws
    assert f"{tmp_path}/assets.csv:2:" in spoken(flaw, "zh")
    assert (zh in spoken(flaw, "zh"), en in spoken(flaw, "en")) == (True, True)


def test_no_address_in_words_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, "id,mac,ip\na,无,-\n")
    assert (found.listed, found.flaws) == ((Asset("a"),), ())


def test_two_lines_with_one_id_are_told(tmp_path: Path) -> None:
    (flaw,) = read(tmp_path, "id,mac\na,00e0-fc12-3456\nb,\na,00e0-fc12-3457\n").flaws
    assert spoken(flaw, "zh") == f"{tmp_path}/assets.csv:4:编号 a 第 2 行已用过;两台设备会被当成一台"
    assert spoken(flaw, "en").endswith("assets.csv:4: id a is that of line 2 as well; both count as one device")


@pytest.mark.parametrize("raw", [b"PK\x03\x04" + b"\0" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\0" * 100])
def test_of_a_workbook_it_is_said_to_save_it_as_csv(tmp_path: Path, raw: bytes) -> None:
    found = read(tmp_path, raw)
    assert "另存为“CSV UTF-8(逗号分隔)”" in spoken(found.failure, "zh")
    assert "save its sheet as CSV UTF-8" in spoken(found.failure, "en")


def test_a_file_of_nothing_but_flaws_is_told_in_few_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "mac\n" + "x\n" * 5000)
    assert len(found.flaws) == MOST_FLAWS + 1
    assert spoken(found.flaws[-1], "en").endswith(f"{5000 - MOST_FLAWS} more such flaws")


def test_text_from_the_list_is_made_harmless(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "mac,name\n00e0fc123456,'=cmd\u202e\x1b[31m" + "x" * 5000).by_mac.values()
    assert found.name.startswith("=cmd[31m")
    assert len(found.name) == 80


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no column mac"),
        (b"\0" * 5000, "no column mac"),
        ("名称,地址\n交换机,10.0.0.1\n", "no column mac among its headings (名称, 地址)"),
        (b"mac\n" + b'"' + b"x" * 200_000, "not a CSV file (field larger than field limit"),
        (b"\xff" * 100, "no column mac"),
        (b"mac\n" * (LARGEST // 4 + 1), "larger than 8 MiB"),
    ],
)
def test_a_file_that_is_no_list_is_no_list_to_compare_with(tmp_path: Path, raw: bytes | str, said: str) -> None:
    found = read(tmp_path, raw)
    assert said in spoken(found.failure, "en")
    assert not found.by_mac


def test_a_file_that_is_missing_or_no_file_says_what_to_do(tmp_path: Path) -> None:
    none = read_assets(tmp_path / "none.csv").failure
    assert spoken(none, "zh") == f"{tmp_path}/none.csv:没有这个文件;请把资产清单放在那里,或去掉 assets"
    assert "no such file; write the list of assets there" in spoken(none, "en")
    assert "no such file" in spoken(read_assets(tmp_path).failure, "en")


def test_the_list_is_read_again_when_it_changes_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text(LISTED, "utf-8")
    file = AssetFile(path)
    assert file.assets is None
    file.look()
    before = file.assets
    assert before is not None
    file.look()
    assert file.assets is before
    path.write_text(LISTED + "2,新电脑,,00e0-fc12-3457,,,\n", "utf-8")
    os.utime(path, ns=(1, 1))
    file.look()
    assert file.assets is not None
    assert len(file.assets.by_mac) == 2


FOUR = "id,mac\n" + "".join(f"pc{n},00e0-fc12-345{n}\n" for n in range(4))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def in_force(path: Path, clock: Clock) -> AssetFile:
    path.write_text(FOUR, "utf-8")
    file = AssetFile(path, clock)
    file.look()
    return file


def held(file: AssetFile) -> str:
    """Why the four devices are still those of the list."""
    file.look()
    assert file.assets is not None
    assert (len(file.assets.by_mac), file.assets.failure) == (4, "")
    return spoken(file.assets.stale, "en")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "no such file"),
        (b"", "no column mac"),
        (b"id,ma", "no column mac"),
        (b"id,mac\n", "no device any more"),
        (FOUR[:25].encode(), "lacks 3 of 4 devices at once"),
    ],
)
def test_a_list_that_is_half_saved_or_gone_leaves_the_last_one_in_force(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, raw: bytes | None, said: str
) -> None:
    path = tmp_path / "assets.csv"
    file = in_force(path, Clock())
    path.unlink()
    if raw is not None:
        path.write_bytes(raw)
    for _ in range(3):
        assert said in held(file)
    assert len([each for each in caplog.records if "stays in force" in each.message]) == 1
    path.write_text(FOUR + "new,00e0-fc12-3459\n", "utf-8")
    file.look()
    assert file.assets is not None
    assert (len(file.assets.by_mac), file.assets.stale) == (5, "")


def test_a_list_that_lost_most_of_its_devices_is_taken_up_when_the_file_stands(tmp_path: Path) -> None:
    path, clock = tmp_path / "assets.csv", Clock()
    file = in_force(path, clock)
    path.write_text(FOUR[:25], "utf-8")
    assert "if this is meant, it is taken up after 10 minutes" in held(file)
    clock.now = HELD - 1
    held(file)
    clock.now = HELD
    file.look()
    assert file.assets is not None
    assert (len(file.assets.by_mac), file.assets.stale) == (1, "")


def test_a_list_that_lacks_a_device_is_taken_up_at_the_second_look(tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    file = in_force(path, Clock())
    path.write_text(FOUR[: FOUR.index("pc3")], "utf-8")
    assert not held(file)
    file.look()
    assert file.assets is not None
    assert len(file.assets.by_mac) == 3


def test_without_a_list_from_the_beginning_there_is_nothing_to_keep(tmp_path: Path) -> None:
    file = AssetFile(tmp_path / "assets.csv")
    file.look()
    assert file.assets is not None
    assert "no such file" in spoken(file.assets.failure, "en")


def test_without_a_list_in_agent_yaml_there_is_none(tmp_path: Path) -> None:
    file = AssetFile(None)
    file.look()
    assert file.assets is None
