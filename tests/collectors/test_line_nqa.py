"""Lines that a device measures by itself: the latest result of its test, whatever MIB tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll, Reach, ReachError
from agent.transports.snmp import Manners, SnmpWay
from collectors.line import COLLECTOR
from collectors.line.options import LineOptions
from tests.collectors.polled import PATIENT
from tests.collectors.ways import Wire
from tests.snmp_agent import SnmpAgent, Value, gauge32, snmp_target, ticks

ADMIN_YIBAO = "5.97.100.109.105.110.5.121.105.98.97.111"  # 5 letters, "admin", 5 letters, "yibao"
AT = ("application", "core admin/yibao")
HUAWEI = "1.3.6.1.4.1.2011.5.25.111"
PING, H3C_JITTER = "1.3.6.1.2.1.80.1", "1.3.6.1.4.1.25506.8.3.1.4.1"
CISCO = "1.3.6.1.4.1.9.9.42.1"
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
UP, TRIP, P95 = "line_probe_up", "line_round_trip_seconds", "line_round_trip_p95_seconds"
JITTER, LOSS, SERVES = "line_jitter_seconds", "line_loss_ratio", "line_up"

Objects = dict[str, Value]


def huawei(kind: int = 6, every: int = 15) -> Objects:
    return {f"{HUAWEI}.2.1.1.4.{ADMIN_YIBAO}": kind, f"{HUAWEI}.2.1.1.5.{ADMIN_YIBAO}": every}


def huawei_run(run: int, completion: int = 1, sent: int = 10, back: int = 10, average: int = 12) -> Objects:
    columns = {3: completion, 21: gauge32(back), 22: gauge32(sent), 26: gauge32(average)}
    return {f"{HUAWEI}.4.1.1.{column}.{ADMIN_YIBAO}.{run}.1": value for column, value in columns.items()}


def huawei_jitter(run: int, average: int, jitter: int, unit: int = 2, back: int = 20) -> Objects:
    columns = {2: 1, 40: gauge32(back), 41: gauge32(20), 46: gauge32(average), 48: gauge32(jitter), 67: unit}
    return {f"{HUAWEI}.4.3.1.{column}.{ADMIN_YIBAO}.{run}": value for column, value in columns.items()}


def ping(
    status: int = 3, sent: int = 10, back: int = 10, average: int = 12, every: int = 60, count: int = 10
) -> Objects:
    control = {7: gauge32(count), 8: 1, 10: gauge32(every)}
    results = {1: status, 6: gauge32(average), 7: gauge32(back), 8: gauge32(sent)}
    return {
        **{f"{PING}.2.1.{column}.{ADMIN_YIBAO}": value for column, value in control.items()},
        **{f"{PING}.3.1.{column}.{ADMIN_YIBAO}": value for column, value in results.items()},
    }


def h3c_jitter(steps: Mapping[int, int]) -> Objects:
    return {f"{H3C_JITTER}.{column}.{ADMIN_YIBAO}": gauge32(value) for column, value in steps.items()}


def cisco(
    number: int = 10, kind: int = 1, sense: int = 1, took: int = 12, ran: float = 5000, state: int = 6, every: int = 60
) -> Objects:
    columns: Objects = {
        "2.1.1.3": "yibao", "2.1.1.4": kind, "2.1.1.6": every, "2.2.1.37": 1, "2.9.1.10": state,
        "2.10.1.1": gauge32(took), "2.10.1.2": sense, "2.10.1.5": ticks(ran),
    }  # fmt: skip
    return {f"{CISCO}.{column}.{number}": value for column, value in columns.items()}


@dataclass
class Line:
    """A line whose only probes are tests of `core`, which a simulated device is."""

    agent: SnmpAgent
    test: str = "admin/yibao"
    probes: tuple[Mapping[str, Any], ...] = ()
    memory: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    failure: ReachError | None = None
    manners: Manners = PATIENT

    def target(self) -> Target:
        nqa = {"layer": "application", "nqa": {"device": "core", "test": self.test}}
        options = LineOptions.model_validate({"id": "yibao", "probes": [nqa, *self.probes]})
        assert options.sources == ("core",)
        return Target("line", "yibao", "医保专线", options, sources={"core": snmp_target(self.agent, id="core")})

    def poll(self, after: float = 30.0) -> dict[str, float]:
        """The samples of the test by metric; those of no probe, too."""
        self.at += after
        return asyncio.run(self._poll())

    async def _poll(self) -> dict[str, float]:
        wire, target = Wire(pings={"10.20.0.1": True}), self.target()
        poll = Poll(Reach(wire, wire, SnmpWay(manners=self.manners)), 0.0, self.at, self.memory)
        found = {}
        self.failure = None
        try:
            async for metric, value, labels in COLLECTOR.collect(target, target.options, poll):
                if labels in ((), (AT[0], f"core {self.test}")) and metric.name != "line_standby":
                    found[metric.name] = value
        except ReachError as error:
            self.failure = error
        return found


@pytest.fixture
def line() -> Iterator[Line]:
    with SnmpAgent() as agent:
        yield Line(agent)


@pytest.mark.parametrize(
    "objects",
    [huawei() | huawei_run(7), ping(), ping(status=1), cisco() | {SYS_UP_TIME: ticks(5010)}],
    ids=["Huawei", "RFC 4560", "RFC 4560, always running", "Cisco"],
)
def test_a_line_that_only_its_switch_can_measure_is_up(line: Line, objects: Objects) -> None:
    line.agent.update(objects)
    line.test = "10" if f"{CISCO}.2.1.1.4.10" in objects else line.test
    assert line.poll() == {UP: 1, TRIP: 0.012, SERVES: 1}
    assert line.failure is None
    assert COLLECTOR.applies(line.target())


@pytest.mark.parametrize(
    "objects",
    [
        huawei() | huawei_run(7, completion=2, back=0, average=0),
        ping(back=0, average=0),
        *(cisco(sense=sense) for sense in (2, 4, 6, 8, 12, 16)),
    ],
)
def test_a_test_that_nobody_answers_is_a_line_that_is_down(line: Line, objects: Objects) -> None:
    line.agent.update(objects)
    line.test = "10" if f"{CISCO}.2.1.1.4.10" in objects else line.test
    assert line.poll() == {UP: 0, SERVES: 0}
    assert line.failure is None


@pytest.mark.parametrize("spelling", ["admin/yibao", "admin yibao", " admin/yibao "])
def test_a_test_is_named_by_owner_and_name(line: Line, spelling: str) -> None:
    line.agent.update(huawei() | huawei_run(7))
    line.test = spelling
    line.poll()
    assert line.failure is None


def test_a_device_that_is_silent_says_nothing_about_the_line(line: Line) -> None:
    line.agent.behave = lambda asked, answer: []
    line.manners = Manners(pauses=(0.1,))
    assert line.poll() == {}
    assert isinstance(line.failure, CannotAsk)
    assert "probe application core admin/yibao: no answer from" in str(line.failure)


def test_a_test_that_the_device_does_not_have_says_how_to_name_it(line: Line) -> None:
    assert line.poll() == {}
    assert "core has no test admin/yibao: write OWNER/NAME as in `nqa test-instance OWNER NAME`" in str(line.failure)


def test_an_nqa_probe_beside_others_is_one_of_them(line: Line) -> None:
    line.probes = ({"layer": "gateway", "icmp": "10.20.0.1"},)
    line.agent.update(huawei() | huawei_run(7, completion=2, back=0))
    assert line.poll()[SERVES] == 0


# Huawei


def test_of_huaweis_runs_the_newest_that_is_over_counts(line: Line) -> None:
    line.agent.update(huawei() | huawei_run(9, average=20) | huawei_run(10, average=30) | huawei_run(11, completion=0))
    assert line.poll()[TRIP] == 0.030


def test_a_huawei_test_that_is_still_running_leaves_the_result_before(line: Line) -> None:
    line.agent.update(huawei() | huawei_run(7))
    line.poll()
    line.agent.replace(huawei() | huawei_run(8, completion=0, back=3, average=0))
    assert line.poll() == {UP: 1, TRIP: 0.012, SERVES: 1}
    assert line.poll(271) == {}
    assert "the test has given no result yet" in str(line.failure)


def test_a_huawei_test_that_gives_no_new_results_is_no_news(line: Line) -> None:
    line.agent.update(huawei(every=200) | huawei_run(7))
    assert line.poll()[UP] == 1
    assert line.poll(600)[UP] == 1
    assert line.poll(1) == {}
    assert "the test does not run any more" in str(line.failure)
    line.agent.update(huawei_run(8))
    assert line.poll()[UP] == 1


def test_some_answers_are_an_answer_though_huawei_calls_the_test_failed(line: Line) -> None:
    line.agent.update(huawei() | huawei_run(7, completion=2, back=1))
    assert line.poll()[UP] == 1


@pytest.mark.parametrize(("unit", "second"), [(2, 1e-3), (1, 1e-6)])
@pytest.mark.parametrize("kind", [5, 22])
def test_huaweis_jitter_tests_tell_jitter_in_their_unit(line: Line, kind: int, unit: int, second: float) -> None:
    line.agent.update(huawei(kind) | huawei_jitter(3, 14, 2, unit))
    found = line.poll()
    assert found[TRIP] == pytest.approx(14 * second)
    assert found[JITTER] == pytest.approx(2 * second)


# RFC 4560 and H3C


def test_h3cs_jitter_is_the_mean_of_all_steps(line: Line) -> None:
    line.agent.update(ping() | h3c_jitter({4: 5, 5: 10, 9: 5, 10: 20, 14: 0, 15: 0, 19: 10, 20: 30}))
    assert line.poll()[JITTER] == pytest.approx(0.003)


def test_packets_on_their_way_are_not_lost(line: Line) -> None:
    line.agent.update(ping(status=1, sent=3, back=2))
    for _ in range(400):
        found = line.poll(60)
    assert found == {UP: 1, TRIP: 0.012, SERVES: 1, P95: 0.012}
    line.agent.update(ping(status=1, sent=3, back=0))
    assert line.poll(60)[UP] == 1
    line.agent.update(ping(status=1, sent=10, back=0))
    assert line.poll(60)[UP] == 0


def test_a_stopped_test_says_nothing_and_what_to_do(line: Line) -> None:
    line.agent.update(ping(status=2))
    assert line.poll() == {}
    assert "core: test admin/yibao is stopped; start it on the device" in str(line.failure)


def test_a_test_that_never_ran_says_so(line: Line) -> None:
    line.agent.update(ping(status=1, sent=0, back=0))
    assert line.poll() == {}
    assert "has given no result yet" in str(line.failure)


# Cisco


def test_an_ip_sla_operation_is_found_by_its_tag_too(line: Line) -> None:
    line.agent.update(cisco(number=11) | {f"{CISCO}.2.1.1.3.9": "other"})
    line.test = "yibao"
    assert line.poll()[TRIP] == 0.012


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        (cisco(state=5), "core: test 10 is not active; start it on the device (ip sla schedule)"),
        (cisco(ran=4000) | {SYS_UP_TIME: ticks(5000)}, "core: test 10 last ran 1000 s ago"),
        (cisco(sense=0), "has given no result yet"),
        (cisco(sense=5), "has given no result yet"),
        (cisco(number=12), "core has no test 10"),
    ],
)
def test_an_operation_that_does_not_run_says_nothing(line: Line, objects: Objects, said: str) -> None:
    line.agent.update(objects)
    line.test = "10"
    assert line.poll() == {}
    assert said in str(line.failure)


@pytest.mark.parametrize(("precision", "second"), [(1, 1e-3), (2, 1e-6)])
def test_ciscos_jitter_operations_tell_mean_jitter_and_loss(line: Line, precision: int, second: float) -> None:
    jitter = {1: 90, 2: 90 * 14, 26: 4, 27: 3, 29: 2, 30: 1, 46: 2}
    line.agent.update({f"{CISCO}.5.2.1.{column}.10": gauge32(value) for column, value in jitter.items()})
    line.test = "10"
    for run in range(6):
        line.agent.update(cisco(kind=9, ran=5000 + 60 * run) | {f"{CISCO}.2.2.1.37.10": precision})
        found = line.poll(60)
    assert found[TRIP] == pytest.approx(14 * second)
    assert found[JITTER] == pytest.approx(2 * second)
    assert found[LOSS] == pytest.approx(0.1)


# Over time


def test_loss_is_told_once_600_packets_are_known_and_each_run_counts_once(line: Line) -> None:
    for run in range(1, 60):
        line.agent.replace(huawei() | huawei_run(run, sent=10, back=9))
        for _ in range(3):
            assert LOSS not in line.poll(10)
    line.agent.replace(huawei() | huawei_run(60, sent=10, back=9))
    assert line.poll(10)[LOSS] == pytest.approx(0.1)


def test_a_device_that_does_not_number_its_runs_is_counted_at_its_own_pace(line: Line) -> None:
    line.agent.update(ping(back=8, every=60))
    for _ in range(118):
        assert LOSS not in line.poll(30)
    assert line.poll(30)[LOSS] == pytest.approx(0.2)


def test_the_95th_percentile_is_of_the_results_of_five_minutes(line: Line) -> None:
    for run, average in enumerate((10, 10, 10, 10, 50), 1):
        line.agent.replace(huawei() | huawei_run(run, average=average))
        found = line.poll(30)
    assert found[P95] == pytest.approx(0.042)


# Hostile


@pytest.mark.parametrize("raw", [b"x", -1, 2**31 - 1, gauge32(2**32 - 1), "12"])
def test_values_that_are_no_measurement_are_none(line: Line, raw: Value) -> None:
    line.agent.update(huawei() | huawei_run(7) | {f"{HUAWEI}.4.1.1.26.{ADMIN_YIBAO}.7.1": raw})
    assert line.poll() == {UP: 1, SERVES: 1}
    line.agent.replace(huawei() | huawei_run(8) | {f"{HUAWEI}.4.1.1.21.{ADMIN_YIBAO}.8.1": raw})
    assert line.poll()[UP] == 1
    line.agent.replace(ping() | {f"{PING}.3.1.{column}.{ADMIN_YIBAO}": raw for column in (1, 6, 7, 8)})
    line.poll()
    line.agent.replace(cisco() | {f"{CISCO}.{column}.10": raw for column in ("2.1.1.6", "2.10.1.1", "2.10.1.5")})
    line.test = "10"
    assert TRIP not in line.poll()


def test_more_answers_than_questions_are_no_negative_loss(line: Line) -> None:
    line.agent.update(ping(sent=10, back=99, every=0))
    for _ in range(60):
        found = line.poll(1)
    assert found[LOSS] == 0


@pytest.mark.parametrize("name", ["", "a" * 33, "admin/" + "y" * 33, "医" * 11])
def test_a_name_that_no_mib_can_hold_is_refused(name: str) -> None:
    nqa = {"layer": "application", "nqa": {"device": "core", "test": name}}
    with pytest.raises(ValueError, match=r"too long for a test|at least 1 character"):
        LineOptions.model_validate({"id": "yibao", "probes": [nqa]})


def test_numbers_are_taken_for_names() -> None:
    nqa = {"layer": "application", "nqa": {"device": "core", "test": 10}}
    assert LineOptions.model_validate({"id": "yibao", "probes": [nqa]}).probes[0].text == "core 10"
