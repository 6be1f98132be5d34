"""A TUN device: a network interface whose packets a file gives and takes, one a read, one a write.

Linux: Documentation/networking/tuntap.rst, netdevice(7).
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct

DEVICE = "/dev/net/tun"
NAME = "centre0"
TUNSETIFF, SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFMTU = 0x400454CA, 0x8916, 0x891C, 0x8922
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
IFF_UP = 0x1
# No fragments: what is sent at once comes in one packet, also an SNMP answer of 8 KiB.
MTU = 65_000


def opened(address: str, netmask: str) -> int:
    """A descriptor of a new device that is up and has this address and network; OSError where the system refuses."""
    device = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", NAME.encode(), IFF_TUN | IFF_NO_PI))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            fcntl.ioctl(asking, SIOCSIFADDR, _address(address))
            fcntl.ioctl(asking, SIOCSIFNETMASK, _address(netmask))
            fcntl.ioctl(asking, SIOCSIFMTU, struct.pack("16si20x", NAME.encode(), MTU))
        bring_up(NAME)
    except OSError:
        os.close(device)
        raise
    return device


def bring_up(interface: str) -> None:
    """As `ip link set INTERFACE up`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        request = struct.pack("16sH22x", interface.encode(), 0)
        (flags,) = struct.unpack_from("16xH", fcntl.ioctl(asking, SIOCGIFFLAGS, request))
        fcntl.ioctl(asking, SIOCSIFFLAGS, struct.pack("16sH22x", interface.encode(), flags | IFF_UP))


def _address(address: str) -> bytes:
    return struct.pack("16sHH4s16x", NAME.encode(), socket.AF_INET, 0, socket.inet_aton(address))
