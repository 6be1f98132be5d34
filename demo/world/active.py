"""Which faults there are now."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Active:
    """Faults by name, and whom each befalls: the id of a node or a line, "" for the whole centre; in their order."""

    begun: dict[tuple[str, str], None] = field(default_factory=dict)

    def on(self, name: str, subject: str = "") -> bool:
        return (name, subject) in self.begun

    def any_of(self, name: str) -> bool:
        return any(each == name for each, _ in self.begun)

    def begin(self, name: str, subject: str) -> None:
        self.begun.setdefault((name, subject))

    def end(self, name: str, subject: str) -> None:
        self.begun.pop((name, subject), None)
