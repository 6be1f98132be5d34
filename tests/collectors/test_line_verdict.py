"""Which segment of a line is called broken, and what is said of it."""

from __future__ import annotations

import re

import pytest

from agent.core.reach import Refusal
from collectors.line.options import LAYERS, Carrier, Layer
from collectors.line.port import Port, PortState
from collectors.line.sentence import sentence
from collectors.line.trouble import State
from collectors.line.verdict import Case, Seen, Verdict, judge

UP = Port(PortState.UP, "核心交换机", "GigabitEthernet1/0/3", ("10.0.0.1",))
CARRIER = Carrier(name="电信", circuit="SH-12345", fault_desk="10000")
ADDRESSES: dict[Layer, str] = {
    "port": "10.20.0.2",
    "gateway": "10.20.0.1",
    "carrier": "10.21.0.1",
    "far_gateway": "10.22.0.1",
    "application": "10.23.0.10:443",
}
GOOD, SILENT, LOSSY, SLOW, REFUSED = State.GOOD, State.SILENT, State.LOSSY, State.SLOW, State.REFUSED


def seen(layer: Layer, state: State, refusal: Refusal | None = None, rate: float = 1.0, whole: bool = False) -> Seen:
    loss = 0.3 if state is LOSSY else 0.0
    return Seen(layer, ADDRESSES[layer], state, loss, 0.4, refusal, whole, rate, layer != "application")


def probes(**states: State) -> list[Seen]:
    return [seen(layer, states[layer]) for layer in ADDRESSES if layer in states]


@pytest.mark.parametrize(
    ("states", "port", "segments"),
    [
        ({"gateway": GOOD, "carrier": SILENT, "far_gateway": SILENT, "application": SILENT}, UP, ("carrier",)),
        ({"gateway": GOOD, "carrier": GOOD, "far_gateway": SILENT, "application": SILENT}, UP, ("far_gateway",)),
        ({"gateway": GOOD, "far_gateway": GOOD, "application": SILENT}, UP, ("application",)),
        ({"gateway": GOOD, "far_gateway": GOOD, "application": REFUSED}, UP, ("application",)),
        ({"gateway": SILENT, "application": SILENT}, UP, ("gateway",)),
        ({"gateway": SILENT, "application": SILENT}, Port(), ("port", "gateway")),
        ({"gateway": GOOD, "application": SILENT}, UP, ("carrier", "far_gateway", "application")),
        ({"application": SILENT}, Port(), ("port", "gateway", "carrier", "far_gateway", "application")),
        ({"gateway": SILENT, "carrier": SILENT, "application": GOOD}, UP, ()),
        ({"gateway": SILENT}, Port(PortState.SHUT), ("port",)),
        ({"gateway": SILENT}, Port(PortState.DOWN), ("port",)),
        ({"gateway": SILENT, "application": SILENT}, Port(PortState.SILENT), ("port",)),
        ({"gateway": GOOD, "carrier": SILENT}, Port(PortState.SILENT), ("carrier",)),
        ({"gateway": GOOD, "application": GOOD}, Port(PortState.DOWN), ()),
        ({"gateway": GOOD, "application": REFUSED}, Port(PortState.DOWN), ("application",)),
        ({"gateway": GOOD, "carrier": SILENT}, Port(PortState.DOWN), ("carrier",)),
        ({"port": SILENT, "gateway": SILENT}, UP, ("port",)),
        ({"gateway": GOOD, "carrier": LOSSY, "far_gateway": LOSSY}, UP, ("carrier",)),
        ({"gateway": GOOD, "carrier": LOSSY, "far_gateway": GOOD}, UP, ()),
        ({"gateway": GOOD, "carrier": GOOD, "far_gateway": SLOW, "application": SLOW}, UP, ("far_gateway",)),
        ({"gateway": LOSSY, "carrier": LOSSY}, Port(PortState.FAULTY), ("port",)),
        ({"gateway": SLOW, "carrier": SLOW}, Port(PortState.FULL), ("port",)),
        ({"gateway": GOOD, "application": LOSSY}, Port(PortState.FULL), ("port",)),
        ({"far_gateway": GOOD, "application": LOSSY}, Port(PortState.FULL), ("application",)),
        ({"gateway": GOOD, "carrier": LOSSY, "application": SILENT}, UP, ("carrier",)),
    ],
    ids=[
        "nothing beyond the gateway",
        "nothing beyond the carrier",
        "the server is silent",
        "the server refuses",
        "nothing beyond the port",
        "nothing at all, and no port is known",
        "only as finely as it is probed",
        "one probe alone",
        "what farther ones answer through is in order",
        "shut",
        "no link",
        "the switch is gone",
        "only the switch's management is gone",
        "the line answers in spite of its port",
        "the line answers in spite of its port, and its server refuses",
        "the line answers in spite of its port, as far as the gateway",
        "the switch's own interface is gone",
        "loss from the carrier on",
        "a router that answers few echoes",
        "slow from the far gateway on",
        "bad optics",
        "our own traffic",
        "our own traffic, behind the modem",
        "a slow server on a full line",
        "a connect that fails on a way that loses much",
    ],
)
def test_the_segment_judged_broken(states: dict[str, State], port: Port, segments: tuple[Layer, ...]) -> None:
    verdict = judge(port, probes(**states))
    assert verdict is not None
    assert verdict.segments == segments


