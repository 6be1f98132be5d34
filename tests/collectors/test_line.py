"""What the line collector promises: which probes answered, and whether the line serves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.dns import DnsAnswer, Question
from agent.core.model import Reading, Target
from agent.core.reach import Burst, CannotAsk, Reach, Refusal, Unanswered
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.line import COLLECTOR
from collectors.line.options import LineOptions
from tests.collectors.ways import Wire, poll, polls, value, values

GATEWAY = {"layer": "gateway", "icmp": "10.20.0.1"}
SERVICE = {"layer": "application", "tcp": "10.20.1.10:443"}
AT_GATEWAY, AT_SERVICE = ("gateway", "10.20.0.1"), ("application", "10.20.1.10:443")
NAME, PORT = "10.20.1.10", 443


def line(*probes: dict[str, Any], every: float = 30.0, timeout: float = 10.0, **more: Any) -> Target:
    options = LineOptions(id="yibao", probes=probes, **more)
    return Target("line", "yibao", "医保专线", options, every=every, timeout=timeout)


def test_a_line_that_serves_is_up_with_facts_probes_and_round_trips() -> None:
    wire = Wire(pings={"10.20.0.1": [0.010, 0.020, None, 0.030] * 2}, connects={(NAME, PORT): 0.025})
    carrier = {"name": "电信", "circuit": 12345}
    target = line(GATEWAY, SERVICE, business="medical_insurance", carrier=carrier)
    wire.pings["10.20.0.1"] = [[0.010, 0.020, None, 0.030]]
    reading = poll(wire, COLLECTOR, target)
    assert reading.up
    assert value(reading, "line_up") == 1
    assert values(reading, "line_info") == {("medical_insurance", "电信", "12345"): 1}
    assert values(reading, "line_probe_up") == {AT_GATEWAY: 1, AT_SERVICE: 1}
    assert values(reading, "line_round_trip_seconds") == pytest.approx({AT_GATEWAY: 0.020, AT_SERVICE: 0.025})


def test_a_failed_probe_is_a_reading_the_target_is_up_and_the_line_is_down() -> None:
    reading = poll(Wire(pings={"10.20.0.1": True}), COLLECTOR, line(GATEWAY, SERVICE))
    assert reading.up
    assert value(reading, "line_up") == 0
    assert values(reading, "line_probe_up") == {AT_GATEWAY: 1, AT_SERVICE: 0}
    assert AT_SERVICE not in values(reading, "line_round_trip_seconds")


@pytest.mark.parametrize("kind", ["refused", "timeout", "unreachable"])
def test_a_second_attempt_decides_over_a_connect(kind: str) -> None:
    lost = Unanswered(kind, "lost")
    reading = poll(Wire(connects={(NAME, PORT): [lost, 0.02]}), COLLECTOR, line(SERVICE, timeout=1.5))
    assert value(reading, "line_up") == 1
    wire = Wire(connects={(NAME, PORT): [lost, lost]})
    reading = poll(wire, COLLECTOR, line(SERVICE, timeout=1.5))
    assert value(reading, "line_up") == 0
    assert len(wire.asked[NAME, PORT]) == 2


@pytest.mark.parametrize(
    ("lost", "up"), [(0, 1), (1, 1), (29, 1), (30, 0)], ids=["none lost", "one lost", "one answered", "all lost"]
)
def test_one_answer_of_a_burst_is_enough(lost: int, up: int) -> None:
    answers = [None] * lost + [0.01] * (30 - lost)
    reading = poll(Wire(pings={"10.20.0.1": [answers]}), COLLECTOR, line(GATEWAY))
    assert value(reading, "line_up") == up


def test_the_near_layers_do_not_decide_where_a_farther_one_is_asked() -> None:
    far = {"layer": "far_gateway", "icmp": "10.20.9.1"}
    reading = poll(Wire(pings={"10.20.9.1": True}), COLLECTOR, line(far, GATEWAY))
    assert value(reading, "line_up") == 1
    reading = poll(Wire(pings={"10.20.0.1": True}), COLLECTOR, line(far, GATEWAY))
    assert value(reading, "line_up") == 0


def test_every_business_endpoint_must_answer() -> None:
    other = {"layer": "application", "tcp": "10.20.1.11:443"}
    reading = poll(Wire(connects={(NAME, PORT): 0.02}), COLLECTOR, line(SERVICE, other, timeout=1.5))
    assert value(reading, "line_up") == 0
    assert values(reading, "line_probe_up") == {AT_SERVICE: 1, ("application", "10.20.1.11:443"): 0}


def test_a_probe_that_could_not_be_asked_fails_the_run_after_the_rest_was_read() -> None:
    closed = CannotAsk("permission", "no right to send")
    reading = poll(Wire(pings={"10.20.0.1": closed}, connects={(NAME, PORT): 0.02}), COLLECTOR, line(GATEWAY, SERVICE))
    assert reading.failure is not None
    assert reading.failure.kind == "permission"
    assert reading.failure.message == "yibao: probe gateway 10.20.0.1: no right to send"
    assert values(reading, "line_probe_up") == {AT_SERVICE: 1}
    assert value(reading, "line_up") == 1


def test_a_node_whose_name_is_not_known_is_a_remark_where_the_line_says_whether_it_serves() -> None:
    gone = CannotAsk("resolve", "no such name")
    for answering, up in ((True, 1), (False, 0)):
        wire = Wire(pings={"10.20.0.1": gone}, connects={(NAME, PORT): 0.02} if answering else {})
        reading = poll(wire, COLLECTOR, line(GATEWAY, SERVICE, timeout=1.5))
        assert reading.up
        assert reading.remarks == ("yibao: probe gateway 10.20.0.1: no such name",)
        assert value(reading, "line_up") == up


def test_a_business_endpoint_that_could_not_be_asked_leaves_it_open_whether_the_line_is_up() -> None:
    closed = CannotAsk("resolve", "no such name")
    reading = poll(Wire(pings={"10.20.0.1": True}, connects={(NAME, PORT): closed}), COLLECTOR, line(GATEWAY, SERVICE))
    assert not reading.up
    assert value(reading, "line_up") is None
    assert values(reading, "line_probe_up") == {AT_GATEWAY: 1}


def test_a_line_that_is_cut_is_down_though_its_endpoint_s_name_was_known_over_it_alone() -> None:
    named = {"layer": "application", "tcp": "bureau.example:443"}
    wire = Wire(connects={("bureau.example", 443): CannotAsk("resolve", "no such name")})
    reading = poll(wire, COLLECTOR, line(GATEWAY, {"layer": "carrier", "icmp": "10.21.0.1"}, named))
    assert reading.up
    assert value(reading, "line_up") == 0
    assert reading.remarks == ("yibao: probe application bureau.example:443: no such name",)


def test_what_this_machine_cannot_send_is_no_outage_of_the_line() -> None:
    class Walled(Wire):
        async def burst(self, address: str, **how: Any) -> Burst:
            return Burst((None,) * how["count"], refusal=Refusal("", "no_route"))

    reading = poll(Walled(), COLLECTOR, line(GATEWAY, SERVICE, timeout=1.5))
    assert reading.failure is not None
    assert (
        reading.failure.message == "yibao: this machine has no route to 10.20.0.1, or its own firewall forbids it; see "
        "`ip route get` and `nft list ruleset`"
    )
    assert value(reading, "line_up") is None
    assert "监控主机自己发不出去" in reading.diagnoses[0].said.zh


def test_a_line_that_is_asked_by_large_packets_alone_is_up_and_down_by_them() -> None:
    large = {"layer": "application", "icmp": NAME, "size": 1400, "dont_fragment": True}
    assert value(poll(Wire(pings={NAME: True}), COLLECTOR, line(large)), "line_up") == 1
    assert value(poll(Wire(), COLLECTOR, line(large)), "line_up") == 0


def test_where_one_endpoint_is_silent_another_that_could_not_be_asked_does_not_hide_it() -> None:
    other = {"layer": "application", "tcp": "bureau.example:443"}
    wire = Wire(connects={("bureau.example", 443): CannotAsk("resolve", "no such name")})
    reading = poll(wire, COLLECTOR, line(SERVICE, other, timeout=1.5))
    assert value(reading, "line_up") == 0


def test_loss_and_jitter_are_absent_until_enough_packets_are_known() -> None:
    wire = Wire(pings={"10.20.0.1": [[0.010, 0.012, None, 0.010, 0.012] * 6]})
    readings = polls(wire, COLLECTOR, line(GATEWAY), times=21)
    losses = [values(reading, "line_loss_ratio") for reading in readings]
    assert losses[:19] == [{}] * 19
    assert losses[19:] == [{AT_GATEWAY: 0.2}] * 2
    assert 0 < values(readings[0], "line_jitter_seconds")[AT_GATEWAY] < 0.002
    few = poll(Wire(pings={"10.20.0.1": True}), COLLECTOR, line({**GATEWAY, "count": 16}))
    assert not values(few, "line_jitter_seconds")


def test_the_95th_percentile_is_of_the_farthest_probe_that_answers() -> None:
    far = {"layer": "far_gateway", "icmp": "10.20.9.1"}
    both = Wire(pings={"10.20.0.1": [[0.01] * 30], "10.20.9.1": [[0.05] * 30]})
    assert value(poll(both, COLLECTOR, line(GATEWAY, far)), "line_round_trip_p95_seconds") == pytest.approx(0.05)
    near = Wire(pings={"10.20.0.1": [[0.01] * 30]})
    assert value(poll(near, COLLECTOR, line(GATEWAY, far)), "line_round_trip_p95_seconds") == pytest.approx(0.01)
    assert value(poll(Wire(), COLLECTOR, line(GATEWAY, far)), "line_round_trip_p95_seconds") is None


def test_what_a_probe_was_is_forgotten_when_a_reload_takes_it_out() -> None:
    wire = Wire(pings={"10.20.0.1": True, "10.20.0.2": True})
    runner = Runner(Reach(wire, wire, wire), Snapshot())

    async def main() -> None:
        await runner.run(COLLECTOR, line(GATEWAY))
        await runner.run(COLLECTOR, line({**GATEWAY, "icmp": "10.20.0.2"}))

    asyncio.run(main())
    (memory,) = runner._memories.values()
    assert list(memory["probes"]) == [("gateway", "10.20.0.2")]


@pytest.mark.parametrize(
    ("probe", "every", "timeout", "count", "interval"),
    [
        ({}, 30, 10, 30, 0.2),
        ({}, 10, 10, 10, 0.2),
        ({}, 300, 10, 30, 0.2),
        ({}, 5, 5, 5, 0.2),
        ({}, 30, 1, 4, 0.2),
        ({"count": 1}, 30, 10, 1, 0.2),
        ({"count": 61}, 30, 10, 61, 0.1),
        ({"interval": "1s"}, 30, 10, 7, 1.0),
        ({"count": 3, "interval": 2}, 30, 10, 3, 2.0),
    ],
)
def test_a_burst_ends_within_the_deadline(
    probe: dict[str, Any], every: float, timeout: float, count: int, interval: float
) -> None:
    wire = Wire(pings={"10.20.0.1": True})
    poll(wire, COLLECTOR, line({**GATEWAY, **probe}, every=every, timeout=timeout))
    (how,) = wire.asked["10.20.0.1"]
    assert (how["count"], how["interval"]) == (count, pytest.approx(interval))
    assert (count - 1) * interval + how["timeout"] <= 0.8 * timeout + 1e-9


def test_size_and_source_reach_the_wire() -> None:
    wire = Wire(pings={"10.20.0.1": True}, connects={(NAME, PORT): 0.02})
    source = {"source": "10.20.0.9"}
    poll(wire, COLLECTOR, line({**GATEWAY, **source, "size": 1400}, {**SERVICE, **source}))
    assert wire.asked["10.20.0.1"][0].items() >= {"size": 1400, "source": "10.20.0.9"}.items()
    assert wire.asked[NAME, PORT][0]["source"] == "10.20.0.9"


WEB = {"layer": "application", "http": "https://10.20.1.10/"}
NQA = {"layer": "far_gateway", "nqa": {"device": "core", "test": "admin/yibao"}}
DNS = {"layer": "application", "dns": "bureau.example@10.1.1.53"}


@pytest.mark.parametrize(
    ("answer", "up"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1),
        ("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 1),
        ("HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 1),
        ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 0),
        ("no web server", 0),
        ("", 0),
    ],
)
def test_a_web_server_that_answers_serves_whatever_its_page_says(answer: str, up: int) -> None:
    with answering(answer.encode()) as port:
        reading = really(line({"layer": "application", "http": f"http://127.0.0.1:{port}/"}, timeout=4.0))
    assert reading.up
    assert value(reading, "line_up") == up
    assert len(values(reading, "line_round_trip_seconds")) == up
    broken = [labels[0] for labels, on in values(reading, "line_fault_segment").items() if on]
    assert broken == ["application"] * (1 - up), "the connection stood, so nobody on the way is to blame"


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Whatever is asked of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    opened, _ = server.accept()
                    opened.recv(4096)
                    opened.sendall(answer)
                    opened.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(("rcode", "up"), [("NOERROR", 1), ("NXDOMAIN", 1), ("SERVFAIL", 0), (None, 0)])
def test_a_name_server_that_answers_serves_be_it_that_there_is_no_such_name(rcode: str | None, up: int) -> None:
    class Names(Wire):
        async def ask(self, question: Question, **how: Any) -> DnsAnswer:
            assert (question.name, how["server"]) == ("bureau.example", "10.1.1.53")
            if rcode is None:
                raise Unanswered("timeout", "silence")
            return DnsAnswer(rcode, (), (), (), (), "10.1.1.53", "udp", False, 0.0, 0.0, 0.004)

    wire = Names()
    reach = Reach(wire, wire, wire, dns=wire)
    reading = asyncio.run(Runner(reach, Snapshot()).run(COLLECTOR, line(DNS, timeout=1.5)))
    assert value(reading, "line_up") == up
    assert list(values(reading, "line_round_trip_seconds").values()) == [0.004] * up


@pytest.mark.parametrize(
    ("probe", "label"),
    [
        ({"layer": "application", "tcp": "[fd00::10]:443"}, "[fd00::10]:443"),
        ({"layer": "application", "tcp": "bureau.example:80"}, "bureau.example:80"),
        (WEB, "https://10.20.1.10/"),
        (DNS, "bureau.example@10.1.1.53"),
        (NQA, "core admin/yibao"),
    ],
)
def test_a_probe_is_called_by_its_address_as_configured(probe: dict[str, Any], label: str) -> None:
    assert line(probe).options.probes[0].text == label


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        ({"layer": "gateway"}, "exactly one of icmp, tcp, http, dns, nqa; given: none"),
        ({**GATEWAY, "tcp": "10.0.0.1:1"}, "exactly one of icmp, tcp, http, dns, nqa; given: icmp, tcp"),
        ({**SERVICE, "count": 3, "size": 100}, "count, size: only an icmp probe is paced"),
        ({**GATEWAY, "source": "eth0"}, 'not an IP address: "eth0"'),
        ({**GATEWAY, "count": 30, "interval": 1}, "its packets take 29 s, more than 60 % of the line's timeout"),
        ({**GATEWAY, "size": 7}, "greater than or equal to 8"),
        ({"layer": "moon", "icmp": "10.0.0.1"}, "'port', 'gateway', 'carrier', 'far_gateway' or 'application'"),
        ({"layer": "application", "http": "ftp://10.0.0.1/"}, "not a web address"),
    ],
)
def test_a_bad_probe_is_refused_with_what_is_allowed(probe: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        line(probe)


def test_the_same_probe_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"probes\[1\]: gateway 10\.20\.0\.1 is there twice"):
        line(GATEWAY, GATEWAY)


def test_a_real_line_is_up_and_down_with_its_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = line({"layer": "application", "tcp": f"127.0.0.1:{server.getsockname()[1]}"}, timeout=4.0)
        assert value(really(target), "line_up") == 1
    assert value(really(target), "line_up") == 0


def really(target: Target) -> Reading:
    async def main() -> Reading:
        async with reaching() as reach:
            return await Runner(reach, Snapshot()).run(COLLECTOR, target)

    return asyncio.run(main())
