"""What a profile file may say, as frozen models; the words are explained in collectors/profiles/__init__.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from agent.core.model import Metric
from agent.options import Identity, Options
from collectors.profiles.metrics import GIVEN
from collectors.profiles.units import COUNTED, Unit, unit

OID = re.compile(r"[0-2](\.\d+)+")
CONTACT = "room_contact_active"
FAULTS = ("open", "short", "impedance", "shielded")
OPEN, SHIELDED, ABSENT = "open", "shielded", "absent"
UNUSED = (SHIELDED, ABSENT)  # switched off, nothing plugged in: faults only where something should be
FREE_LABELS = ("sensor", "phase", "unit", "mountpoint")


def _oid(value: Any) -> str:
    text = str(value)
    if not OID.fullmatch(text):
        raise ValueError(f"{text!r} is not an OID: expected numbers with dots, without a leading dot")
    return text


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) or value is None else [value]


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from error
    return value


Oid = Annotated[str, BeforeValidator(_oid)]
Oids = Annotated[tuple[Oid, ...], BeforeValidator(_listed)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Word = int | str
Kinds = Literal["water", "smoke", "door", "cooling", "cooling_alarm"]
Words = Annotated[tuple[Word, ...], BeforeValidator(_listed)]


class Match(Options):
    """`has`: a single object that the device must have, for those whose sysObjectID is that of a common agent."""

    oid: Oid
    descr: Pattern | None = None
    has: Oid | None = None


class Column(Options):
    """A named column: looked up by the row's index, by parts of it (`key`), or by what column `by` says."""

    oid: Oid
    key: str | None = Field(None, pattern=r"^\d+(,\d+)*$")
    by: str | None = None
    pattern: Pattern | None = None


class Fact(Options):
    """Where a model, version or serial number stands, and which part of the text it is."""

    oid: Oid
    pattern: Pattern | None = None


class Entry(Options):
    """One or more samples of one metric."""

    metric: str
    oid: Oids = ()
    used: Oid | None = None
    free: Oids = ()
    total: Oid | None = None
    unit: str | None = None
    label: str | None = None
    where: dict[str, Words] = Field(default_factory=dict)
    unless: dict[str, Words] = Field(default_factory=dict)
    unknown: tuple[Word, ...] = ()
    states: dict[Word, tuple[str, int | str]] = Field(default_factory=dict)
    digits: str | None = None
    si: str | None = None
    limit: Oid | None = None
    measures: Kinds | dict[str, dict[Word, Kinds]] | None = None  # of a contact, or by what a column says
    bare: bool = False  # a contact that is open or closed: the device does not say which of them is the alarm
    faults: dict[str, dict[Word, tuple[str, str]]] = Field(default_factory=dict)  # of a sensor, by what a column says
    pattern: Pattern | None = None  # the number's place in a text
    fallback: bool = False  # only where this profile has not given the same metric and label

    @model_validator(mode="after")
    def _fits(self) -> Entry:
        if self.metric not in GIVEN:
            raise ValueError(f"metric {self.metric!r} is not one that a profile may give; see collectors/profiles")
        parts = [each for each in (self.used, self.free, self.total) if each]
        if bool(self.oid) == bool(parts) or len(parts) not in (0, 2):
            raise ValueError("expected either `oid`, or two of `used`, `free`, `total`")
        if self.about.unit in ("0/1", "state set"):
            self._fit_states()
        elif not parts:
            self._fit_unit()
        if self.free_label and self.scalar and self.label is None:
            raise ValueError(f"{self.metric} of a single value needs a `label`")
        self._fit_sensor()
        return self

    def _fit_sensor(self) -> None:
        if (self.measures or self.bare) and self.metric != CONTACT:
            raise ValueError(f"`measures` and `bare` belong to {CONTACT}")
        if self.measures and self.bare:
            raise ValueError("a `bare` contact does not say what it `measures`")
        if self.faults and not self.metric.startswith("room_"):
            raise ValueError("`faults` belong to what measures the room: room_…")
        said = [fault for words in self.faults.values() for _, fault in words.values()]
        if wrong := set(said) - {*FAULTS, ABSENT}:
            raise ValueError(f"no fault {', '.join(sorted(wrong))}; expected {', '.join(FAULTS)}, {ABSENT}")

    def _fit_states(self) -> None:
        allowed: tuple[int | str, ...] = self.about.states or (0, 1)
        if self.metric == CONTACT:
            allowed = (0, 1, *FAULTS, ABSENT)
        if not self.states:
            raise ValueError(f"{self.metric} needs `states`: raw value: [the MIB's word, one of {allowed}]")
        if wrong := [said for _, said in self.states.values() if said not in allowed]:
            raise ValueError(f"{self.metric} has no state {wrong[0]!r}; expected one of {allowed}")

    def _fit_unit(self) -> None:
        if self.unit is None:
            raise ValueError(f"{self.metric} needs the raw `unit`, like '0.1 {self.about.unit}'")
        if unit(self.unit).base not in (self.about.unit, COUNTED):
            raise ValueError(f"unit {self.unit!r} cannot become {self.about.unit}, which {self.metric} is in")

    @property
    def about(self) -> Metric:
        return GIVEN[self.metric]

    @property
    def free_label(self) -> bool:
        return any(each in FREE_LABELS for each in self.about.labels)

    @property
    def scalar(self) -> bool:
        return all(scalar(each) for each in self.needs)

    @cached_property
    def raw(self) -> Unit:
        return unit(self.unit or "ratio")

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(each for each in (*self.oid, self.used, *self.free, self.total, self.limit) if each)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The faults of a sensor that can be told by this entry, in the order of FAULTS."""
        said = {each for words in self.faults.values() for _, each in words.values()}
        said |= {each for _, each in self.states.values() if isinstance(each, str)}
        return tuple(each for each in FAULTS if each in said or (each == OPEN and ABSENT in said))

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The named columns that this entry looks into."""
        said = re.findall(r"\{([a-z]\w*)\}", self.label or "")
        kinds = self.measures if isinstance(self.measures, dict) else ()
        names = (*self.where, *self.unless, *self.faults, *kinds, self.digits, self.si, *said)
        return tuple(dict.fromkeys(each for each in names if each and each != "index"))


