"""A way of some milliseconds to as many addresses as wanted: a TUN device in this network namespace, behind which every
echo request is answered after a while. Linux has netem for this where its kernel has; many do not.

`python -m benchmarks.slow_way` prints `ready` and answers until its standard input ends.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

from agent.transports.icmp_packet import checksum

NETWORK, DEVICE = "10.77.0.0/16", "slow"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # Linux ABI
MIDDLE, SPREAD = 0.020, 0.002  # seconds: mean and standard deviation of the delay
IP_HEADER, ECHO_REQUEST = 20, 8


def address(place: int) -> str:
    return f"10.77.{place // 200}.{place % 200 + 1}"


def opened() -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", DEVICE, "up"], check=True)
    subprocess.run(["ip", "addr", "add", "10.76.0.1/32", "dev", DEVICE], check=True)
    subprocess.run(["ip", "route", "add", NETWORK, "dev", DEVICE, "src", "10.76.0.1"], check=True)
    return device


def answer(packet: bytes) -> bytes | None:
    """The echo reply; None to what is no echo request."""
    if len(packet) < IP_HEADER + 8 or packet[0] != 0x45 or packet[9] != 1 or packet[IP_HEADER] != ECHO_REQUEST:
        return None
    echo = b"\0\0\0\0" + packet[IP_HEADER + 4 :]
    echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
    # The checksum of the header does not change where two of its parts change places.
    return packet[:12] + packet[16:20] + packet[12:16] + echo


def main() -> None:
    device, waiting = opened(), list[tuple[float, bytes]]()
    print("ready", flush=True)
    while True:
        wait = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([device, sys.stdin], [], [], wait)
        if sys.stdin in readable:
            return
        while device in readable:
            try:
                reply = answer(os.read(device, 65536))
            except BlockingIOError:
                break
            if reply is not None:
                heapq.heappush(waiting, (time.monotonic() + max(0.0, random.gauss(MIDDLE, SPREAD)), reply))
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(waiting)[1])


if __name__ == "__main__":
    main()
