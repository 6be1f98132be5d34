"""What turns the automatic items of information backup, policies, responsibility and emergency response."""

from __future__ import annotations

from tests.demo.flip_causes import Edited, Several
from tests.demo.flips import Fault, Flip, Set, Shortened, Sooner, for_

JOB = "acceptance-database"
COPIES = (JOB,)
MINUTELY, SELDOM = 70.0, "it is looked at once a minute"
LONG, READ = 100.0, "a configuration is read over a console, and then what was found is looked at once a minute"
TWO = Several((Fault("config-changed", "core-1"), Fault("config-changed", "access-1")))
NO_OWNER = Edited("assets.csv", "王工,management", ",management")
NO_DUTY = Edited("roster.csv", ",08:00,08:00,", ",08:00,09:00,")

# fmt: off
ROWS = (
    Flip("BAK-01", "queue-database", Set("queue-database", "missed", "3"), "of its interval"),
    Flip("BAK-02", JOB, Fault("backup-shrunk", JOB), "-89.", claims=COPIES),
    Flip("BAK-03", JOB, Fault("backup-corrupt", JOB), "verification failed", value=0.0, claims=COPIES),
    Flip("BAK-04", "queue-database", Set("backup-host", "used./data", "0.95"), "5% free"),
    Flip("BAK-05", JOB, Fault("second-copy-differs", JOB), "copy differs", value=0.0, claims=COPIES),
    Flip("BAK-06", JOB, Set(JOB, "writable", "on"), "production accounts can change", value=0.0, claims=COPIES),
    Flip("BAK-08", JOB, Set(JOB, "deleted", "2"), "2 copies missing", value=2.0, claims=COPIES),
    Flip("BAK-09", "shared-files", Fault("backup-corrupt", "shared-files"), "restore differed", value=0.0),
    Flip("BAK-07", "access-3", Fault("switch-down", "access-3"), "compared 2", within=60, gone=100,
         claims=("access-3", "access-3 fan.1", "pc-7"),
         why="without power it has no configuration of now, and it starts for 40 seconds when it has it again"),
)
# In a small centre of its own, beside the whole one: they are about all of a centre, so whatever befalls it counts.
SMALL = ("ups-1", "contacts", "access-1")
APART = (
    Flip("POL-04", "demo", NO_OWNER, "key assets without", within=MINUTELY, gone=LONG, early=True, why=SELDOM),
    Flip("POL-05", "demo", TWO, "2 changes still to be", value=2.0, within=LONG, gone=LONG, early=True, why=READ),
    Flip("EMR-03", "demo", NO_DUTY, "nobody on duty", within=MINUTELY, gone=MINUTELY, why=SELDOM),
    Flip("EMR-05", "demo", Fault("switch-down", "core-2"), "coverage ", gone=80,
         why="a switch that has power again starts for 40 seconds"),
)
# fmt: on
SHORTENED: Shortened = {
    "EMR-05": [for_(metric="shouwang_coverage_ratio", instead_of=limit) for limit in (0.95, 0.98)],
    "BAK-07": [{"fail": "25s", "target": "access-3"}, {"warn": "20s", "target": "access-3"}],
}
SOONER: Sooner = {
    ("backups", ""): {"every": "5s", "verify.every": "5s"},
    ("switches", "access-3"): {"config.backup": "5s"},
    ("backups", "shared-files"): {"restore_sample.every": "5s"},
}
