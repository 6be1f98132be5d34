"""Families of command lines: everything that is ever typed there, and how to read what comes back.

Nothing here changes a device: each of `questions` and `short` displays; `paging` is forgotten with the session;
`leaving` ends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.core.console import Family, Question


@dataclass(frozen=True, slots=True)
class Manners:
    """`prompt` matches one as a whole; `humble` one of an account that may not read the configuration.

    `last` is the line that ends every configuration, so that one cut off is not taken for the whole; each of `whole`,
    by its keyword, stands in every one that an account sees all of: one of little privilege, or in a view, is shown a
    head, an end, and what it may configure between them. `refusal` is found in the answer to a command that was not
    done, `absent` in one that tells of no saved configuration. `message` is a line of the device's log, which it may
    print at any time: by its time alone, since it is looked for where no configuration stands. `short`: questions whose
    answers are what comes, with the commands to try, newer releases first.
    """

    prompt: re.Pattern[str]
    paging: str
    questions: Mapping[Question, str]
    leaving: str
    last: str
    whole: Mapping[str, re.Pattern[str]]
    message: str
    refusal: re.Pattern[str]
    absent: re.Pattern[str]
    humble: re.Pattern[str] | None = None
    short: Mapping[Question, tuple[str, ...]] = field(default_factory=dict)


def _lines(*keywords: str) -> Mapping[str, re.Pattern[str]]:
    return {each: re.compile(rf"^ ?(?:{each}) ", re.MULTILINE) for each in keywords}


MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# A name at the prompt may be anything that is no line's end, also with the marks of prompts in it.
NAMED = r"[^\s%][^\r\n]{0,120}"

# VRP V200R005 and later; HRP_M and HRP_S: the two of a pair of firewalls.
_VRP = Manners(
    prompt=re.compile(r"(?:HRP_[A-Z]{1,2})?<[^\s][^\r\n]{0,120}>"),
    paging="screen-length 0 temporary",
    questions={"running": "display current-configuration", "saved": "display saved-configuration"},
    leaving="quit",
    last="return",
    whole=_lines("sysname", "interface"),
    message=rf"[#*]?{MONTH} +\d+ \d{{4}} \d\d:\d\d:\d\d[^\r\n]*",
    refusal=re.compile(r"^\s*(?:Error:|Warning: .*permission|.*\bhas no right\b).*", re.MULTILINE),
    absent=re.compile(r"(?i)no correct|does not exist|doesn't exist|not exist|no saved|not found"),
    short={
        "loop_ports": ("display loopback-detect",),
        "loop_vlans": ("display loop-detection",),
        "mac_moves": ("display mac-address flapping record",),
        "ips_signatures": ("display version ips-sdb",),
        "antivirus_signatures": ("display version av-sdb",),
        "application_signatures": ("display version sa-sdb",),
        "licences": ("display license",),
    },
)
_COMWARE = Manners(
    prompt=re.compile(r"(?:RBM_[A-Z]{1,2})?<[^\s][^\r\n]{0,120}>"),
    paging="screen-length disable",
    questions={"running": "display current-configuration", "saved": "display saved-configuration"},
    leaving="quit",
    last="return",
    whole=_lines("sysname", "interface"),
    message=rf"(?:%@\d+)?[%#*]{MONTH} +\d+ \d\d:\d\d:\d\d[^\r\n]*",
    refusal=re.compile(r"^\s*(?:% ?\S.*|Permission denied\..*)", re.MULTILINE),
    absent=re.compile(r"(?i)does not exist|doesn't exist|not exist|no saved|not found"),
    short={
        "loop_ports": ("display loopback-detection",),
        "mac_moves": ("display mac-address mac-move",),
        "ips_signatures": ("display ips signature library", "display ips signature information"),
        "antivirus_signatures": ("display anti-virus signature library", "display anti-virus signature information"),
        "application_signatures": ("display apr signature library", "display apr signature information"),
        "licences": ("display license",),
    },
)
_IOS = Manners(
    prompt=re.compile(rf"{NAMED}#"),
    paging="terminal length 0",
    questions={"running": "show running-config", "saved": "show startup-config"},
    leaving="exit",
    last="end",
    whole=_lines("version", "hostname", "interface"),
    message=rf"(?:\d+: )?[*.]?(?:{MONTH} +\d+ [^\r\n]{{0,60}}?|[\dwdhy:]{{4,12}}): (?:\S+ )?%[A-Z][^\r\n]*",
    refusal=re.compile(r"^\s*(?:% ?\S.*|Command authorization failed.*|.*\bPermission denied\b.*)", re.MULTILINE),
    absent=re.compile(r"(?i)not present|does not exist|no such file"),
    humble=re.compile(rf"{NAMED}>"),
    short={"loop_ports": ("show interfaces status err-disabled",)},
)
# A hostname that nobody gave does not stand in every release's configuration.
_RGOS = replace(_IOS, whole=_lines("version", "hostname|interface"), short={"loop_ports": ("show rldp",)})

FAMILIES: Mapping[Family, Manners] = {
    "huawei_vrp": _VRP,
    "hp_comware": _COMWARE,
    "ruijie_os": _RGOS,
    "cisco_ios": _IOS,
}

# 密码 and 口令 in UTF-8 and GB18030, as they come: one character for one byte.
_PASSWORD = "|".join(
    word.encode(encoding).decode("latin-1") for word in ("密码", "口令") for encoding in ("utf-8", "gb18030")
)
NO = "N\n"
# What some devices ask before the first prompt, and what is typed then. None: the agent says nothing to that.
DIALOGUE: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (re.compile(rf"(?:{_PASSWORD})[^\r\n\[(]{{0,20}}(?:[:>]|\xef\xbc\x9a|\xa3\xba) ?\Z"), None),
    (re.compile(r"(?i)(?:old|new|confirm|enter|retype|current)[^\r\n]{0,40}password[^\r\n]{0,40}:[ ]?\Z"), None),
    (re.compile(r"(?i)(?:user ?name|login|password)[^\r\n]{0,20}:[ ]?\Z"), None),
    # VRP: "The password needs to be changed. Change now? [Y/N]:"; RGOS: "Do you want to change the password? [Y/N]:".
    # VRP also offers to save the configuration at the login. Whatever it is, the answer is no.
    (re.compile(r"(?i)\[ ?y(?:es)? ?/ ?n(?:o)? ?\][^\r\n]{0,10}\Z"), NO),
    (re.compile(r"(?i)\(y/n\)[^\r\n]{0,10}\Z"), NO),
    # Comware: "Press Y or ENTER to continue, N to exit."
    (re.compile(r"(?i)press [^\r\n]{0,30}(?:to continue|to get started)[^\r\n]{0,30}\s*\Z"), "\n"),
    # Comware: "User interface vty0 is available. Please press ENTER."
    (re.compile(r"(?i)press (?:enter|return|any key)[ .!]{0,3}\s*\Z"), "\n"),
)
# "  ---- More ----", " --More-- ", " --More-- or (q)uit", "---- More (Press 'q' to break) ----"
MORE = re.compile(r"(?i)-{2,5} ?more\b[^\r\n\x1b]{0,40}\Z")
ON = " "  # the next page
