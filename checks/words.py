"""How values and limits are said to operators: percent, days and words for ratios, seconds and 0 or 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from agent.core.checklist import Rule, Words
from agent.core.incident import Condition
from agent.core.model import Sample
from agent.core.text import Text, clean

PARTS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
UNITS = {"celsius": " ℃", "volts": " V", "amperes": " A", "watts": " W", "hertz": " Hz"}


def duration(seconds: float) -> Text:
    """Seconds in the largest unit that gives at least two, or a whole number: 90 s, 15 min, 1 h, 7 d."""
    if math.isinf(seconds):
        return Text("无限长", "no end")
    length = abs(seconds)
    if 0 < length < 1:
        return Text(f"{_number(seconds * 1000)} 毫秒", f"{_number(seconds * 1000)} ms")
    fitting = (part for part in PARTS if length >= 2 * part[0] or (length and length % part[0] == 0))
    size, zh, en = next(fitting, PARTS[-1])
    return Text(f"{_number(seconds / size)} {zh}", f"{_number(seconds / size)} {en}")


def value(number: float, unit: str, now: float = 0.0) -> Text:
    """A number in the metric's base unit, as a screen shows it; a moment as seen from `now`, both in Unix seconds."""
    if unit == "seconds":
        return duration(number)
    if unit == "Unix seconds":
        return _moment(number - now)
    if unit == "as the figure says":
        return Text(f"{number:g}", f"{number:g}")
    shown = f"{_number(number * 100)}%" if unit == "ratio" else _number(number) + UNITS.get(unit, "")
    return Text(shown, shown)


def _moment(ahead: float) -> Text:
    if math.isinf(ahead):
        return Text("永久", "never") if ahead > 0 else Text("从未", "never")
    length = duration(abs(round(ahead)))
    return _worded(Text("{}后", "in {}") if ahead > 0 else Text("{}前", "{} ago"), length)


def said(words: Words | None, sample: Sample, now: float = 0.0) -> Text:
    """`/ 已用 93%`, `设备不可达`; the metric's own name and labels where nobody gave it words."""
    shown = words.values.get(sample.value) if words else None
    shown = shown or value(sample.value, sample.metric.unit, now)
    labels = {name: clean(text) for name, text in zip(sample.metric.labels, sample.labels, strict=True)}
    if words is None:
        name = " ".join((sample.metric.name, *(text for text in labels.values() if text)))
        return Text(f"{name} {shown.zh}", f"{name} {shown.en}")
    facts = {name: words.labels.get(name, {}).get(text, Text(text, text)) for name, text in labels.items()}
    zh = words.says.format(value=shown.zh, **{name: text.zh for name, text in facts.items()}).zh
    en = words.says.format(value=shown.en, **{name: text.en for name, text in facts.items()}).en
    return Text(zh.replace("  ", " "), en.replace("  ", " "))  # where a label is empty


def band(rules: Iterable[Rule], words: Words | None, unit: str) -> Text:
    """The values at which none of these rules on one metric is true: `≤80%`, `18 ℃ – 27 ℃`, `可达`."""
    conditions = [rule.condition for rule in rules]
    if (age := _age(conditions)) is not None:
        return age
    wrong = {each.equals for each in conditions if each.equals is not None}
    if wrong:
        return _otherwise(wrong, words, unit)
    highest = min((each.above for each in conditions if each.above is not None), default=None)
    lowest = max((each.below for each in conditions if each.below is not None), default=None)
    if highest is not None and lowest is not None:
        low, high = value(lowest, unit), value(highest, unit)
        return Text(f"{low.zh} – {high.zh}", f"{low.en} – {high.en}")
    if highest is not None:
        return _worded(Text("≤{}", "≤{}") if highest else Text("{}", "{}"), value(highest, unit))
    return _worded(Text("≥{}", "≥{}"), value(lowest or 0.0, unit))


def _age(conditions: Sequence[Condition]) -> Text | None:
    young = [each.age_below for each in conditions if each.age_below is not None]
    if young:
        return _worded(Text("不晚于 {}前", "at least {} old"), duration(max(young)))
    ages = [each.age_above for each in conditions if each.age_above is not None]
    if not ages:
        return None
    if min(ages) < 0:
        return _worded(Text("至少还有 {}", "at least {} left"), duration(-min(ages)))
    return _worded(Text("不早于 {}前", "no older than {}"), duration(min(ages)))


def joined(texts: Iterable[Text], most: int = 3) -> Text:
    """Sentences side by side, each once; what exceeds `most` is counted, not dropped in silence."""
    kept = list(dict.fromkeys(texts))
    more = len(kept) - most
    zh, en = "；".join(text.zh for text in kept[:most]), "; ".join(text.en for text in kept[:most])
    return Text(zh, en) if more <= 0 else Text(f"{zh}；另有 {more} 处", f"{en}; and {more} more")


def _otherwise(wrong: set[float], words: Words | None, unit: str) -> Text:
    right = [text for number, text in (words.values if words else {}).items() if number not in wrong]
    if right:
        return Text("或".join(text.zh for text in right), " or ".join(text.en for text in right))
    shown = ", ".join(value(number, unit).en for number in sorted(wrong))
    return Text(f"不是 {shown}", f"not {shown}")


def _worded(form: Text, filled: Text) -> Text:
    return Text(form.zh.format(filled.zh), form.en.format(filled.en))


def _number(number: float) -> str:
    if 0 < abs(number) < 0.1:
        return f"{number:.1g}"
    rounded = round(number, 1)
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"
