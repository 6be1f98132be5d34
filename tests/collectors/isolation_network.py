"""A network of its own, for a vantage: who answers there and what a firewall lets through. Runs until it is ended.

On loopback, where every address is a neighbour: 10.9.0.1 answers on all of OPEN, and on 161 if an agent is put there;
for 10.9.0.2 all is dropped, for 10.9.0.3 TCP is refused by a reset, for 10.9.0.4 all by an ICMP message (prohibited);
nothing listens on 10.9.0.5; what goes to 10.9.0.6 this machine does not send; 10.9.0.7 takes what comes to port 161 and
says nothing.
There is no way to any other network.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time

OPEN = (22, 23, 80, 443, *range(8000, 8020))
RULES = """
table inet zone {
  chain in {
    type filter hook input priority 0;
    ip daddr 10.9.0.2 drop
    ip daddr 10.9.0.3 tcp flags & (syn | ack) == syn reject with tcp reset
    ip daddr 10.9.0.4 meta l4proto { tcp, udp } reject with icmp type admin-prohibited
  }
  chain out {
    type filter hook output priority 0;
    ip daddr 10.9.0.6 drop
  }
}
"""


def main() -> None:
    for last in range(1, 8):
        subprocess.run(["ip", "address", "add", f"10.9.0.{last}/32", "dev", "lo"], check=True)
    subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
    listeners = [socket.create_server(("10.9.0.1", port), backlog=64) for port in OPEN]
    dumb = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dumb.bind(("10.9.0.7", 161))
    print("ready", len(listeners), flush=True)
    time.sleep(600)


if len(sys.argv) > 1:
    main()
