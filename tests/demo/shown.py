"""What shows each fault of the simulated centre: a line a fault, and test_faults.py holds each to it.

A condition is about every series of the metric that has these labels: "== 1", "> 0.5", "!= 0", "ahead < 86400" (of a
time: so many seconds from now), "absent", "rises" (of a counter: it grew since the fault began), "rests".

A fault must show within two intervals of the target's `every`, and be gone as soon after healing; where a line says a
longer time, in seconds, it says why. `claims`: what it disturbs beside whom it befalls; two faults that claim the same
go on one after the other, all others at the same time. What takes long, and what others wait for, stands first.
`early`: it begins before the agent's first poll, since what shows it is read so seldom.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`then` while the fault goes on, `well` before it and after healing."""

    fault: str
    metric: str
    then: str
    well: str
    whom: str = ""
    claims: tuple[str, ...] = ()
    within: float | None = None
    gone: float | None = None
    early: bool = False
    why: str = ""

    @property
    def claimed(self) -> frozenset[str]:
        return frozenset({self.whom or self.fault, *self.claims})


ON_MAINS = ("pc-1", "pc-3", "pc-4", "pc-7", "printer-1", "printer-2", "display-3", "ups-1", "ups-2", "air")
LINES = ("labor", "civil", "medical", "family", "social", "backup")

