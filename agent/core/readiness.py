"""How the answer of an opening or a closing check is said, on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.text import Language, Text

ANSWERS = {
    ("opening", "ready"): Text("可以开门", "Ready to open"),
    ("opening", "not_ready"): Text("还不能开门", "Not ready to open"),
    ("opening", "unsure"): Text("不能断定可以开门", "Cannot say whether it is ready to open"),
    ("closing", "ready"): Text("可以下班", "Nothing is left to do before leaving"),
    ("closing", "not_ready"): Text("下班前还有事要做", "Something is left to do before leaving"),
    ("closing", "unsure"): Text("不能断定可以下班", "Cannot say whether all is done"),
}
FIRST = Text("先做:{}", "first: {}")
WHOM = (
    ("hurt", Text("影响:{}", "hurts: {}")),
    ("needing", Text("暂不影响受理,依赖它:{}", "nobody yet; depend on it: {}")),
)
OF_CENTER = ("sheet", "checklist")
NOBODY = Text("没有窗口依赖它", "no counter depends on it")


def whom(line: Mapping[str, Any], language: Language) -> str:
    """Which counters it hurts, or which go on although they need it; empty where it is about no target."""
    said = (word[language].format(line[key][language]) for key, word in WHOM if line[key])
    return next(said, "" if line["about"] in OF_CENTER else NOBODY[language])


def first(line: Mapping[str, Any], language: Language) -> str:
    """What to do first; empty where nothing is said of that."""
    return FIRST[language].format(line["first"][language]) if line["first"] else ""
