"""Settings of business lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.text import Text
from demo.settings.setting import Setting, attribute
from demo.settings.values import SWITCH, Number
from demo.world.reach import Along

LINE = (
    attribute("loss", Text("运营商网内丢包的比例", "what the carrier's network loses, a ratio"), Number(0, 1)),
    attribute("jitter", Text("每隔一个包晚到多久", "by how much every other packet is late"), Number(0, 2, "s")),
    attribute("mute", Text("运营商一跳自己不应答", "whether the carrier's hop says nothing of itself"), SWITCH),
)
MODELS: Mapping[type, Sequence[Setting]] = {Along: LINE}