# fmt: off
ROWS = (
    Row("peripheral-lost", 'host_peripheral_up{target="pc-7",peripheral="card_reader"}', "== 0", "== 1", "pc-7",
        early=True, within=70, gone=70, why="what is plugged in is asked once a minute"),
    Row("brute-force", 'host_login_failures{target="queue-host",window="5m",scope="all"}', "> 3", "== 0", "queue-host",
        early=True, within=75, gone=75, why="logins are read once a minute, and counted over five"),
    Row("clock-drift", 'host_clock_offset_seconds{target="database-host"}', "> 90", "< 10", "database-host",
        early=True, within=75, gone=75, why="a clock is asked once a minute"),
    Row("kiosk-paper-out", 'device_state{target="printer-1",state="no_paper"}', "== 1", "== 0", "printer-1"),
    Row("kiosk-paper-out", 'application_printer_state{target="kiosk-2",state="no_paper"}', "== 1", "== 0", "printer-2",
        within=20, gone=20, why="a kiosk repeats what its printer was last read to say"),
    Row("line-loss", 'line_fault_segment{target="family",segment="carrier"}', "== 1", "== 0", "family",
        within=60, gone=90, why="loss is judged by the newest 60 packets, which are 12 polls"),
    Row("backup-line-active", 'line_active{target="backup"}', "== 1", "== 0", "medical", ("backup",),
        within=240, gone=240, why="its rates are those of the last 5 minutes, or since the demo began"),
    Row("switch-down", 'device_up{target="access-5"}', "== 0", "== 1", "access-5", ("printer-1", "printer-2"),
        gone=60, why="a switch that has power again starts for 40 seconds"),
    Row("switch-reboot", 'device_up{target="access-6"}', "== 0", "== 1", "access-6", ("display-3",),
        gone=60, why="a switch that starts anew is silent for 40 seconds"),
    Row("loop-storm", 'interface_broadcast_ratio{target="access-2"}', "> 0.1", "< 0.05", "access-2",
        gone=80, why="its window is 60 seconds"),
    Row("line-cut", 'line_fault_segment{target="medical",segment="port"}', "== 1", "== 0", "medical"),
    Row("line-gateway-down", 'line_fault_segment{target="social",segment="gateway"}', "== 1", "== 0", "social"),
    Row("line-carrier-fault", 'line_fault_segment{target="labor",segment="carrier"}', "== 1", "== 0", "labor"),
    Row("line-application-down", 'line_fault_segment{target="civil",segment="application"}', "== 1", "== 0", "civil"),
    Row("line-slow", 'line_round_trip_seconds{target="labor",layer="far_gateway"}', "> 0.15", "< 0.1", "labor"),
    Row("cable-break", 'line_fault_segment{target="backup",segment="port"}', "== 1", "== 0", "backup"),
    Row("all-lines-down", "line_up", "== 0", "== 1", claims=LINES),
    Row("port-down", 'interface_up{target="access-3",interface="GigabitEthernet0/0/1"}', "== 0", "== 1", "pc-3"),
    Row("port-flap", 'interface_flaps{target="access-4",interface="GigabitEthernet0/0/1",window="10m"}', "rises",
        "rests", "pc-4", gone=20, why="rest is seen in the poll after the next"),
    Row("port-errors", 'interface_receive_errors_total{target="access-1",interface="GigabitEthernet0/0/1"}', "rises",
        "rests", "pc-1", gone=20, why="rest is seen in the poll after the next"),
    Row("config-changed", 'device_config_unapproved{target="core-2"}', "== 1", "== 0", "core-2",
        within=30, gone=30, why="what changed is read over a console, and once more before it is believed"),
    Row("rogue-device", 'device_unknown_stations{target="access-4",network="business"}', "== 1", "== 0", "access-4"),
    Row("ups-battery-low", 'ups_battery_low{target="ups-1"}', "== 1", "== 0", "ups-1"),
    Row("ups-self-test-failed", 'ups_self_test_ok{target="ups-2"}', "== 0", "== 1", "ups-2"),
    Row("overheat", 'room_temperature_celsius{place="inlet"}', "> 35", "< 35", claims=("air",)),
    Row("humidity", 'room_humidity_ratio{place="inlet"}', "> 0.8", "< 0.8", claims=("air",)),
    Row("sensor-lost", 'room_temperature_celsius{place="inlet"}', "absent", "> 0", claims=("air",)),
    Row("cooling-failed", "room_cooling_alarm", "== 1", "== 0", claims=("air",)),
    Row("leak", "room_water_leak", "== 1", "== 0"),
    Row("smoke", "room_smoke", "== 1", "== 0"),
    Row("door-open", "room_door_open", "== 1", "== 0"),
    Row("host-down", 'host_up{target="log-host"}', "== 0", "== 1", "log-host",
        gone=50, why="a host that has power again starts for 30 seconds"),
    Row("host-key-changed", 'shouwang_target_host_key_changed{target="log-host"}', "== 1", "== 0", "log-host"),
    Row("canary-file-changed", 'host_canary_touched{target="file-host"}', "== 1", "== 0", "file-host"),
    Row("disk-filling", 'host_filesystem_usage_ratio{target="database-host",mountpoint="/"}', "> 0.4", "< 0.4",
        "database-host"),
    Row("memory-leak", 'host_memory_usage_ratio{target="acceptance-host"}', "> 0.47", "< 0.47", "acceptance-host"),
    Row("disk-degraded", 'host_array_state{target="file-host",state="degraded"}', "== 1", "== 0", "file-host"),
    Row("acceptance-down", 'application_up{target="acceptance"}', "== 0", "== 1", claims=("acceptance",)),
    Row("acceptance-slow", 'application_response_seconds{target="acceptance",phase="processing"}', "> 2", "< 1",
        claims=("acceptance",)),
    Row("certificate-expiring", 'certificate_expiry_timestamp_seconds{target="acceptance"}', "ahead < 345600",
        "ahead > 2592000", claims=("acceptance",)),
    Row("dns-wrong", 'application_dns_expected{target="dns"}', "== 0", "== 1"),
    Row("queue-down", 'application_up{target="queue"}', "== 0", "== 1"),
    Row("display-dark", 'application_up{target="display-3"}', "== 0", "== 1", "display-3"),
    Row("backup-stale", 'backup_overdue_seconds{target="acceptance-database"}', "> 0", "< 0", "acceptance-database"),
    Row("second-copy-differs", 'backup_offsite_match{target="acceptance-database"}', "== 0", "== 1",
        "acceptance-database"),
    Row("backup-shrunk", 'backup_size_change_ratio{target="shared-files"}', "< -0.8", "> 0", "shared-files"),
    Row("backup-corrupt", 'backup_verified{target="shared-files"}', "== 0", "== 1", "shared-files"),
    Row("backup-corrupt", 'backup_verified{target="queue-database"}', "== 0", "== 1", "queue-database"),
    Row("upload-stuck", 'application_upload_backlog{target="acceptance"}', "> 1", "< 2", claims=("acceptance", *LINES),
        within=20, why="a file comes every 4 seconds"),
    Row("database-down", 'application_up{target="database"}', "== 0", "== 1", claims=("acceptance",)),
    Row("mains-off", "ups_on_battery", "== 1", "== 0", claims=ON_MAINS),
)
# fmt: on
