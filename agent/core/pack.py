"""Pack: what stands on record about checklist items, for an assessor who has none of our software."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OnRecord:
    """About one item. `seqs` are its records in the ledger; `latest` says where the last record of each finding stands,
    by kind and subject; `history` its last records in short; the rest are entries of the registers, as documents."""

    seqs: Collection[int] = ()
    latest: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    attestations: Sequence[Mapping[str, Any]] = ()
    waivers: Sequence[Mapping[str, Any]] = ()
    tickets: Sequence[Mapping[str, Any]] = ()


NOTHING = OnRecord()
