"""The agent of a simulated centre ends when the centre is gone, also where that was killed and could tell nobody."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from agent.core.text import Language, Text

DESCRIPTOR = 4  # of a pipe whose other end only the centre has
GO = b"g"  # what comes through it once agent.yaml is written
PATIENCE = 10.0  # seconds for the agent's orderly end
GONE = Text(
    "模拟中心的进程没有了(被强行结束?),守望随之停止", "the centre's process is gone (killed?), so the agent stops too"
)


def follow(language: Language) -> None:
    """Returns when the agent that this process is about to be may begin, and watches beside it."""
    os.set_inheritable(DESCRIPTOR, False)
    if os.read(DESCRIPTOR, len(GO)) != GO:
        os._exit(0)  # the centre gave up before there was anything to watch
    threading.Thread(target=_watch, args=(language,), daemon=True).start()


def _watch(language: Language) -> None:
    os.read(DESCRIPTOR, 1)  # nobody writes any more: it returns at the end
    os.write(2, f"{GONE[language]}\n".encode(sys.stderr.encoding if sys.stderr else "utf-8", "replace"))
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)
