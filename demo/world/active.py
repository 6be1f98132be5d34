"""Which faults there are now."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Active:
    """Faults by name, and whom each befalls: the id of a node or a line, "" for the whole centre. `changes` counts."""

    begun: dict[tuple[str, str], float] = field(default_factory=dict)
    changes: int = 0

    def on(self, name: str, subject: str = "") -> bool:
        return (name, subject) in self.begun

    def any_of(self, name: str) -> bool:
        return any(each == name for each, _ in self.begun)

    def begin(self, name: str, subject: str, at: float) -> bool:
        """False if it had begun before."""
        if self.on(name, subject):
            return False
        self.begun[name, subject] = at
        self.changes += 1
        return True

    def end(self, name: str, subject: str) -> bool:
        """False if there was none."""
        if self.begun.pop((name, subject), None) is None:
            return False
        self.changes += 1
        return True
