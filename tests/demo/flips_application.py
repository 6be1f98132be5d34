"""What turns the automatic items of the application platform."""

from __future__ import annotations

from tests.demo.flip_causes import Several
from tests.demo.flips import Fault, Flip, Set, Shortened, Sooner, for_

ACCEPTANCE = ("acceptance",)
READERS = ("card_reader", "document_camera")
UNPLUGGED = Several(tuple(Set("pc-7", f"peripheral.{name}", "unplugged") for name in READERS))
OUTDATED = Several(tuple(Set(f"pc-{number}", "client", "3.1.9.0") for number in (1, 2, 4)))

# fmt: off
ROWS = (
    Flip("APP-02", "acceptance", Set("acceptance-host", "takes", "6"), "response p95 5.", claims=("slow",),
         within=80, gone=80, why="it takes five answers, and then those that were slow must be forgotten"),
    Flip("APP-03", "acceptance", OUTDATED, "3 behind, terminals", value=3.0),
    Flip("APP-01", "acceptance", Fault("acceptance-down"), "software does not work", value=0.0, claims=ACCEPTANCE,
         healed="warn", why="for the rest of the day it was available for less of it than it should be"),
    Flip("APP-04", "acceptance", Fault("upload-stuck"), "uploads failed in a row", claims=ACCEPTANCE),
    Flip("APP-05", "civil-system", Fault("line-application-down", "civil"), "system does not work", value=0.0,
         claims=("civil",)),
    Flip("APP-06", "queue", Fault("queue-down"), "the queue system does not work", value=0.0),
    Flip("APP-07", "display-3", Set("display-3", "shows", "another text"), "not the published one", value=1.0,
         claims=("access-6",)),
    Flip("APP-08", "database", Fault("database-down"), "the database does not work", value=0.0, claims=ACCEPTANCE),
    Flip("APP-09", "file-host", Set("file-host", "service.smbd", "stopped"), "service smbd is stopped", value=0.0),
    Flip("APP-10", "acceptance", Fault("certificate-expiring"), "CN=acceptance.demo ends in 3 d"),
    Flip("APP-11", "dns", Fault("dns-wrong"), "acceptance.demo has an address that was not entered", value=0.0),
    Flip("APP-14", "pc-7", UNPLUGGED, "the card reader is gone; the document camera is gone", value=0.0,
         claims=("pc-7",)),
)
# fmt: on
SHORTENED: Shortened = {
    "APP-01": [for_(metric="application_up", instead_of=0, result="fail")],
    "APP-02": [for_(instead_of=5), for_(instead_of=2)],
    "APP-05": [for_(result="fail")],
    "APP-06": [for_(metric="application_up", result="fail")],
    "APP-08": [for_(metric="application_up", result="fail")],
    "APP-09": [for_(metric="host_service_up", result="fail")],
    "APP-11": [for_(metric="application_dns_expected", result="fail")],
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SOONER: Sooner = {
    # What counts in service hours only is to be seen at any time of the day.
    ("calendar", ""): {"service": {day: ["00:00-24:00"] for day in DAYS}, "holidays": "open"},
    ("applications", "acceptance"): {"every": "7s", "slow_window": "40s"},
}
