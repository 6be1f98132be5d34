"""What an evidence pack says of the items that an assessor asked for: one JSON document, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.core.checklist import Area, Attesting, Clause, Finding, Item
from agent.core.pack import NOTHING, OnRecord
from agent.core.posts import ROLES
from agent.core.text import Text, both
from checks import changes, clauses, words
from checks.report import RESULTS, Report, finding_document, worst_first

CERTAINTIES: Mapping[str, Text] = {
    "seen": Text("已见原文", "source seen"),
    "quoted": Text("据他人引用或转录,须核对原文", "seen as a quotation only; check the source"),
    "memory": Text("凭记忆,须核对原文", "from memory; check the source"),
    "not_found": Text("未找到原文", "source not found"),
}
MODES: Mapping[str, Text] = {
    "automatic": Text("自动", "automatic"),
    "semi_automatic": Text("半自动", "semi-automatic"),
    "attested": Text("人工", "attested"),
}
STATES: Mapping[str, Text] = {
    "waiting": Text("待确认", "waits for a yes"),
    "valid": Text("有效", "valid"),
    "expired": Text("已过期", "expired"),
    "ahead": Text("登记时间在将来", "entered at a time to come"),
    "ended": Text("已结束", "ended"),
    "open": Text("未结", "open"),
    "overdue": Text("逾期", "overdue"),
    "closed": Text("已关闭", "closed"),
}
ORIGINS: Mapping[str, Text] = {
    "standard": Text("标准规定", "stated by a standard"),
    "design": Text("本产品设定", "set by this product"),
    "vendor": Text("厂商或规范建议", "vendor, RFC or benchmark"),
}


def items_document(
    report: Report, wanted: Sequence[str], asked: Sequence[str], on_record: Mapping[str, OnRecord]
) -> list[dict[str, Any]]:
    """The items of these ids in the order of the checklist; `asked` are the clauses that were asked for."""
    names = frozenset(wanted)
    return [
        _item(report, area, item, asked, on_record.get(item.id, NOTHING))
        for area in report.areas
        for item in area.items
        if item.id in names
    ]


def legend() -> dict[str, Any]:
    """How states and results are said."""
    return {
        "states": {name: both(text) for name, text in STATES.items()},
        "results": {result.value: both(text) for result, (text, _) in RESULTS.items()},
    }


def _item(report: Report, area: Area, item: Item, asked: Sequence[str], known: OnRecord) -> dict[str, Any]:
    findings = worst_first([each for each in report.findings if each.item == item.id], {item.id: item})
    return {
        **_texts(area, item),
        "advice": item.level > report.level,
        "thresholds": _thresholds(report, item),
        "clauses": [_clause(each, asked) for each in item.clauses],
        "findings": [_finding(each, item, known) for each in findings],
        "attestations": list(known.attestations),
        "waivers": list(known.waivers),
        "tickets": list(known.tickets),
        "records": {"count": len(known.seqs), "latest": list(known.history)},
    }


def _texts(area: Area, item: Item) -> dict[str, Any]:
    """What the checklist says of the item, whatever was found."""
    return {
        "item": item.id,
        "area": area.id,
        "area_title": both(area.title),
        "title": both(item.title),
        "verify": both(item.verify),
        "how": both(item.how) if item.how else None,
        "mode": item.mode,
        "mode_says": both(MODES[item.mode]),
        "severity": item.severity,
        "level": item.level,
        "cadence": item.cadence,
        "rhythm": both(item.rhythm) if item.rhythm else None,
        "needs": list(item.needs),
        "limits": [
            {"result": result.value, "says": both(RESULTS[result][0]), "limit": both(text)}
            for result, text in item.limits.items()
        ],
        "origin": [{"origin": each, "says": both(ORIGINS[each])} for each in item.origin],
        "origin_note": both(item.origin_note) if item.origin_note else None,
        "remedy": both(item.remedy),
        "playbooks": list(item.playbooks),
        "attested": _attesting(item.attested),
        "fallback": _attesting(item.fallback),
        "figures": [{"figure": each.id, "says": both(each.says), "unit": each.unit} for each in item.figures],
    }


def _thresholds(report: Report, item: Item) -> list[dict[str, Any]]:
    changed = [each for each in report.changed if each.item == item.id]
    said = changes.lines(changed, {item.id: item})
    return [{**changes.entry(each), "says": both(line)} for each, line in zip(changed, said, strict=True)]


def _clause(clause: Clause, asked: Sequence[str]) -> dict[str, Any]:
    return {
        "text": clause.text,
        "certainty": clause.certainty,
        "says": both(CERTAINTIES[clause.certainty]),
        "asked": any(clauses.matches(clause, each) for each in asked),
    }


def _attesting(said: Attesting | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "says": both(said.says),
        "by": [both(ROLES[role]) for role in said.by],
        "confirmed_by": [both(ROLES[role]) for role in said.confirmed_by],
        "valid_seconds": said.valid,
        "valid": both(words.duration(said.valid)),
    }


def _finding(finding: Finding, item: Item, known: OnRecord) -> dict[str, Any]:
    """`window`: when the first and the last of its samples were read. `ledger`: the last record that says so."""
    times = [float(each[name]) for each in finding.evidence for name in ("since", "at") if name in each]
    return {
        **finding_document(finding, item),
        "says": both(RESULTS[finding.verdict.result][0]),
        "window": {"from": min(times), "to": max(times)} if times else None,
        "ledger": known.latest.get((finding.kind, finding.verdict.subject)),
    }
