"""The outbox against receivers that behave badly."""

from __future__ import annotations

import asyncio
import base64
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.secrets import Secret
from agent.core.site import Center, Site
from agent.core.store import Store
from exporters.notify import AlertmanagerOptions
from exporters.outbox import Outbox, receivers_of
from tests.core.made import closing, incident, noting, opening, raising
from tests.exporters.alertmanagers import Fake, alertname, describe, eventually, fake, outbox, site
from tests.peers import free_port


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


def now() -> float:
    return time.time()


def waiting(box: Outbox) -> list[int]:
    return [state.waiting for state in box.states()]


def test_what_opens_and_closes_is_posted_and_then_nothing_waits(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        await box.start()
        found = incident(opened=now())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.words() == [[("firing", "yibao", "P2")]], "fired")
        store.record([closing(found, now())])
        box.wake()
        await eventually(lambda: am.words()[1:] == [[("resolved", "yibao", "P2")]], "resolved")
        await eventually(lambda: waiting(box) == [0], "taken")
        assert [(state.reachable, state.error) for state in box.states()] == [(True, "")]
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_one_that_hangs_delays_no_other(store: Store) -> None:
    async def story(bad: Fake, good: Fake) -> None:
        box = outbox(store, bad.url, good.url)
        await box.start()
        store.record([opening(incident(opened=now()))])
        box.wake()
        await eventually(lambda: waiting(box) == [1, 0], "the good one has it", 5)
        await box.stop()

    with fake("hang") as bad, fake() as good:
        asyncio.run(story(bad, good))


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("reject", 'answers 400: "start time must be before end time"'),
        ("fail", "answers 503: upstream [31maway"),
        ("login", "answers 401: user and password are needed"),
        ("move", "answers 302"),
        ("page", "this is no Alertmanager; check the address"),
        ("garbage", "does not speak HTTP as expected"),
        ("endless", "answers 500: xxx"),
    ],
)
def test_a_bad_answer_is_said_in_words_and_tried_again(store: Store, mode: str, said: str) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: box.states()[0].reachable is False, "it fails")
        [state] = box.states()
        assert said in state.error
        assert len(state.error) < 400
        assert state.waiting == 1
        assert state.failing_since is not None
        am.mode = "take"
        box.wake()
        await eventually(lambda: am.posts, "taken after all")
        await eventually(lambda: box.states()[0].reachable is True, "and said so")
        assert box.states()[0].error == ""
        await box.stop()

    with fake(mode) as am:
        asyncio.run(story(am))


def test_one_alert_that_is_rejected_keeps_no_other_from_its_receiver(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(target, opened=now())) for target in ("a", "poison", "b")])
        await box.start()
        await eventually(lambda: waiting(box) == [1], "the others are taken")
        assert {word[1] for post in am.words() for word in post} == {"a", "b"}
        assert "poison" in box.states()[0].error
        await box.stop()

    with fake("reject poison") as am:
        asyncio.run(story(am))


def test_one_that_is_away_has_it_when_it_returns(store: Store) -> None:
    port = free_port()

    async def story() -> None:
        box = outbox(store, f"http://127.0.0.1:{port}")
        await box.start()
        store.record([opening(incident(opened=now()))])
        box.wake()
        await eventually(lambda: box.states()[0].error == "cannot be reached: Connection refused", "refused")
        with fake(port=port) as am:
            await eventually(lambda: am.posts, "it has it")
        await box.stop()

    asyncio.run(story())


def test_what_was_taken_and_never_answered_is_said_again(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.posts, "taken")
        assert waiting(box) == [1]
        am.mode = "take"
        await eventually(lambda: waiting(box) == [0], "taken again")
        await box.stop()

    with fake("take and hang up") as am:
        asyncio.run(story(am))


