"""Attestations: what people say of checklist items that no machine can see, with its proof. Pure; times: Unix seconds.

One that must be confirmed counts from its confirmation on. Of the same item, target and document the newest that counts
stands, by the order in which they were entered: a clock that was set back changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

# What the agent tells of them: the names of its metrics, which items' rules ask for.
ENTERED = "checklist_evidence_timestamp_seconds"
EXPIRY = "checklist_evidence_expiry_timestamp_seconds"
VALUE = "checklist_evidence_value"
SIGNED = "checklist_inspection_signed"

AHEAD = 300.0  # seconds that clocks may be apart

State = Literal["waiting", "valid", "expired", "ahead"]
Key = tuple[str, str, str]  # item, target, document


@dataclass(frozen=True, slots=True)
class File:
    """A file that was copied in: what it was called, and its content's hash and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """`target` is empty for all that the item is about; `document` where the item is about documents with an end.
    `substitutes` is for whom `by` stands in; `awaits` the roles of which somebody else must confirm; `sheet` the number
    of the inspection sheet that it was signed with."""

    id: str
    item: str
    by: str
    role: str
    at: float
    until: float
    result: str = "pass"  # or warn, fail
    target: str = ""
    document: str = ""
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    substitutes: str = ""
    awaits: tuple[str, ...] = ()
    confirmed: float | None = None
    confirmed_by: str = ""
    withdrawn: float | None = None
    withdrawn_by: str = ""
    reason: str = ""
    sheet: str = ""

    @property
    def key(self) -> Key:
        return self.item, self.target, self.document

    @property
    def agreed(self) -> bool:
        """Whether everybody has agreed who must."""
        return not self.awaits or self.confirmed is not None

    @property
    def counts(self) -> bool:
        return self.agreed and self.withdrawn is None

    @property
    def waits(self) -> bool:
        return not self.agreed and self.withdrawn is None

    def confirmable(self, now: float) -> bool:
        """Whether agreement would still make it count: while it holds, or where it says that a document is over."""
        return self.waits and (now < self.until or bool(self.document and self.result == "fail"))

    def state(self, now: float) -> State:
        """`ahead`: it was entered at a time that is still to come, so the clock was set back since."""
        if not self.counts:
            return "waiting"
        if self.at > now + AHEAD:
            return "ahead"
        return "valid" if now < self.until else "expired"


class Register:
    """All that is on record, the oldest first."""

    def __init__(self, entries: Iterable[Attestation] = (), lost: frozenset[str] = frozenset()) -> None:
        """`lost`: the numbers of those whose evidence is gone or changed since; they prove nothing any more."""
        self.lost = lost
        self.adopt(entries)

    def adopt(self, entries: Iterable[Attestation]) -> None:
        """These are all, from now on."""
        self.entries = tuple(entries)
        agreed = {each.key: each for each in self.entries if each.agreed}
        # Where the latest was taken back nothing stands: what it had replaced had been replaced.
        self.standing: Mapping[Key, Attestation] = {key: each for key, each in agreed.items() if each.counts}
        last = {each.key: each for each in self.entries}
        self.waiting = tuple(each for each in last.values() if each.waits)
        self._by_item: dict[str, list[Attestation]] = {}
        for each in self.standing.values():
            self._by_item.setdefault(each.item, []).append(each)

    def of(self, item: str) -> tuple[Attestation, ...]:
        """Those that stand for an item, about whatever target."""
        return tuple(self._by_item.get(item, ()))

    def about(self, item: str, target: str) -> tuple[Attestation, ...]:
        """What was said last of this target, be it of it alone or of all."""
        heard = {each.id for each in self.of(item) if each.target in {"", target}}
        return tuple(each for each in self.entries if each.id in heard)[-1:]


NOTHING = Register()


def body_of(entry: Attestation) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(entry)


def read(body: Mapping[str, Any]) -> Attestation:
    """What `body_of` made, of this version or a later one."""
    names = {each.name for each in fields(Attestation)}
    known = {name: value for name, value in body.items() if name in names}
    files = tuple(File(each["name"], each["sha256"], each["size"]) for each in body.get("files", ()))
    return Attestation(**{**known, "files": files, "awaits": tuple(body.get("awaits", ()))})
