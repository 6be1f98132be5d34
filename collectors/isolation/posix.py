"""Trying connections on a host with a POSIX shell: by python3, bash or nc, the first that can.

Not by SSH's own forwarding: where a host is hardened it is switched off (AllowTcpForwarding no). Nothing is sent on a
TCP connection. Every program is a constant; what is tried are its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from agent.core.ssh import Command
from collectors.isolation.discovery import DISCOVERY
from collectors.isolation.outcome import Outcome, Places, arguments, coded, said

# argv: seconds, half of them, the question for port 161 in hexadecimal, then address and port of each. A line for each:
# its number and a code. socket.timeout is no TimeoutError before Python 3.10; its errno is None.
PYTHON = """import errno,socket,sys,threading
seconds,half,ask,asked=float(sys.argv[1]),float(sys.argv[2]),bytes.fromhex(sys.argv[3]),sys.argv[4:]
said={}
def attempt(i,host,port):
    said[i]='unresolved'
    udp=port==161
    try: family,kind,_,_,place=socket.getaddrinfo(host,port,0,socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)[0]
    except (OSError,UnicodeError): return
    said[i]='silent'
    try:
        with socket.socket(family,kind) as s:
            s.settimeout(half if udp else seconds)
            s.connect(place)
            for again in (True,False) if udp else ():
                try: s.send(ask); s.recv(1); break
                except OSError as e:
                    if e.errno is not None or not again: raise
            said[i]='open'
    except OSError as e: said[i]=errno.errorcode.get(e.errno,'failed') if e.errno is not None else 'silent'
threads=[threading.Thread(target=attempt,args=(i,asked[2*i],int(asked[2*i+1])),daemon=True)
    for i in range(len(asked)//2)]
for each in threads: each.start()
for each in threads: each.join(seconds+1)
for i in sorted(said): print(i,said[i])
sys.stdout.flush()
"""

# As above; the question is written with the escapes of printf. A line for each: number, exit status, what bash says.
# `read -t` ends above 128 when time is over.
BASH = r"""case $( { exec 3<>/dev/tcp/127.0.0.1/1; } 2>&1) in *'No such file'*) exit 127;; esac
s=$1 half=$2 ask=$3 i=0
shift 3
one() {
if [ "$3" = 161 ]; then
m=$(exec 2>&1 3<>"/dev/udp/$2/$3" || exit 1
for t in 1 2; do
printf %b "$ask" >&3
IFS= read -r -t "$half" -n 1 -u 3 && exit 0
[ $? -gt 128 ] || exit 1
done
exit 124)
else m=$(timeout "$s" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3" 2>&1)
fi
printf '%s %s %s\n' "$1" "$?" "${m//$'\n'/ }"
}
while [ $# -gt 1 ]; do
one "$i" "$1" "$2" &
i=$((i+1))
shift 2
done
wait
"""

# busybox's nc has no -z where it is built small; then it becomes `true` once it is connected. UDP it is not asked by: a
# port that does not answer looks open to it.
NC = r"""command -v nc >/dev/null || exit 127
s=$1 i=0 z=
shift 3
nc -h 2>&1 </dev/null | grep -q -e '-z' && z=1
one() {
if [ "$3" = 161 ]; then echo "$1 untried"; return; fi
case $2 in *:*) n=-n;; *[!0-9.]*) n=;; *) n=-n;; esac
if [ -n "$z" ]; then m=$(nc $n -v -z -w "$s" "$2" "$3" 2>&1 </dev/null)
else m=$(nc -w "$s" "$2" "$3" -e true 2>&1 </dev/null)
fi
printf '%s %s %s\n' "$1" "$?" "$(echo "$m" | tr '\n' ' ')"
}
while [ $# -gt 1 ]; do
one "$i" "$1" "$2" &
i=$((i+1))
shift 2
done
wait
"""
LIMIT = 64 * 1024
SLACK = 3.0  # seconds that a program may take beside those that it waits


class Means(NamedTuple):
    """A program that can try: its words before the arguments, how it wants the question for port 161, what its lines
    say."""

    name: str
    argv: tuple[str, ...]
    question: str
    told: Callable[[str], Outcome]


def _by_status(words: str) -> Outcome:
    status, _, text = words.partition(" ")
    return coded(status) if not status.isdecimal() else said(int(status), text)


MEANS = (
    Means("python3", ("python3", "-I", "-c", PYTHON), DISCOVERY.hex(), coded),
    Means("bash", ("bash", "-c", BASH, "bash"), "".join(f"\\x{each:02x}" for each in DISCOVERY), _by_status),
    Means("nc", ("sh", "-c", NC, "sh"), "", _by_status),
)


def asking(means: Means, places: Places, seconds: float) -> Command:
    """All of these at once, each for so many seconds at most."""
    argv = (*means.argv, f"{seconds:g}", f"{seconds / 2:g}", means.question, *arguments(places))
    return Command(argv, limit=LIMIT, seconds=2 * seconds + SLACK)


def outcomes(means: Means, text: str, count: int) -> list[Outcome]:
    """In the order of the question; what was not told is failed."""
    found: list[Outcome] = ["failed"] * count
    for line in text.splitlines():
        match = re.match(r"(\d{1,4}) (\S.*)", line, re.ASCII)
        if match is not None and int(match[1]) < count:
            found[int(match[1])] = means.told(match[2].strip())
    return found
