"""What Lynis and we say of the same host, test by test, and why where it is not the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.core.model import Reading

SSH = "SSH-7408"
# Those that look at something that an item of ours looks at, too, and the item. Without the first three Lynis does not
# come to SSH-7408, without ACCT-9628 not to ACCT-9630.
TESTS: Mapping[str, str] = {
    "SSH-7402": "",
    "SSH-7404": "",
    "SSH-7406": "",
    SSH: "HOST-07",
    "AUTH-9204": "HOST-09",
    "AUTH-9283": "HOST-09",
    "AUTH-9262": "HOST-08",
    "AUTH-9286": "HOST-08",
    "SHLL-6220": "HOST-08",
    "ACCT-9628": "HOST-11",
    "ACCT-9630": "HOST-11",
    "LOGG-2130": "HOST-12",
    "TIME-3104": "HOST-15",
    "PKGS-7392": "HOST-06",
    "MALW-3280": "HOST-14",
    "MALW-3284": "HOST-14",
    "NETW-3012": "HOST-10",
}
# Settings of sshd that both judge, and what ours are called in a remark.
SETTINGS: Mapping[str, str] = {
    "PermitRootLogin": "permitrootlogin",
    "MaxAuthTries": "maxauthtries",
    "ClientAliveInterval": "clientaliveinterval",
    "ClientAliveCountMax": "clientaliveinterval",
    "X11Forwarding": "x11forwarding",
    "AllowTcpForwarding": "allowtcpforwarding",
}
# Where the two may differ, and why they do.
REASONS: Mapping[str, str] = {
    "PermitRootLogin": "Lynis is content with root by key; the item wants no login of root: each act has a name",
    "MaxAuthTries": "Lynis prefers 3, the item allows 4 as the benchmark that it follows",
    "ClientAliveInterval": "0, which never asks an idle client, is below the 300 of Lynis; we count it",
    "ClientAliveCountMax": "Lynis prefers 2, the item allows 3 with an interval; without one it is no limit",
    "AUTH-9286": "Lynis judges login.defs alone, also a least age; we judge the longest age only",
    "TIME-3104": "what cannot be read is no reading to us, which is never a pass",
    "LOGG-2130": "what Lynis calls missing we could not read either: that is said, and no reading is no pass",
    "NETW-3012": "Lynis lists ports and judges none; we compare them with what agent.yaml allows",
}


class Answer(NamedTuple):
    """Whether each finds it good, None where it does not say, and in what words."""

    test: str
    theirs: bool | None
    they: str
    ours: bool | None
    we: str
    key: str

    @property
    def reason(self) -> str:
        return "" if self.theirs == self.ours else REASONS.get(self.key, "")

    @property
    def differs_unexplained(self) -> bool:
        return self.theirs != self.ours and not self.reason

    def __str__(self) -> str:
        same = "same" if self.theirs == self.ours else f"differs: {self.reason or 'NO REASON KNOWN'}"
        item = TESTS[self.test]
        name = self.test if self.key == self.test else f"{self.test} {self.key}"
        return f"{name} ({item}) | {_word(self.theirs)}: {self.they} | {_word(self.ours)}: {self.we} | {same}"


def _word(good: bool | None) -> str:
    return {True: "good", False: "bad", None: "no verdict"}[good]


class Report:
    """Lynis's report file."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._run = set((self.value("tests_executed") or "").split("|"))

    def value(self, key: str) -> str | None:
        return next((line.partition("=")[2] for line in self._lines if line.startswith(f"{key}=")), None)

    def listed(self, key: str, test: str = "") -> list[str]:
        return [line.partition("=")[2] for line in self._lines if line.startswith(f"{key}[]={test}")]

    def ran(self, test: str) -> bool:
        return test in self._run

    def complaints(self, test: str) -> list[str]:
        found = [*self.listed("warning", f"{test}|"), *self.listed("suggestion", f"{test}|")]
        return [each.split("|")[1] for each in found]

    def setting(self, name: str) -> str:
        """What it says of a setting of sshd; empty where it finds it well."""
        found = next((each for each in self.listed("details", f"{SSH}|") if f"field:{name};" in each), "")
        given = dict(each.partition(":")[::2] for each in found.rpartition("desc:")[2].split(";") if ":" in each)
        return f"{given.get('value')}, prefers {given.get('prefval')}" if given else ""


