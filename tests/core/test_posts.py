"""Posts: whose accounts are to be off."""

from __future__ import annotations

from datetime import date

from agent.core.posts import left
from agent.core.site import Person

LAST = date(2026, 11, 20)
WANG = Person("wang", "王工", "network_administrator", until=LAST, accounts=("Wang", "netadmin"))
ZHOU = Person("zhou", "周工", "system_administrator", accounts=("zhou", "netadmin"))


def test_accounts_of_who_left_are_those_that_nobody_in_a_post_has() -> None:
    assert left([WANG, ZHOU], LAST) == frozenset()
    assert left([WANG, ZHOU], date(2026, 11, 21)) == {"wang"}
    again = Person("wang-2", "王工", "security_administrator", accounts=("wang",))
    assert left([WANG, ZHOU, again], date(2026, 11, 21)) == frozenset(), "another post"
    assert left([Person("li", "李", "other", until=LAST)], date(2027, 1, 1)) == frozenset()
