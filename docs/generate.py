"""Writes the generated pages of docs/ from the tables of the code: `python -m docs.generate [--check]`.

With --check nothing is written; the exit code is 1 if a page is stale, so that `make check` catches it.
"""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.core.checklist import Item, Rule
from agent.core.incident import Condition, Playbook, Trigger
from agent.core.model import Metric
from agent.tables import SECTIONS
from collectors import COLLECTORS

FOLDER = Path(__file__).parent
MARK = "<!-- Written by `make docs` (docs/generate.py); edit the tables in the code, not this page. -->"

# Where metrics that no collector yields are declared (a tuple METRICS), and who computes them.
OF_TARGETS = {
    "agent.runner": ("frame", "every section"),
    "agent.availability": ("frame", "lines, applications"),
    "agent.host_keys": ("SSH", "switches, hosts"),
}
OF_CENTER = {
    "agent.vitals": "frame",
    "agent.telling": "frame",
    "agent.roster": "duty",
    "agent.self_testing": "notify",
    "agent.found_changes": "readings, change register",
    "agent.inventory": "list of assets",
    "playbooks.metrics": "incidents",
    "agent.attestation_metrics": "attestations",
    "agent.ticketing": "remediation tickets",
    "checks.metrics": "checklist",
}


@dataclass(frozen=True)
class Row:
    """One metric as the page shows it: sections of agent.yaml, who yields it, and whether it is about a target."""

    metric: Metric
    sections: tuple[str, ...]
    by: tuple[str, ...]
    of_target: bool


def rows() -> list[Row]:
    """Every metric that the tables know, by name. One that several collectors yield is one row."""
    found: dict[str, Row] = {}
    for module, (by, sections) in OF_TARGETS.items():
        found.update({metric.name: Row(metric, (sections,), (by,), True) for metric in _declared(module)})
    for module, by in OF_CENTER.items():
        found.update({metric.name: Row(metric, (), (by,), False) for metric in _declared(module)})
    for collector in COLLECTORS.values():
        sections = tuple(
            section.key for section in SECTIONS.values() if section.kind in (*collector.kinds, *collector.others)
        )
        for metric in collector.metrics:
            known = found.get(metric.name, Row(metric, (), (), True))
            found[metric.name] = Row(
                metric,
                _union(known.sections, sections),
                _union(known.by, (collector.name,)),
                not metric.name.startswith("center_"),
            )
    return [found[name] for name in sorted(found)]


def _declared(module: str) -> Iterable[Metric]:
    metrics: Iterable[Metric] = importlib.import_module(module).METRICS
    return metrics


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def metrics_page() -> str:
    """docs/metrics.md."""
    known = rows()
    return _page(
        "# Metrics",
        "Every series that this version gives out at `/metrics`. Names, types, units and labels only grow. Units are "
        "base units; `0/1` is a boolean, `1` an info metric whose facts are its labels. The series of a target that "
        "could not be read are absent, except `shouwang_target_*`: no stale value is ever shown as current.",
        f"## Of targets ({sum(row.of_target for row in known)})",
        "They carry `kind` (the section of agent.yaml in the singular) and `target` besides the labels named here.",
        _metric_table([row for row in known if row.of_target]),
        f"## Of the centre and the agent ({sum(not row.of_target for row in known)})",
        "They carry the labels named here and no others.",
        _metric_table([row for row in known if not row.of_target]),
    )


def _metric_table(known: Iterable[Row]) -> str:
    return _table(
        ("Metric", "Type", "Unit", "Labels", "Meaning", "agent.yaml", "By"),
        (
            (
                f"`{row.metric.name}`",
                row.metric.type,
                row.metric.unit,
                ", ".join(row.metric.labels) or "–",
                row.metric.help,
                ", ".join(row.sections) or "–",
                ", ".join(row.by),
            )
            for row in known
        ),
    )


def checklist_page() -> str:
    """docs/checklist.md."""
    from checks import book

    parts = [
        "# 检查清单 / Checklist",
        "本版本能自动判定的检查项;规则逐条判定,不合格先于预警,都不成立且有新读数才是合格。"
        "没有读数绝不算合格:从未接入是「未接入」(不计分),接入后中断是「无数据」。",
        "The items that this version judges. All rules are tried, fail beats warn, none true with a fresh reading is "
        "pass. No reading is never a pass: a source that never spoke is not connected (outside the score), one that "
        "fell silent is unknown. A rule with `for` counts after that duration, and until it was false for twice as "
        "long; a duration that nobody witnessed, as in a single `shouwang checklist run` without a running agent, is "
        "a warning.",
    ]
    for area in book.load():
        parts.append(f"## {area.title.zh} / {area.title.en}")
        parts.append(
            _table(
                ("项 / Item", "程度 / Severity", "接入 / Needs", "规则 / Rules", "处置 / Remedy"),
                map(_item, area.items),
            )
        )
    return _page(*parts)


