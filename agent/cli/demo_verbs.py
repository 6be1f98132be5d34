"""`shouwang demo fault`, `heal`, `faults`, `set`, `story`: what is said to the simulated centre that runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.common import leave, out, say
from agent.core.text import Language, Text

NOT_RUNNING = Text(
    "{folder} 上没有正在运行的演示中心;请先启动:shouwang demo",
    "no simulated centre runs on {folder}; start one with: shouwang demo",
)
BEGUN = Text("已发生:{name} {whom}\n应看到:{sees}", "begun: {name} {whom}\nyou should see: {sees}")
TOLD = Text("故事 {name} 开始:{tells}", "story {name} begins: {tells}")
HEALED = Text("已恢复:{name} {whom}", "healed: {name} {whom}")
NOTHING = Text("没有可恢复的故障", "there is nothing to heal")
SET = Text("已设:{node} {name} = {now}(平常 {ordinarily})", "set: {node} {name} = {now} (ordinarily {ordinarily})")
FEW = 4  # nodes that a line names
OF = Text("在 {nodes}", "of {nodes}")
HOW = Text(
    "看一个对象能设什么:shouwang demo set NODE;设:shouwang demo set NODE SETTING VALUE;"
    "恢复:shouwang demo heal SETTING NODE",
    "what can be set of one: shouwang demo set NODE; set it: shouwang demo set NODE SETTING VALUE; undo it: "
    "shouwang demo heal SETTING NODE",
)

Folder = Annotated[Path | None, typer.Option("--folder", help="where its files are")]
In = Annotated[Language, typer.Option("--language", help="zh, en")]


def default_folder() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "shouwang-demo"


def fault(
    name: Annotated[str, typer.Argument(help="as `shouwang demo faults` lists them")],
    whom: Annotated[str, typer.Argument(help="id of what it befalls")] = "",
    folder: Folder = None,
    language: In = "zh",
) -> None:
    """造成一个故障 / Cause a fault."""
    from demo.faults import FAULTS

    done = _asked(folder, ["fault", name, *filter(None, [whom])], language)
    name, whom = done["begun"]
    out(BEGUN.format(name=name, whom=whom, sees=FAULTS[name].sees)[language])


def heal(
    name: Annotated[str, typer.Argument(help="a fault, a setting, or all")],
    whom: Annotated[str, typer.Argument(help="id of what it befell; default: everything")] = "",
    folder: Folder = None,
    language: In = "zh",
) -> None:
    """恢复 / End a fault."""
    done = _asked(folder, ["heal", name, *filter(None, [whom])], language)
    for each, befallen in done["healed"]:
        out(HEALED.format(name=each, whom=befallen)[language])
    if not done["healed"]:
        say(NOTHING[language])


def set_(
    node: Annotated[str, typer.Argument(help="id of what it is set of; alone: what can be set of it")] = "",
    setting: Annotated[str, typer.Argument(help="as `shouwang demo set NODE` lists it")] = "",
    value: Annotated[str, typer.Argument(help="what it is from now on")] = "",
    folder: Folder = None,
    language: In = "zh",
) -> None:
    """设定一个状态 / Set what is so of a device, host or file.

    Without words, what can be set.
    """
    words = [node, setting, value] if setting else [node] if node else []
    done = _asked(folder, ["set", *words], language)
    if setting:
        out(SET.format(**done["set"])[language])
        return
    for each in done["settings"]:
        mark, now = "*" if each["chosen"] else " ", f"{each['now']} ({each['ordinarily']})"
        out(f"{mark} {each['node']:16}{each['name']:36}{now:24}{each['says'][language]}: {each['known'][language]}")
    if not node:
        for each in done["kinds"]:
            out(f"  {each['name']:36}{each['says'][language]}: {OF.format(nodes=_few(each['nodes']))[language]}")
    say(HOW[language])


def _few(names: list[str]) -> str:
    return ", ".join(names[:FEW]) + (f" … ({len(names)})" if len(names) > FEW else "")


def faults(folder: Folder = None, language: In = "zh") -> None:
    """列出故障:* 正在发生,- 这里造不出来 / The faults; * goes on, - not here."""
    from demo.control import SOCKET, ask
    from demo.faults import FAULTS
    from demo.faults.fault import MISSING

    try:
        told = ask((folder or default_folder()) / SOCKET, ["faults"])
    except OSError:
        told = {"faults": [], "missing": []}
    marks = {**dict.fromkeys(told["missing"], "-"), **{name: "*" for name, _ in told["faults"]}}
    for name, each in FAULTS.items():
        out(f"{marks.get(name, ' ')} {name:24}{each.sees[language]}")
    if told["missing"]:
        say(MISSING[language])


def story(
    name: Annotated[str, typer.Argument(help="without it: which there are")] = "",
    folder: Folder = None,
    language: In = "zh",
) -> None:
    """讲一个故事:一连串故障 / Tell a story: faults that follow one another."""
    from demo.stories import STORIES

    if name:
        name = _asked(folder, ["story", name], language)["told"]
        out(TOLD.format(name=name, tells=STORIES[name].tells)[language])
    else:
        for each, told in STORIES.items():
            out(f"{each:16}{told.tells[language]}")


def _asked(folder: Path | None, words: list[str], language: Language) -> Any:
    from demo.control import SOCKET, ask

    place = folder or default_folder()
    try:
        done = ask(place / SOCKET, words)
    except OSError:
        leave(NOT_RUNNING.format(folder=place)[language], 1)
    if "refused" in done:
        leave(done["refused"][language], 2)
    return done


COMMANDS: Mapping[str, Callable[..., None]] = {
    "fault": fault,
    "heal": heal,
    "faults": faults,
    "set": set_,
    "story": story,
}
