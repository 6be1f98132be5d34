"""The file of modules: both formats, read piece by piece, with errors that name the place and never a secret."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest

from agent.tables import load_site
from exporters.module_file import Unknown, Unreadable
from exporters.snmp.book import Book
from exporters.snmp.logins import login
from exporters.snmp.module import Auth, Module

CURRENT = """\
# generated
auths:
  public_v2:
    community: open-sesame
  strong:
    version: 3
    username: watcher
    security_level: authPriv
    password: open-sesame-1
    auth_protocol: SHA256
    priv_protocol: AES
    priv_password: open-sesame-2
    context_name: vlan-7
modules:
  first:   # a comment
    walk: [1.3.6.1.2.1.2]
    max_repetitions: 10
    retries: 0
    timeout: 1m30s
    metrics:
    - name: state
      oid: 1.3.6.1.2.1.2.1
      type: EnumAsInfo
      help: |
        a text that looks
        like: a key
      enum_values:
        1: on
        2: off
        3: 3
        4: null

  "second-one":
    metrics: []
"""
OLD = """\
first:
  version: 1
  auth: {community: open-sesame}
  walk:
  - 1.3.6.1.2.1.2
  metrics:
    - {name: a, oid: 1.3.6.1.2.1.2.1, type: gauge, help: x}
second:
  get: [1.3.6.1.2.1.1.3.0]
  metrics:
"""
ANCHORS = """\
modules:
  first: &first
    walk: &tables [1.3.6.1.2.1.2]
    retries: 1
    metrics: []
  second:
    <<: *first
    retries: 2
  third:
    walk: *tables
