"""What a difference is about, on pairs with a real change."""

from __future__ import annotations

import time

import pytest

from agent.configurations.kinds import kinds
from collectors.configuration.normal import normal
from tests.collectors.configuration.pairs import PAIRS, Pair

ABOUT = {
    "a port in another VLAN": ("vlan",),
    "a rule less": ("acl",),
    "rules in another order": ("acl",),
    "a rule more": ("acl",),
    "a line of an access list less": ("acl",),
    "a route to somewhere else": ("route",),
    "a route less": ("route",),
    "another password": ("secret",),
    "another community": ("secret",),
    "another enable secret": ("secret",),
    "a user more": ("management",),
    "a user may do more": ("management",),
    "telnet allowed": ("management",),
    "a description in Chinese": ("interface",),
    "a port is shut": ("interface",),
    "another address": ("interface",),
    "a VLAN more": ("vlan",),
    "another time server": ("management",),
    "another software": ("other",),
}


@pytest.mark.parametrize(
    "pair", [each for each in PAIRS if not each.same], ids=lambda pair: f"{pair.family}: {pair.what}"
)
def test_a_change_is_told_by_what_it_is_about(pair: Pair) -> None:
    before, after = (
        normal(pair.family, text.encode(), lambda secret: str(hash(secret))) for text in (pair.before, pair.after)
    )
    found = kinds(before, after)
    assert found
    if pair.what in ABOUT:
        assert found == ABOUT[pair.what]


def test_no_difference_is_about_nothing() -> None:
    assert kinds("interface 1\n shutdown\n", "interface 1\n shutdown\n") == ()


def test_a_configuration_that_was_written_anew_is_told_in_a_second() -> None:
    before = "".join(f"interface Vlanif{port}\n description room {port}\n#\n" for port in range(5000))
    began = time.process_time()
    assert kinds(before, before.replace("description", "ip address")) == ("interface",)
    assert time.process_time() - began < 1
