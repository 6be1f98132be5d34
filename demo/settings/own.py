"""Settings of the agent's own machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.text import Text
from demo.settings.setting import Setting, attribute
from demo.settings.values import SWITCH
from demo.world.own import Own

MODELS: Mapping[type, Sequence[Setting]] = {
    Own: (attribute("forwarding", Text("守望所在机器转发", "whether the agent's machine forwards packets"), SWITCH),)
}
