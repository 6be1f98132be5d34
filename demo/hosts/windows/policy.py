"""How the computers of counters are set up: accounts, passwords, firewall, services, ports, what nobody may plug in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.hosts.windows.model import DAY, Terminal

MACHINE = "S-1-5-21-1004336348-1177238915-682003330"
ON_DEMAND, OFF, MANUAL, AUTO = 3, 4, "Manual", "Auto"  # when a driver is started, or never; how services are started
LOCKS_AFTER = 600  # seconds
PORTS = (22, 135, 139, 445, 5040, *range(49664, 49670))
NEVER_STARTED = 1077

# name, shown, how it starts; those that start by themselves run.
SERVICES = (
    ("AcceptanceClient", "统一受理客户端服务", AUTO),
    ("CryptSvc", "Cryptographic Services", AUTO),
    ("Dhcp", "DHCP Client", AUTO),
    ("Dnscache", "DNS Client", AUTO),
    ("EventLog", "Windows Event Log", AUTO),
    ("LanmanServer", "Server", AUTO),
    ("LanmanWorkstation", "Workstation", AUTO),
    ("mpssvc", "Windows Defender Firewall", AUTO),
    ("SCardSvr", "Smart Card", AUTO),
    ("Spooler", "Print Spooler", AUTO),
    ("sshd", "OpenSSH SSH Server", AUTO),
    ("W32Time", "Windows Time", AUTO),
    ("WinDefend", "Microsoft Defender Antivirus Service", AUTO),
    ("BITS", "Background Intelligent Transfer Service", MANUAL),
    ("wuauserv", "Windows Update", MANUAL),
)
PROCESSES = (
    "System", "smss", "csrss", "wininit", "services", "lsass", "svchost", "spoolsv", "sshd", "MsMpEng", "explorer",
    "AcceptanceClient", "wps",
)  # fmt: skip
PROGRAMS = ("统一受理客户端", "高拍仪控件", "二代身份证阅读控件", "WPS Office", "Microsoft Edge")


def services() -> list[Mapping[str, Any]]:
    return [
        {
            "name": name,
            "shown": shown,
            "state": "Running" if mode == AUTO else "Stopped",
            "mode": mode,
            "code": 0 if mode == AUTO else NEVER_STARTED,
        }
        for name, shown, mode in SERVICES
    ]


def users(terminal: Terminal) -> list[Mapping[str, Any]]:
    """The two that every Windows has are off; who works there and who administers have accounts of their own."""
    began = terminal.began
    on = ((terminal.clerk, 1001, terminal.boot), ("admin-ck", 1002, began - 9 * DAY), ("monitor", 1003, terminal.clock))
    off = (("Administrator", 500), ("Guest", 501), ("DefaultAccount", 503), ("WDAGUtilityAccount", 504))
    return [
        *(
            {"name": name, "sid": f"{MACHINE}-{number}", "on": 0, "required": int(number != 501)}
            for name, number in off
        ),
        *(
            {
                "name": name,
                "sid": f"{MACHINE}-{number}",
                "on": 1,
                "required": 1,
                "last": int(last),
                "administrator": int(name.startswith("admin")),
            }
            for name, number, last in on
        ),
    ]


def settings(terminal: Terminal) -> Mapping[str, Any]:
    return {
        "length": 12,
        "age": int(90 * DAY),
        "tries": 5,
        "unlock": 1800,
        "complex": 1,
        "idle": LOCKS_AFTER,
        "users": users(terminal),
        "smb1": 0,
        "rdp_off": 1,
        "nla": 1,
        "walls": [{"name": name, "on": 1} for name in ("DomainProfile", "StandardProfile", "PublicProfile")],
    }


def desktop(terminal: Terminal) -> Mapping[str, Any]:
    """Nobody may plug in storage, unless it was opened to that; and nothing is there by which others work on it from
    outside."""
    return {
        "usb": ON_DEMAND if terminal.storage else OFF,
        "uas": OFF,
        "denied": int(not terminal.storage),
        "disks": [],
        "whole": 1,
        "idle": LOCKS_AFTER,
        "auto": "0",
        "people": [{"on": "1", "secure": "1", "after": str(LOCKS_AFTER)}],
        "programs": list(PROGRAMS),
        "processes": list(PROCESSES),
    }
