"""The table of what a host runs as root for the agent: exactly these programs with exactly these arguments."""

from __future__ import annotations

from agent.core.ssh import AsRoot

# Of shadow(5) the name and a word: no password, or one that nothing fits; never what is kept of a password.
WITHOUT_PASSWORD = ("/usr/bin/awk", "-F:", '$2==""{print$1":NP"}$2~/^[!*]/{print$1":L"}', "/etc/shadow")
WATCHED_FILES = ("/etc/sudoers", "/etc/ssh/sshd_config", "/etc/crontab")

# A line for each disk besides /dev/sda is the host's own business: which it has is not known here.
AS_ROOT: tuple[AsRoot, ...] = (
    AsRoot("HOST-05", ("/usr/sbin/smartctl", "-H", "-A", "-j", "/dev/sda")),
    AsRoot("HOST-05", ("/usr/sbin/mdadm", "--detail", "--scan")),
    AsRoot("HOST-05", ("/opt/MegaRAID/storcli/storcli64", "/call", "show", "all", "J")),
    AsRoot("HOST-06", ("/usr/bin/dnf", "-C", "-q", "check-update")),
    AsRoot("HOST-06", ("/usr/bin/dnf", "-C", "-q", "check-update", "--security")),
    AsRoot("HOST-06", ("/usr/bin/dnf", "-C", "-q", "updateinfo", "info", "--security")),
    AsRoot("HOST-06", ("/usr/bin/yum", "-C", "-q", "check-update")),
    AsRoot("HOST-06", ("/usr/bin/yum", "-C", "-q", "check-update", "--security")),
    AsRoot("HOST-06", ("/usr/bin/yum", "-C", "-q", "updateinfo", "info", "security")),
    AsRoot("HOST-07", ("/usr/sbin/sshd", "-T")),
    AsRoot("HOST-09", ("/usr/bin/passwd", "-S", "-a")),
    AsRoot("HOST-09", WITHOUT_PASSWORD),
    AsRoot("HOST-11", ("/usr/sbin/auditctl", "-s")),
    AsRoot("HOST-11", ("/usr/sbin/auditctl", "-l")),
    AsRoot("HOST-11", ("/usr/bin/stat", "-c", "%Y", "--", "/var/log/audit/audit.log")),
    AsRoot("HOST-12", ("/usr/bin/journalctl", "--list-boots", "--no-pager")),
    AsRoot("HOST-13", ("/usr/bin/lastb", "-F", "-w", "-n", "2000")),
    AsRoot(
        "HOST-13",
        ("/usr/bin/journalctl", "-u", "ssh", "-u", "sshd", "--since", "-1h", "-o", "json", "--no-pager"),
    ),
    AsRoot("HOST-16", ("/usr/bin/sha256sum", "--", *WATCHED_FILES)),
)
