"""What is allowed and yet should be known: said at `validate` and when the agent starts."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any

from agent.config.document import Document
from agent.config.leaves import leaves
from agent.config.problem import Path, Problem
from agent.config.references import Entry
from agent.core.secrets import Secret
from agent.core.text import Text, clean

SHIPPED_IDS = ("local", "my-center")  # without `center`, and in the agent.yaml that is shipped
OPEN = Text(
    "不是本机地址:能连到这个地址的人都能看到页面,目前还没有登录",
    "not only this machine: anyone who reaches this address can read the page; there is no login yet",
)
WRITTEN = Text(
    "密码直接写在这里;最好改写 file:路径 或 ${环境变量}",
    "the secret itself stands here; better file:PATH or ${ENV}",
)


def remarks(document: Document, entries: Iterable[Entry], base: FilePath) -> tuple[Text, ...]:
    """Each with file, line and path, in the order of the lines. No remark tells a secret."""
    found = sorted(_remarks(document, list(entries), base), key=lambda each: each.line)
    return tuple(Text(each.render("zh"), each.render("en")) for each in found)


def _remarks(document: Document, entries: list[Entry], base: FilePath) -> Iterator[Problem]:
    whole = {entry.section.key: entry.options for entry in entries if not entry.section.many}
    if "listen" in whole and not loopback(whole["listen"].root):
        yield document.problem(("listen",), OPEN)
    if "center" in whole and whole["center"].id in SHIPPED_IDS and document.value.get("notify"):
        identity = whole["center"].id
        text = Text(
            f"中心编号还是 {identity};报到区里会与其他中心混淆,请改成本中心的编号",
            f"the id of the centre is still {identity}; the district cannot tell it from others, so give it its own",
        )
        yield document.problem(("center", "id"), text)
    for entry in entries:
        for path, value in leaves(entry.options):
            if isinstance(value, Secret):
                yield from _secret(document, (*entry.path, *path), base)


def loopback(listen: str) -> bool:
    """Whether only this machine reaches `address:port`."""
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret(document: Document, path: Path, base: FilePath) -> Iterator[Problem]:
    written = str(_at(document.value, path))
    if written.startswith("file:"):
        file = base / written.removeprefix("file:")
        if _readable_by_all(file):
            text = Text(
                f"密码文件 {clean(str(file), 200)} 人人可读;请执行 chmod o-r",
                f"everybody on this machine can read {clean(str(file), 200)}; chmod o-r it",
            )
            yield document.problem(path, text)
    elif not written.startswith("${"):
        yield document.problem(path, WRITTEN)


def _readable_by_all(file: FilePath) -> bool:
    try:
        open_folder = file.parent.stat().st_mode & stat.S_IXOTH
        return bool(open_folder and file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value
