"""The whole agent: what a collector keeps of a target is there again when the agent comes back."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.collectors.room_watch import UPS, UPTIME, three_phase_ups
from tests.frame.centre import Centre
from tests.peers import until
from tests.snmp_agent import SnmpAgent, ticks

SECTIONS = (
    "machine_room: [{id: ups-1, name: UPS, address: 127.0.0.1, credentials: room, kind: ups, every: 1s}]\n"
    "credentials: {room: {snmp: {version: 2c, community: public, port: %d}}}\n"
)
OF_UPS = '{kind="machine_room",target="ups-1"}'


def test_the_last_self_test_of_a_ups_outlives_card_and_agent(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    with SnmpAgent(three_phase_ups()) as card:
        centre.write(SECTIONS % card.port)
        with centre.agent() as agent:
            until(lambda: centre.value("ups_self_test_ok" + OF_UPS) == 1, why="the UPS is read")
            began = centre.value("ups_self_test_timestamp_seconds" + OF_UPS)
            agent.send_signal(signal.SIGTERM)
            assert agent.wait(10) == 0
        card.update({UPTIME: ticks(5), f"{UPS}.7.3.0": 6, f"{UPS}.7.5.0": ticks(0)})
        with centre.agent():
            until(lambda: centre.value("ups_battery_charge_ratio" + OF_UPS) is not None, why="the UPS is read again")
            assert centre.value("ups_self_test_ok" + OF_UPS) == 1
            assert centre.value("ups_self_test_timestamp_seconds" + OF_UPS) == began
            until(lambda: centre.value("device_restarts_unapproved" + OF_UPS) == 1, why="the card's restart is seen")
    assert "Traceback" not in centre.said()
