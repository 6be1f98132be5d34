"""Whatever happens to a simulated switch, its counters go on or begin anew."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.smi import Counter32, Counter64, TimeTicks
from demo.devices.device import Objects
from demo.devices.port import Flow
from demo.devices.switch import Switch, access_switch

IF_NAME = "1.3.6.1.2.1.31.1.1.1.1."
WIDTH = {Counter32: 2**32, Counter64: 2**64}
PORTS = ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2", "XGigabitEthernet0/0/1")
# What the fastest port counts in the longest step, in bytes.
MOST = 10_000 * 125_000 * 600

Fate = Callable[[Switch], None]
seconds = st.floats(0, 600)
flows = st.builds(
    Flow,
    bytes=st.floats(0, 1e10),
    frame=st.floats(64, 1500),
    broadcast=st.floats(0, 0.5),
    multicast=st.floats(0, 0.5),
    errors=st.floats(0, 1),
    discards=st.floats(0, 1),
)
ports = st.sampled_from(PORTS)


def _flowing(port: str, flow: Flow) -> Fate:
    def happen(switch: Switch) -> None:
        switch.ports[port].receive = flow

    return happen


def _linked(port: str, linked: bool) -> Fate:
    def happen(switch: Switch) -> None:
        switch.ports[port].linked = linked

    return happen


def _starting_at(port: str, count: int) -> Fate:
    def happen(switch: Switch) -> None:
        switch.ports[port].counts["in_octets"] = switch.ports[port].counts.get("in_octets", 0) + count

    return happen


FATES = st.one_of(
    st.builds(_flowing, ports, flows),
    st.builds(_linked, ports, st.booleans()),
    st.builds(_starting_at, ports, st.integers(0, MOST)),
    st.just(Switch.renumber),
    st.just(Switch.change_topology),
)


def counters(told: Objects) -> dict[tuple[str, str], int]:
    """By column and the name of the port, which stays when indices change."""
    names = {oid.removeprefix(IF_NAME): value for oid, value in told.items() if oid.startswith(IF_NAME)}
    found = {}
    for oid, value in told.items():
        column, _, index = oid.rpartition(".")
        if type(value) in WIDTH and index in names:
            found[column, str(names[index])] = value
    return found  # type: ignore[return-value]  # counters are int


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(FATES, seconds), max_size=12))
def test_counters_never_go_back_but_by_a_wrap(life: list[tuple[Fate, float]]) -> None:
    switch = access_switch()
    for port in PORTS:
        switch.ports[port].counts["in_octets"] = 2**64 - 10**9
    before = counters(switch.objects())
    for fate, passing in life:
        fate(switch)
        switch.advance(passing)
        after = counters(switch.objects())
        assert after.keys() == before.keys()
        for name, now in after.items():
            assert (now - before[name]) % WIDTH[type(now)] <= min(2 * MOST, WIDTH[type(now)] - 1)
            if isinstance(now, Counter64):
                assert (now - before[name]) % 2**64 <= 2 * MOST
        before = after


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(FATES, seconds), max_size=6), st.floats(0, 120), st.floats(0, 300))
def test_a_reboot_begins_everything_anew(life: list[tuple[Fate, float]], takes: float, passing: float) -> None:
    switch = access_switch()
    for fate, each in life:
        fate(switch)
        switch.advance(each)
    boots = switch.boots
    switch.reboot(takes)
    told = switch.objects()
    assert set(counters(told).values()) == {0}
    assert told["1.3.6.1.6.3.10.2.1.2.0"] == boots + 1
    switch.advance(passing)
    assert switch.answers == (passing >= takes)
    assert switch.objects()["1.3.6.1.2.1.1.3.0"] == TimeTicks(int(max(0.0, passing - takes) * 100))


@settings(max_examples=30, deadline=None)
@given(flows, st.lists(st.floats(0.001, 30), min_size=1, max_size=40))
def test_many_small_steps_count_what_one_great_step_counts(flow: Flow, steps: list[float]) -> None:
    walked, jumped = access_switch(), access_switch()
    for switch in (walked, jumped):
        switch.ports[PORTS[0]].receive = flow
    for step in steps:
        walked.advance(step)
    jumped.advance(sum(steps))
    one, other = walked.ports[PORTS[0]].counts, jumped.ports[PORTS[0]].counts
    for name in other:
        assert abs(one.get(name, 0) - other[name]) <= 1 + other[name] * 1e-9
