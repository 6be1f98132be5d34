"""A configuration of which an account sees less than before is told from one in which something was taken out."""

from __future__ import annotations

import re

import pytest

from agent.core.console import Family
from collectors.configuration.normal import normal
from collectors.configuration.partial import SECRETS, lost, missing
from tests.collectors.configuration.more_pairs import MORE_PAIRS
from tests.collectors.configuration.pairs import PAIRS, TEXTS, Pair


def of(family: Family, text: str) -> str:
    return normal(family, text.encode(), lambda secret: "0123abcd")


def without(text: str, *words: str) -> str:
    """Without the sections and lines that begin so."""
    return re.sub(rf"(?m)^ ?(?:{'|'.join(words)})\b.*\n(?: .*\n)*", "", text)


# What a narrowed level, role or view hides, and what is told of it.
NARROWED: tuple[tuple[Family, tuple[str, ...], tuple[str, ...]], ...] = (
    ("huawei_vrp", ("aaa",), ("aaa",)),
    ("huawei_vrp", ("aaa", "user-interface"), ("aaa", "user-interface")),
    ("huawei_vrp", ("aaa", "snmp-agent", "local-user"), ("aaa", "local-user / snmp-agent")),
    ("hp_comware", ("line",), ("line",)),
    ("hp_comware", ("domain", "local-user", "snmp-agent"), ("domain", "local-user / snmp-agent")),
    ("ruijie_os", ("line",), ("line",)),
    ("cisco_ios", ("line",), ("line",)),
    ("cisco_ios", ("username", "snmp-server"), ("username / snmp-server",)),
)


@pytest.mark.parametrize(("family", "words", "told"), NARROWED)
def test_what_is_not_shown_any_more_is_told(family: Family, words: tuple[str, ...], told: tuple[str, ...]) -> None:
    before, after = of(family, TEXTS[family]), of(family, without(TEXTS[family], *words))
    assert lost(family, before, after) == told
    assert set(told) <= set(missing(family, after))
    assert lost(family, after, after) == lost(family, after, before) == ()


@pytest.mark.parametrize(
    ("family", "shown", "hidden"),
    [
        ("huawei_vrp", "%^%#Xq2!aB$c{9(Lk,0Z8@Gd]%^%#", "******"),
        ("hp_comware", "$h$6$Abc123xyz$LongHashOfTheFirst==", "******"),
        ("cisco_ios", "0822455D0A16544541", "********"),
    ],
)
def test_secrets_that_are_hidden_now_are_no_change(family: Family, shown: str, hidden: str) -> None:
    before, after = of(family, TEXTS[family]), of(family, TEXTS[family].replace(shown, hidden))
    assert lost(family, before, after) == (SECRETS,)
    assert lost(family, after, before) == ()


def test_one_more_secret_where_all_are_hidden_is_a_change_of_the_device() -> None:
    text = TEXTS["hp_comware"].replace("$h$6$Abc123xyz$LongHashOfTheFirst==", "******")
    more = text.replace(
        "local-user admin", "local-user wang class manage\n password hash ******\n#\nlocal-user admin", 1
    )
    assert lost("hp_comware", of("hp_comware", text), of("hp_comware", more)) == ()


@pytest.mark.parametrize("pair", [*PAIRS, *MORE_PAIRS], ids=lambda pair: f"{pair.family}: {pair.what}")
def test_a_change_is_not_taken_for_less_to_be_seen(pair: Pair) -> None:
    assert lost(pair.family, of(pair.family, pair.before), of(pair.family, pair.after)) == ()
    assert missing(pair.family, of(pair.family, pair.before)) == ()
