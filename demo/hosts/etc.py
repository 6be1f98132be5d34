"""What stands in a host's other files. It is one that was hardened as it should be."""

from __future__ import annotations

from collections.abc import Mapping

USERS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/sbin/nologin
monitor:x:1001:1001:Shouwang:/home/monitor:/bin/bash
wang:x:1002:1002:王工:/home/wang:/bin/bash
"""
FILES: Mapping[str, str] = {
    "/etc/os-release": 'NAME="openEuler"\nVERSION="22.03 (LTS-SP4)"\nID="openEuler"\nVERSION_ID="22.03"\n'
    'PRETTY_NAME="openEuler 22.03 (LTS-SP4)"\n',
    "/etc/passwd": USERS,
    "/etc/group": "root:x:0:\nwheel:x:10:wang\nmonitor:x:1001:\nwang:x:1002:\n",
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
