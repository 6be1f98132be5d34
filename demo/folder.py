"""The folder of a simulated centre: one centre at a time works there, and each begins with an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.core.lock import NAME as LOCK
from agent.core.lock import Lock, StateHeld
from agent.core.text import Text

MARK = ".shouwang-demo"  # says that the folder is a demo's, and where the page of the last one was
FOREIGN = Text(
    "{folder} 里已有别的文件,不是演示用的;请用 --folder 换一个",
    "{folder} holds files that are not of a demo; choose another by --folder",
)
BUSY = Text(
    "{folder} 上已有一个模拟中心在运行(进程 {pid}),页面:http://{listen}/;直接用它,或先停掉它,"
    "或用 --folder 和 --port 另开一个",
    "a simulated centre runs on {folder} already (process {pid}), its page: http://{listen}/; use it, or stop it, or "
    "start another by --folder and --port",
)


class Refused(Exception):
    """The folder is not for this centre; the text says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@contextmanager
def taken(folder: Path) -> Iterator[Callable[[str], None]]:
    """Nobody else's until the block ends; what is given empties it, for a page at host:port. Refused where it is not
    a demo's or another works there, OSError where the system refuses."""
    if _foreign(folder):
        raise Refused(FOREIGN.format(folder=folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = Lock.take(folder)
    except StateHeld as held:
        raise Refused(BUSY.format(folder=folder, pid=held.pid or "?", listen=_page(folder))) from None
    try:
        yield lambda listen: _empty(folder, listen)
    finally:
        lock.release()


def _foreign(folder: Path) -> bool:
    names = {each.name for each in folder.iterdir()} if folder.exists() else set()
    return bool(names - {LOCK}) and MARK not in names


def _page(folder: Path) -> str:
    with suppress(OSError):
        return (folder / MARK).read_text("ascii", "replace").strip() or "?"
    return "?"


def _empty(folder: Path, listen: str) -> None:
    (folder / MARK).write_text(listen, "ascii")
    for each in folder.iterdir():
        if each.name in (MARK, LOCK):
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
