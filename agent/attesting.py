"""What an attestation must be to be taken: who may say it, of what, with which proof. Pure but for the look whether its
files are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent import evidence
from agent.core.attestations import EXPIRY, SIGNED, Attestation, File
from agent.core.calendar import Calendar
from agent.core.checklist import ITSELF, Attesting, Figure, Finding, Item, Result
from agent.core.posts import ROLES, Post, in_office, in_words, post_of
from agent.core.site import Person, Site
from agent.core.text import Text, clean
from agent.core.unfit import Unfit

TEXT, WHO = 500, 60  # characters
MOST_FILES = 20
FURTHEST = 100 * 366 * 86400.0  # seconds from now that a document may end
RESULTS = ("pass", "warn", "fail")

NO_ITEM = Text("没有检查项 {item}", "no checklist item {item}")
AUTOMATIC = Text(
    "{item} {title}由守望自动检查,没有人工登记", "{item} {title} is judged by the agent; nobody attests it"
)
CONNECTED = Text(
    "{item} {title}的来源已接入,以自动检查为准,不能人工登记",
    "the source of {item} {title} is connected; its readings count",
)
BY_SHEET = Text(
    "{item} 由巡检单签认:shouwang checklist sheet sign",
    "{item} is attested by signing the inspection sheet: shouwang checklist sheet sign",
)
NO_TARGET = Text("没有监测对象 {target}", "no target {target}")
WHOLE = Text("{item} 是对整个中心的,不写 --target", "{item} is about the whole centre; leave --target out")
OTHER_KIND = Text("{item} 与 {target} 无关", "{item} is not about {target}")
NOBODY = Text("agent.yaml 的 people 里没有 {who};已有:{known}", "people: of agent.yaml has no {who}; known: {known}")
GONE = Text(
    "{who} {name}自 {until} 起已不在岗,不能登记或确认", "{who} {name} left the post after {until} and says nothing more"
)
NOT_YOURS = Text(
    "{item} {title}只能由{roles}办理;{who} {name}是{role}。可以办理的人:{able}",
    "{item} {title} is for the {roles}; {who} {name} is {role}. Who may: {able}",
)
ABLE_NONE = Text("无,请在 agent.yaml 的 people 里登记", "nobody; enter one under people: in agent.yaml")
BAD_RESULT = Text("结果只能是 pass、warn、fail,不是 {result}", "a result is pass, warn or fail, not {result}")
NO_FILES = Text("{item} 要附证据文件:--evidence 文件", "{item} needs a file of evidence: --evidence FILE")
NO_PHOTO = Text(
    "{item} {title}合格要附照片:--evidence 文件,或写在巡检单该项的 evidence 里",
    "{item} {title}: that it passes is shown by a photograph: --evidence FILE, or evidence: of its line of the sheet",
)
MANY_FILES = Text("一次最多附 20 个文件", "at most 20 files at once")
FILE_GONE = Text("证据 {name} 不在证据目录 {folder}", "the evidence {name} is not in the folder {folder}")
NO_FIGURE = Text("{item} 还要填:{missing}(--figure 名称=数值)", "{item} also asks for: {missing} (--figure name=value)")
STRANGE_FIGURE = Text("{item} 不填 {strange};可填:{known}", "{item} asks for no {strange}; known: {known}")
BAD_FIGURE = Text("{figure}({says})不能是 {value};应为{range}", "{figure} ({says}) cannot be {value}; expected {range}")
NO_DOCUMENT = Text(
    "{item} 按文件到期日判定,请写 --document 名称 --expires 日期",
    "{item} is judged by when documents end; give --document NAME --expires DATE",
)
STRANGE_DOCUMENT = Text(
    "{item} 不按文件到期日判定,不写 --document", "{item} is not about documents; leave --document out"
)
BAD_EXPIRES = Text("--expires 离今天超过 100 年", "--expires is over 100 years from today")
OVER_ALREADY = Text(
    "{document} 已于 {day} 到期,不能记为 {result};请登记新的一份,或按过期登记:--result fail",
    "{document} ended on {day} and is no {result}; attest the one that replaces it, or that it is over: --result fail",
)
BAD_VALID = Text(
    "有效期只能缩短:最长 {days} 天,且大于 0", "validity can only be shortened: {days} days at most, more than none"
)

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an entry is taken by. `by_itself(item, target)`: the agent judges it from readings of its own."""

    site: Site
    items: Mapping[str, Item]
    folder: Path
    by_itself: Callable[[str, str], bool]

    @property
    def calendar(self) -> Calendar:
        return self.site.calendar


