"""`shouwang demo --write DIR`: the configuration of the simulated centre as an example to learn from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.cli.common import UNWRITTEN, leave, out
from agent.core.text import Language, Text

NOT_EMPTY = Text(
    "{folder} 里已有文件;请给一个空的或还不存在的目录", "{folder} is not empty; give a folder that is, or is not there"
)
WRITTEN = Text(
    "已写好 {file},密码在 {secrets}(每次都是新的)。\n检查:shouwang validate -c {file}\n"
    "里面的 10.x 地址是演示的,改成自己中心的",
    "{file} is written, its secrets are in {secrets} (new ones each time).\nTo check it: shouwang validate -c {file}\n"
    "Its addresses in 10.x are the demo's: put yours",
)


def write_example(write: Callable[[Path], Path], folder: Path, language: Language) -> None:
    """`write` puts agent.yaml and what belongs to it into a folder; leaves with 1 where that cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            leave(NOT_EMPTY.format(folder=folder)[language], 1)
        file = write(folder)
    except OSError as error:
        leave(UNWRITTEN.format(path=error.filename or folder, error=error.strerror)[language], 1)
    out(WRITTEN.format(file=file, secrets=folder / "secrets")[language])
