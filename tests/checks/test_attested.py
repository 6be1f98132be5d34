"""What people said counts in findings: as they said it, as long as it holds, never better than rules allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.attestation_metrics import samples
from agent.core.attestations import AHEAD, Attestation, File, Register
from agent.core.calendar import Calendar
from agent.core.checklist import Document, Figure, Finding, Item, Result, Text, Verdict
from agent.core.inspections import Inspection
from agent.core.model import Reading
from agent.core.site import Person
from agent.core.snapshot import Snapshot
from checks import attested, book
from checks.running import Checklist
from checks.sheet import Line, lines, renewal
from tests.checks.scene import NOON, site

AREAS = book.load()
ITEMS = {item.id: item for item in book.items_of(AREAS)}
DAY = 86400.0
PEOPLE = Person("wang", "王工", "network_administrator"), Person("zhou", "周某", "full_time_deputy_director")
CENTRE = replace(site(), people=PEOPLE)
PHOTO = File("现场.jpg", "ab" * 32, 1000)


def said(item: str, at: float = NOON, **more: object) -> Attestation:
    attesting = ITEMS[item].attested or ITEMS[item].fallback
    assert attesting
    role = attesting.by[0]
    made = Attestation(
        "ATT-0001", item, "wang", role, at, at + attesting.valid, figures=best(ITEMS[item]), files=(PHOTO,)
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of it


def best(item: Item) -> dict[str, float]:
    """Figures at which everything is right."""
    return {each.id: _best(item, each) for each in item.figures}


def _best(item: Item, figure: Figure) -> float:
    below = [rule for rule in item.rules if rule.condition.labels.get("figure") == figure.id and rule.condition.below]
    return 1.0 if below else 0.0


class Centre:
    """A checklist over nothing but what people said."""

    def __init__(self, *entries: Attestation, sheets: tuple[Inspection, ...] = ()) -> None:
        self.register = Register(entries)
        self.sheets = sheets
        self.snapshot = Snapshot()
        self.checklist = Checklist(AREAS, {}, self.snapshot, site(), attestations=lambda: self.register)

    def at(self, now: float, item: str) -> Finding:
        told = tuple(samples(self.register, self.sheets, Calendar(), now))
        self.snapshot.put(Reading(None, "attestations", now, 0.0, told))
        (finding,) = [each for each in self.checklist.run(now) if each.item == item]
        return finding

    def result(self, now: float, item: str) -> str:
        return self.at(now, item).verdict.result.value


BY_PEOPLE = [item.id for item in ITEMS.values() if item.attested and item.id != "POL-03"]
BY_AGE = [item for item in BY_PEOPLE if "checklist_evidence_timestamp_seconds" in ITEMS[item].metrics]
BY_DOCUMENT = [item for item in BY_PEOPLE if item not in BY_AGE]


def test_every_item_of_people_is_judged_by_its_age_or_by_documents() -> None:
    assert len(BY_AGE) == 24
    assert BY_DOCUMENT == ["PHY-16", "POL-06", "POL-08", "POL-10"]


@pytest.mark.parametrize("item", BY_AGE)
def test_an_attested_item_passes_grows_old_and_passes_again(item: str) -> None:
    assert Centre().result(NOON, item) == "not_connected"
    first = said(item)
    centre = Centre(first)
    assert centre.result(NOON + 60, item) == "pass"
    assert centre.at(NOON + 60, item).who == "wang"
    due = renewal(ITEMS[item], first)
    assert centre.result(due - 60, item) == "pass"
    assert centre.result(due + 60, item) in ("warn", "fail")
    assert centre.result(NOON + 2 * 366 * DAY, item) == "fail"
    centre.register = Register([first, said(item, NOON + 2 * 366 * DAY, id="ATT-0002")])
    assert centre.result(NOON + 2 * 366 * DAY + 60, item) == "pass"


@pytest.mark.parametrize("item", BY_DOCUMENT)
def test_an_item_of_documents_is_as_good_as_the_one_that_ends_first(item: str) -> None:
    ends, every = NOON + 400 * DAY, "、".join(word for each in ITEMS[item].documents for word in each.words)
    centre = Centre(said(item, document=f"A{every}", until=ends), said(item, document="B", until=ends + 100 * DAY))
    assert [centre.result(ends - days * DAY, item) for days in (100, 20, -1)] == ["pass", "warn", "fail"]


MISSING = [(item, each) for item in BY_DOCUMENT for each in ITEMS[item].documents]


def test_the_items_that_ask_for_several_documents() -> None:
    assert {item for item, _ in MISSING} == {"PHY-16", "POL-06", "POL-08"}


@pytest.mark.parametrize(("item", "missing"), MISSING, ids=lambda each: each if isinstance(each, str) else "")
def test_a_document_that_is_missing_is_told_by_name(item: str, missing: Document) -> None:
    others = [each for each in ITEMS[item].documents if each != missing]
    entries = [
        said(item, id=f"ATT-{place:04}", document=f"2026 {each.words[0]}", until=NOON + 400 * DAY)
        for place, each in enumerate(others)
    ]
    finding = Centre(*entries).at(NOON + 60, item)
    assert (finding.verdict.result, finding.verdict.observed.zh) == (missing.result, f"缺{missing.says.zh}")
    assert missing.words[0] in finding.verdict.expected.zh
    named = said(item, id="ATT-0009", document=f"{missing.words[-1]} 2026".upper(), until=NOON + 400 * DAY)
    assert Centre(*entries, named).result(NOON + 60, item) == "pass"


FIGURES = [
    (item.id, figure.id, rule.result.value)
    for item in ITEMS.values()
    for figure in item.figures
    for rule in item.rules
    if rule.condition.labels.get("figure") == figure.id
]


@pytest.mark.parametrize(("item", "figure", "result"), FIGURES)
def test_a_figure_beyond_its_limit_decides_whatever_was_said(item: str, figure: str, result: str) -> None:
    (rule,) = [
        each
        for each in ITEMS[item].rules
        if each.condition.labels.get("figure") == figure and each.result.value == result
    ][:1]
    condition = rule.condition
    wrong = condition.above + 0.001 if condition.above is not None else (condition.below or 0) - 0.001
    centre = Centre(said(item, figures={**best(ITEMS[item]), figure: wrong}))
    finding = centre.at(NOON + 60, item)
    assert finding.verdict.result.value == result
    assert {each["labels"].get("figure") for each in finding.evidence} >= {figure}
    assert centre.at(NOON + 60, item).evidence[-1]["labels"]["sha256"] == PHOTO.sha256


@pytest.mark.parametrize("result", ["warn", "fail"])
def test_what_was_said_to_be_wrong_is_at_least_that(result: str) -> None:
    finding = Centre(said("POL-01", result=result, note="缺两份规程")).at(NOON + 60, "POL-01")
    assert (finding.verdict.result.value, finding.who, finding.at) == (result, "wang", NOON)
    assert "缺两份规程" in finding.verdict.observed.zh
    assert finding.verdict.remedy == ITEMS["POL-01"].remedy


def test_one_that_waits_for_confirmation_counts_from_then_on_and_expires_from_its_own_time() -> None:
    waiting = said("POL-01", awaits=("director",))
    centre = Centre(waiting)
    assert centre.result(NOON + 60, "POL-01") == "not_connected"
    centre.register = Register([replace(waiting, confirmed=NOON + 300 * DAY, confirmed_by="chen")])
    finding = centre.at(NOON + 300 * DAY, "POL-01")
    assert (finding.verdict.result.value, finding.at) == ("pass", NOON + 300 * DAY)
    assert centre.result(NOON + 366 * DAY, "POL-01") == "fail"


def test_until_the_newer_one_is_confirmed_the_older_stands() -> None:
    older, newer = said("POL-01"), said("POL-01", NOON + DAY, id="ATT-0002", result="fail", awaits=("director",))
    centre = Centre(older, newer)
    assert centre.result(NOON + 2 * DAY, "POL-01") == "pass"
    centre.register = Register([older, replace(newer, confirmed=NOON + 2 * DAY, confirmed_by="chen")])
    assert centre.result(NOON + 2 * DAY + 60, "POL-01") == "fail"


def test_what_expired_before_anybody_agreed_is_not_offered_for_confirmation() -> None:
    waiting = said("POL-01", awaits=("director",))
    centre = Centre(waiting)
    remedy = centre.at(waiting.until + 60, "POL-01").verdict.remedy
    assert remedy
    assert "confirm" not in remedy.en
    assert "attest POL-01" in remedy.en
    assert "was not confirmed before it expired" in centre.at(waiting.until + 60, "POL-01").verdict.observed.en
    (line,) = lines([ITEMS["POL-01"]], (), centre.register, 2, waiting.until + 60)
    assert (line.due, line.waiting) == (True, "")


def test_what_is_taken_back_before_it_counted_has_replaced_nothing() -> None:
    older, newer = said("POL-01"), said("POL-01", NOON + DAY, id="ATT-0002", result="fail", awaits=("director",))
    taken_back = replace(newer, withdrawn=NOON + DAY, withdrawn_by="wang")
    assert Centre(older, taken_back).result(NOON + 2 * DAY, "POL-01") == "pass"
    agreed = replace(taken_back, confirmed=NOON + DAY, confirmed_by="chen")
    assert Centre(older, agreed).result(NOON + 2 * DAY, "POL-01") == "not_connected"


def test_one_that_was_to_hold_for_less_ends_when_it_was_to_end() -> None:
    centre = Centre(said("POL-01", until=NOON + 30 * DAY))
    assert centre.result(NOON + 29 * DAY, "POL-01") == "pass"
    finding = centre.at(NOON + 31 * DAY, "POL-01")
    assert (finding.verdict.result.value, "过期" in finding.verdict.observed.zh) == ("fail", True)


def test_one_from_a_time_to_come_does_not_count_while_the_clock_is_set_back() -> None:
    centre = Centre(said("POL-01"), said("PHY-04"))
    assert centre.result(NOON + 60, "PHY-04") == "pass"
    back = NOON - AHEAD - 60
    assert centre.result(back, "POL-01") == "unknown"
    finding = centre.at(back, "PHY-04")
    assert (finding.verdict.result.value, "时钟" in finding.verdict.observed.zh) == ("not_connected", True)
    assert centre.result(NOON + 60, "POL-01") == "pass"


FALLBACKS = [item.id for item in ITEMS.values() if item.fallback]


@pytest.mark.parametrize("item", FALLBACKS)
def test_a_fallback_counts_while_it_holds_and_only_in_place_of_a_source(item: str) -> None:
    centre = Centre(said(item))
    finding = centre.at(NOON + 60, item)
    assert (finding.verdict.result.value, finding.who) == ("pass", "wang")
    assert finding.evidence[0]["labels"]["name"] == "现场.jpg"
    fallback = ITEMS[item].fallback
    assert fallback
    assert centre.result(NOON + fallback.valid - 1, item) == "pass"
    assert centre.result(NOON + fallback.valid + 1, item) == "not_connected"


def found(result: Result, subject: str = "ups-1", kind: str = "machine_room") -> Finding:
    verdict = Verdict(result, subject, Text("看到", "seen"), Text("应为", "expected"))
    return Finding("PHY-04", "physical_environment", kind, verdict, NOON)


def applied(finding: Finding, *entries: Attestation) -> Finding:
    (counted,) = attested.applied([finding], ITEMS, Register(entries), CENTRE, NOON + 60)
    return counted


def test_who_and_when_are_said_by_name_post_and_date_as_on_paper() -> None:
    entry = said("PHY-04", note="都正常", awaits=("director",), confirmed=NOON + 3600, confirmed_by="zhou")
    (counted,) = attested.applied([found(Result.NOT_CONNECTED)], ITEMS, Register([entry]), CENTRE, NOON + 4000)
    assert counted.verdict.observed.zh == (
        "王工(网络管理员) 2025-10-09 16:53 登记,周某(专职副主任) 2025-10-09 17:53 确认:都正常"
    )
    (gone,) = attested.applied([found(Result.NOT_CONNECTED)], ITEMS, Register([entry]), site(), NOON + 4000)
    assert gone.verdict.observed.en.startswith("attested by wang (network administrator) 2025-10-09 16:53, confirmed")


@pytest.mark.parametrize("result", [each for each in Result if each is not Result.NOT_CONNECTED])
def test_where_a_source_speaks_or_spoke_nothing_that_people_say_goes_before_it(result: Result) -> None:
    assert applied(found(result), said("PHY-04", result="pass")) == found(result)


def test_what_was_read_of_a_part_stays_beside_what_people_saw_of_the_rest() -> None:
    part = replace(found(Result.NOT_CONNECTED), evidence=({"metric": "ups_alarms", "labels": {}, "value": 0.0},))
    counted = applied(part, said("PHY-04"))
    assert counted.verdict.observed.zh.endswith("看到;王工(网络管理员) 2025-10-09 16:53 登记")
    assert [each["metric"] for each in counted.evidence] == ["ups_alarms", "evidence_file"]


def test_what_was_said_last_of_this_very_target_goes_before_what_was_said_of_all() -> None:
    both = (said("PHY-04", result="fail"), said("PHY-04", id="ATT-0002", target="ups-1"))
    assert applied(found(Result.NOT_CONNECTED), *both).verdict.result is Result.PASS
    assert applied(found(Result.NOT_CONNECTED, "ups-2"), *both).verdict.result is Result.FAIL
    whole = found(Result.NOT_CONNECTED, "changshou", "center")  # where agent.yaml names no such device
    assert applied(whole, *both).verdict.result is Result.FAIL


def test_what_was_said_of_all_later_than_of_a_target_counts_for_that_target_too() -> None:
    own, whole = said("PHY-04", target="ups-1"), said("PHY-04", id="ATT-0002", result="fail")
    assert applied(found(Result.NOT_CONNECTED), own, whole).verdict.result is Result.FAIL
    assert applied(found(Result.NOT_CONNECTED), whole, replace(own, id="ATT-0003")).verdict.result is Result.PASS


def test_the_day_warns_from_half_an_hour_of_service_without_a_sheet_and_fails_afterwards() -> None:
    calendar = Calendar()
    thursday = calendar.local(NOON).date()
    centre = Centre(sheets=(Inspection("x-1", thursday.isoformat(), "wang", NOON, False),))
    friday = calendar.moment(thursday, 24 * 60)
    found = {minute: centre.result(friday + 60 * minute, "POL-03") for minute in range(8 * 60, 9 * 60 + 5)}
    assert [found[minute] for minute in (8 * 60, 8 * 60 + 59, 9 * 60 + 1)] == ["pass", "pass", "warn"]
    assert centre.result(friday + 3 * DAY + 8 * 3600, "POL-03") == "fail"


def line(*entries: Attestation, item: str = "PHY-04", findings: tuple[Finding, ...] = ()) -> Line | None:
    found = lines([ITEMS[item]], findings, Register(entries), 2, NOON + DAY)
    return found[0] if found else None


def test_the_sheet_asks_for_what_ends_before_the_day_does() -> None:
    fresh, old = said("PHY-04", NOON + 60), said("PHY-04", NOON - 3600)
    assert line() == Line(ITEMS["PHY-04"], ITEMS["PHY-04"].fallback, True, True, None, "", Text("–", "–"))  # type: ignore[arg-type]
    for entries, due in (((old,), True), ((fresh,), False), ((old, fresh), False)):
        made = line(*entries)
        assert made
        assert made.due is due
    assert line(findings=(found(Result.PASS),)) is None
    made = line(findings=(found(Result.PASS), found(Result.NOT_CONNECTED, "ups-2")))
    assert made
    assert made.due
    for entry, due in ((said("POL-01"), False), (said("POL-01", NOON - 335 * DAY), True)):
        assert bool(line(entry, item="POL-01")) is due
    assert line(said("POL-01", awaits=("director",)), item="POL-01") is None
    assert line(item="NET-23") is None  # advice at this level
    assert line(item="POL-03") is None


def test_the_sheet_says_what_to_look_at_of_an_item_of_people_and_what_to_do_in_place_of_a_source() -> None:
    own, instead = ITEMS["POL-01"], ITEMS["PHY-01"]
    looks = {each.item.id: each.looks.zh for each in lines([own, instead], [], Register(), 2, NOON + DAY)}
    assert looks["POL-01"] == (
        "方针、制度、规程、记录齐全且为现行版:制度目录(名称、版本、批准人、生效日、评审到期日),按日期自动判定"
    )
    assert instead.fallback is not None
    assert looks["PHY-01"] == instead.fallback.says.zh
    assert not [item.id for item in ITEMS.values() if item.attested and not item.how]