def test_a_change_of_class_is_one_post(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        await box.start()
        found = incident(class_="P3", opened=now() - 5)
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: waiting(box) == [0] and am.posts, "fired")
        store.record([raising(found, "P2", now())])
        box.wake()
        await eventually(lambda: len(am.posts) == 2, "raised")
        assert am.words()[1] == [("firing", "yibao", "P2"), ("resolved", "yibao", "P3")]
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_a_restart_of_the_agent_says_only_what_was_not_taken_and_what_fires(store: Store, tmp_path: Path) -> None:
    ended, closed, firing = (incident(target, opened=now()) for target in ("ended", "closed", "firing"))

    async def before(am: Fake) -> None:
        box = outbox(store, am.url)
        await box.start()
        store.record([opening(each) for each in (ended, closed, firing)])
        box.wake()
        await eventually(lambda: waiting(box) == [0] and am.posts, "fired")
        store.record([closing(ended, now())])
        box.wake()
        await eventually(lambda: waiting(box) == [0] and len(am.posts) == 2, "resolved")
        await box.stop()

    async def after(am: Fake) -> None:
        again = Store.open(tmp_path / "var")
        box = outbox(again, am.url)
        am.posts.clear()
        await box.start()
        await eventually(lambda: am.posts, "told")
        assert am.words() == [[("resolved", "closed", "P2"), ("firing", "firing", "P2")]]
        await box.stop()
        again.close()

    with fake(configuration="route:\n  group_wait: 100ms\n") as am:
        asyncio.run(before(am))
        store.record([closing(closed, now())])  # the agent ended before it could say so
        store.close()
        time.sleep(1.2)
        asyncio.run(after(am))


def test_the_agents_end_resolves_nothing(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.posts, "fired")
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))
        assert [word for post in am.words() for word, *_ in post] == ["firing"]


def test_what_is_due_at_the_end_is_still_sent(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        await box.start()
        await eventually(lambda: box.states()[0].reachable, "greeted")
        store.record([opening(incident(opened=now()))])
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))
        assert am.words() == [[("firing", "yibao", "P2")]]


def test_an_agent_ends_within_seconds_though_its_receivers_hang(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.headers, "asked")
        await asyncio.wait_for(box.stop(), 20)

    with fake("hang") as am:
        asyncio.run(story(am))


def test_reload_keeps_who_is_unchanged_tells_who_is_new_and_forgets_who_is_gone(store: Store, tmp_path: Path) -> None:
    async def story(kept: Fake, gone: Fake, new: Fake) -> None:
        box = outbox(store, kept.url, gone.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: waiting(box) == [0, 0], "both have it")
        box.reload(site(tmp_path, new.url, kept.url))
        await eventually(lambda: new.posts, "the new one hears of what is open")
        await eventually(lambda: waiting(box) == [0, 0], "taken")
        assert [state.name for state in box.states()] == [new.url, kept.url]
        assert kept.words() == [[("firing", "yibao", "P2")]]
        assert gone.words() == [[("firing", "yibao", "P2")], [("resolved", "yibao", "P2")]]
        assert store.deliveries(gone.url) == []
        await box.stop()

    with fake() as kept, fake() as gone, fake() as new:
        asyncio.run(story(kept, gone, new))


CAOYANG = Center("caoyang", "曹杨新村街道社区事务受理服务中心", "普陀区")


def told(am: Fake) -> list[tuple[str, str]]:
    """The centre and the word of every alert that was posted."""
    words = [word for post in am.words() for word, *_ in post]
    return [(alert["labels"]["center"], word) for alert, word in zip(itertools.chain(*am.posts), words, strict=True)]


MOVED = [("changshou", "firing"), ("changshou", "resolved"), ("caoyang", "firing")]


def test_a_centre_of_another_name_leaves_no_alert_behind_under_the_old_one(store: Store, tmp_path: Path) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: waiting(box) == [0], "fired")
        box.reload(site(tmp_path, am.url, center=CAOYANG))
        await eventually(lambda: told(am) == MOVED, "resolved by the old name, fires by the new one")
        await eventually(lambda: waiting(box) == [0], "taken")
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))
        assert told(am) == MOVED


def test_a_centre_that_was_renamed_while_the_agent_was_down_leaves_no_alert_behind(
    store: Store, tmp_path: Path
) -> None:
    async def story(am: Fake, where: Site) -> None:
        box = Outbox(store, alertname, describe, where)
        await box.start()
        await eventually(lambda: waiting(box) == [0], "taken")
        await box.stop()

    store.record([opening(incident(opened=now()))])
    with fake() as am:
        asyncio.run(story(am, site(tmp_path, am.url)))
        asyncio.run(story(am, site(tmp_path, am.url, center=CAOYANG)))
        assert told(am) == MOVED