def scalar(oid: str) -> bool:
    return oid.endswith(".0")


def _facts(value: Any) -> Any:
    return [{"oid": each} if isinstance(each, str) else each for each in (_listed(value) or ())]


def _matches(value: Any) -> Any:
    return [{"oid": each} if isinstance(each, str) else each for each in (_listed(value) or ())]


Facts = Annotated[tuple[Fact, ...], BeforeValidator(_facts)]


class Profile(Options):
    id: Identity
    vendor: str = ""
    kind: Literal["ups", "sensor", "pdu", "cooling", "machine_room", "switch", "host", "camera"] | None = None
    match: Annotated[tuple[Match, ...], BeforeValidator(_matches)] = ()
    extends: tuple[Identity, ...] = ()
    without: tuple[Identity, ...] = ()
    always: bool = False  # of a standard profile: what it says is said even if something before gave the same metric
    model: Facts = ()
    version: Facts = ()
    serial: Facts = ()
    columns: dict[str, Column] = Field(default_factory=dict)
    read: tuple[Entry, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_columns(cls, said: Any) -> Any:
        if isinstance(said, dict) and isinstance(said.get("columns"), dict):
            full = {name: {"oid": each} if isinstance(each, str) else each for name, each in said["columns"].items()}
            return {**said, "columns": full}
        return said

    @model_validator(mode="after")
    def _named_columns_exist(self) -> Profile:
        wanted = [each for entry in self.read for each in entry.named]
        wanted += [column.by for column in self.columns.values() if column.by]
        if strange := sorted(set(wanted) - set(self.columns)):
            raise ValueError(f"no column {', '.join(strange)}; known: {', '.join(self.columns) or 'none'}")
        return self

    def entries(self, group: str) -> Iterator[Entry]:
        """Those of one group of metrics: device, ups, room, host."""
        return (each for each in self.read if each.metric.startswith(group + "_"))

    def label(self, entry: Entry) -> str:
        if entry.label is not None:
            return entry.label
        return "{name}" if "name" in self.columns else "{index}"

    def looked_up(self, entry: Entry) -> tuple[str, ...]:
        """The named columns that an entry needs, with those by which they are looked up."""
        names = [*entry.named, *(["name"] if entry.free_label and self.label(entry) == "{name}" else [])]
        return tuple(dict.fromkeys([*names, *(by for name in names if (by := self.columns[name].by))]))
