"""The network of the simulated centre, when it ends: what is still on its way arrives nowhere."""

import asyncio
import os
import socket
from typing import Any

from demo.network import packet
from demo.network.exchange import Exchange
from demo.network.way import Way

ASKED = "10.30.0.1"
ECHO = bytes((packet.ECHO, 0, 0, 0, 0, 1, 0, 1)) + b"shouwang"
HEADER = bytes((0x45, 0, 0, 20 + len(ECHO), 0, 1, 0, 0, 64, packet.ICMP, 0, 0))
SENT = HEADER + socket.inet_aton("10.30.0.250") + socket.inet_aton(ASKED) + ECHO


async def ended_while_on_its_way() -> tuple[list[Any], bytes]:
    """What went wrong, and what came at whatever has the number of the device by then."""
    wrong: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: wrong.append(context))
    device, peer = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    device.setblocking(False)
    number = device.detach()
    reading, writing = os.pipe2(os.O_NONBLOCK)
    exchange = Exchange(number, "10.30.0.250", lambda address: Way(delay=0.05))
    peer.send(SENT)
    await asyncio.sleep(0.02)
    exchange.close()
    os.dup2(writing, number)
    await asyncio.sleep(0.1)
    for each in (writing, number):
        os.close(each)
    came = os.read(reading, 100)
    os.close(reading)
    peer.close()
    return wrong, came


def test_a_packet_that_was_on_its_way_is_gone_when_the_network_has_ended() -> None:
    assert asyncio.run(ended_while_on_its_way()) == ([], b"")
