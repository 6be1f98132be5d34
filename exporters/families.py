"""Series in the text format 0.0.4, grouped by name as it demands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

WORDS = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n"})
LABEL_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Family:
    """The series of one name: value by labels. Of two with the same labels the first stays."""

    def __init__(self, name: str, kind: str, help: str) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.series: dict[str, int | str] = {}

    def add(self, labels: str, value: float) -> None:
        self.series.setdefault(labels, said(value))

    def rendered(self) -> bytes:
        name = self.name
        lines = [f"{name}{labels} {value}\n" for labels, value in self.series.items()]
        head = f"# HELP {name} {self.help.translate(ESCAPES)}\n# TYPE {name} {self.kind}\n"
        # A lone surrogate has no UTF-8; one bad label must not cost the page.
        return (head + "".join(lines)).encode("utf-8", "replace")


class Families(dict[str, Family]):
    def of(self, name: str, kind: str, help: str) -> Family:
        """The family of this name. One name has one type: series of another type get a family that nobody shows."""
        family = self.get(name)
        if family is None:
            family = self[name] = Family(name, kind, help)
        return family if family.kind == kind else Family(name, kind, help)

    def rendered(self) -> Iterator[bytes]:
        return (self[name].rendered() for name in sorted(self) if self[name].series)


def said(value: float) -> int | str:
    if isinstance(value, int):
        return value
    text = repr(float(value))
    return WORDS.get(text, text)


def written(labels: Mapping[str, str]) -> str:
    """As they stand behind a name."""
    if not labels:
        return ""
    return "{" + ",".join([f'{name}="{labels[name].translate(LABEL_ESCAPES)}"' for name in sorted(labels)]) + "}"
