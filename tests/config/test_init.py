"""`shouwang init`: whatever is answered, what is written loads; secrets stay apart; nothing is overwritten unasked."""

from __future__ import annotations

import stat
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from agent.config.draft import Draft, write
from agent.config.init import Discover, dialogue
from agent.core.secrets import Secret
from agent.core.site import Site
from agent.core.text import Language
from agent.discovery.entries import Entry
from tests.config.places import loaded


class Person:
    """Answers in order and remembers what was asked, what was said and what was hidden."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.hidden: list[str] = []

    def ask(self, prompt: str, hidden: bool = False) -> str:
        self.asked.append(prompt)
        if hidden:
            self.hidden.append(prompt)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)

    def draft(self, language: Language = "zh", discover: Discover | None = None) -> Draft:
        made = dialogue(self.ask, self.said.append, language, discover)
        assert not self._answers, f"not asked for: {self._answers}"
        return made


def site_of(draft: Draft, folder: Path) -> Site:
    write(draft, folder / "agent.yaml")
    return loaded(folder / "agent.yaml")


LEAST = ("changshou", "长寿路街道社区事务受理服务中心", "普陀区", "", "", "", "", "", "", "")
LINE = ("医保专线", "", "3", "10.20.0.1", "")
MOST = (
    *("changshou", 'a "quoted": name # {} 中心', "普陀区"),
    *("8:30－11:30、13:30-16:30", "09:00-11:30", "", "y"),
    *("10.0.0.1", "core", "核心交换机", "10.0.0.2", "", "", "", "s3cret: #{}"),
    *("医保专线", "yibao", "3", "10.20.0.1", "10.20.1.10:443", "GigabitEthernet1/0/3", "core", "电信"),
    *("SH-12345", "10000"),
    *("民政专线", "", "民政", "10.21.0.1", "", "", "", "", "", ""),
    "http://10.1.0.5:9093",
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_fewest_answers_watch_this_machine(language: Language, tmp_path: Path) -> None:
    site = site_of(Person(*LEAST).draft(language), tmp_path)
    assert site.center.id == "changshou"
    assert site.language == language
    assert [target.id for target in site.targets] == ["localhost"]
    assert site.calendar.holidays == "closed"
    assert not (tmp_path / "secrets").exists()


def test_all_answers_give_switches_lines_and_an_alertmanager(tmp_path: Path) -> None:
    person = Person(*MOST)
    site = site_of(person.draft(), tmp_path)
    assert site.center.name == 'a "quoted": name # {} 中心'
    assert [target.id for target in site.targets] == ["core", "switch-2", "yibao", "line-2", "localhost"]
    core, yibao = site.target("core"), site.target("yibao")
    assert core is not None
    assert yibao is not None
    assert core.login is not None
    assert core.login.snmp is not None
    assert core.login.snmp.community == Secret("s3cret: #{}")
    assert core.key_ports == {"GigabitEthernet1/0/3": "line"}
    assert (yibao.options.business, yibao.options.carrier.fault_desk) == ("medical_insurance", "10000")
    assert site.sections["notify"].alertmanagers == ("http://10.1.0.5:9093",)
    assert site.calendar.holidays == "open"
    assert site.calendar.service[0] == ((510, 690), (810, 990))
    assert site.calendar.service[5] == ((540, 690),)


def test_the_community_is_asked_hidden_and_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    person = Person(*MOST)
    draft = person.draft()
    assert len(person.hidden) == 1
    assert "s3cret" not in draft.text + repr(draft) + "".join(person.said)
    write(draft, tmp_path / "agent.yaml")
    secret = tmp_path / "secrets" / "snmp-community"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert sorted(each.name for each in tmp_path.iterdir()) == ["agent.yaml", "secrets"]


def test_a_wrong_answer_is_told_at_once_and_asked_again() -> None:
    person = Person(
        *("", "a b", "changshou", "长寿路", "普陀区", "8-11", "08:30-11:30 11:00-12:00", "", "", "", "maybe", "n"),
        *("10.0.0.999", "", "", "10.1.0.5", ""),
    )
    person.draft("en")
    told = "\n".join(person.said)
    for words in (
        "This one cannot be empty.",
        'not an id: "a b"',
        'not a time range: "8-11"',
        "hours overlap",
        "please answer y or n",
        'not an address: "10.0.0.999"',
        'not a web address: "10.1.0.5"',
    ):
        assert words in told


def test_an_id_is_not_given_twice() -> None:
    person = Person(*LEAST[:7], "10.0.0.1", "localhost", "core", "", "10.0.0.2", "core", "two", "", "", "x", "", "")
    assert 'id: "two"' in person.draft().text
    assert [text for text in person.said if "已用过" in text] == ["编号 localhost 已用过", "编号 core 已用过"]


def test_nothing_is_named_like_the_centre_and_the_centre_not_like_this_machine(tmp_path: Path) -> None:
    person = Person("localhost", "core", *LEAST[1:7], "10.0.0.1", "core", "", "", "", "x", "", "")
    site = site_of(person.draft(), tmp_path)
    assert [text for text in person.said if "已用过" in text] == ["编号 localhost 已用过", "编号 core 已用过"]
    assert [target.id for target in site.targets] == ["switch-1", "localhost"]


def test_what_was_skipped_of_the_carrier_is_left_out(tmp_path: Path) -> None:
    none, one = Person(*LEAST[:8], *LINE, "", "", "", "", ""), Person(*LEAST[:8], *LINE, "电信", "", "10000", "", "")
    assert "carrier" not in none.draft().text
    assert 'carrier: {name: "电信", fault_desk: "10000"}' in one.draft().text


def test_questions_are_asked_in_the_language_of_the_person() -> None:
    chinese, english = Person(*LEAST), Person(*LEAST)
    chinese.draft("zh")
    english.draft("en")
    assert all(any("一" <= char <= "鿿" for char in prompt) for prompt in chinese.asked)
    assert not any("一" <= char <= "鿿" for prompt in (*english.asked, *english.said) for char in prompt)


def test_going_away_in_the_middle_writes_nothing() -> None:
    with pytest.raises(EOFError):
        Person("changshou").draft()


def test_an_existing_file_is_never_overwritten_unasked(tmp_path: Path) -> None:
    draft = Person(*MOST).draft()
    path = tmp_path / "agent.yaml"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match=r"File exists: .*agent\.yaml"):
        write(draft, path)
    assert path.read_text() == "mine"
    assert not (tmp_path / "secrets").exists()
    write(draft, path, overwrite=True)
    assert path.read_text(encoding="utf-8") == draft.text


def test_what_was_made_is_gone_again_where_the_rest_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".agent.yaml.new").mkdir()  # where the new file should be
    with pytest.raises(OSError, match=r"\.agent\.yaml\.new"):
        write(Person(*MOST).draft(), tmp_path / "agent.yaml")
    assert not (tmp_path / "agent.yaml").exists()
    assert list((tmp_path / "secrets").iterdir()) == []


UPS = Entry("machine_room", {"id": "ups", "name": "机房UPS", "address": "10.0.0.10", "credentials": "room"})
ACCESS = Entry("switches", {"id": "access", "name": "access", "address": "10.0.0.3", "credentials": "room"})
PRINTER = Entry("hosts", {"id": "printer", "name": "printer", "address": "10.0.0.40"})


class Looking:
    """Finds these, and remembers what it was asked."""

    def __init__(self, *found: Entry) -> None:
        self.found = found
        self.asked: list[tuple[str, Secret, tuple[str, ...], set[str]]] = []

    def __call__(
        self, network: str, community: Secret, known: Sequence[str], taken: Collection[str]
    ) -> Sequence[Entry]:
        self.asked.append((network, community, tuple(known), set(taken)))
        return self.found


def test_devices_found_in_a_network_are_taken_up_where_that_is_wanted(tmp_path: Path) -> None:
    looking = Looking(UPS, ACCESS, PRINTER)
    person = Person(*MOST[:14], "s3cret", "10.0.0.9/24", "", "", "")
    site = site_of(person.draft(discover=looking), tmp_path)
    assert looking.asked == [
        ("10.0.0.0/24", Secret("s3cret"), ("10.0.0.1", "10.0.0.2"), {"localhost", "changshou", "core", "switch-2"})
    ]
    assert {(each.kind, each.id) for each in site.targets} == {
        ("host", "localhost"),
        ("host", "printer"),
        ("switch", "core"),
        ("switch", "switch-2"),
        ("switch", "access"),
        ("machine_room", "ups"),
    }
    assert "10.0.0.10" in "".join(person.said)


def test_without_switches_the_community_is_asked_for_when_a_network_is_named(tmp_path: Path) -> None:
    person = Person(*LEAST[:8], "10.0.0.0/24", "s3cret", "y", "", "")
    site = site_of(person.draft(discover=Looking(UPS)), tmp_path)
    ups = site.target("ups")
    assert ups is not None
    assert ups.login is not None
    assert ups.login.snmp is not None
    assert ups.login.snmp.community == Secret("s3cret")
    assert len(person.hidden) == 1


def test_what_does_not_take_the_community_is_said_before_it_is_taken_up() -> None:
    asked = (*LEAST[:8], "10.0.0.0/24", "s3cret", "n", "", "")
    person, glad = Person(*asked), Person(*asked)
    person.draft("en", Looking(UPS, PRINTER))
    glad.draft("en", Looking(UPS))
    assert [each for each in person.said if "community" in each] == [
        "1 of them do not answer SNMP with this community and will only be pinged: is it right?"
    ]
    assert not [each for each in glad.said if "community" in each]


def test_what_is_found_and_not_wanted_is_left_out(tmp_path: Path) -> None:
    person = Person(*LEAST[:8], "10.0.0.0/8", "10.0.0.0/24", "s3cret", "n", "", "")
    site = site_of(person.draft("en", Looking(UPS)), tmp_path)
    assert [each.id for each in site.targets] == ["localhost"]
    assert "too large" in "".join(person.said)
