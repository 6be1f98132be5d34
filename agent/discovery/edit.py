"""An entry put into an agent.yaml that a person wrote: one line more, everything else as it was, comments and all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from agent.config.document import decoded, parse
from agent.config.problem import ConfigError
from agent.options import Refused

NAME = "agent.yaml"
BOM = "\ufeff"


def with_entry(raw: bytes, section: str, line: str, remark: str = "") -> bytes:
    """The file with `line`, a flow mapping, as the last entry of a section, which is made where it is missing.

    Refused where the section is written in a way that cannot be added to. The result is read again and compared: it
    says what it said before, and the entry.
    """
    before, text = parse(raw, NAME).value, decoded(raw, NAME)
    bom = BOM if raw.startswith(BOM.encode()) else ""
    break_ = "\r\n" if "\r\n" in text else "\n"
    fresh = (bom + _inserted(text, section, line, f"  # {remark}" if remark else "", break_)).encode()
    if not _says(fresh, section, line, before):
        raise _by_hand(section)
    return fresh


def _says(fresh: bytes, section: str, line: str, before: Mapping[str, Any]) -> bool:
    """Whether the file says what it said before, and the entry."""
    try:
        after = parse(fresh, NAME).value
    except ConfigError:
        return False
    listed = after.get(section)
    entry = parse(f"entry: {line}".encode(), NAME).value["entry"]
    if not isinstance(listed, list) or listed[-1:] != [entry]:
        return False
    return {**after, section: listed[:-1] or before.get(section)} == {section: None, **before}


def _inserted(text: str, section: str, line: str, remark: str, break_: str) -> str:
    key, value = _section(text, section)
    if key is None:
        ending = "" if not text or text.endswith(("\n", "\r")) else break_
        return f"{text}{ending}{section}:{break_}  - {line}{remark}{break_}"
    if value is not None and value.start_mark.index < key.end_mark.index:
        raise _by_hand(section)  # an alias: what it is stands elsewhere and belongs to others too
    if isinstance(value, yaml.SequenceNode) and value.flow_style:
        return _in_flow(text, value, line)
    if isinstance(value, yaml.SequenceNode):
        indent = " " * value.start_mark.column
        return _after_line(text, _end(value.value[-1]), f"{indent}- {line}{remark}", break_)
    if isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:null":
        # Written out (null, ~) it makes room for the list; nothing at all has both its marks behind the colon.
        text = text[: value.start_mark.index].rstrip(" ") + text[value.end_mark.index :] if value.value else text
        return _after_line(text, key.end_mark.index, f"  - {line}{remark}", break_)
    raise _by_hand(section)


def _section(text: str, section: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    # The loader in Python: the one in C counts places in another way.
    root = yaml.compose(text, yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == section), (None, None))


def _in_flow(text: str, value: yaml.SequenceNode, line: str) -> str:
    if not value.value:
        at = value.start_mark.index + 1
        return text[:at] + line + text[at:]
    at = value.value[-1].end_mark.index
    return f"{text[:at]}, {line}{text[at:]}"


def _after_line(text: str, at: int, line: str, break_: str) -> str:
    """`line` below the line in which `at` is."""
    end = text.find("\n", at)
    if end < 0:
        return f"{text}{break_}{line}{break_}"
    return f"{text[: end + 1]}{line}{break_}{text[end + 1 :]}"


def _end(node: yaml.Node) -> int:
    """The index of the last character of what a node says; marks of block collections end where the next thing is."""
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, value = last if isinstance(last, tuple) else (None, last)
        # An alias has its marks elsewhere, and nothing at all has them at its beginning.
        return max(_end(value), key.end_mark.index if key is not None else 0, node.start_mark.index)
    return max(node.start_mark.index, node.end_mark.index - 1)


def _by_hand(section: str) -> Refused:
    return Refused(
        f"{section} 一节的写法不能自动添加;请用 --dry-run 看条目,自己写进 agent.yaml",
        f"section {section} is written in a way that cannot be added to; take the entry from --dry-run and write it in",
    )