def test_nothing_is_said_where_nothing_was_asked() -> None:
    assert judge(UP, []) is None
    assert judge(Port(PortState.SHUT), []) is not None


@pytest.mark.parametrize(
    ("by", "why", "segments", "case"),
    [
        ("10.20.0.1", "no_route", ("gateway",), Case.NO_WAY),
        ("10.20.0.1", "prohibited", ("gateway",), Case.STOPPED),
        ("10.0.0.1", "no_route", ("port",), Case.NO_WAY),
        ("10.20.0.1", "no_host", ("carrier",), Case.DEAD),
        ("10.20.0.1", "expired", ("carrier",), Case.LOOP),
        ("192.0.2.1", "no_route", ("carrier",), Case.NO_WAY),
    ],
)
def test_a_known_router_that_says_it_has_no_way_on_is_where_the_fault_is(
    by: str, why: str, segments: tuple[Layer, ...], case: Case
) -> None:
    refusal = Refusal(by, why)  # type: ignore[arg-type]  # the words of the table
    verdict = judge(UP, [seen("gateway", GOOD), seen("carrier", SILENT, refusal), seen("application", SILENT)])
    assert verdict is not None
    assert (verdict.segments, verdict.case) == (segments, case)


def test_what_this_machine_cannot_send_says_nothing_of_the_line() -> None:
    own = Refusal("", "no_route")
    verdict = judge(UP, [seen("gateway", SILENT, own), seen("application", SILENT, own)])
    assert verdict is not None
    assert (verdict.segments, verdict.case) == (("port",), Case.MACHINE)


def test_a_connect_does_not_always_tell_that_this_machine_cannot_send_and_an_echo_does() -> None:
    own = seen("gateway", SILENT, Refusal("", "prohibited"))
    verdict = judge(UP, [own, seen("application", SILENT)])
    assert verdict is not None
    assert verdict.case is Case.MACHINE
    verdict = judge(UP, [own, seen("far_gateway", SILENT)])
    assert verdict is not None
    assert verdict.case is not Case.MACHINE, "the echo to the far gateway was let out"


@pytest.mark.parametrize(
    ("gateway", "sent", "received", "segments"),
    [
        (SILENT, 0.0, 0.0, ("port",)),  # it sends nothing at all
        (SILENT, 1.0, 0.0, ("gateway",)),  # it looks for a neighbour that is gone
        (SILENT, 3.0, 3.0, ("port",)),  # answers come, and not back to the agent
        (GOOD, 1.0, 1.0, ("port",)),  # only what is for the gateway goes out
        (GOOD, 3.0, 1.0, ("carrier",)),
        (GOOD, 300.0, 1.0, ("carrier",)),  # other traffic hides it
    ],
)
def test_the_counters_of_the_port_tell_our_own_switch_from_what_is_behind_it(
    gateway: State, sent: float, received: float, segments: tuple[Layer, ...]
) -> None:
    port = Port(PortState.UP, "core", "Gi3", rates=(sent, received))
    verdict = judge(port, [seen("gateway", gateway), seen("carrier", SILENT), seen("far_gateway", SILENT)])
    assert verdict is not None
    assert verdict.segments == segments


def test_large_packets_that_do_not_go_through_are_said_with_the_size_that_does() -> None:
    told = Refusal("10.21.0.1", "too_big", 1300)
    small = [seen(layer, GOOD) for layer in ("gateway", "carrier", "far_gateway", "application")]
    large = [seen("carrier", GOOD, whole=True), seen("far_gateway", SILENT, told, whole=True)]
    large = [each._replace(probe=f"{each.probe} size 1400") for each in large]
    verdict = judge(UP, [*small, *large])
    assert verdict is not None
    assert (verdict.segments, verdict.case, verdict.mtu) == (("far_gateway",), Case.NARROW, 1300)
    text = sentence(verdict, UP, CARRIER)
    assert "运营商节点 10.21.0.1(1400 字节的大包) 正常,小包通,但" in text.zh
    assert "10.21.0.1 回报最大只能过 1300 字节" in text.zh
    assert "do not get to far gateway 10.22.0.1 (packets of 1400 bytes); 10.21.0.1 says" in text.en


@pytest.mark.parametrize(
    ("probe", "segment"), [("https://10.23.0.10/", "far_gateway"), ("10.23.0.10:443", "application")]
)
def test_a_page_fails_where_large_packets_are_lost_on_the_way_and_a_connect_does_not(probe: str, segment: str) -> None:
    small = [seen("gateway", GOOD), seen("far_gateway", GOOD), seen("application", REFUSED)._replace(probe=probe)]
    large = [seen("gateway", GOOD, whole=True), seen("far_gateway", SILENT, whole=True)]
    verdict = judge(UP, [*small, *large])
    assert verdict is not None
    assert segment in verdict.segments


