"""What befalls such a centre: how often, when, for how long, and what people wrote of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.core.model import Target
from agent.core.site import Site
from agent.core.text import Text
from demo.centre.plan import Centre
from demo.past.shown import Series, down, full, off, on_battery

Together = tuple[Target, ...]  # targets that are befallen at the same time


@dataclass(frozen=True, slots=True)
class Case:
    """`share`: how often, against the others. `hours`: when it begins, in service hours of a day that has any.
    `minutes`: how long, at least and at most. `found` is what is written when it is taken over, `cause` when it is
    over; {carrier} and {circuit} are the line's.
    """

    name: str
    share: float
    hours: Literal["service", "night", "all"]
    minutes: tuple[float, float]
    whom: Callable[[Centre, Site], Iterable[Together]]
    shows: Callable[[Target], Iterable[Series]]
    found: Text
    cause: Text


def _each_line(centre: Centre, site: Site) -> Iterator[Together]:
    return ((target,) for target in site.of_kind("line"))


def _each_server(centre: Centre, site: Site) -> Iterator[Together]:
    return ((target,) for target in site.of_kind("host") if target.options.role == "server")


def _all_ups(centre: Centre, site: Site) -> Iterator[Together]:
    yield _named(site, [node.id for node in centre.of("ups")])


def _each_access(centre: Centre, site: Site) -> Iterator[Together]:
    """With the kiosks and displays that are plugged into it."""
    for switch in centre.of("access"):
        behind = [node.id for node in centre.of("kiosk", "display") if node.behind and node.behind.switch == switch.id]
        yield _named(site, [switch.id, *behind])


def _applications(*roles: str) -> Callable[[Centre, Site], Iterator[Together]]:
    def whom(centre: Centre, site: Site) -> Iterator[Together]:
        return ((target,) for target in site.of_kind("application") if target.options.role in roles)

    return whom


def _named(site: Site, ids: Sequence[str]) -> Together:
    return tuple(target for each in ids if (target := site.target(each)) is not None)


CASES = (
    Case(
        "carrier-outage",
        3,
        "service",
        (18, 95),
        _each_line,
        down,
        Text("已向{carrier}报障,电路号 {circuit}", "reported to {carrier}, circuit {circuit}"),
        Text("{carrier}回复:管道施工碰断尾纤,已重新熔接", "{carrier}: a fibre was cut by road works, and is spliced"),
    ),
    Case(
        "carrier-flap",
        3,
        "all",
        (3, 7),
        _each_line,
        down,
        Text("端口正常,问{carrier}是否有割接", "the port is well; asked {carrier} whether there is a cut-over"),
        Text("{carrier}承认设备割接未提前通知", "{carrier}: a cut-over that was not announced"),
    ),
    Case(
        "carrier-night-work",
        2,
        "night",
        (40, 150),
        _each_line,
        down,
        Text("夜间,等{carrier}早上答复", "at night; {carrier} will answer in the morning"),
        Text("{carrier}夜间升级超时", "{carrier}: an upgrade at night took longer than planned"),
    ),
    Case(
        "uplink-loose",
        2,
        "service",
        (5, 20),
        _each_access,
        down,
        Text("去楼层弱电间查看", "on the way to the wiring closet"),
        Text("上联光模块接触不良,重新插拔后恢复", "the uplink's transceiver was loose; well again after reseating"),
    ),
    Case(
        "acceptance-stopped",
        1.5,
        "service",
        (6, 16),
        _applications("acceptance"),
        down,
        Text("窗口改手工登记,联系软件厂商", "counters register on paper; called the vendor"),
        Text("数据库连接池耗尽,重启应用服务后恢复", "out of database connections; well again after a restart"),
    ),
    Case(
        "queue-stopped",
        2,
        "service",
        (7, 25),
        _applications("queue"),
        down,
        Text("大厅人工叫号", "numbers are called by voice"),
        Text("叫号服务卡死,重启后恢复", "the queue's service hung; well again after a restart"),
    ),
    Case(
        "disk-filled",
        1.5,
        "all",
        (50, 160),
        _each_server,
        full,
        Text("查看占用最大的目录", "looking for the largest folders"),
        Text("日志未轮转,清理并恢复轮转", "logs were not rotated; cleared, and rotated again"),
    ),
    Case(
        "clock-off",
        1,
        "all",
        (25, 70),
        _each_server,
        off,
        Text("核对时间服务", "checking the time service"),
        Text("时间服务停了,启动后校准", "the time service had stopped; started, the clock is right"),
    ),
    Case(
        "screen-dark",
        2,
        "service",
        (12, 90),
        _applications("kiosk", "display"),
        down,
        Text("去大厅查看", "on the way to the hall"),
        Text("终端死机,重启后恢复", "it had crashed; well again after a restart"),
    ),
    Case(
        "mains-dip",
        0.7,
        "night",
        (1, 6),
        _all_ups,
        on_battery,
        Text("查看市电", "looking after the mains"),
        Text("供电局倒闸操作", "the power company switched over"),
    ),
)
