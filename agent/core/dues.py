"""How what is due on a day is said, on the terminal and on the page."""

from __future__ import annotations

from agent.core.text import Text

KINDS = {
    "sheet": Text("巡检单", "sheet"),
    "attestation": Text("登记到期", "attestation"),
    "review": Text("定期检查", "review"),
    "ticket": Text("整改单", "ticket"),
    "waiver": Text("豁免到期", "waiver"),
}
HEADINGS = (Text("类别", "kind"), Text("检查项", "item"), Text("截止", "until"), Text("要做的", "to do"))
ON = Text("{day} 应办 {count} 件", "due on {day}: {count}")
CLOSED = Text("{today} 不对外服务,以下为下一服务日", "nobody is served on {today}; this is the next service day")
NO_DAY = Text("一年内没有服务日(calendar)", "no service day within a year (calendar)")
OVER = Text("(已过期)", " (over)")