class Ours:
    """One reading of the host; `remarks` in English."""

    def __init__(self, reading: Reading, remarks: Sequence[str]) -> None:
        self._samples = reading.by_metric
        self._remarks = remarks

    def deviation(self, topic: str, *words: str) -> str:
        """The deviation of this topic that has such a word; empty where there is none."""
        said = next((each for each in self._remarks if each.startswith(f"{topic}: ")), "")
        return next((each for each in said.partition(": ")[2].split("; ") if any(word in each for word in words)), "")

    def seen(self, topic: str) -> bool:
        return any(each.labels[0] == topic for each in self._samples.get("host_hardening_findings", ()))

    def value(self, metric: str, *labels: str) -> float | None:
        found = self._samples.get(metric, ())
        return next((each.value for each in found if not labels or each.labels[: len(labels)] == labels), None)

    def said(self, word: str) -> str:
        return next((each for each in self._remarks if word in each), "not told")


def rows(text: str, reading: Reading, remarks: Sequence[str]) -> Iterator[Answer]:
    lynis, ours = Report(text), Ours(reading, remarks)
    yield from _of_sshd(lynis, ours)
    for test, topic, words, good in DEVIATIONS:
        said = ours.deviation(topic, *words)
        yield _answer(
            lynis,
            test,
            not said if ours.seen(topic.rstrip("s") if topic == "passwords" else topic) else None,
            said or good,
        )
    yield from _of_services(lynis, ours)


# Test, our topic, what our deviation says, what is so without one.
DEVIATIONS = (
    ("AUTH-9204", "accounts", ("UID 0", "uid 0"), "nobody but root has UID 0"),
    ("AUTH-9283", "accounts", ("password",), "no account without a password"),
    ("AUTH-9262", "passwords", ("less than", "kinds"), "length and kinds of characters are asked for"),
    ("AUTH-9286", "passwords", ("days",), "passwords end in time"),
)


def _answer(lynis: Report, test: str, ours: bool | None, we: str) -> Answer:
    said = lynis.complaints(test)
    theirs = not said if lynis.ran(test) else None
    return Answer(test, theirs, said[0] if said else "no complaint" if theirs else "did not run", ours, we, test)


def _of_sshd(lynis: Report, ours: Ours) -> Iterator[Answer]:
    for name, word in SETTINGS.items():
        they, we = lynis.setting(name), ours.deviation("sshd", word)
        theirs = not they if lynis.ran(SSH) else None
        mine = not we if ours.seen("sshd") else None
        yield Answer(SSH, theirs, they or "no complaint", mine, we or "no deviation", name)


def _of_services(lynis: Report, ours: Ours) -> Iterator[Answer]:
    timeout = ours.deviation("passwords", "idle shell")
    ends = lynis.value("session_timeout_enabled") == "1"
    known = not timeout if ours.seen("password") else None
    yield Answer(
        "SHLL-6220", ends, f"session_timeout_enabled={int(ends)}", known, timeout or "idle shells end", "SHLL-6220"
    )
    audit, rules = ours.value("host_audit_active"), ours.value("host_audit_rules")
    yield _answer(lynis, "ACCT-9628", _yes(audit), f"host_audit_active {audit}")
    yield _answer(lynis, "ACCT-9630", _yes(rules), f"host_audit_rules {rules}")
    own = ours.value("host_log_newest_timestamp_seconds")
    yield _answer(
        lynis, "LOGG-2130", None if own is None else True, ours.said("logs could not") if own is None else "read"
    )
    synchronised = ours.value("host_clock_synchronized")
    runs = lynis.value("ntp_daemon_running") == "1"
    said = f"ntp_daemon_running={int(runs)}"
    clock = ours.said("time service") if synchronised is None else f"host_clock_synchronized {synchronised:g}"
    yield Answer("TIME-3104", runs, said, _yes(synchronised), clock, "TIME-3104")
    pending = ours.value("host_updates_pending", "yes")
    packages = f"{len(lynis.listed('vulnerable_package'))} packages"
    updates = None if pending is None else pending == 0
    yield _answer(lynis, "PKGS-7392", updates, f"host_updates_pending security {pending}")._replace(they=packages)
    active = ours.value("host_antivirus_active")
    found = [each for each in lynis.listed("malware_scanner") if each]
    for test in ("MALW-3280", "MALW-3284"):
        yield Answer(
            test, bool(found), ", ".join(found) or "none", _yes(active), f"host_antivirus_active {active}", test
        )
    ports = [each for each in lynis.listed("network_listen") if not re.search(r"127\.|\[::1\]", each)]
    unexpected = ours.value("host_listening_unexpected", "remote")
    we = f"{unexpected:g} reachable ports that are not allowed" if unexpected is not None else "not told"
    mine = None if unexpected is None else unexpected == 0
    yield Answer("NETW-3012", None, f"{len(ports)} ports not on loopback", mine, we, "NETW-3012")


def _yes(value: float | None) -> bool | None:
    return None if value is None else value > 0
