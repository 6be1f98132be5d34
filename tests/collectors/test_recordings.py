"""How far back a recorder's recordings go, asked over real HTTP of one on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.model import Sample, Target
from agent.core.reach import Poll, ReachError
from agent.core.secrets import Secret
from agent.reaching import reaching
from collectors.machine_room import MachineRoomOptions
from collectors.recordings import COLLECTOR
from collectors.recordings.digest import answer
from collectors.recordings.times import moment
from tests.collectors.recorders import PASSWORD, USER, Recorder, recorder

NOW = 1_795_000_000.0


@dataclass
class Watch:
    """Polls of the recorder in the test's own time; `failure` is what the last one raised."""

    device: Recorder
    options: dict[str, Any]
    memory: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    failure: ReachError | None = None
    samples: list[Sample] = field(default_factory=list)

    def poll(self, after: float = 30.0) -> dict[str, float]:
        """Of each camera the moment."""
        self.at += after
        self.samples = asyncio.run(self._collect())
        return {labels[0]: value for _, value, labels in self.samples}

    async def _collect(self) -> list[Sample]:
        said = {"user": USER, "password": PASSWORD, "port": self.device.port, **self.options}
        given = {"id": "nvr", "address": "127.0.0.1", "kind": "camera", "recordings": said}
        options = MachineRoomOptions.model_validate(given)
        target = Target("machine_room", "nvr", "录像机", options, "127.0.0.1", timeout=5)
        assert COLLECTOR.applies(target)
        samples: list[Sample] = []
        self.failure = None
        async with reaching() as reach:
            try:
                async for sample in COLLECTOR.collect(
                    target, options, Poll(reach, NOW + self.at, self.at, self.memory)
                ):
                    samples.append(sample)
            except ReachError as error:
                self.failure = error
        return samples


@pytest.fixture
def device() -> Iterator[Recorder]:
    with recorder() as found:
        yield found


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize("demands", ["token", "digest", "nothing"])
def test_by_onvif_the_oldest_recording_of_each_camera_is_told(device: Recorder, demands: str) -> None:
    device.demands = demands
    device.oldest = {"机房": "2026-10-01T08:00:00Z", "门厅": "2026-11-10T08:00:00+08:00"}
    assert Watch(device, {}).poll() == {"机房": at("2026-10-01T08:00:00Z"), "门厅": at("2026-11-10T00:00:00Z")}
    assert all(device.logins)
    assert PASSWORD not in str(device.asked)


def test_a_recorder_that_lists_none_tells_of_all_together(device: Recorder) -> None:
    device.lists = False
    device.oldest = {"a": "2026-10-01T08:00:00Z", "b": "2026-11-10T08:00:00Z"}
    assert Watch(device, {}).poll() == {"": at("2026-10-01T08:00:00Z")}


def test_a_recorder_without_recordings_keeps_none(device: Recorder) -> None:
    watch = Watch(device, {})
    assert watch.poll() == {"": NOW + watch.at}


def test_by_isapi_the_oldest_recording_of_each_track_is_told(device: Recorder) -> None:
    device.demands = "digest"
    device.oldest = {"101": "2026-10-01T08:00:00Z"}
    watch = Watch(device, {"by": "isapi", "tracks": {"机房": 101, "门厅": 201}})
    assert watch.poll() == {"机房": at("2026-10-01T08:00:00Z"), "门厅": NOW + watch.at}


def test_older_recordings_that_are_gone_are_told_six_hours_later(device: Recorder) -> None:
    device.oldest = {"机房": "2026-10-01T08:00:00Z"}
    watch = Watch(device, {})
    watch.poll()
    questions = len(device.asked)
    device.oldest = {"机房": "2026-11-15T08:00:00Z"}
    assert watch.poll() == {"机房": at("2026-10-01T08:00:00Z")}
    assert len(device.asked) == questions
    assert watch.poll(21600) == {"机房": at("2026-11-15T08:00:00Z")}


@pytest.mark.parametrize(("by", "demands"), [("onvif", "token"), ("onvif", "digest"), ("isapi", "digest")])
def test_a_login_that_is_refused_is_told_and_not_tried_for_an_hour(device: Recorder, by: str, demands: str) -> None:
    device.demands = demands
    wrong = {"by": by, "password": "another", "tracks": {"机房": 101} if by == "isapi" else {}}
    watch = Watch(device, wrong)
    assert watch.poll() == {}
    assert watch.failure is not None
    assert watch.failure.kind == "authentication"
    assert "another" not in str(watch.failure)
    assert device.logins == [False]
    watch.poll(300)
    assert (watch.failure is not None, device.logins) == (True, [False])
    watch.options["password"] = PASSWORD
    watch.poll(21600)
    assert (watch.failure, device.logins[1:2]) == (None, [True])


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ((200, b"<html>Hello"), "no XML"),
        ((200, BOMB), "no XML"),
        ((200, BOMB.decode().encode("utf-16")), "no XML"),
        ((404, b""), "status 404"),
        ((200, b"<a>" + b"x" * 600_000 + b"</a>"), "no XML"),
        ((200, b"<a/>"), "no recording search"),
    ],
)
def test_what_is_no_answer_of_a_recorder_is_a_failure_that_says_so(
    device: Recorder, raw: tuple[int, bytes], said: str
) -> None:
    device.raw = raw
    watch = Watch(device, {})
    assert watch.poll() == {}
    assert watch.failure is not None
    assert said in str(watch.failure)
    assert "127.0.0.1" in str(watch.failure)


def test_a_search_that_isapi_refuses_is_a_failure_that_names_the_track(device: Recorder) -> None:
    device.oldest = {"101": "error"}
    watch = Watch(device, {"by": "isapi", "tracks": {"机房": 101}})
    assert watch.poll() == {}
    assert "track 101" in str(watch.failure)
    assert "Invalid Operation" in str(watch.failure)


# RFC 7616 section 3.9.1.
RFC = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_digest_is_that_of_the_example_in_the_standard(algorithm: str, response: str) -> None:
    secret = Secret("Circle of Life")
    header = answer(RFC.format(algorithm), "Mufasa", secret, "GET", "/dir/index.html", CNONCE)
    assert header is not None
    assert f'response="{response}"' in header.reveal()
    assert str(header) == "***"


@pytest.mark.parametrize(
    "challenge",
    ["", "Basic realm=x", "Digest realm=x", 'Digest realm="x", nonce="y", qop="auth-int"', RFC.format("SHA-512-256")],
)
def test_a_challenge_that_is_not_known_is_not_answered(challenge: str) -> None:
    assert answer(challenge, "u", Secret("p"), "POST", "/", "c") is None


def test_a_moment_of_a_clock_that_was_never_set_is_none() -> None:
    assert moment("1970-01-01T00:00:00Z") is None
    assert moment("0001-01-01T00:00:00") is None
    assert moment("yesterday") is None
    assert moment("2026-10-01T08:00:00") == at("2026-10-01T08:00:00+08:00")


@pytest.mark.parametrize(
    "wrong",
    [{"by": "isapi"}, {"tracks": {"机房": 101}}, {"user": 'a"b'}, {"by": "snmp"}],
)
def test_what_cannot_be_asked_is_refused(wrong: dict[str, Any]) -> None:
    said = {"user": USER, "password": PASSWORD, **wrong}
    with pytest.raises(ValidationError):
        MachineRoomOptions.model_validate({"id": "nvr", "address": "127.0.0.1", "recordings": said})
