"""What a host's kernel says in /proc and /sys: proc(5), sysfs(5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from demo.hosts.model import Host

HERTZ = 100  # of the counters in /proc/stat
LISTEN = "0A"


def stat(host: Host) -> str:
    busy, idle = int(host.busy_seconds * HERTZ), int(host.idle_seconds * HERTZ)
    return (
        f"cpu  {busy * 7 // 10} 0 {busy - busy * 7 // 10} {idle} 1200 0 0 0 0 0\n"
        f"intr 0\nctxt 1\nbtime {int(host.boot)}\nprocesses 91234\nprocs_running 2\nprocs_blocked 0\n"
    )


def meminfo(host: Host) -> str:
    total = host.memory_total // 1024
    available = int(total * (1 - host.memory))
    facts = {"MemTotal": total, "MemFree": available // 3, "MemAvailable": available, "Buffers": 210_000}
    facts |= {"Cached": available // 2, "SwapTotal": 4_194_300, "SwapFree": 4_100_000}
    return "".join(f"{name + ':':16}{value:>8} kB\n" for name, value in facts.items())


def loadavg(host: Host) -> str:
    load = host.cpu * host.cpus
    return f"{load:.2f} {load:.2f} {load:.2f} 2/412 12345\n"


def mounts(host: Host) -> str:
    own = "".join(f"{each.device} {each.mountpoint} {each.kind} rw,relatime 0 0\n" for each in host.file_systems)
    return own + "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\ntmpfs /run tmpfs rw,nosuid,nodev 0 0\n"


def interfaces(host: Host) -> str:
    head = "Inter-|   Receive                                                |  Transmit\n face |bytes packets\n"
    counters = [int(host.received), int(host.received / 800), *[0] * 6, int(host.sent), int(host.sent / 700), *[0] * 6]
    return f"{head}    lo: {' '.join(['1000', '10', *['0'] * 6, '1000', '10', *['0'] * 6])}\n" + (
        f"  eth0: {' '.join(map(str, counters))}\n"
    )


def tcp(host: Host) -> str:
    rows = (
        f"{number:4}: 00000000:{port:04X} 00000000:0000 {LISTEN} 00000000:00000000 00:00000000 00000000     0 0 1\n"
        for number, port in enumerate((*host.role.ports, *filter(None, [host.care.opened])))
    )
    return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n" + "".join(rows)


def nothing(host: Host) -> str:
    return "  sl  local_address rem_address   st\n"


def mdstat(host: Host) -> str:
    state = "[2/1] [U_]" if host.on("disk-degraded") else "[2/2] [UU]"
    return (
        "Personalities : [raid1] \nmd0 : active raid1 sdc1[1] sdb1[0]\n"
        f"      2097152000 blocks super 1.2 {state}\n      \nunused devices: <none>\n"
    )


def partitions(host: Host) -> str:
    rows = ((8, 0, 104857600, "sda"), (8, 16, 2097152000, "sdb"), (8, 32, 2097152000, "sdc"))
    return "major minor  #blocks  name\n\n" + "".join(f"{a:4} {b:8} {size:10} {name}\n" for a, b, size, name in rows)


FILES: Mapping[str, Callable[[Host], str]] = {
    "/proc/stat": stat,
    "/proc/meminfo": meminfo,
    "/proc/loadavg": loadavg,
    "/proc/vmstat": lambda host: "nr_free_pages 100\noom_kill 0\n",
    "/proc/mounts": mounts,
    "/proc/self/mounts": mounts,
    "/proc/net/dev": interfaces,
    "/proc/net/tcp": tcp,
    "/proc/net/tcp6": nothing,
    "/proc/net/udp": nothing,
    "/proc/net/udp6": nothing,
    "/proc/mdstat": mdstat,
    "/proc/partitions": partitions,
    "/proc/sys/kernel/osrelease": lambda host: "5.10.0-216.0.0.115.oe2203sp4.x86_64\n",
    "/proc/sys/net/ipv4/ip_local_port_range": lambda host: "32768\t60999\n",
    "/sys/class/net/eth0/flags": lambda host: "0x1003\n",
    "/sys/class/net/eth0/carrier": lambda host: "1\n",
    "/sys/class/net/eth0/speed": lambda host: "1000\n",
    "/sys/class/net/lo/flags": lambda host: "0x9\n",
}
