"""A part of a centre: some of its nodes and lines, and the switches that they hang on."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.text import Text
from demo.centre.plan import Centre

NOBODY = Text("中心里没有 {name};可选:{known}", "the centre has no {name}; known: {known}")


class Missing(Exception):
    """The centre has nothing of this name; the text says what it has."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def part(whole: Centre, names: Iterable[str]) -> Centre:
    """`names`: ids of nodes and lines. What feeds a node is not brought with it: the mains and both UPS are always
    there, watched only where they are named. Missing if the whole has no such thing."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in whole.nodes and name not in whole.lines:
            raise Missing(NOBODY.format(name=name, known=", ".join((*whole.nodes, *whole.lines))))
    for name in wanted:  # grows while it is gone through
        behind = whole.nodes[name].behind if name in whole.nodes else whole.lines[name].behind
        if behind and behind.switch not in wanted:
            wanted.append(behind.switch)
    return Centre(
        {name: node for name, node in whole.nodes.items() if name in wanted},
        {name: line for name, line in whole.lines.items() if name in wanted},
        whole,
    )