def by_itself(findings: Iterable[Finding]) -> Callable[[str, str], bool]:
    """Of the latest findings: whether an item was judged from readings about this target, or about any without one."""
    latest = tuple(findings)

    def judged(item: str, target: str) -> bool:
        found = [each for each in latest if each.item == item and target in ("", each.verdict.subject)]
        alone = (Result.NOT_CONNECTED, Result.NOT_APPLICABLE)
        return bool(found) and all(each.who == ITSELF and each.verdict.result not in alone for each in found)

    return judged


def taken(request: Request, desk: Desk, number: int, now: float) -> Attestation:
    """The entry that a request makes. Unfit if it cannot be taken, ValueError where it is of another shape."""
    try:
        return _taken(request, desk, number, now)
    except Unfit:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not an attestation: {error!r}") from None


def _taken(request: Request, desk: Desk, number: int, now: float) -> Attestation:
    item = desk.items.get(str(request.get("item")))
    if item is None:
        raise Unfit(NO_ITEM.format(item=clean(str(request.get("item")), WHO)))
    target = clean(str(request.get("target") or ""), WHO)
    attesting = _attesting(desk, item, target)
    person = person_of(desk, request, now)
    post = post_for(desk, item, person, attesting.by, attesting.covers, now)
    result = str(request.get("result") or "pass")
    object_to([(result not in RESULTS, BAD_RESULT.format(result=clean(result, WHO)))])
    document, until = _end(request, desk, item, attesting, now)
    _object_to_over(desk, document, until, result, now)
    return Attestation(
        id=f"ATT-{number:04d}",
        item=item.id,
        by=person.id,
        role=post.role,
        at=now,
        until=until,
        result=result,
        target=target,
        document=document,
        note=clean(str(request.get("note") or ""), TEXT),
        figures=_figures(request, item),
        files=_files(request, desk, item, attesting.photo and result == "pass"),
        substitutes=post.substitutes,
        awaits=attesting.confirmed_by,
        sheet=clean(str(request.get("sheet") or ""), WHO),
    )


def attesting_of(item: Item) -> Attesting:
    """Who says what of it. Unfit where nobody does."""
    attesting = item.attested or item.fallback
    if attesting is None:
        raise Unfit(AUTOMATIC.format(item=item.id, title=item.title))
    return attesting


def _attesting(desk: Desk, item: Item, target: str) -> Attesting:
    attesting = attesting_of(item)
    words = {"item": item.id, "title": item.title, "target": target}
    found = desk.site.target(target)
    rules = (
        (SIGNED in item.metrics, BY_SHEET),
        (bool(target) and item.attested is not None, WHOLE),
        (bool(target) and found is None, NO_TARGET),
        (found is not None and found.kind not in item.kinds, OTHER_KIND),
        (item.fallback is not None and desk.by_itself(item.id, target), CONNECTED),
    )
    object_to((holds, text.format(**words)) for holds, text in rules)
    return attesting


def person_of(desk: Desk, request: Request, now: float) -> Person:
    people = {each.id: each for each in desk.site.people}
    who = clean(str(request.get("by") or ""), WHO)
    person = people.get(who)
    if person is None:
        raise Unfit(NOBODY.format(who=who or "-", known=", ".join(people) or "-"))
    if not in_office(person, desk.calendar.local(now).date()):
        raise Unfit(GONE.format(who=person.id, name=person.name, until=person.until))
    return person


def post_for(desk: Desk, item: Item, person: Person, roles: Sequence[str], covers: Sequence[str], now: float) -> Post:
    day, people = desk.calendar.local(now).date(), desk.site.people
    if (post := post_of(person, people, roles, covers, day)) is not None:
        return post
    able = ", ".join(f"{each.id} {each.name}" for each in people if post_of(each, people, roles, covers, day))
    raise Unfit(
        NOT_YOURS.format(
            item=item.id,
            title=item.title,
            roles=in_words(roles, covers),
            who=person.id,
            name=person.name,
            role=ROLES[person.role],
            able=able or ABLE_NONE,
        )
    )