"""


def read(path: Path, text: str) -> Book:
    path.write_text(text, encoding="utf-8")
    return Book(path)


def module_of(book: Book, name: str) -> Module:
    return asyncio.run(book.module(name))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "snmp.yml"


def test_the_current_format_has_auths_and_modules(file: Path) -> None:
    book = read(file, CURRENT)
    first = module_of(book, "first")
    assert (first.walk, first.max_repetitions, first.retries, first.timeout) == (((1, 3, 6, 1, 2, 1, 2),), 10, 0, 90)
    assert first.metrics[0].help == "a text that looks\nlike: a key\n"
    assert module_of(book, "second-one").max_repetitions == 25
    assert not asyncio.run(book.is_old())


def test_names_of_states_are_texts_whatever_yaml_would_make_of_them(file: Path) -> None:
    state = module_of(read(file, CURRENT), "first").metrics[0]
    assert state.enum_values == {1: "on", 2: "off", 3: "3", 4: "null"}


def test_the_format_of_0_21_has_modules_with_logins(file: Path) -> None:
    book = read(file, OLD)
    first, second = module_of(book, "first"), module_of(book, "second")
    assert asyncio.run(book.is_old())
    assert first.auth
    assert (first.version, first.auth.community) == (1, "open-sesame")
    assert (second.version, second.auth, second.metrics, second.get) == (None, None, (), ((1, 3, 6, 1, 2, 1, 1, 3, 0),))


def test_anchors_aliases_and_merge_keys_work_across_modules(file: Path) -> None:
    book = read(file, ANCHORS)
    second, third = module_of(book, "second"), module_of(book, "third")
    assert (second.walk, second.retries) == (((1, 3, 6, 1, 2, 1, 2),), 2)
    assert third.walk == second.walk


@pytest.mark.parametrize(
    "text",
    [
        "{modules: {first: {walk: [1.3.6]}}, auths: {}}",
        "modules: {first: {walk: [1.3.6]}}\nauths:\n",
        "---\nmodules:\n  first: {walk: [1.3.6]}\n",
        "\ufeffmodules:\n    first:\n        walk: [1.3.6]\n",
        "modules:\r\n  first:\r\n    walk:\r\n    - 1.3.6\r\n",
        "first: {walk: [1.3.6]}",
    ],
)
def test_a_file_in_braces_or_with_other_marks_is_read_as_well(file: Path, text: str) -> None:
    assert module_of(read(file, text), "first").walk == ((1, 3, 6),)


def test_a_changed_file_is_read_anew(file: Path) -> None:
    book = read(file, OLD)
    assert module_of(book, "first").version == 1
    file.write_text(OLD.replace("version: 1", "version: 2"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert module_of(book, "first").version == 2


def test_a_module_is_read_once(file: Path) -> None:
    book = read(file, OLD)
    assert module_of(book, "first") is module_of(book, "first")


def test_an_auth_becomes_a_login_whose_texts_are_secret(file: Path) -> None:
    auth = asyncio.run(read(file, CURRENT).auth("strong"))
    made = login(auth, "strong")
    assert made.auth
    assert made.privacy
    assert (made.version, made.user, made.auth[0], made.privacy[0], made.context) == (
        "3", "watcher", "SHA256", "AES128", "vlan-7",
    )  # fmt: skip
    assert (made.auth[1].reveal(), made.privacy[1].reveal()) == ("open-sesame-1", "open-sesame-2")
    assert "sesame" not in repr(made) + repr(auth) + str(auth)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, "username"),
        ({"username": "a", "security_level": "authNoPriv"}, "password"),
        ({"username": "a", "security_level": "authPriv", "password": "12345678"}, "priv_password"),
    ],
)
def test_a_login_of_version_3_that_lacks_something_is_refused(facts: dict[str, Any], missing: str) -> None:
    with pytest.raises(Unreadable, match=f"auth a: {missing} is missing"):
        login(Auth(version=3, **facts), "auth a")


@pytest.mark.parametrize("name", ["none", "", "metrics", "public_v2"])
def test_what_is_not_there_is_unknown(file: Path, name: str) -> None:
    with pytest.raises(Unknown):
        module_of(read(file, CURRENT), name)


METRIC = "modules:\n  m:\n    metrics:\n    - name: a\n      oid: 1.3\n      type: gauge\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (METRIC + "      colour: red\n", "m.metrics[0].colour: unknown key"),
        (METRIC + "    walks: []\n    colour: red\n", "m.walks: unknown key (and 1 more)"),
        (METRIC.replace("1.3", "1.x"), "m.metrics[0].oid: not an OID; expected numbers with dots, like 1.3.6.1.2.1.2"),
        (METRIC.replace("gauge", "gauges"), "m.metrics[0].type: Input should be 'gauge', 'counter'"),
        (METRIC.replace("name: a", "name: a-b"), "m.metrics[0].name: String should match pattern"),
        (
            METRIC + "      regex_extracts: {'': [{regex: '('}]}\n",
            "[0].regex_extracts.[0].regex: not a regular",
        ),
        (METRIC + "    filters: [{oid: 1.3, values: ['(']}]\n", "m.filters[0].values: not a regular"),
        (METRIC + "    timeout: soon\n", "m.timeout: not a duration"),
        (METRIC + "    max_repetitions: many\n", "m.max_repetitions: Input should be a valid integer"),
        (METRIC + "      indexes: [{labelname: a}]\n", "m.metrics[0].indexes[0].type: Field required"),
        (METRIC + "    version: 4\n", "m.version: Input should be less than or equal to 3"),
        ("modules:\n  m:\n    walk: [\n", "line 4, column 1"),
        ("modules:\n  m: [\n", "line 3, column 1"),
        ("modules:\n  m:\n\twalk: []\n", "line 3, column 1"),
        ("modules:\n  m:\n    walk: []\nothers:\n  a:\n", "others: unknown key"),
        ("modules:\n- m\n", "modules: expected names"),
        ("- m\n", "expected the modules by name"),
        ("modules:\n  m: 5\n", "m: Input should be a valid dictionary"),
        ("m: !!python/object/apply:os.system [id]\n", "could not determine a constructor"),
    ],
)
def test_a_mistake_is_named_with_its_place(file: Path, text: str, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        module_of(read(file, text), "m")
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


def test_a_mistake_in_one_module_costs_that_one_only(file: Path) -> None:
    book = read(file, METRIC + "      colour: red\n  good:\n    walk: [1.3]\n")
    assert module_of(book, "good").walk == ((1, 3),)
    with pytest.raises(Unreadable):
        module_of(book, "m")


def test_an_error_never_shows_a_secret(file: Path) -> None:
    book = read(file, CURRENT.replace("password: open-sesame-1", "password: [open-sesame-1]"))
    with pytest.raises(Unreadable, match=r"strong.password: Input should be a valid string") as caught:
        asyncio.run(book.auth("strong"))
    assert "sesame" not in str(caught.value)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"No such file or directory; `snmp_modules:` of agent\.yaml"):
        module_of(Book(tmp_path / "none.yml"), "m")
    with pytest.raises(Unreadable, match="Is a directory"):
        module_of(Book(tmp_path), "m")
    (tmp_path / "latin").write_bytes(b"m:\n  x: \xff\n")
    with pytest.raises(Unreadable, match="not UTF-8 at byte 8"):
        module_of(Book(tmp_path / "latin"), "m")


PAGE = Path(__file__).parents[2] / "docs" / "snmp-modules.md"


def test_the_page_tells_what_works(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml (\S+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for name, text in blocks:
        (tmp_path / name).write_text("center: {id: c, name: c, district: d}\n" + text if name == "agent.yaml" else text)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "snmp-community").write_text("open-sesame")
    (tmp_path / "secrets" / "snmp-community").chmod(0o600)
    site = load_site(tmp_path / "agent.yaml")
    book = Book(site.sections["snmp_modules"])
    assert module_of(book, "ups_names").metrics[0].name == "upsIdentModel"
    assert site.logins["room"].snmp
