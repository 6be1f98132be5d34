"""Hardening: what is found against what should be, by settings of our own making and by the sshd of this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors.host import hardening as judged
from collectors.host.hardening import Account, Passwords
from collectors.host.linux import hardening
from collectors.host.linux.figures import settings
from collectors.host.linux.hardening import accounts_of
from collectors.host.linux.system import System
from tests.collectors.host.hosts import NOW, Found, Recorded, Says
from tests.peers import need
from tests.sshd import keygen

GOOD_SSHD = {
    "permitrootlogin": "no",
    "permitemptypasswords": "no",
    "maxauthtries": "4",
    "clientaliveinterval": "300",
    "clientalivecountmax": "3",
    "x11forwarding": "no",
    "allowtcpforwarding": "no",
}
BY_DIALOGUE = {
    "permitrootlogin": "yes",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "yes",
    "usepam": "yes",
}


@pytest.mark.parametrize(
    ("changes", "results"),
    [
        ({}, []),
        ({"permitemptypasswords": "yes"}, ["fail"]),
        ({"permitrootlogin": "yes"}, ["fail"]),
        ({"permitrootlogin": "yes", "passwordauthentication": "no"}, ["warn"]),
        ({"permitrootlogin": "without-password"}, ["warn"]),
        (BY_DIALOGUE, ["fail"]),
        ({**BY_DIALOGUE, "usepam": "no"}, ["warn"]),
        ({**BY_DIALOGUE, "kbdinteractiveauthentication": "no"}, ["warn"]),
        ({"permitrootlogin": "yes", "authenticationmethods": "publickey,password"}, ["warn"]),
        ({"permitrootlogin": "yes", "authenticationmethods": "publickey,password password"}, ["fail"]),
        ({"permitrootlogin": "yes", "authenticationmethods": "any"}, ["fail"]),
        ({"maxauthtries": "6"}, ["warn"]),
        ({"maxauthtries": "x"}, ["warn"]),
        ({"clientaliveinterval": "0"}, ["warn"]),
        ({"clientalivecountmax": "4"}, ["warn"]),
        ({"x11forwarding": "yes", "allowtcpforwarding": "local"}, ["warn", "warn"]),
    ],
)
def test_sshd_deviates_where_it_lets_in_more_than_it_should(changes: dict[str, str], results: list[str]) -> None:
    assert [each.result for each in judged.of_sshd({**GOOD_SSHD, **changes})] == results


GOOD_PASSWORDS = Passwords(8, 3, 90, 5, 600, 600)


@pytest.mark.parametrize(
    ("changes", "results"),
    [
        ({}, []),
        ({"locked": 0}, []),  # until somebody unlocks it
        ({"length": 7}, ["warn"]),
        ({"length": None}, ["warn"]),
        ({"classes": 2}, ["warn"]),
        ({"days": 99999}, ["warn"]),
        ({"tries": None}, ["fail"]),
        ({"tries": 6}, ["fail"]),
        ({"locked": 60}, ["warn"]),
        ({"timeout": 900}, ["warn"]),
        ({"timeout": 0}, ["warn"]),
    ],
)
def test_rules_of_passwords_deviate_where_they_ask_less(changes: dict[str, Any], results: list[str]) -> None:
    assert [each.result for each in judged.of_passwords(GOOD_PASSWORDS._replace(**changes))] == results


def test_administrators_need_longer_passwords() -> None:
    for length, results in ((7, ["warn"]), (8, ["warn"]), (11, ["warn"]), (12, [])):
        rules = GOOD_PASSWORDS._replace(length=length)
        assert [each.result for each in judged.of_passwords(rules, administrators=True)] == results


DAY = 86400.0


@pytest.mark.parametrize(
    ("account", "results"),
    [
        (Account("root", 0, "usable", NOW), []),
        (Account("toor", 0, "locked", NOW, person=False), ["fail"]),
        (Account("guest", 1001, "empty", NOW), ["fail"]),
        (Account("li", 1002, "usable", NOW - 89 * DAY), []),
        (Account("li", 1002, "usable", NOW - 91 * DAY), ["warn"]),
        (Account("li", 1002, "usable", None), ["warn"]),
        (Account("li", 1002, "locked", None), []),
        (Account("www-data", 33, "usable", None, person=False), []),
    ],
)
def test_accounts_deviate_that_are_open_doubled_or_left_over(account: Account, results: list[str]) -> None:
    assert [each.result for each in judged.of_accounts([account], NOW, NOW - 200 * DAY)] == results


def test_an_account_is_not_called_unused_before_it_was_watched_for_so_long() -> None:
    assert not list(judged.of_accounts([Account("li", 1002, "usable")], NOW, NOW - 5 * DAY))
    assert not list(judged.of_accounts([Account("li", 1002, "usable")], NOW, None))


def test_an_account_whose_last_login_is_recorded_is_unused_by_that_record_alone() -> None:
    old, new = Account("li", 1002, "usable", NOW - 200 * DAY), Account("wang", 1003, "usable", NOW - DAY)
    assert [each.said.en for each in judged.of_accounts([old, new], NOW, NOW)] == ["li was not used for 90 days"]


PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:/bin/sh\nli:x:1000:1000:李:/home/li:/bin/bash\n"
    "guest::1001:1001::/:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nbad\na:b:c:d:e:f:g\n"
)
SAYS: Mapping[str, Says] = {
    "/etc/passwd": PASSWD,
    "passwd -S": "root P 2026-01-01 0 99999 7 -1\nli PS 2026-01-01 0 99999 7 -1 (Password set.)\nguest NP 2026-01-01\n",
    "sshd -T": "permitrootlogin no\nMaxAuthTries 4\nclientaliveinterval 60\nclientalivecountmax 3\nX11Forwarding yes\n",
    "login.defs": "# PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t90\nPASS_MIN_LEN 5\n",
    "pwquality.conf": "minlen = 12\n# minclass = 1\nminclass = 3\n",
    "faillock.conf": "deny = 5\nunlock_time = 900\n",
    "common-password": "password requisite pam_pwquality.so retry=3\n",
    "common-auth": "auth required pam_faillock.so preauth\n",
    "TMOUT": "export TMOUT=600\n",
    "lastlog": (
        "Username         Port     From             Latest\n"
        "root             pts/0    10.0.0.1         Wed Nov 18 10:00:00 +0800 2026\n"
        "li                                         **Never logged in**\n"
    ),
}
PROGRAMS = {"sshd": "/usr/sbin/sshd", "lastlog": "/usr/bin/lastlog"}
PEOPLE = "root:x:0:0:root:/root:/bin/bash\nli:x:1000:1000::/home/li:/bin/bash\n"
ADMIN, LOCKED = "sudo:x:27:li\n", "root L 2026-01-01\nli L 2026-01-01\n"
SYSTEM = System(programs={**PROGRAMS, "apt-get": "/usr/bin/apt-get"})
RPM = System(programs=PROGRAMS)
HASHED = "$y$j9T$abc/def"
SHADOW = (
    f"root:{HASHED}:20000:0:99999:7:::\ntoor:!!:20000:0:::::\nli:!{HASHED}::0:::::\nguest::20000:0:::::\n"
    "www-data:*:20000:0:::::\n王:*LK*:20000::::::\n"
)


def found(says: Mapping[str, Says], **options: Any) -> Found:
    return Recorded(hardening.SUBJECT, says, options, SYSTEM).poll()


def test_sshd_passwords_and_accounts_of_a_host_are_judged() -> None:
    host = Recorded(hardening.SUBJECT, SAYS, system=SYSTEM)
    assert host.poll()["host_hardening_findings"] == {
        ("sshd", "warn"): 1,
        ("sshd", "fail"): 0,
        ("password", "warn"): 0,
        ("password", "fail"): 0,
        ("accounts", "warn"): 0,
        ("accounts", "fail"): 2,
    }
    assert any("toor is a second root (UID 0)" in each and "guest has no password" in each for each in host.remarks)
    later = Recorded(hardening.SUBJECT, SAYS, system=SYSTEM, kept=host.kept, epoch=NOW + 100 * DAY)
    assert later.poll()["host_hardening_findings"][("accounts", "warn")] == 2, (
        "li and guest never logged in, for 100 days"
    )


@pytest.mark.parametrize("awk", [["awk"], ["busybox", "awk"]], ids=" ".join)
def test_where_passwd_lists_nobody_a_real_awk_tells_who_has_no_password_and_no_hash(
    awk: list[str], tmp_path: Path
) -> None:
    (tmp_path / "shadow").write_text(SHADOW)
    asked = hardening.SHADOW.argv
    argv = [need(awk[0]), *awk[1:], *asked[1:-1], str(tmp_path / "shadow")]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert "$" not in said
    host = Recorded(hardening.SUBJECT, {**SAYS, "/etc/shadow": said, "passwd -S": (1, "")}, system=RPM)
    assert host.poll()["host_hardening_findings"][("accounts", "fail")] == 2
    assert any("guest has no password" in each for each in host.remarks)
    states = {each.name: each.password for each in accounts_of(PASSWD, said, {})}
    assert states == {"root": None, "toor": "locked", "li": "locked", "guest": "empty", "www-data": "locked"}


def test_accounts_that_cannot_be_told_are_remarked_and_not_judged() -> None:
    alone = {**SAYS, "/etc/passwd": "root:x:0:0::/:/bin/sh\n"}
    host = Recorded(hardening.SUBJECT, {**alone, "/etc/shadow": (2, "", "awk: no such file")}, system=RPM)
    assert ("accounts", "fail") not in host.poll()["host_hardening_findings"]
    assert any("accounts could not be read: awk: no such file" in each for each in host.remarks)


def test_where_the_accounts_are_not_listed_none_of_them_is_called_sound() -> None:
    """Who has a password is told, and who there is is not: no second root was seen, which is no pass."""
    host = Recorded(hardening.SUBJECT, {**SAYS, "/etc/passwd": (126, "", "head: not allowed")}, system=SYSTEM)
    assert not [key for key in host.poll()["host_hardening_findings"] if key[0] == "accounts"]
    assert any("accounts could not be read: head: not allowed" in each for each in host.remarks)


@pytest.mark.parametrize(
    ("changes", "left", "failures"),
    [
        ({}, "", 0),
        ({}, "li", 1),
        ({}, "somebody", 0),
        ({"passwd -S": LOCKED}, "li", 0),
        ({"passwd -S": (1, "", "sudo: a password is required\n")}, "li", 0),
        ({"/etc/passwd": PEOPLE.replace("/home/li:/bin/bash", "/home/li:/usr/sbin/nologin")}, "li", 0),
    ],
)
def test_an_account_of_somebody_who_left_is_off(changes: Mapping[str, Says], left: str, failures: int) -> None:
    """One that is locked or has no shell is; of one whose state was not told nothing is said."""
    host = Recorded(hardening.SUBJECT, {**SAYS, "/etc/passwd": PEOPLE, **changes}, system=SYSTEM)
    host.left = frozenset(filter(None, [left]))
    assert host.poll()["host_hardening_findings"].get(("accounts", "fail"), 0) == failures
    assert any("the account li is on although its person left" in each for each in host.remarks) == bool(failures)


def test_modules_that_no_service_uses_ask_nothing_of_passwords() -> None:
    unused = {**SAYS, "common-password": "password [success=1] pam_unix.so yescrypt\n", "common-auth": ""}
    assert found(unused)["host_hardening_findings"][("password", "fail")] == 1
    assert found(unused)["host_hardening_findings"][("password", "warn")] == 2
    given = {
        **unused,
        "system-auth": "auth required pam_tally2.so deny=3 unlock_time=60\n"
        "password x pam_cracklib.so minlen=12 dcredit=-1 ucredit=-1 ocredit=-1\n",
    }
    assert found(given)["host_hardening_findings"][("password", "fail")] == 0
    assert found(given)["host_hardening_findings"][("password", "warn")] == 1, "unlocked too soon"


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({}, 1),  # root has a password
        ({"passwd -S": LOCKED}, 0),
        ({"passwd -S": LOCKED, "/etc/group": ADMIN}, 0),
        ({"passwd -S": LOCKED.replace("li L", "li P"), "/etc/group": ADMIN}, 1),
        ({"passwd -S": LOCKED.replace("li L", "li P"), "/etc/group": "staff:x:50:li\n"}, 0),
        ({"passwd -S": (1, "", "sudo: a password is required\n")}, 0),
        ({"passwd -S": (1, "", "sudo: a password is required\n"), "/etc/group": ADMIN}, 1),
    ],
)
def test_who_administers_by_a_password_is_asked_for_twelve_characters(
    changes: Mapping[str, Says], warnings: int
) -> None:
    short = {**SAYS, "/etc/passwd": PEOPLE, "pwquality.conf": "minlen = 8\nminclass = 3\n", **changes}
    assert found(short)["host_hardening_findings"][("password", "warn")] == warnings


def test_what_is_only_warned_of_or_told_to_nobody_asks_nothing_of_passwords() -> None:
    unforced = {**SAYS, "pwquality.conf": "minlen = 12\nminclass = 3\nenforcing = 0\n"}
    assert found(unforced)["host_hardening_findings"][("password", "warn")] == 2, "length and kinds"
    unix = {**SAYS, "login.defs": "PASS_MAX_DAYS 90\nPASS_MIN_LEN 14\n", "common-password": "password x pam_unix.so\n"}
    assert found(unix)["host_hardening_findings"][("password", "warn")] == 2, "PAM does not read login.defs for it"
    given = {**unix, "common-password": "password x pam_unix.so minlen=14\n"}
    assert found(given)["host_hardening_findings"][("password", "warn")] == 1
    without_pam = {"/etc/passwd": PASSWD, "login.defs": "PASS_MAX_DAYS 90\nPASS_MIN_LEN 14\n", "TMOUT": "TMOUT=600\n"}
    assert found(without_pam)["host_hardening_findings"][("password", "warn")] == 1, "kinds"


def test_what_is_not_seen_for_want_of_root_is_not_judged() -> None:
    denied: Says = (1, "", "sudo: a password is required\n")
    told = found({**SAYS, "passwd -S": denied, "sshd -T": denied, "/etc/passwd": "root:x:0:0::/:/bin/sh\n"})
    assert {topic for topic, _ in told["host_hardening_findings"]} == {"password"}
    told = found({**SAYS, "passwd -S": denied, "sshd -T": denied})
    assert told["host_hardening_findings"][("accounts", "fail")] == 2, "a second root is seen by anybody"
    assert not found({})


def test_a_counter_pc_is_judged_by_its_storage_and_its_screen() -> None:
    good = {
        **SAYS,
        "usb[-_]storage": "install usb-storage /bin/false\n",
        "idle-delay": "idle-delay=uint32 300\nlock-enabled=true\n",
    }
    told = found(good, role="terminal")["host_hardening_findings"]
    assert (told[("terminal", "warn")], told[("terminal", "fail")]) == (0, 0)
    weak = {**good, "usb[-_]storage": "blacklist usb_storage\n", "idle-delay": "idle-delay=uint32 1800\n"}
    told = found(weak, role="terminal")["host_hardening_findings"]
    assert (told[("terminal", "warn")], told[("terminal", "fail")]) == (1, 1)
    told = found(SAYS, role="terminal")["host_hardening_findings"]
    assert (told[("terminal", "warn")], told[("terminal", "fail")]) == (0, 2)
    assert ("terminal", "warn") not in found(good)["host_hardening_findings"]


def test_the_settings_of_a_real_sshd_are_understood(tmp_path: Any) -> None:
    keygen(tmp_path / "host", "ed25519")
    (tmp_path / "conf").write_text(f"HostKey {tmp_path}/host\nPermitRootLogin yes\nMaxAuthTries 3\nX11Forwarding no\n")
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    argv = [need("sshd"), "-T", "-f", str(tmp_path / "conf")]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    told = list(judged.of_sshd(settings(said.lower())))
    assert [each.said.en for each in told if each.result == "fail"] == ["permitrootlogin yes"]
    assert not any("maxauthtries" in each.said.en or "x11" in each.said.en for each in told)
