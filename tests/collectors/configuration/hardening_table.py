"""The made-up configurations with known faults, judged: what was seeded, what was found, missed, and found falsely.

`python -m tests.collectors.configuration.hardening_table` prints the table.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from agent.core.console import Family
from agent.core.text import Text
from collectors.configuration.hardening.collector import KNOWN, assessed, shown
from collectors.configuration.hardening.found import Deviation
from collectors.configuration.normal import normal
from collectors.configuration.secrets import masked

FILES = Path(__file__).parents[2] / "checks" / "device_configurations"
FAMILIES: dict[str, Family] = {
    "huawei": "huawei_vrp",
    "h3c": "hp_comware",
    "ruijie": "ruijie_os",
    "cisco": "cisco_ios",
}
# Told by another metric than the rules': device_config_saved compares the running configuration with the saved one.
ELSEWHERE = frozenset(("NET-19",))
TRUTH: dict[str, dict[str, Any]] = yaml.safe_load((FILES / "truth.yaml").read_text(encoding="utf-8"))["configurations"]


@dataclass
class Judged:
    """Of one configuration: faults as the truth has them, deviations as the rules find them."""

    name: str
    family: str
    seeded: list[dict[str, Any]] = field(default_factory=list)
    missed: list[dict[str, Any]] = field(default_factory=list)
    false: list[Deviation] = field(default_factory=list)


def fingerprint(secret: str) -> str:
    return hashlib.sha256(b"a key" + secret.encode()).hexdigest()[:8]


def on_record(name: str) -> str:
    """As the store has it, and as the rules see it."""
    text = normal(FAMILIES[TRUTH[name]["family"]], (FILES / name).read_bytes(), fingerprint)
    return shown(text, {fingerprint(word): word for word in KNOWN})


def found(name: str) -> Sequence[Deviation]:
    """The family is found by the text itself."""
    return deviations(name, on_record(name))


def deviations(name: str, text: str) -> Sequence[Deviation]:
    result = assessed(name, None, text)
    if isinstance(result, Text):
        raise ValueError(result.en)
    return result.found


def judged(name: str) -> Judged:
    entry = TRUTH[name]
    made = Judged(name, entry["family"])
    left = list(found(name))
    explained: set[int] = set()
    for fault in entry["faults"]:
        if fault["item"] in ELSEWHERE:
            continue
        made.seeded.append(fault)
        telling = [each for each in left if _tells(each, fault)]
        explained.update(map(id, telling))
        if not any(each.result == fault["grade"] for each in telling):
            made.missed.append(fault)
    made.false = [each for each in left if id(each) not in explained]
    return made


def _tells(deviation: Deviation, fault: dict[str, Any]) -> bool:
    """The same item of the checklist, and one of the lines that the truth quotes; of what is absent there is none."""
    if deviation.rule.item not in {fault["item"], *fault.get("also", [])}:
        return False
    known = {fingerprint(word): word for word in KNOWN}
    wanted = {shown(masked(line.strip(), fingerprint), known) for line in fault.get("lines", [])}
    return "absent" in fault or bool(wanted & {line.strip() for line in deviation.lines})


def every() -> list[Judged]:
    return [judged(name) for name in TRUTH]


def _rows() -> Iterator[str]:
    results = every()
    yield f"{'family':8} {'files':>5} {'hardened':>8} {'seeded':>6} {'found':>5} {'missed':>6} {'false':>5}"
    total: Counter[str] = Counter()
    for family in (*FAMILIES, "all"):
        those = [each for each in results if family in (each.family, "all")]
        seeded, missed = sum(len(each.seeded) for each in those), sum(len(each.missed) for each in those)
        false, hardened = sum(len(each.false) for each in those), sum(not each.seeded for each in those)
        yield f"{family:8} {len(those):5} {hardened:8} {seeded:6} {seeded - missed:5} {missed:6} {false:5}"
    for each in results:
        total.update(fault["item"] for fault in each.seeded)
        for fault in each.missed:
            yield f"missed {each.name} {fault['item']} {fault['grade']}: {fault['fault']}"
        for deviation in each.false:
            yield f"false {each.name} {deviation.rule.item} {deviation.rule.id} {deviation.subjects}"
    yield "seeded by item: " + ", ".join(f"{item} {count}" for item, count in sorted(total.items()))


if __name__ == "__main__":
    print("\n".join(_rows()))
