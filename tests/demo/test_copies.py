"""A counter's computer with another version of the acceptance platform's program, as the agent sees it."""

from __future__ import annotations

from collections.abc import Callable

from demo.hosts.windows.model import CLIENT_VERSION
from tests.demo.centres import Centre
from tests.demo.flipping import shorten

TERMINALS = 'application_outdated_copies{target="acceptance",side="terminal"}'
OLD = 'application_outdated_copy_info{target="acceptance",host="pc-5",observed="3.2.0.0"}'


def test_a_counter_that_was_not_updated_is_counted_and_named_until_it_is(part_of: Callable[..., Centre]) -> None:
    centre = part_of("pc-5", "acceptance-host")
    shorten(centre, {}, {("hosts", "pc-5"): {"every": "5s", "ask_within": "5s"}})
    centre.until(TERMINALS, 0, seconds=60)
    centre.asked("set", "pc-5", "client", "3.2.0.0")
    centre.until(TERMINALS, 1, seconds=60)
    assert centre.values(OLD) == [1]
    centre.asked("set", "pc-5", "client", CLIENT_VERSION)
    centre.until(TERMINALS, 0, seconds=60)
