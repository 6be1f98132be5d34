"""The contract's examples, laid out in a folder with the files that they name."""

from __future__ import annotations

from pathlib import Path

from agent.config import load
from agent.core.calendar import HolidayTable
from agent.core.site import Site
from agent.holidays import chinese_holidays
from tests.config.tables import SECTIONS

HERE = Path(__file__).parent
SECRETS = {
    "auth": "auth-password",
    "priv": "privacy-password",
    "community": "room-community",
    "pin": "1234",
    "gateway": "Bearer gateway-token",
    "robot": "https://robot.example.gov.cn/send?key=robot-key",
    "hook": "hook-secret",
    "mail": "mail-password",
    "alertmanager": "alertmanager-password",
}
PASSWORD = "ssh-password"  # of the variable SHOUWANG_TEST_PASSWORD
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")


def lay_out(folder: Path, text: str | None = None) -> Path:
    """agent.yaml in a folder, with secrets and a file of dates; the everything example where no text is given."""
    (folder / "secrets").mkdir()
    for name, value in SECRETS.items():
        (folder / "secrets" / name).write_text(value + "\n")
    (folder / "dates.csv").write_text("2027-01-01,holiday,元旦\n2027-10-01,holiday\n2027-02-06,workday\n")
    path = folder / "agent.yaml"
    path.write_text((HERE / "everything.yaml").read_text(encoding="utf-8") if text is None else text, encoding="utf-8")
    return path


def loaded(path: Path) -> Site:
    return load(path, SECTIONS, holidays=chinese_holidays)


def no_holidays() -> HolidayTable:
    return HolidayTable()
