"""net-snmp's snmpd as a peer: on a loopback port, without root, on demand with interfaces of its own.

Such interfaces live in a network namespace of snmpd alone. It still answers on the machine's loopback, because it
inherits a socket that was bound outside (by systemd's LISTEN_FDS, which Debian's snmpd knows).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.namespace import need_namespace
from tests.peers import SYSTEM_PATH, free_port, need, running, until
from tests.snmp_users import User

COMMUNITY = "secret-of-snmpd"
# What net-snmp 5.9 calls the protocols of version 3.
AUTHENTICATION = {"MD5": "MD5", "SHA": "SHA", **{f"SHA{size}": f"SHA-{size}" for size in (224, 256, 384, 512)}}
PRIVACY = {"DES": "DES", "AES128": "AES", "AES192": "AES-192", "AES256": "AES-256"}
PRIVACY |= {"AES192C": "AES-192-C", "AES256C": "AES-256-C"}
LEVELS = ("noauth", "auth", "priv")


@dataclass(frozen=True)
class Snmpd:
    port: int
    pid: int
    host: str = "127.0.0.1"
    community: str = COMMUNITY

    def inside(self, *argv: str) -> str:
        """Standard output of a command run in snmpd's own network."""
        enter = [need("nsenter"), "-t", str(self.pid), "-U", "-n", "--preserve-credentials"]
        environment = {**os.environ, "PATH": SYSTEM_PATH}
        return subprocess.run(
            [*enter, *argv], check=True, capture_output=True, text=True, timeout=20, env=environment
        ).stdout


def _user_lines(each: User) -> str:
    """A user who may read everything, at its own level of security and no lower."""
    auth = f" {AUTHENTICATION[each.auth]} {each.auth_password}" if each.auth else ""
    privacy = f" {PRIVACY[each.privacy]} {each.privacy_password}" if each.privacy else ""
    level = LEVELS[bool(each.auth) + bool(each.privacy)]
    return f"createUser {each.name}{auth}{privacy}\nrouser {each.name} {level}\n"


@contextmanager
def snmpd(
    folder: Path, pairs: int = 0, host: str = "127.0.0.1", users: Sequence[User] = (), port: int = 0
) -> Iterator[Snmpd]:
    """snmpd with `pairs` of connected Ethernet interfaces p0a, p0b, p1a …, or, with 0, this machine's interfaces.

    Started again in the same folder on the same `port`, it is the same engine, booted once more.
    """
    program = need("snmpd")
    if pairs:
        need("nsenter")
        need_namespace()
    port = port or free_port(socket.SOCK_DGRAM)
    listen = f"udp6:[{host}]:{port}" if ":" in host else f"udp:{host}:{port}"
    conf = folder / "snmpd.conf"
    conf.write_text(
        f"agentaddress {listen}\nrocommunity {COMMUNITY}\nrocommunity6 {COMMUNITY}\nsysName snmpd-of-tests\n"
        + "".join(map(_user_lines, users))
    )
    argv = [program, "-f", "-Lo", "-c", str(conf), "-I", "-smux"]
    if pairs:
        argv = [sys.executable, __file__, host, str(port), _links(folder, pairs), *argv]
    # No configuration but this one and what it stores itself (-C would leave that out too). No MIB files are needed to
    # answer; without the variable their absence fills the log.
    own = str(folder / "persistent")
    environment = {"SNMP_PERSISTENT_DIR": own, "SNMPCONFPATH": own, "MIBS": ""}
    log = folder / "snmpd.log"
    log.unlink(missing_ok=True)
    with running(argv, log, environment) as child:
        until(lambda: b"NET-SNMP version" in log.read_bytes(), why=f"snmpd listens; its log is {log}")
        yield Snmpd(port, child.pid, host)


def _links(folder: Path, pairs: int) -> str:
    batch = folder / "links"
    lines = [f"link add p{n}a type veth peer name p{n}b\nlink set p{n}a up\nlink set p{n}b up\n" for n in range(pairs)]
    batch.write_text("".join(lines))
    return str(batch)


PREPARE = """
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null
ip link set lo up && ip -batch "$1" && shift && export LISTEN_FDS=1 LISTEN_PID=$$ && exec "$@"
"""


def main(host: str, port: str, links: str, *argv: str) -> None:
    """Binds the socket here, then becomes snmpd in a namespace with the links, where the socket is descriptor 3."""
    link = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    link.bind((host, int(port)))
    if link.fileno() != 3:
        os.dup2(link.fileno(), 3)
    os.set_inheritable(3, True)
    os.execvp("unshare", ["unshare", "-Urn", "sh", "-c", PREPARE, "sh", links, *argv])


if __name__ == "__main__":
    main(*sys.argv[1:])
