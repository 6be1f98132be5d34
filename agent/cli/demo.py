"""`shouwang demo`: a simulated centre with the agent watching it, and the faults that can be caused there."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import leave, say
from agent.cli.demo_example import write_example
from agent.cli.demo_verbs import COMMANDS, Folder, In, default_folder
from agent.cli.past import Tell, days_of, remember, write_openmetrics
from agent.core.text import Language, Text

if TYPE_CHECKING:
    from demo.centre.plan import Centre
    from demo.ending import Ending
    from demo.running import Running

app = typer.Typer(help="模拟中心 / A simulated centre, with the agent watching it.")

HOST, PORT = "127.0.0.1", 9780
MOST_SCALE = 12  # so that the addresses of a section suffice
TREE = "hosts"  # what files hosts have, in the demo's folder
# Loads the agent while agent.yaml is still being written.
PROGRAM = "import agent.app, demo.following as end; from agent.cli.main import main; end.follow({language!r}); main()"
TAKEN = Text(
    "页面的地址 {listen} 用不了:{error};可用 --port 换一个,或先停掉占用它的程序",
    "the page cannot have {listen}: {error}; choose another by --port, or stop the program that has it",
)
UNWRITTEN = Text(
    "{folder} 里的演示文件写不进去:{error};请检查磁盘和权限,或用 --folder 换一个地方",
    "the files of the demo cannot be written into {folder}: {error}; look at the disk and its permissions, or choose "
    "another place by --folder",
)
AGENT_GONE = Text(
    "守望自己停了({how}),模拟中心随之结束;它停之前说的话在上面",
    "the agent ended by itself ({how}), so the simulated centre ends too; what it said stands above",
)
BY_SIGNAL, BY_ITSELF = Text("被信号 {n} 结束", "ended by signal {n}"), Text("退出码 {n}", "exit status {n}")
NO_NAMESPACE = Text(
    "本机不允许普通用户建立网络命名空间({error}),模拟中心改用本机回环地址:没有专线的逐层探测,有些故障造不出来"
    "(见 shouwang demo faults)。多数系统可由管理员放开:"
    "sysctl kernel.unprivileged_userns_clone=1 或 user.max_user_namespaces",
    "this system lets no ordinary user have a network namespace ({error}), so the centre is at loopback addresses: "
    "lines are not probed layer by layer, and some faults are missing (see shouwang demo faults). Mostly the "
    "administrator can allow it: sysctl kernel.unprivileged_userns_clone=1 or user.max_user_namespaces",
)
UNABLE = Text("模拟中心起不来:{error}", "the simulated centre cannot start: {error}")
STARTED = Text(
    "演示中心已启动,页面:http://{listen}/(正在第一次轮询……)",
    "the simulated centre is up, its page: http://{listen}/ (polling for the first time …)",
)
READY = Text(
    "全部 {count} 个监控对象已读到,用时 {seconds:.1f} 秒。另开一个窗口试试:",
    "all {count} targets were read after {seconds:.1f} s. Things to try in another window:",
)
TRY = (
    ("fault mains-off", Text("停电", "the mains fail")),
    ("fault line-carrier-fault", Text("医保专线在运营商侧中断", "the carrier's part of a line fails")),
    ("fault switch-down access-1", Text("一台交换机断电", "a switch dies")),
    ("faults", Text("还能造成哪些故障", "what else can be caused")),
    ("heal all", Text("全部恢复", "all is well again")),
)
STOP = Text("按 Ctrl-C 结束", "Ctrl-C ends it")


@app.callback(invoke_without_command=True)
def demo(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Folder = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="the page's")] = PORT,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=3600, help="how much faster its time passes")] = 1.0,
    scale: Annotated[int, typer.Option("--scale", min=1, max=MOST_SCALE, help="times as many switches and hosts")] = 1,
    part: Annotated[str, typer.Option("--part", help="only these nodes and lines, e.g. access-1,medical")] = "",
    write: Annotated[Path | None, typer.Option("--write", help="leave its agent.yaml in this folder and end")] = None,
    history: Annotated[str, typer.Option("--history", help="a past of so many days, e.g. 30d")] = "",
    language: In = "zh",
) -> None:
    """模拟中心 / A simulated centre, with the agent watching it; ends with Ctrl-C."""
    if context.invoked_subcommand is None:
        days, plan = days_of(history, language), _planned(scale, part, language)
        if write is not None:
            write_example(_writing(plan, f"{HOST}:{port}", language), write, language)
            if days:
                write_openmetrics(write, _past(plan, days))
        else:
            raise typer.Exit(_run(folder or default_folder(), port, speed, plan, days, language))


def _past(plan: Centre, days: int) -> Tell:
    from demo.past import past

    return lambda site, now: past(plan, site, days, now)


def _writing(plan: Centre, listen: str, language: Language) -> Callable[[Path], Path]:
    from demo.configuration.files import write
    from demo.servers.keys import Keys

    return lambda folder: write(folder, plan, Keys(), listen, language)


def _planned(scale: int, names: str, language: Language) -> Centre:
    from demo.centre.part import Missing, part
    from demo.centre.plan import centre

    try:
        return part(centre(scale), names.split(",")) if names else centre(scale)
    except Missing as error:
        leave(error.text[language], 2)


def _run(folder: Path, port: int, speed: float, plan: Centre, days: int, language: Language) -> int:
    from demo.ending import Ending
    from demo.folder import Refused, taken

    with Ending() as ending:
        try:
            with taken(folder) as emptied:
                listening = _listening(port, language)
                emptied(f"{HOST}:{port}")
                return _watched(_prepared(folder, listening, speed, plan, days, ending, language), language)
        except Refused as refused:
            leave(refused.text[language], 1)
        except OSError as error:
            leave(UNWRITTEN.format(folder=error.filename or folder, error=error.strerror)[language], 1)


def _listening(port: int, language: Language) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=512)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        leave(TAKEN.format(listen=f"{HOST}:{port}", error=why)[language], 1)


def _prepared(
    folder: Path, page: socket.socket, speed: float, plan: Centre, days: int, ending: Ending, language: Language
) -> Running:
    from demo.centre.loopback import on_loopback
    from demo.centre.plan import NETMASK
    from demo.configuration.files import FILE, write
    from demo.network.trial import refused
    from demo.running import Running
    from demo.servers.keys import Keys
    from demo.world.world import World

    if why := refused(plan.own, NETMASK):
        plan = on_loopback(plan)
        say(NO_NAMESPACE.format(error=why)[language])

    def made() -> tuple[World, Keys]:
        keys = Keys()
        config = write(folder, plan, keys, "{}:{}".format(*page.getsockname()), language)
        if days:
            remember(config, _past(plan, days))
        return World(plan, tree=folder / TREE), keys

    program = (sys.executable, "-c", PROGRAM.format(language=language))
    argv = (*program, "run", "-c", str(folder / FILE), "--log-level", "error")
    return Running(plan, folder, page, speed, argv, made, ending)


def _watched(running: Running, language: Language) -> int:
    from demo.running import AgentGone, Unable

    host, port = running.listening.getsockname()

    def ready(count: int, seconds: float) -> None:
        _now(READY.format(count=count, seconds=seconds)[language], *_to_try(running, language), STOP[language])

    try:
        running.start((host, port), lambda: _now(STARTED.format(listen=f"{host}:{port}")[language]), ready)
    except Unable as error:
        leave(UNABLE.format(error=error)[language], 1)
    except AgentGone as gone:
        how = BY_SIGNAL.format(n=-gone.status) if gone.status < 0 else BY_ITSELF.format(n=gone.status)
        leave(AGENT_GONE.format(how=how[language])[language], 1)
    return 0


def _to_try(running: Running, language: Language) -> list[str]:
    """Commands as they can be typed here: this program by the name that it was called by, and with the folder."""
    from demo.faults import missing

    folder, absent = running.folder, missing(running.centre)
    called = "shouwang" if shutil.which("shouwang") else sys.argv[0]
    where = "" if folder == default_folder() else f" --folder {shlex.quote(str(folder))}"
    commands = [(f"{called} demo {words}{where}", what) for words, what in TRY if not {*words.split()} & absent]
    width = max(len(command) for command, _ in commands)
    return [f"  {command:{width}}  {what[language]}" for command, what in commands]


def _now(*lines: str) -> None:
    """Said at once, also into a pipe. Where nobody reads any more the demo goes on, silently."""
    try:
        print(*lines, sep="\n", flush=True)  # noqa: T201 - this is what speaks to the terminal
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)
