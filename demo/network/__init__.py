"""A network that can fail, without root: every 10.x.y.z is answered by this process, through a TUN device in a network
namespace of its own.

    namespace.py   a user and network namespace, in which this process may have a TUN device
    tun.py         that device, as a file of packets
    packet.py      packets: read, re-addressed, answered
    way.py         what befalls the packets of an address: delay, loss, silence
    exchange.py    between the device and the servers of this process: who is asked, and what befalls each packet

The servers are ordinary sockets. A packet to 10.30.0.1 port 161 is re-addressed as if it came from 10.30.0.1 to the
socket that serves this port; its answer is re-addressed back. So the kernel does all of TCP on both sides.
"""
