"""The list of assets, the baseline, and files that are written together or not at all."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
import yaml

from agent.discovery.assets import COLUMNS, column, with_asset
from agent.discovery.baseline import Port, baseline_text
from agent.discovery.files import write_all
from agent.discovery.neighbour import mac
from agent.discovery.scan import Recognised

ASSET = {
    "id": "core",
    "name": "核心交换机",
    "kind": "switch",
    "address": "10.0.0.1",
    "vendor": "Huawei",
    "serial": "S1",
}


def rows(raw: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode(encoding))))


def test_a_new_list_opens_in_a_spreadsheet_as_chinese() -> None:
    raw = with_asset(None, ASSET)
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = rows(raw)
    assert list(row) == list(COLUMNS)
    assert (row["id"], row["name"], row["owner"]) == ("core", "核心交换机", "")


def test_the_columns_of_an_existing_list_are_filled_by_their_names() -> None:
    before = "资产编号,设备名称,责任人,IP 地址,SN,备注\r\nups-1,机房UPS,王工,10.0.0.10,A9,旧\r\n"
    raw = with_asset(before.encode(), ASSET)
    assert raw.startswith(before.encode())
    assert raw.decode()[len(before) :] == "core,核心交换机,,10.0.0.1,S1,\r\n"
    assert column(raw, "address") == ["10.0.0.10", "10.0.0.1"]
    assert column(raw, "id") == ["ups-1", "core"]
    assert column(raw, "mac") == []


def test_a_list_saved_by_a_chinese_spreadsheet_stays_in_its_encoding() -> None:
    before = "编号,名称\r\nups-1,机房UPS".encode("gb18030")
    raw = with_asset(before, ASSET)
    assert [row["名称"] for row in rows(raw, "gb18030")] == ["机房UPS", "核心交换机"]


def test_a_list_keeps_its_separator_and_its_unicode() -> None:
    before = "id\tname\r\nups-1\t机房UPS\r\n".encode("utf-16")
    raw = with_asset(before, ASSET)
    assert raw.decode("utf-16") == "id\tname\r\nups-1\t机房UPS\r\ncore\t核心交换机\r\n"
    assert with_asset(b"id;address\n", ASSET) == b"id;address\ncore;10.0.0.1\n"
    assert column(b"id;address\ncore;10.0.0.1\n", "address") == ["10.0.0.1"]


@pytest.mark.parametrize("top", ["资产清单(2026年),,\n", "\n填表人:王工;张工;李工;赵工,,\n\n"])
def test_headings_below_a_title_are_found(top: str) -> None:
    before = (top + "编号,IP地址,MAC地址\nold,10.0.0.9,00e0-fc12-3456\n").encode("gb18030")
    assert column(before, "id") == ["old"]
    assert with_asset(before, ASSET) == before + f"{ASSET['id']},{ASSET['address']},{ASSET.get('mac', '')}\n".encode()


def test_what_a_device_says_is_never_a_formula() -> None:
    for said in ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)"):
        (row,) = rows(with_asset(None, {**ASSET, "name": said}))
        assert row["name"] == f"'{said}"


def test_an_empty_list_gets_its_head() -> None:
    assert [row["id"] for row in rows(with_asset(b"", ASSET))] == ["core"]
    assert column(b"", "id") == []


def test_a_baseline_says_what_was_read_and_nothing_that_was_not() -> None:
    ports = [
        Port("GigabitEthernet0/0/1", True, True, 1_000_000_000, "full", '"to: core" # x'),
        Port("- {evil: 1}", False, False),
        Port("Vlanif7", None, None, description="nothing else is known"),
    ]
    said = yaml.safe_load(baseline_text("core", "2026-10-05T10:00:00+08:00", Recognised("Huawei", version="V2"), ports))
    assert said == {
        "device": "core",
        "read": "2026-10-05T10:00:00+08:00",
        "vendor": "Huawei",
        "version": "V2",
        "interfaces": {
            "GigabitEthernet0/0/1": {
                "shut": False,
                "up": True,
                "speed": 1_000_000_000,
                "duplex": "full",
                "description": '"to: core" # x',
            },
            "- {evil: 1}": {"shut": True, "up": False},
            "Vlanif7": {"description": "nothing else is known"},
        },
    }
    assert "interfaces" not in yaml.safe_load(baseline_text("h", "2026-10-05T10:00:00+08:00", Recognised(), []))


def test_files_are_written_whole_with_the_old_one_kept_beside(tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    config.write_text("old")
    config.chmod(0o600)
    write_all({tmp_path / "baselines" / "core.yaml": b"base", config: b"new"}, backup=config)
    assert config.read_text() == "new"
    assert (tmp_path / "agent.yaml.bak").read_text() == "old"
    assert (tmp_path / "baselines" / "core.yaml").read_text() == "base"
    for path in (config, tmp_path / "agent.yaml.bak"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["agent.yaml", "agent.yaml.bak", "baselines"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "agent.yaml").write_text("old")
    link = tmp_path / "agent.yaml"
    link.symlink_to("etc/agent.yaml")
    write_all({link: b"new"})
    assert link.is_symlink()
    assert (tmp_path / "etc" / "agent.yaml").read_text() == "new"


def test_if_one_file_cannot_be_written_all_are_as_they_were(tmp_path: Path) -> None:
    config, assets, blocked = tmp_path / "agent.yaml", tmp_path / "assets.csv", tmp_path / "file" / "core.yaml"
    config.write_text("old")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        write_all({config: b"new", assets: b"list", blocked: b"base"}, backup=config)
    assert config.read_text() == "old"
    assert not assets.exists()


def test_a_neighbours_hardware_address_is_the_kernels(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_text(
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.0.0.1         0x1         0x2         A4:17:31:00:00:01     *        eth0\n"
        "10.0.0.2         0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    )
    assert mac("10.0.0.1", table) == "a4:17:31:00:00:01"
    assert mac("10.0.0.2", table) == ""
    assert mac("10.0.0.11", table) == ""
    assert mac("10.0.0.1", tmp_path / "absent") == ""
