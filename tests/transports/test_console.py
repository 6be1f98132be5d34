"""The command lines of four families, over real SSH: whole answers from devices that page, paint, greet and are slow;
an error within the deadline from those that hang, flood, ask and go away; nothing is typed but what the table has."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.core.calendar import Calendar
from agent.core.console import Family, Question
from agent.core.reach import CannotAsk, ReachError
from agent.core.secrets import Secret
from agent.core.site import Center, Site
from agent.transports.console import ConsoleWay
from agent.transports.console.families import FAMILIES
from agent.transports.ssh import SshWay
from demo.consoles.styles import STYLES
from tests.apart import peak
from tests.console_server import ALLOWED, PASSWORD, Consoles, Device, consoles
from tests.console_texts import TEXTS, plain
from tests.sshd import keygen, sshd

BOTH: Sequence[Question] = ("running", "saved")
TIMEOUT = 4.0
WHOLE = (
    "as usual",
    "may not put off paging",
    "paints its lines",
    "notice that looks like prompts",
    "notice of 1 MB",
    "press to continue",
    "offers a new password",
    "offers to save",
    "waits for a line",
    "slow",
)
# Failure kind and a part of the message, by what the device does.
BROKEN = {
    "demands a new password": ("authentication", "log in by hand once"),
    "asks for the password again": ("authentication", "log in by hand once"),
    "says nothing": ("protocol", "shows no prompt of"),
    "hangs in the answer": ("timeout", "no end of the answer to `"),
    "half a line a second": ("timeout", "no end of the answer to `"),
    "drops": ("refused", "ended the connection"),
    "closes": ("refused", "ended the connection"),
    "1 GB": ("protocol", "sent more"),
    "1 GB without a line's end": ("protocol", "sent more"),
    "forbids": ("permission", "must be allowed to run it"),
    "knows no command": ("permission", "must be allowed to run it"),
    "shows nothing": ("permission", "without a line `"),
    "half of the configuration": ("protocol", "does not end with"),
    "finds no file system": ("protocol", "does not end with"),
    "another prompt each time": ("protocol", "shows no prompt of"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


async def ask(device: Device, questions: Sequence[Question] = BOTH, **login: Any) -> dict[Question, bytes]:
    ssh = SshWay()
    try:
        target = device.target(login.pop("timeout", TIMEOUT), **login)
        return dict(await ConsoleWay(ssh).ask(target, device.family, questions))  # type: ignore[arg-type]  # a family
    finally:
        await ssh.close()


def test_a_whole_configuration_comes_whatever_stands_around_it(server: Consoles) -> None:
    devices = [server.device(family, word, TEXTS[family]) for family in STYLES for word in WHOLE]

    async def all_() -> list[dict[Question, bytes]]:
        return await asyncio.gather(*[ask(each, timeout=30) for each in devices])

    for device, answers in zip(devices, asyncio.run(all_()), strict=True):
        for question in BOTH:
            assert plain(answers[question]) == TEXTS[device.family].strip("\n"), (device, question)
        assert set(device.noted("typed")) <= ALLOWED[device.family], device
        assert set(device.noted("replies")) <= {"N"}, device


def test_what_is_asked_only_displays() -> None:
    for manners in FAMILIES.values():
        assert all(text.split()[0] in ("display", "show") for text in manners.questions.values())
        assert manners.leaving in ("quit", "exit")
    paging = {manners.paging for manners in FAMILIES.values()}
    assert paging == {"screen-length 0 temporary", "screen-length disable", "terminal length 0"}


def test_a_device_that_misbehaves_is_told_within_its_deadline(server: Consoles) -> None:
    families: list[Family] = list(STYLES)  # type: ignore[arg-type]  # its keys are families
    devices = [
        server.device(families[place % 4], word, TEXTS[families[place % 4]]) for place, word in enumerate(BROKEN)
    ]

    async def failure(device: Device) -> tuple[ReachError, float]:
        began = time.monotonic()
        with pytest.raises(ReachError) as caught:
            await ask(device)
        return caught.value, time.monotonic() - began

    async def all_() -> list[tuple[ReachError, float]]:
        return await asyncio.gather(*[failure(each) for each in devices])

    before = set(threading.enumerate())
    for device, (error, seconds) in zip(devices, asyncio.run(all_()), strict=True):
        kind, text = BROKEN[device.word]
        assert (error.kind, text in str(error)) == (kind, True), (device.word, str(error))
        assert "127.0.0.1" in str(error)
        assert seconds < TIMEOUT + 1, device.word
        assert set(device.noted("typed")) <= ALLOWED[device.family], device.word
    gc.collect()
    end = time.monotonic() + 5
    while (left := [each for each in threading.enumerate() if each not in before]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left


def test_an_account_that_may_not_see_the_configuration_is_told_what_it_needs(server: Consoles) -> None:
    device = server.device("cisco_ios", "low privilege", TEXTS["cisco_ios"])
    with pytest.raises(CannotAsk, match="privilege 15") as caught:
        asyncio.run(ask(device))
    assert caught.value.kind == "permission"
    assert device.noted("typed") == [""]


@pytest.mark.parametrize("family", STYLES)
def test_a_device_that_never_saved_gives_an_empty_saved_configuration(server: Consoles, family: str) -> None:
    answers = asyncio.run(ask(server.device(family, "nothing saved", TEXTS[family])))
    assert answers["saved"] == b""
    assert plain(answers["running"]) == TEXTS[family].strip("\n")


def test_a_saved_configuration_that_is_not_shown_keeps_nobody_from_the_running_one(server: Consoles) -> None:
    device = server.device("hp_comware", "forbids the saved one", TEXTS["hp_comware"])
    answers = asyncio.run(ask(device))
    assert plain(answers.pop("running")) == TEXTS["hp_comware"].strip("\n")
    assert answers == {}


NAMES = ("SW (1) [core] .*", "a+b|c", "\\d{3}", "$(reboot)", "`id`", "'; quit; '", "core%s", "a" * 60, "return", "end")


def test_a_name_of_a_device_is_only_a_name(server: Consoles) -> None:
    """Also one that is part of every line, or means something to a regular expression or a shell."""

    async def all_() -> list[dict[Question, bytes]]:
        return await asyncio.gather(*[ask(each, timeout=20) for each in devices])

    devices = []
    for place, name in enumerate(NAMES):
        family = list(STYLES)[place % 4]
        devices.append(server.device(family, f"named {place}", TEXTS[family]))
        (devices[-1].folder / "name").write_text(name)
    for device, answers in zip(devices, asyncio.run(all_()), strict=True):
        assert plain(answers["running"]) == TEXTS[device.family].strip("\n"), device
        assert set(device.noted("typed")) <= ALLOWED[device.family], device


def test_what_looks_like_a_prompt_within_a_configuration_ends_nothing(server: Consoles) -> None:
    devices = []
    for family in STYLES:
        prompt = STYLES[family].prompt.format(name="SW-1")
        odd = f"\nheader {prompt}\n{prompt}\n description uplink{prompt}\nvlan"
        text = TEXTS[family].replace(f"to {prompt}", "to").replace("\nvlan", odd, 1)
        devices.append((server.device(family, "rests after what looks like its prompt", text), text))

    async def all_() -> list[dict[Question, bytes]]:
        return await asyncio.gather(*[ask(device, ("running",), timeout=20) for device, _ in devices])

    for (_, text), answers in zip(devices, asyncio.run(all_()), strict=True):
        assert plain(answers["running"]) == text.strip("\n")


def test_nothing_of_half_a_configuration_is_told(server: Consoles) -> None:
    """Whichever line is the last: it may be a secret."""

    async def said(family: str) -> str:
        lines = TEXTS[family].splitlines()
        text = "\n".join([*lines[:-1], *["snmp-agent community read canary"] * 200, lines[-1], ""])
        with pytest.raises(ReachError, match="does not end with") as caught:
            await ask(server.device(family, "half of the configuration", text), timeout=20)
        return str(caught.value)

    async def all_() -> list[str]:
        return await asyncio.gather(*map(said, STYLES))

    assert "canary" not in " ".join(asyncio.run(all_()))


CANARY = "canary-5ecret"
# What devices say, a secret in it, and the kind of failure that it is.
INDISCREET: tuple[tuple[Family, dict[str, Any], str], ...] = (
    (
        "cisco_ios",
        {"asks": [f"The password of admin is {CANARY}\r\nEnter new password for {CANARY}: "]},
        "authentication",
    ),
    ("huawei_vrp", {"asks": [f"{CANARY} login: "]}, "authentication"),
    ("hp_comware", {"prompt": f"[{CANARY}]"}, "protocol"),
    ("ruijie_os", {"prompt": f"{CANARY}>"}, "permission"),
    ("cisco_ios", {"prompt": f"{CANARY}(config)#"}, "permission"),
    ("cisco_ios", {"refuses": f"% Invalid input: password {CANARY}\r\n"}, "permission"),
    ("huawei_vrp", {"refuses": f"Error: Unrecognized command: password {CANARY}\r\n"}, "permission"),
    ("hp_comware", {"refuses": f"Permission denied. {CANARY}\r\n"}, "permission"),
    ("ruijie_os", {"refuses": f"password {CANARY}\r\n"}, "protocol"),
    ("cisco_ios", {"prompt": f"{CANARY}{{name}}#", "refuses": f"{CANARY}\r\n" * 20}, "protocol"),
)


def test_no_failure_has_a_word_of_what_the_device_said(server: Consoles) -> None:
    async def said(place: int) -> tuple[str, str]:
        family, script, _ = INDISCREET[place]
        device = server.device(family, f"indiscreet {place}", TEXTS[family]).says(**script)
        with pytest.raises(ReachError) as caught:
            await ask(device)
        return caught.value.kind, str(caught.value)

    async def all_() -> list[tuple[str, str]]:
        return await asyncio.gather(*map(said, range(len(INDISCREET))))

    for (family, script, expected), (kind, text) in zip(INDISCREET, asyncio.run(all_()), strict=True):
        assert (kind, CANARY in text) == (expected, False), (family, script, text)


def test_bytes_that_are_no_utf_8_come_as_they_are(server: Consoles) -> None:
    text = TEXTS["huawei_vrp"].encode().replace(b"room 7", "七号窗口".encode("gb18030"))
    device = server.device("huawei_vrp", "as usual", text)
    (device.folder / "name").write_bytes("核心交换机".encode("gb18030"))
    assert asyncio.run(ask(device))["running"].strip(b"\n") == text.strip(b"\n")


def test_no_password_is_sent_to_a_host_that_shows_another_key(server: Consoles, tmp_path: Path) -> None:
    device = server.device("huawei_vrp", "as usual", TEXTS["huawei_vrp"])
    keygen(tmp_path / "other", "ed25519")
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{device.port} {' '.join((tmp_path / 'other.pub').read_text().split()[:2])}\n")
    with pytest.raises(CannotAsk) as caught:
        asyncio.run(ask(device, known_hosts=str(known)))
    assert caught.value.kind == "host_key"
    assert device.noted("passwords") == []


def test_a_wrong_password_is_sent_once(server: Consoles) -> None:
    device = server.device("hp_comware", "as usual", TEXTS["hp_comware"])
    with pytest.raises(CannotAsk) as caught:
        asyncio.run(ask(device, password=Secret("another")))
    assert caught.value.kind == "authentication"
    assert device.noted("passwords") == ["another"]


def test_the_line_is_given_back_after_each_question(server: Consoles) -> None:
    device = server.device("huawei_vrp", "as usual", TEXTS["huawei_vrp"])

    async def twice() -> int:
        ssh = SshWay()
        way = ConsoleWay(ssh)
        await way.ask(device.target(), "huawei_vrp", BOTH)
        left = ssh.connections
        await way.ask(device.target(), "huawei_vrp", BOTH)
        await ssh.close()
        return left

    assert asyncio.run(twice()) == 0
    assert len(device.noted("logins")) == 2


def test_no_text_of_a_device_reaches_a_log(server: Consoles, caplog: pytest.LogCaptureFixture) -> None:
    device = server.device("huawei_vrp", "as usual", TEXTS["huawei_vrp"].replace("room 7", "canary-in-text"))
    with caplog.at_level(logging.DEBUG):
        assert b"canary-in-text" in asyncio.run(ask(device))["running"]
    assert "canary-in-text" not in caplog.text
    assert PASSWORD not in caplog.text
    assert logging.getLogger("netmiko").filters == []


def test_a_flood_takes_little_memory(server: Consoles) -> None:
    usual = server.device("huawei_vrp", "as usual", TEXTS["huawei_vrp"])
    floods = [server.device(family, "1 GB", TEXTS[family]) for family in ("huawei_vrp", "cisco_ios")]

    async def flooded(device: Device) -> None:
        with pytest.raises(ReachError):
            await ask(device, timeout=8)

    asyncio.run(ask(usual))  # the libraries are loaded
    gc.collect()
    before = peak(begin=True)
    for each in floods:
        asyncio.run(flooded(each))
    assert peak() - before < 20


def test_a_long_configuration_that_comes_line_by_line_is_read_and_a_longer_one_is_told(server: Consoles) -> None:
    # Each line is a packet of its own, with all that SSH adds to it.
    begin, last = TEXTS["cisco_ios"].rsplit("end\n", 1)[0], "end\n"
    long = begin + "interface Vlan 10\n!\n" * 25_000 + last
    device = server.device("cisco_ios", "long", long)
    assert plain(asyncio.run(ask(device, timeout=60))["saved"]) == long.strip("\n")
    device.write(begin + ("x" * 500 + "\n") * 7_000 + last)
    with pytest.raises(ReachError, match="more than 3 MiB at its command line"):
        asyncio.run(ask(device, ("running",), timeout=60))


def test_a_switch_behind_a_jump_host_is_read_through_it(server: Consoles, tmp_path: Path) -> None:
    device = server.device("cisco_ios", "as usual", TEXTS["cisco_ios"])
    with sshd(tmp_path) as jump:
        host = jump.target(id_="jump")

        async def through() -> dict[Question, bytes]:
            ssh = SshWay(site=lambda: Site(Center("c", "c", "d"), Calendar(), tmp_path, tmp_path, targets=(host,)))
            try:
                return dict(await ConsoleWay(ssh).ask(device.target(jump="jump"), "cisco_ios", BOTH))
            finally:
                await ssh.close()

        assert plain(asyncio.run(through())["running"]) == TEXTS["cisco_ios"].strip("\n")
        assert jump.logins == 1