def _end(request: Request, desk: Desk, item: Item, attesting: Attesting, now: float) -> tuple[str, float]:
    """The document and until when the entry holds."""
    document, expires = clean(str(request.get("document") or ""), 100), request.get("expires")
    valid = float(attesting.valid if request.get("valid") is None else request["valid"])
    asked = EXPIRY in item.metrics
    object_to(
        [
            (asked and not (document and expires), NO_DOCUMENT.format(item=item.id)),
            (not asked and bool(document or expires), STRANGE_DOCUMENT.format(item=item.id)),
            (bool(expires) and not abs(float(expires or 0) - now) < FURTHEST, BAD_EXPIRES),
            (not 0 < valid <= attesting.valid, BAD_VALID.format(days=f"{attesting.valid / 86400:g}")),
        ]
    )
    return document, float(expires) if asked and expires is not None else now + valid


def _object_to_over(desk: Desk, document: str, until: float, result: str, now: float) -> None:
    """A document that has ended can only fail."""
    if document and until <= now and result != "fail":
        day = desk.calendar.local(until - 1).date()
        raise Unfit(OVER_ALREADY.format(document=document, day=day, result=result))


def _figures(request: Request, item: Item) -> dict[str, float]:
    given = {str(name): value for name, value in (request.get("figures") or {}).items()}
    known = {each.id: each for each in item.figures}
    strange = [clean(each, WHO) for each in given if each not in known]
    missing = [f"{each.id}({each.says.zh})" for each in item.figures if each.id not in given]
    words = {"item": item.id, "known": ", ".join(known) or "-"}
    object_to(
        [
            (bool(strange), STRANGE_FIGURE.format(strange=", ".join(strange), **words)),
            (bool(missing), NO_FIGURE.format(missing=", ".join(missing), **words)),
        ]
    )
    return {name: _figure(known[name], value) for name, value in given.items()}


RATIO, FLAG = Text("0 到 1 的比例(或 95%)", "a ratio from 0 to 1 (or 95%)"), Text("0 或 1", "0 or 1")
COUNT, LENGTH = Text("不小于 0 的整数", "a whole number, 0 or more"), Text("不小于 0 的数", "a number, 0 or more")
RANGES: Mapping[str, tuple[Text, Callable[[float], bool]]] = {
    "ratio": (RATIO, lambda value: 0 <= value <= 1),
    "0/1": (FLAG, lambda value: value in (0, 1)),
    "seconds": (LENGTH, lambda value: value >= 0),
    "hours": (LENGTH, lambda value: value >= 0),
}
COUNTED = (COUNT, lambda value: value >= 0 and value == int(value))


def _figure(figure: Figure, said: Any) -> float:
    words, fits = RANGES.get(figure.unit, COUNTED)
    text = str(said).strip()
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") and figure.unit == "ratio" else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not fits(value):
        raise Unfit(BAD_FIGURE.format(figure=figure.id, says=figure.says, value=clean(text, WHO), range=words))
    return value


def _files(request: Request, desk: Desk, item: Item, photo: bool) -> tuple[File, ...]:
    given = [File(str(each["name"]), str(each["sha256"]), int(each["size"])) for each in request.get("files") or ()]
    gone = next((each.name for each in given if not evidence.held(desk.folder, each)), "")
    object_to(
        [
            ("evidence" in item.needs and not given, NO_FILES.format(item=item.id)),
            (photo and not given, NO_PHOTO.format(item=item.id, title=item.title)),
            (len(given) > MOST_FILES, MANY_FILES),
            (bool(gone), FILE_GONE.format(name=clean(gone), folder=desk.folder)),
        ]
    )
    return tuple(replace(each, name=evidence.harmless(each.name)) for each in given)


def object_to(rules: Iterable[tuple[bool, Text]]) -> None:
    if (objection := next((text for holds, text in rules if holds), None)) is not None:
        raise Unfit(objection)
