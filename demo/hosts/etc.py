"""What stands in a host's other files. It is one that was hardened as it should be, unless its care says otherwise."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from demo.hosts.model import Care

USERS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/sbin/nologin
monitor:x:1001:1001:Shouwang:/home/monitor:/bin/bash
wang:x:1002:1002:王工:/home/wang:/bin/bash
acceptance:x:1003:1003:受理平台:/srv/acceptance:/sbin/nologin
"""
FILES: Mapping[str, str] = {
    "/etc/os-release": 'NAME="openEuler"\nVERSION="22.03 (LTS-SP4)"\nID="openEuler"\nVERSION_ID="22.03"\n'
    'PRETTY_NAME="openEuler 22.03 (LTS-SP4)"\n',
    "/etc/passwd": USERS,
    "/etc/group": "root:x:0:\nwheel:x:10:wang\nmonitor:x:1001:\nwang:x:1002:\nacceptance:x:1003:\n",
    "/etc/login.defs": "PASS_MAX_DAYS 90\nPASS_MIN_LEN 12\n",
    "/etc/security/pwquality.conf": "minlen = 12\nminclass = 3\n",
    "/etc/security/faillock.conf": "deny = 5\nunlock_time = 1800\n",
    "/etc/pam.d/system-auth": "auth required pam_faillock.so preauth\npassword requisite pam_pwquality.so\n",
    "/etc/profile": "TMOUT=600\nexport TMOUT\n",
    "/etc/sudoers": "root ALL=(ALL) ALL\n%wheel ALL=(ALL) ALL\n",
    "/etc/ssh/sshd_config": "PermitRootLogin no\n",
    "/etc/crontab": "SHELL=/bin/bash\n",
    "/etc/shadow": "root:!:20000:0:90:7:::\n",
}
LOCKOUT = ("/etc/security/faillock.conf", "/etc/pam.d/system-auth")
SSHD = """port 22
permitrootlogin no
passwordauthentication yes
permitemptypasswords no
maxauthtries 4
clientaliveinterval 300
clientalivecountmax 2
logingracetime 60
loglevel VERBOSE
x11forwarding no
"""
LOCKED = """root:L
daemon:L
"""
SECOND_ROOT = "toor:x:0:0::/root:/bin/bash\n"


def content(path: str, care: Care) -> str | None:
    """None if there is no such file."""
    text = FILES.get(path)
    if path == "/etc/passwd" and care.second_root:
        return USERS + SECOND_ROOT
    if text is not None and not care.locks_out and path in LOCKOUT:
        return "".join(line for line in text.splitlines(keepends=True) if not re.search("faillock|^deny|^unlock", line))
    return text


def signatures(built: float) -> str:
    """The header of ClamAV's data base; `built` in Unix seconds."""
    day = time.strftime("%d %b %Y %H-%M +0000", time.gmtime(built))
    return f"ClamAV-VDB:{day}:27460:2077000:90:{'0' * 32}:sig:raynman:{int(built)}".ljust(512)


def sshd(care: Care) -> str:
    """As `sshd -T` says it."""
    return SSHD.replace("permitrootlogin no", "permitrootlogin yes") if care.root_login else SSHD


def accounts(care: Care) -> str:
    """Names, and what stands for their passwords."""
    return LOCKED + ("toor:P\n" if care.second_root else "")
