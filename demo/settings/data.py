"""Settings of what must be there and right: pages, and backups by the id of their jobs."""

from __future__ import annotations

from agent.core.text import Text
from demo.backups.copies import Keeper
from demo.settings.setting import attribute
from demo.settings.values import SWITCH, Line, Number
from demo.world.pages import Page

PAGE = (
    attribute("shows", Text("页面或屏幕上的文字", "the text on a page or screen"), Line()),
    attribute("takes", Text("多久才打开", "how long it takes to open"), Number(0, 60, "s")),
)
BACKUP = (
    attribute(
        "missed", Text("最近几次备份没有做", "how many of the last runs were not made"), Number(0, 9, whole=True)
    ),
    attribute(
        "deleted",
        Text("最新一份之前被删掉几份", "how many copies before the newest were deleted"),
        Number(0, 9, whole=True),
    ),
    attribute("writable", Text("谁都能改备份目录", "whether everybody may write to the folder"), SWITCH),
)
MODELS = {Page: PAGE, Keeper: BACKUP}
