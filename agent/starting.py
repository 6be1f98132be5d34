"""Why the agent did not start, in both languages."""

from __future__ import annotations

import os

from agent.core.lock import StateHeld
from agent.core.text import Text


class StartError(Exception):
    """The agent cannot start; `code` is the exit code."""

    def __init__(self, text: Text, code: int = 1) -> None:
        super().__init__(text.en)
        self.text, self.code = text, code


def cannot_listen(listen: str, error: OSError) -> StartError:
    why = os.strerror(error.errno) if error.errno else str(error)
    return StartError(
        Text(
            f"不能在 {listen} 上提供页面:{why};可能已有一个守望在运行,否则请改 agent.yaml 里的 listen",
            f"cannot listen on {listen}: {why}; another agent may be running, or change `listen:` in agent.yaml",
        )
    )


def held(error: StateHeld) -> StartError:
    who = "另一个守望" if error.pid is None else f"另一个守望(进程号 {error.pid})"
    zh = f"{error.path}:这个状态目录正由{who}使用;请先停止它,或在 agent.yaml 里另设 state"
    return StartError(Text(zh, str(error)))
