"""Device profiles as files: what is refused and how, what is recognised, that every shipped one is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.options.shipped import FormError
from collectors.profiles.book import FOLDER, STANDARD, Book, load, shipped
from collectors.profiles.metrics import GIVEN
from collectors.profiles.units import UNITS, plausible, unit

GOOD = """\
id: acme
vendor: Acme
match: [1.3.6.1.4.1.99999.1]
columns:
  name: 1.3.6.1.4.1.99999.2.1.2
read:
  - {metric: device_temperature_celsius, oid: 1.3.6.1.4.1.99999.2.1.4, unit: 0.1 celsius}
"""
BAD = {
    "unknown key": (GOOD + "reed: []\n", "acme.yaml:8: reed: Extra inputs are not permitted"),
    "no such metric": (
        GOOD.replace("device_temperature_celsius", "device_warmth"),
        "acme.yaml:7: read.0: Value error, metric 'device_warmth' is not one that a profile may give",
    ),
    "wrong dimension": (
        GOOD.replace("0.1 celsius", "0.1 volts"),
        "acme.yaml:7: read.0: Value error, unit '0.1 volts' cannot become celsius",
    ),
    "unknown unit": (GOOD.replace("0.1 celsius", "degrees"), "unit 'degrees': expected one of celsius, fahrenheit"),
    "no unit": (GOOD.replace(", unit: 0.1 celsius", ""), "needs the raw `unit`, like '0.1 celsius'"),
    "not an OID": (GOOD.replace("oid: 1.3.6.1.4.1.99999.2.1.4", "oid: sysDescr"), "'sysDescr' is not an OID"),
    "leading dot": (GOOD.replace("[1.3.6", "[.1.3.6"), "acme.yaml:3: match.0.oid: Value error, '.1.3.6.1.4.1.99999.1'"),
    "no oid": (GOOD.replace("oid: 1.3.6.1.4.1.99999.2.1.4, ", ""), "either `oid`, or two of `used`, `free`, `total`"),
    "unknown column": (
        GOOD.replace("0.1 celsius}", "0.1 celsius, where: {kind: 1}}"),
        "no column kind; known: name",
    ),
    "scalar without a label": (GOOD.replace("2.1.4,", "2.4.0,"), "needs a `label`"),
    "states missing": (
        GOOD.replace("device_temperature_celsius", "device_fan_up"),
        "device_fan_up needs `states`: raw value: [the MIB's word, one of (0, 1)]",
    ),
    "state unknown": (
        GOOD.replace("device_temperature_celsius", "device_fan_up").replace(
            "unit: 0.1 celsius", "states: {1: [ok, 2]}"
        ),
        "device_fan_up has no state 2; expected one of (0, 1)",
    ),
    "no fault of that name": (
        GOOD.replace("device_temperature", "room_temperature").replace(
            "0.1 celsius}", "0.1 celsius, faults: {name: {0: [cut, torn]}}}"
        ),
        "no fault torn; expected open, short, impedance, shielded, absent",
    ),
    "faults of a device": (
        GOOD.replace("0.1 celsius}", "0.1 celsius, faults: {name: {0: [cut, open]}}}"),
        "`faults` belong to what measures the room",
    ),
    "a state of no contact": (
        GOOD.replace("device_temperature_celsius", "room_contact_active").replace(
            "unit: 0.1 celsius", "states: {1: [wet, water]}"
        ),
        "room_contact_active has no state 'water'; expected one of (0, 1, 'open', 'short', 'impedance'",
    ),
    "what only a contact has": (
        GOOD.replace("0.1 celsius}", "0.1 celsius, measures: water}"),
        "`measures` and `bare` belong to room_contact_active",
    ),
    "a bare contact that says what it is": (
        GOOD.replace("device_temperature_celsius", "room_contact_active").replace(
            "unit: 0.1 celsius", "states: {1: [closed, 1]}, bare: true, measures: door"
        ),
        "a `bare` contact does not say what it `measures`",
    ),
    "bad pattern": (
        GOOD.replace("[1.3.6.1.4.1.99999.1]", "[{oid: 1.3.6.1, descr: '('}]"),
        "is not a regular expression",
    ),
    "other name": (GOOD.replace("id: acme", "id: emca"), "acme.yaml:1: id is 'emca'; expected 'acme', the file's name"),
    "no yaml": (GOOD + "  - {\n", "acme.yaml:9: "),
    "extends nothing": (GOOD + "extends: [nobody]\n", "acme.yaml: extends 'nobody', which is no profile"),
    "extends itself": (GOOD + "extends: [acme]\n", "acme.yaml: extends itself by way of 'acme'"),
}


def book(folder: Path, **files: str) -> Book:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return load([folder])


@pytest.mark.parametrize("case", BAD)
def test_a_bad_profile_is_refused_with_its_line_and_what_is_expected(case: str, tmp_path: Path) -> None:
    text, words = BAD[case]
    with pytest.raises(FormError) as refusal:
        book(tmp_path, acme=text)
    assert words in str(refusal.value)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("id: other\nfoo: 1\n")
    with pytest.raises(FormError, match=r"acme\.yaml:8.*\n.*other\.yaml:2"):
        book(tmp_path, acme=BAD["unknown key"][0])


def names(known: Book, object_id: str, descr: str = "") -> list[str]:
    return [profile.id for profile, _ in known.candidates(object_id, descr)]


def test_the_longest_prefix_of_sys_object_id_wins_and_dots_are_boundaries(tmp_path: Path) -> None:
    deeper = GOOD.replace("id: acme", "id: deep").replace("99999.1]", "99999.1.7]")
    known = book(tmp_path, acme=GOOD, deep=deeper)
    assert names(known, "1.3.6.1.4.1.99999.1.7.3") == ["deep", "acme"]
    assert names(known, "1.3.6.1.4.1.99999.1.70") == ["acme"]
    assert names(known, "1.3.6.1.4.1.99999.12") == []
    assert names(known, "") == []


def test_vendors_that_share_an_object_id_are_told_apart_by_their_description(tmp_path: Path) -> None:
    other = GOOD.replace("id: acme", "id: other").replace(
        "[1.3.6.1.4.1.99999.1]", '[{oid: 1.3.6.1.4.1.99999.1, descr: "^Other"}]'
    )
    known = book(tmp_path, acme=GOOD, other=other)
    assert names(known, "1.3.6.1.4.1.99999.1.1", "Other card") == ["other", "acme"]
    assert names(known, "1.3.6.1.4.1.99999.1.1", "Acme card") == ["acme"]


def test_a_later_folder_replaces_a_profile_of_the_same_id(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "acme.yaml").write_text(GOOD)
    (tmp_path / "site" / "acme.yaml").write_text(GOOD.replace("Acme", "Ours"))
    assert load([tmp_path, tmp_path / "site"]).profiles["acme"].vendor == "Ours"


def test_what_a_profile_extends_comes_after_its_own_and_standard_profiles_can_be_left_out() -> None:
    known = shipped()
    apc = known.profiles["apc"]
    assert [each.id for each in known.own(apc)] == ["apc", "apc-pdu", "apc-ats", "apc-environment", "apc-cooling"]
    left_out = known.profiles["huawei-ibmc"]
    assert "host-resources" not in [each.id for each in known.standard(left_out)]
    assert [each.id for each in known.standard(None)] == list(STANDARD)


FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_profile_loads_names_metrics_of_the_table_and_stays_short(path: Path) -> None:
    profile = shipped().profiles[path.stem]
    assert all(entry.metric in GIVEN for entry in profile.read)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# "), "a profile begins with a line that says whose devices it describes"
    assert len(text.splitlines()) <= 80
    assert (
        profile.match or path.stem in STANDARD or any(path.stem in each.extends for each in shipped().profiles.values())
    )
    assert profile.vendor or not profile.match


def test_no_two_profiles_claim_the_same_prefix() -> None:
    claims = [(each.oid, each.descr, each.has) for profile in shipped().profiles.values() for each in profile.match]
    assert len(set(claims)) == len(claims)


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("0.1 volts", 2305, 230.5),
        ("millivolts", 3300, 3.3),
        ("percent", 45, 0.45),
        ("0.1 percent", 455, 0.455),
        ("idle", 94, 0.06),
        ("minutes", 32, 1920),
        ("hours", 2, 7200),
        ("ticks", 6000, 60),
        ("fahrenheit", 212, 100),
        ("0.1 fahrenheit", 680, 20),
        ("kelvin", 273.15, 0),
        ("microamperes", 5232, 0.005232),
        ("2 microamperes", 6674, 0.013348),
        ("0.01 kilowatts", 114, 1140),
        ("0.00390625 celsius", 10752, 42),
    ],
)
def test_raw_units_become_base_units(text: str, raw: float, value: float) -> None:
    assert unit(text).convert(raw) == pytest.approx(value)


def test_every_unit_of_the_table_can_be_written() -> None:
    for name in UNITS:
        assert unit(f"0.5 {name}").factor == UNITS[name].factor / 2


def test_only_a_load_may_be_above_one() -> None:
    assert plausible("ups_load_ratio", "ratio", 1.2)
    assert not plausible("room_humidity_ratio", "ratio", 1.2)
    assert not plausible("room_temperature_celsius", "celsius", -999.9)


def test_what_no_socket_has_is_no_reading() -> None:
    assert plausible("ups_input_volts", "volts", 236.9)
    assert not plausible("ups_input_volts", "volts", 2369)
    assert not plausible("ups_input_hertz", "hertz", 499.9)


@pytest.mark.parametrize(
    ("said", "raw", "value"), [("0.1 celsius", 224, 22.4), ("percent", 94, 0.94), ("0.1 fahrenheit", 725, 22.5)]
)
def test_a_decimal_fraction_stays_what_the_device_said(said: str, raw: float, value: float) -> None:
    assert unit(said).convert(raw) == value