def test_another_login_resolves_nothing(store: Store, tmp_path: Path) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: waiting(box) == [0], "fired")
        login = AlertmanagerOptions(url=am.url, user="agent", password=Secret("x"), group_wait=3)
        box.reload(site(tmp_path, login))
        await eventually(lambda: len(am.posts) == 2, "the new courier says it again")
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))
        assert {word for _, word in told(am)} == {"firing"}


def test_one_that_hangs_is_left_within_seconds(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(gone: Fake, new: Fake) -> None:
        box = outbox(store, gone.url, farewell_seconds=0.2)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: waiting(box) == [0], "fired")
        gone.mode = "hang"
        box.reload(site(tmp_path, new.url))
        await eventually(lambda: new.posts, "the new one hears of what is open")
        await box.stop()

    with fake() as gone, fake() as new:
        asyncio.run(story(gone, new))
    assert "was not told the end of its alerts (1), which comes in a day: no answer within 0.2 s" in caplog.text


def test_an_agent_that_ends_while_it_takes_leave_resolves_nothing_more(store: Store, tmp_path: Path) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: waiting(box) == [0], "fired")
        am.mode = "hang"
        box.reload(site(tmp_path))
        await asyncio.sleep(0.1)
        await box.stop()
        am.mode = "take"
        await asyncio.sleep(0.1)

    with fake() as am:
        asyncio.run(story(am))
        assert told(am) == MOVED[:1]


def test_no_receiver_is_no_trouble(store: Store) -> None:
    async def story() -> None:
        box = outbox(store)
        await box.start()
        box.wake()
        assert box.states() == []
        await box.stop()

    asyncio.run(story())


def test_password_goes_into_a_header_and_is_shown_nowhere(store: Store) -> None:
    async def story(am: Fake) -> None:
        secret = Secret("s@cret")
        alertmanager = AlertmanagerOptions(url=f"{am.url}/", user="agent", password=secret, group_wait=3)
        box = outbox(store, alertmanager)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.posts, "taken")
        assert am.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"agent:s@cret").decode()
        am.mode = "fail"
        store.record([noting(store.open_incidents()[0], "x", now())])
        box.wake()
        await eventually(lambda: box.states()[0].error, "fails")
        assert "cret" not in repr(box.states()) + repr(receivers_of(site(Path("/nowhere"), alertmanager)))
        assert box.states()[0].name == am.url
        assert "cret" not in repr(store.deliveries(am.url))
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_no_proxy_from_the_environment_is_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")

    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.posts, "taken")
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_many_open_incidents_are_told_in_posts_of_bounded_size(store: Store) -> None:
    async def story(am: Fake) -> None:
        box = outbox(store, am.url)
        store.record([opening(incident(f"line-{n}", opened=now())) for n in range(250)])
        await box.start()
        await eventually(lambda: waiting(box) == [0], "all taken")
        assert [len(post) for post in am.posts] == [100, 100, 50]
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_a_text_that_cannot_be_made_still_alerts(store: Store) -> None:
    def broken(_: object) -> dict[str, str]:
        raise ValueError("unknown format code")

    async def story(am: Fake) -> None:
        box = Outbox(store, lambda _: "LineDown", broken, site(Path("/nowhere"), am.url))
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.posts, "taken")
        assert am.posts[0][0]["annotations"] == {"summary": "IR-04 yibao"}
        await box.stop()

    with fake() as am:
        asyncio.run(story(am))


def test_a_flapping_line_leaves_one_alert_to_tell(store: Store) -> None:
    async def story() -> None:
        port = free_port()
        box = outbox(store, f"http://127.0.0.1:{port}")
        await box.start()
        for _ in range(20):
            found = incident(opened=now())
            store.record([opening(found)])
            store.record([closing(found, now())])
        assert waiting(box) == [1]
        with fake(port=port) as am:
            await eventually(lambda: waiting(box) == [0], "told")
            assert [word for post in am.words() for word, *_ in post] == ["firing", "resolved"]
        await box.stop()

    asyncio.run(story())
