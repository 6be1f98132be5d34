"""What turns the automatic items of the physical environment."""

from __future__ import annotations

from tests.demo.flips import Fault, Flip, Set, Shortened, Sooner, for_

# fmt: off
ROWS = (
    Flip("PHY-17", "contacts", Fault("cable-break", "contacts"), "last read it", within=60,
         claims=("contacts", "leak", "smoke", "cooling-failed", "door-open"),
         why="nothing was read for 20 seconds, and more polls are waited for"),
    Flip("PHY-01", "room", Set("room", "celsius.inlet", "31.5"), "机柜进风 31.5", value=31.5),
    Flip("PHY-03", "room", Set("room", "relative-humidity.inlet", "0.85"), "humidity 85%", value=0.85),
    Flip("PHY-04", "ups-1", Set("ups-1", "bypass", "on"), "the UPS is on bypass", "warn", value=1.0),
    Flip("PHY-05", "ups-1", Set("ups-1", "charge", "0.55"), "charge 55%", value=0.55),
    Flip("PHY-06", "ups-2", Fault("ups-self-test-failed", "ups-2"), "the last self-test failed", value=0.0),
    Flip("PHY-07", "ups-1", Set("ups-1", "load", "0.9"), "load 90%", value=0.9),
    Flip("PHY-08", "ups-1", Set("ups-1", "volts", "250"), "phase L1: 250 V", value=250.0),
    Flip("PHY-09", "contacts", Fault("leak"), "water: water", value=1.0),
    Flip("PHY-10", "contacts", Fault("smoke"), "smoke: smoke or fire", value=1.0),
    Flip("PHY-11", "contacts", Fault("cooling-failed"), "cooling unit cooling: alarm", value=1.0),
    Flip("PHY-12", "contacts", Fault("door-open"), "door: open", value=1.0),
)
# fmt: on
SHORTENED: Shortened = {
    "PHY-17": [
        {"warn": "18s", "metric": "shouwang_target_read_timestamp_seconds"},
        {"fail": "20s", "metric": "shouwang_target_read_timestamp_seconds"},
    ],
    "PHY-01": [for_(instead_of=30), for_(instead_of=27)],
    "PHY-03": [for_(metric="room_humidity_ratio", result="fail"), for_(metric="room_humidity_ratio", result="warn")],
    "PHY-04": [for_(metric="ups_output_source", result="warn")],
    "PHY-07": [for_(result="warn"), for_(result="fail")],
    "PHY-08": [
        for_(instead_of=235),
        for_(instead_of=242),
    ],
    "PHY-12": [for_(metric="room_door_open", result="fail"), for_(metric="room_door_open", result="warn")],
}
SOONER: Sooner = {}