def said(port: Port, others: tuple[str, ...] = (), standby: bool = False, **states: State) -> str:
    verdict = judge(port, probes(**states))
    assert verdict is not None
    return sentence(verdict, port, CARRIER, others, standby).zh


def test_the_fault_desk_is_told_circuit_and_what_is_in_order() -> None:
    text = said(UP, gateway=GOOD, carrier=SILENT, application=SILENT)
    assert text.startswith("故障在运营商段:本侧端口 核心交换机 GigabitEthernet1/0/3 正常,光猫侧网关 10.20.0.1 正常,")
    assert "拨打电信报障台 10000,说:「{center}报障,电路号 SH-12345:本侧端口正常" in text
    assert "运营商节点 10.21.0.1 不应答,{since} 起" in text


@pytest.mark.parametrize("state", [PortState.SHUT, PortState.SILENT, PortState.FAULTY, PortState.FULL])
def test_nobody_is_sent_to_the_carrier_for_what_is_ours(state: PortState) -> None:
    lossy = state in (PortState.FAULTY, PortState.FULL)
    text = said(Port(state, "核心交换机", "Gi3"), gateway=LOSSY if lossy else SILENT)
    assert "不要报" in text
    assert "10000" not in text


def test_a_server_that_is_silent_is_not_reported_to_the_carrier() -> None:
    text = said(UP, far_gateway=GOOD, application=SILENT)
    assert "不要报运营商;请告诉条线部门" in text
    assert "10000" not in text


@pytest.mark.parametrize(
    ("state", "note"),
    [
        (PortState.UNREAD, "现在读不到"),
        (PortState.MISSING, "请核对 via"),
        (PortState.STALE, "下一次读数"),
        (PortState.NONE, "没有写这条线的 via"),
    ],
)
def test_that_the_port_is_not_known_is_said(state: PortState, note: str) -> None:
    assert note in said(Port(state, "core", "Gi3"), gateway=SILENT, application=SILENT)


@pytest.mark.parametrize(
    ("states", "what"),
    [
        ((REFUSED, GOOD, GOOD), "业务端口 10.23.0.10:1 拒绝服务,其余业务端口正常"),
        ((REFUSED, GOOD, SILENT), "业务端口 10.23.0.10:1 拒绝服务、业务端口 10.23.0.10:3 不应答,其余业务端口正常"),
        ((REFUSED, SILENT), "业务端口 10.23.0.10:1 拒绝服务、业务端口 10.23.0.10:2 不应答"),
        ((SILENT,), "业务端口 10.23.0.10:1 不应答"),
        (
            (SILENT,) * 5,
            "业务端口 10.23.0.10:1 不应答、业务端口 10.23.0.10:2 不应答、业务端口 10.23.0.10:3 不应答等 5 个",
        ),
    ],
)
def test_each_business_endpoint_that_fails_is_named(states: tuple[State, ...], what: str) -> None:
    ends = [
        seen("application", state)._replace(probe=f"10.23.0.10:{port}") for port, state in enumerate(states, start=1)
    ]
    verdict = judge(UP, [seen("far_gateway", GOOD), *ends])
    assert verdict is not None
    assert f"线路正常,{what},{{since}} 起" in sentence(verdict, UP, CARRIER).zh


def test_backups_are_said() -> None:
    assert "业务由备用专线承载" in said(UP, ("备用专线",), gateway=SILENT, application=SILENT)
    assert "这是备用线,主用线正常" in said(UP, standby=True, gateway=SILENT, application=SILENT)


@pytest.mark.parametrize("segments", [LAYERS[first:last] for first in range(5) for last in range(first + 1, 6)])
@pytest.mark.parametrize("case", [case for case in Case if case is not Case.SERVES])
def test_every_fault_is_said_in_both_languages(case: Case, segments: tuple[Layer, ...]) -> None:
    failing = seen(segments[-1], SILENT, Refusal("10.20.0.1", "no_route"))
    text = sentence(Verdict(segments, case, failing, seen("gateway", GOOD), 1300, (failing,)), UP, CARRIER)
    ours = (Case.AROUND, Case.SHUT, Case.SWITCH, Case.MACHINE, Case.FAULTY, Case.STUCK, Case.FULL)
    reported = case is Case.DOWN or (case not in ours and segments not in {("port",), ("application",)})
    for said_ in (text.zh, text.en):
        assert "____" not in said_
        assert set(re.findall(r"{(.*?)}", said_)) <= {"since", "center"}
        assert ("10000" in said_) == reported
        assert (failing.probe in said_) == (case not in {Case.AROUND, Case.SHUT, Case.SWITCH})
