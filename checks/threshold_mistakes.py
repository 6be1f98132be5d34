"""What is wrong with thresholds of checklist items: said at `validate`, with the limits that can be named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.core.checklist import Item, Rule
from agent.core.model import Collector
from agent.core.site import Site
from agent.core.text import Text
from checks import sources, words
from checks.options import Threshold
from checks.thresholds import RESULTS, before_end, bound, limit, named, of_item, of_result, unclear, unit

FOR_PLAYBOOKS = ("above", "below", "equals", "clear")
SIGNS = {"above": ">", "below": "<", "age_above": "older than", "age_below": "younger than", "": "="}

OF_PLAYBOOK = Text(
    "检查项不用 {option},它属于预案;可用 warn、fail、for",
    "a checklist item has no {option}, which is for playbooks; allowed: warn, fail, for",
)
OF_ITEM = Text("预案不用 {option},它属于检查项", "a playbook has no {option}, which is for checklist items")
NONE = Text("{item} 没有这样的限值;已有:{known}", "{item} has no such limit; known: {known}")
SEVERAL = Text(
    "{item} 有几条限值,请用 metric、labels、instead_of(出厂值)或 result 指明一条:{known}",
    "{item} has several limits; name one by metric, labels, instead_of (its shipped value) or result: {known}",
)
NOT_THIS = Text(
    "{item} 的限值不能是 {value}:这里写{wanted};已有:{known}",
    "{value} cannot be a limit of {item}: {wanted} is expected here; known: {known}",
)
WANTED = {
    "seconds": Text("时长(如 30m、90d,或秒数)", "a time, like 30m, 90d or a number of seconds,"),
    "ratio": Text("比例(如 85%,或 0 到 1 的小数)", "a share, like 85% or 0.85,"),
    "": Text("不带单位的数值", "a number without a unit"),
}
TWICE = Text("{item} 的这条限值改了两次", "this limit of {item} is changed twice")
BEYOND = Text(
    "{item} 的预警值 {warn:g} 比不合格值 {fail:g} 更差,永远不会预警",
    "warn {warn:g} of {item} lies beyond fail {fail:g}: it would never warn",
)

UNASKED = Text(
    "thresholds.{item}:{target} 没有这一项检查,该阈值不起作用",
    "thresholds.{item}: the item is not asked of {target}; this threshold has no effect",
)

Place = tuple[int, str]  # which threshold of the item, and which option of it; empty: the whole


def mistakes(items: Mapping[str, Item], said: Mapping[str, Sequence[Threshold]]) -> Iterator[tuple[str, Place, Text]]:
    """Per mistake the item or playbook, the place and what is wrong. Ids that are neither are somebody else's."""
    for id_, thresholds in said.items():
        found = _of_item(items[id_], thresholds) if id_ in items else _of_playbook(thresholds)
        yield from ((id_, place, text) for place, text in found)


def unasked(items: Iterable[Item], site: Site, collectors: Mapping[str, Collector]) -> Iterator[Text]:
    """Thresholds for targets of which their item is not asked."""
    said: Mapping[str, Sequence[Threshold]] = site.sections.get("thresholds", {})
    for item in items:
        if own := [each.target for each in said.get(item.id, ()) if each.target]:
            asked = {target.id for target in sources.targets(item, site, collectors)}
            yield from (UNASKED.format(item=item.id, target=each) for each in own if each not in asked)


def _of_playbook(thresholds: Sequence[Threshold]) -> Iterator[tuple[Place, Text]]:
    for index, threshold in enumerate(thresholds):
        for option in (*RESULTS, "metric", "labels", "instead_of", "result"):
            if option in threshold.model_fields_set:
                yield (index, option), OF_ITEM.format(option=option)


def _of_item(item: Item, thresholds: Sequence[Threshold]) -> Iterator[tuple[Place, Text]]:
    seen: set[tuple[str | None, str, int]] = set()
    for index, threshold in enumerate(thresholds):
        for option in FOR_PLAYBOOKS:
            if getattr(threshold, option) is not None:
                yield (index, option), OF_PLAYBOOK.format(option=option)
        for option in (*RESULTS, "for"):
            if (threshold.for_ if option == "for" else getattr(threshold, option)) is None:
                continue
            places = named(item, threshold, option)
            known = ", ".join(written(item, each) for each in _limited(item, option))
            if not places:
                yield (index, option), _none(item, threshold, option, known)
            elif unclear(item, threshold, option):
                yield (index, option), SEVERAL.format(item=item.id, known=known)
            changes = {(threshold.target, "for" if option == "for" else "limit", place) for place in places}
            if changes & seen:
                yield (index, option), TWICE.format(item=item.id)
            seen |= changes
    yield from _beyond(item, thresholds)


def _none(item: Item, threshold: Threshold, option: str, known: str) -> Text:
    """No limit is meant: there is none of this description, or none that could have this value."""
    meant = [] if option == "for" else of_result(item, threshold, option)
    if not meant:
        return NONE.format(item=item.id, known=known or "-")
    units = dict.fromkeys(unit(item, item.rules[place].condition) for place in meant)
    wanted = Text("或".join(WANTED[each].zh for each in units), " or ".join(WANTED[each].en for each in units))
    said = getattr(threshold, option)
    return NOT_THIS.format(item=item.id, value=said.written, wanted=wanted, known=known)


def _beyond(item: Item, thresholds: Sequence[Threshold]) -> Iterator[tuple[Place, Text]]:
    ours = of_item(item, thresholds)
    shipped = set(_inverted(item))
    for target, each in ((None, ours), *ours.own.items()):
        for warn, fail in _inverted(each):
            if (warn, fail) not in shipped:
                yield _latest(thresholds, target), BEYOND.format(item=item.id, warn=warn, fail=fail)
                return


def _latest(thresholds: Sequence[Threshold], target: str | None) -> Place:
    """Where the last limit stands that this target has."""
    said = [
        (index, option)
        for index, each in enumerate(thresholds)
        for option in RESULTS
        if each.target in (None, target) and getattr(each, option) is not None
    ]
    return said[-1]


def _inverted(item: Item) -> Iterator[tuple[float, float]]:
    """Warnings that come later than the failure about the same series."""
    for warn in _limited(item, "warn"):
        for fail in _limited(item, "fail"):
            first, second = warn.condition, fail.condition
            name = bound(first)
            same = (first.metric, first.labels, name) == (second.metric, second.labels, bound(second))
            if not same or warn.and_also or fail.and_also or warn.during != fail.during:
                continue
            before, after = getattr(first, name), getattr(second, name)
            if before > after if name in ("above", "age_above") else before < after:
                yield limit(first), limit(second)


def _limited(item: Item, option: str) -> list[Rule]:
    return [rule for rule in item.rules if option == "for" or (rule.result.value == option and bound(rule.condition))]


def written(item: Item, rule: Rule) -> str:
    """A rule as one that names it would look for it: `ups_battery_runtime_seconds < 900 (15 min) for 300 s`."""
    condition = rule.condition
    labels = ", ".join(f'{name}="{value}"' for name, value in condition.labels.items() if name != "item")
    series = condition.metric + (f"{{{labels}}}" if labels else "")
    sign = "within" if before_end(condition) else SIGNS[bound(condition)]
    lasting = f" for {rule.for_seconds:g} s" if rule.for_seconds else ""
    value = f"{condition.equals:g}" if condition.equals is not None else f"{limit(condition):g}"
    said = unit(item, condition) if bound(condition) else ""
    value += f" ({words.value(limit(condition), said).en})" if said else ""
    return f"{series} absent{lasting}" if rule.absent else f"{series} {sign} {value}{lasting}"
