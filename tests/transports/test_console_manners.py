"""What devices of four families say at the login, at the prompt and in between, as their public manuals have it: all of
a configuration is read, or none of it, and why is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.reach import ReachError
from agent.transports.console import ConsoleWay
from agent.transports.ssh import SshWay
from demo.consoles.styles import STYLES
from tests.console_server import ALLOWED, Consoles, Device, consoles
from tests.console_texts import COMWARE, IOS, TEXTS, VRP, plain


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


async def running(device: Device, timeout: float) -> bytes | ReachError:
    ssh = SshWay()
    try:
        return (await ConsoleWay(ssh).ask(device.target(timeout), device.family, ("running",)))["running"]  # type: ignore[arg-type]  # a family
    except ReachError as error:
        return error
    finally:
        await ssh.close()


async def all_running(devices: list[Device], timeout: float = 30) -> list[bytes | ReachError]:
    return await asyncio.gather(*[running(each, timeout) for each in devices])


LOGGED = {
    "huawei_vrp": "Nov 24 2026 10:00:01+08:00 SW-1 %%01SHELL/5/LOGIN(s)[1]:VTY login from 10.1.1.7.",
    "hp_comware": "%Nov 24 10:00:01:123 2026 SW-1 SHELL/5/SHELL_LOGIN: wang logged in from 10.1.1.7.",
    "ruijie_os": "*Nov 24 10:00:01: %SYS-5-CONFIG_I: Configured from console by wang",
    "cisco_ios": "000123: *Nov 24 10:00:01.123 CST: %LINEPROTO-5-UPDOWN: Interface Vlan1, changed state to up",
}
TRAPS = {
    "huawei_vrp": "#Nov 24 2026 10:00:01+08:00 SW-1 IFNET/4/IF_STATE:OID 1.3.6.1 Interface 7 turned into DOWN state.",
    "hp_comware": "%@3141%Nov 24 10:00:01:123 2026 SW-1 IFNET/3/PHY_UPDOWN: Physical state changed to down.",
    "ruijie_os": "*Nov 24 10:00:01: SW-1 %LINK-3-UPDOWN: Interface GigabitEthernet 0/1, changed state to down.",
    "cisco_ios": "1w2d: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
}
LONG = "C-3F-network-room-of-the-community-affairs-service-centre-sw01"
# By what a device does: its family, and what it says; it may type nothing but N and empty lines to it.
WELL: dict[str, tuple[str, dict[str, Any]]] = {
    "a name with > in it": ("huawei_vrp", {"prompt": "<SW>1>"}),
    "a name with < and # in it": ("huawei_vrp", {"prompt": "<A<B#1>"}),
    "a name with ] in it": ("hp_comware", {"prompt": "<[core]>"}),
    "an IOS name with # in it": ("cisco_ios", {"prompt": "SW#1#"}),
    "an RGOS name with > in it": ("ruijie_os", {"prompt": "to>core#"}),
    "a prompt with a blank behind it": ("cisco_ios", {"prompt": "{name}# "}),
    "a name as long as it may be": ("cisco_ios", {"prompt": LONG + "#"}),
    "an echo that is wrapped": ("cisco_ios", {"prompt": LONG + "#", "columns": 80}),
    "an echo that is wrapped often": ("huawei_vrp", {"columns": 20}),
    "one of a pair of firewalls": ("huawei_vrp", {"prompt": "HRP_S<{name}>"}),
    "a member of a stack in another role": ("cisco_ios", {"prompt": "{name}-stby#"}),
    "a password that ends soon": (
        "huawei_vrp",
        {
            "asks": [
                "Warning: The password will expire in 3 days.\r\nThe password needs to be changed. Change now? [Y/N]:"
            ]
        },
    ),
    "a weak password": ("ruijie_os", {"asks": ["The password is too weak, do you want to change it now? (Y/N)"]}),
    "a question in Chinese": ("hp_comware", {"asks": ["是否现在修改密码? [Y/N]:".encode().decode("latin-1")]}),
    "two questions": ("huawei_vrp", {"asks": ["Save the configuration now? [Y/N]:", "Continue? [yes/no]: "]}),
    "an idle user interface": (
        "hp_comware",
        {"asks": ["User interface vty0 is available.\r\n\r\n\r\nPlease press ENTER.\r\n"]},
    ),
    "who logged in last": (
        "huawei_vrp",
        {
            "greets": "Info: The max number of VTY users is 10, and the number of current VTY users on line is 1.\r\n"
            "      The current login time is 2026-11-24 10:00:01+08:00.\r\nInfo: Lastest accessed IP: 10.1.1.7  "
            "Time: 2026-11-23 09:00:00  Password will expire in: -\r\n"
        },
    ),
    "a notice that is a prompt": ("cisco_ios", {"greets": "\r\nSW-1#\r\nSW-1>\r\n-----\r\nLook at #\r\n"}),
    "a log at the login": ("hp_comware", {"greets": LOGGED["hp_comware"] + "\r\n"}),
    **{
        f"a log behind each prompt, {family}": (family, {"interrupts": f"\r\n{LOGGED[family]}\r\n"})
        for family in STYLES
    },
    **{
        f"alarms behind each prompt, {family}": (family, {"interrupts": f"\r\n{TRAPS[family]}\r\n" * 3})
        for family in STYLES
    },
    "a log, and the prompt again": ("huawei_vrp", {"interrupts": f"\r\n{LOGGED['huawei_vrp']}\r\n<SW-1>"}),
}


def test_whatever_a_device_says_around_it_the_configuration_is_read(server: Consoles) -> None:
    devices = [server.device(family, what, TEXTS[family]).says(**script) for what, (family, script) in WELL.items()]
    for device, answer in zip(devices, asyncio.run(all_running(devices)), strict=True):
        assert plain(answer) == TEXTS[device.family].strip("\n"), device
        assert set(device.noted("typed")) <= ALLOWED[device.family] - {STYLES[device.family].saved}, device
        assert set(device.noted("replies")) <= {"N", ""}, device


MORE = "\n description -- ---- More ----\n description --More-- (q)uit\n header  ---- More ----\n ---- More ----"
# Configurations that look like something else, by family.
ODD = {
    "a page break in a description": ("huawei_vrp", VRP.replace("\n port link-type", MORE + "\n port link-type", 3)),
    "page breaks while pages are turned": ("cisco_ios", IOS.replace("\n switchport", MORE + "\n switchport", 3)),
    "the last line in the middle": ("hp_comware", COMWARE.replace("vlan 10", "return\n#\nvlan 10", 1)),
    "a log before the last line": ("cisco_ios", IOS.replace("\nend\n", f"\n{LOGGED['cisco_ios']}\nend\n")),
    "an error in a notice": ("ruijie_os", IOS.replace("vlan 10", "banner motd ^\n% Invalid input\n^\nvlan 10", 1)),
    "no saved configuration in a notice": (
        "huawei_vrp",
        VRP.replace("#\nvlan", "#\nheader login does not exist\nvlan", 1),
    ),
    "blank lines at the end": ("hp_comware", COMWARE.replace("return\n", "\n\nreturn\n\n\n")),
}


def test_a_configuration_that_looks_like_something_else_is_read_as_it_is(server: Consoles) -> None:
    devices = [
        server.device(family, "may not put off paging" if "pages" in what else what, text)
        for what, (family, text) in ODD.items()
    ]
    for device, answer, (_, text) in zip(devices, asyncio.run(all_running(devices)), ODD.values(), strict=True):
        assert plain(answer) == text.strip("\n"), device


def test_a_log_behind_the_last_line_is_no_part_of_the_configuration(server: Consoles) -> None:
    devices = [
        server.device(family, "logs at the end", f"{TEXTS[family]}{LOGGED[family]}\n{TRAPS[family]}\n")
        for family in STYLES
    ]
    for device, answer in zip(devices, asyncio.run(all_running(devices)), strict=True):
        assert plain(answer) == TEXTS[device.family].strip("\n"), device


SHORT = "version 15.2\nhostname SW-1\ninterface Vlan1\nend\n"


def test_a_device_that_sends_ten_characters_a_second_is_read_by_who_has_time(server: Consoles) -> None:
    text = "version 1\nhostname S\ninterface V\nend\n"
    patient = server.device("cisco_ios", "ten a second", text).says(seconds=0.1)
    hasty = server.device("cisco_ios", "ten a second, in haste", text).says(seconds=0.1)

    async def both() -> list[bytes | ReachError]:
        return await asyncio.gather(running(patient, 30), running(hasty, 3))

    answer, failure = asyncio.run(both())
    assert plain(answer) == text.strip("\n")
    assert isinstance(failure, ReachError)
    assert "needs config: {timeout: …}" in str(failure)


USERS = "username wang secret 5 x\n"
# What an account sees that may not see all of it, and a configuration without its end: never taken for a configuration.
PARTIAL = {
    "IOS of privilege 5": ("cisco_ios", "!\ninterface Vlan1\n!\nend\n", "without a line `version` and `hostname`,"),
    "IOS in a view": (
        "cisco_ios",
        "!\nhostname SW-1\n!\ninterface Vlan1\n ip address 10.1.1.1\n!\nend\n",
        "without a line `version`,",
    ),
    "IOS without interfaces": ("cisco_ios", "version 15.2\nhostname SW-1\n!\nend\n", "without a line `interface`,"),
    "RGOS of privilege 2": ("ruijie_os", "!\ninterface GigabitEthernet 0/1\n!\nend\n", "without a line `version`,"),
    "VRP of level 1": ("huawei_vrp", "#\nvlan batch 10\n#\nreturn\n", "without a line `sysname` and `interface`,"),
    "VRP of level 2": ("huawei_vrp", "#\nsysname SW-1\n#\nvlan batch 10\n#\nreturn\n", "without a line `interface`,"),
    "Comware of a role": ("hp_comware", "#\ninterface Vlan-interface1\n#\nreturn\n", "without a line `sysname`,"),
    "no end": ("cisco_ios", SHORT.removesuffix("end\n") + USERS, "does not end with 'end'"),
    "an end in the middle": ("huawei_vrp", VRP + " shutdown\n", "does not end with 'return'"),
    "a page break at the end": (
        "hp_comware",
        COMWARE.removesuffix("return\n") + "---- More ----\n",
        "does not end with",
    ),
    "a word that begins like the end": ("ruijie_os", SHORT.removesuffix("end\n") + "endpoint\n", "does not end with"),
}


def test_a_part_of_a_configuration_is_told_and_is_none(server: Consoles) -> None:
    devices = [server.device(family, what, text) for what, (family, text, _) in PARTIAL.items()]
    told = zip(PARTIAL.items(), asyncio.run(all_running(devices, 10)), strict=True)
    for (what, (_, _, expected)), error in told:
        assert isinstance(error, ReachError), what
        assert expected in str(error), (what, str(error))


def test_a_device_that_goes_away_after_a_no_says_what_was_asked_of_it(server: Consoles) -> None:
    device = server.device("huawei_vrp", "closes after a no", VRP).says(
        asks=["Your password has expired. Are you sure to continue? [Y/N]:"], closes=True
    )
    (error,) = asyncio.run(all_running([device], 10))
    assert isinstance(error, ReachError)
    assert "after the agent said no to a question" in str(error)


def test_a_password_that_is_asked_for_in_chinese_is_not_given(server: Consoles) -> None:
    asked = [
        question.encode(encoding).decode("latin-1")
        for question in ("请输入新密码:", "旧口令：", "密码: ")
        for encoding in ("utf-8", "gb18030")
    ]
    devices = [server.device("huawei_vrp", f"asks {place}", VRP).says(asks=[each]) for place, each in enumerate(asked)]
    for device, error in zip(devices, asyncio.run(all_running(devices, 4)), strict=True):
        assert isinstance(error, ReachError)
        assert (error.kind, device.noted("replies")) == ("authentication", []), device