def _item(item: Item) -> tuple[str, ...]:
    said = [_rule(rule) for rule in item.rules] + ([f"judge `{item.judge}`"] if item.judge else [])
    return (
        f"{item.id} {item.title.zh}<br>{item.title.en}",
        item.severity,
        ", ".join(item.needs),
        "<br>".join(said),
        f"{item.remedy.zh}<br>{item.remedy.en}",
    )


def _rule(rule: Rule) -> str:
    duration = f" for {rule.for_seconds:g}s" if rule.for_seconds else ""
    hours = "" if rule.during == "any" else f" in {rule.during} hours"
    said = f"{rule.condition.metric} absent" if rule.absent else _condition(rule.condition)
    said += "".join(f" and {_condition(other)}" for other in rule.and_also)
    return f"{rule.result.value}: `{said}{duration}{hours}`"


def _condition(says: Condition) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in says.labels.items())
    series = says.metric + (f"{{{labels}}}" if labels else "")
    if says.age_below is not None:
        return f"{series} younger than {says.age_below:g}s"
    comparisons: Mapping[str, float | None] = {">": says.above, "<": says.below, "=": says.equals}
    sign, limit = next(
        ((sign, limit) for sign, limit in comparisons.items() if limit is not None), ("older than", says.age_above)
    )
    if sign == "older than" and limit is not None:
        return f"{series} less than {-limit:g}s left" if limit < 0 else f"{series} older than {limit:g}s"
    return f"{series} {sign} {limit:g}"


def playbooks_page() -> str:
    """docs/playbooks.md."""
    from playbooks import book

    lines = [_playbook(each) for each in book.load()]
    return _page(
        "# 事件剧本 / Incident playbooks",
        "没有剧本就没有告警:每种事件的触发条件都写在它自己的剧本里。全文用 `shouwang playbook show IR-04` 查看。",
        "No alert without a playbook: what opens an incident stands in the playbook's own file. An incident opens with "
        "the class of the gravest trigger that is true for its duration (and, where it says so, in service or working "
        "hours), and closes once none holds any more. The whole of one: `shouwang playbook show IR-04`.",
        _table(("剧本 / Playbook", "告警名 / Alert", "触发 / Triggers", "首问责任人 / First", "检查项 / Items"), lines),
    )


def _playbook(book: Playbook) -> tuple[str, ...]:
    return (
        f"{book.id} {book.title.zh}<br>{book.title.en}",
        f"`{book.alert}`",
        "<br>".join(_trigger(trigger) for trigger in book.triggers),
        f"{book.first.zh}<br>{book.first.en}",
        ", ".join(book.checks),
    )


def _trigger(trigger: Trigger) -> str:
    conditions = " and ".join(_condition(each) for each in (trigger.condition, *trigger.and_also))
    duration = f" for {trigger.for_seconds:g}s" if trigger.for_seconds else ""
    during = "" if trigger.during == "any" else f" during {trigger.during} hours"
    return f"{trigger.raises_to}: `{conditions}{duration}{during}`"


def configuration_page() -> str:
    """docs/configuration.md."""
    from agent.config import markdown

    title, _, rest = markdown(SECTIONS).strip().partition("\n")
    return _page(title, rest.strip())


def example() -> str:
    """docs/example/agent.yaml: what the simulated centre uses."""
    from agent.cli.demo import HOST, PORT
    from demo.centre.plan import centre
    from demo.configuration.document import agent_yaml

    return agent_yaml(centre(), f"{HOST}:{PORT}")


def demo_page() -> str:
    """docs/demo.md: its tables; what stands around them is written by hand."""
    from docs.demo_tables import filled

    return filled((FOLDER / "demo.md").read_text("utf-8"), _table)


PAGES: dict[str, Callable[[], str]] = {
    "metrics.md": metrics_page,
    "checklist.md": checklist_page,
    "playbooks.md": playbooks_page,
    "configuration.md": configuration_page,
    "demo.md": demo_page,
    "example/agent.yaml": example,
}


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    def cells(line: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"

    return "\n".join([cells(head), "|" + "---|" * len(head), *(cells(line) for line in lines)])


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((title, MARK, *parts)) + "\n"


def stale() -> Iterator[str]:
    """For each page that does not say what the code says, what differs."""
    for name, page in PAGES.items():
        path = FOLDER / name
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if there != (right := page()):
            differing = difflib.unified_diff(
                there.splitlines(), right.splitlines(), f"docs/{name}", "code", n=0, lineterm=""
            )
            yield "\n".join(list(differing)[:12])


def main(arguments: list[str]) -> int:
    """0 if all is fresh or was written, 1 if --check found a stale page, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.generate [--check]\n")
        return 2
    if arguments:
        found = list(stale())
        sys.stderr.writelines(f"{difference}\nstale; run `make docs` and commit docs/\n" for difference in found)
        return 1 if found else 0
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
