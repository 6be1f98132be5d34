"""The desktop of a counter: USB storage, screen lock, automatic login, programs for remote control."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agent.core.text import Text
from collectors.host.hardening import TIMEOUT, Deviation
from collectors.host.windows import words
from collectors.host.windows.script import VALUE, number, rows, script, text, texts

OFF = 4  # SERVICE_DISABLED: the driver is never started
# Programs by which somebody from outside works on a desktop, as process or in the list of installed programs.
REMOTE = re.compile(
    r"todesk|sunlogin|向日葵|teamviewer|anydesk|rustdesk|gotohttp|awesun|(?:tight|real|ultra|tiger)vnc|winvnc|radmin",
    re.IGNORECASE,
)
# Integrity of the login, by SID: high or system is an administrator's whole token. Settings of a person stand in a hive
# of the registry while that person is logged in; others' are for administrators, and that of the agent's own account
# does not count. 53f5630d… are removable disks.
SCRIPT = script(
    "terminal",
    VALUE
    + """$t='HKLM:\\SYSTEM\\CurrentControlSet\\Services\\'
$p='HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\RemovableStorageDevices'
$g=$p+'\\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}'
$k='Software\\Policies\\Microsoft\\Windows\\Control Panel\\Desktop'
$me=[string](whoami /user /nh)
$h=@(Get-ChildItem -LiteralPath 'Registry::HKEY_USERS' -ErrorAction SilentlyContinue|Where-Object{
$_.PSChildName -match '^S-1-5-21-[0-9-]+$' -and $me -notmatch ($_.PSChildName+'(\\D|$)')}|
ForEach-Object{'Registry::HKEY_USERS\\'+$_.PSChildName+'\\'})
$v='\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*'
$i=Get-ItemProperty -Path ('HKLM:\\SOFTWARE'+$v),('HKLM:\\SOFTWARE\\WOW6432Node'+$v) -ErrorAction SilentlyContinue
give @{usb=(value ($t+'USBSTOR') 'Start');uas=(value ($t+'UASPStor') 'Start')
denied=$(if((value $p 'Deny_All') -or ((value $g 'Deny_Read') -and (value $g 'Deny_Write'))){1}else{0})
disks=@(Get-CimInstance Win32_DiskDrive|Where-Object{$_.InterfaceType -eq 'USB'}|ForEach-Object{[string]$_.Model})
whole=[int][bool](@(whoami /groups) -match 'S-1-16-(12288|16384)')
idle=(value 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System' 'InactivityTimeoutSecs')
auto=(value 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon' 'AutoAdminLogon')
people=@($h|ForEach-Object{$a=$_+$k;$b=$_+'Control Panel\\Desktop';@{on=(either $a $b 'ScreenSaveActive')
secure=(either $a $b 'ScreenSaverIsSecure');after=(either $a $b 'ScreenSaveTimeOut')}})
programs=@($i|ForEach-Object{[string]$_.DisplayName}|Where-Object{$_})
processes=@(Get-Process|Select-Object -ExpandProperty ProcessName -Unique)}""",
)


def judged(facts: Mapping[str, Any]) -> tuple[list[Deviation], list[Text]]:
    """What deviates, and what was not seen."""
    found = [*_storage(facts)]
    found += [Deviation("fail", words.USB_DISK.format(name=name)) for name in texts(facts, "disks", 40)]
    if _word(facts, "auto") == "1":
        found.append(Deviation("warn", words.AUTO_LOGIN))
    there = [*texts(facts, "programs"), *texts(facts, "processes")]
    for name in sorted({match[0].lower() for each in there if (match := REMOTE.search(each))}):
        found.append(Deviation("fail", words.REMOTE_CONTROL.format(name=name)))
    locks = _locks(facts)
    if locks is False:
        found.append(Deviation("fail", words.NO_LOCK.format(most=TIMEOUT)))
    return found, [words.SCREEN_LOCK] if locks is None else []


def _storage(facts: Mapping[str, Any]) -> list[Deviation]:
    """A driver that is not there cannot be started; USBSTOR is, on every Windows."""
    if number(facts, "denied"):
        return []
    if number(facts, "usb") != OFF:
        return [Deviation("fail", words.USB_STORAGE)]
    return [Deviation("warn", words.USB_UAS)] if number(facts, "uas") not in (None, OFF) else []


def _locks(facts: Mapping[str, Any]) -> bool | None:
    """By the machine's own limit, else by the screen saver of everybody who is logged in; None where that is not
    seen."""
    if 0 < (number(facts, "idle") or 0) <= TIMEOUT:
        return True
    people = list(rows(facts, "people"))
    if not all(_saver(each) for each in people):
        return False
    return None if not people or not number(facts, "whole") else True


def _saver(facts: Mapping[str, Any]) -> bool:
    """Registry values that are texts."""
    after = _word(facts, "after")
    good = after.isdecimal() and len(after) < 9 and 0 < int(after) <= TIMEOUT
    return good and _word(facts, "on") == "1" and _word(facts, "secure") == "1"


def _word(facts: Mapping[str, Any], name: str) -> str:
    value = number(facts, name)
    return text(facts, name, 16) if value is None else f"{value:.0f}"
