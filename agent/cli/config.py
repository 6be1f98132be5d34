"""`shouwang config`: the configurations of switches that were read, what changed in them, and which is approved."""

from __future__ import annotations

import getpass
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli import approving
from agent.cli.approving import told
from agent.cli.common import (
    DEFAULT,
    NOT_RUNNING,
    Config,
    Format,
    Output,
    leave,
    out,
    out_json,
    out_rich,
    own_store,
    say,
    site_of,
    table_of,
)
from agent.cli.entering import known_person
from agent.configurations import Record
from agent.control import NotRunning, Refused, ask
from agent.core.configurations import MASKED, Standing
from agent.core.model import Target
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="设备配置 / Configurations of switches.")

NONE = Text("没有交换机写了 config: {{backup: …}}", "no switch says config: {{backup: …}}")
HEADINGS = (
    Text("交换机", "switch"),
    Text("上次变更", "changed"),
    Text("上次读到", "read"),
    Text("已保存", "saved"),
    Text("与基线", "baseline"),
)
YES, NO, UNKNOWN = Text("是", "yes"), Text("否", "no"), Text("不清楚", "not known")
SAME, DIFFERENT, NO_BASELINE = Text("一致", "same"), Text("不同", "different"), Text("没有基线", "no baseline")
NO_TEXT = Text("{id}:没有这份配置", "{id}: there is no such configuration")
NO_VERSION = Text(
    "{id}:没有版本 {version};用 shouwang config log {id} 查看", "{id}: no version {version}; see config log"
)
NOT_SEEN = Text(
    "{count} 处密文或证书没有指纹(设备每次重新加密,或不显示其内容),其中的改动看不出来",
    "{count} secrets or certificates have no fingerprint (the device encrypts them anew each time, or does not show "
    "them): no change of them can be seen",
)
NEW_RULES = Text("运行配置没有变,只是守望换了规则", "it runs what it ran, only the agent's rules are new")
READ = Text("{id}:已读取", "{id}: read")
NOT_READ = Text("{id}:{error}", "{id}: {error}")
REGISTERED = Text("{number}:{id} 的基线已更新", "{number}: the baseline of {id} is new")
NOT_REGISTERED = Text("基线已写入,但没有记进变更登记:{error}", "the baseline is written, but not registered: {error}")

Switch = Annotated[str, typer.Argument(metavar="ID", help="a switch's id")]
Version = Annotated[str, typer.Option("--version", help="as `config log` shows it; default: the newest")]
Saved = Annotated[bool, typer.Option("--saved", help="the saved configuration")]


@app.command("list")
@told
def list_(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """各交换机的配置情况 / How the configuration of each switch stands."""
    site = site_of(config)
    kept = approving.record(site)
    found = [(each, kept.look(each.id)) for each in site.of_kind("switch") if each.options.config.backup is not None]
    if form is Format.JSON:
        out_json([_body(target, standing) for target, standing in found])
    elif found:
        out_rich(_table(site, found))
    else:
        out(NONE.format()[site.language])


def _body(target: Target, standing: Standing) -> dict[str, Any]:
    newest = standing.versions[0] if standing.versions else None
    return {
        "id": target.id,
        "name": target.name,
        "changed": standing.changed,
        "seen": standing.seen,
        "saved": standing.saved,
        "running": None if newest is None else newest.running,
        "approved": standing.approved,
        "as_approved": standing.as_approved,
    }


def _table(site: Site, found: Sequence[tuple[Target, Standing]]) -> Table:
    table = table_of(HEADINGS, site.language)
    for target, standing in found:
        table.add_row(*_row(site, target, standing))
    return table


def _row(site: Site, target: Target, standing: Standing) -> tuple[str, ...]:
    language = site.language
    times = ("-" if at is None else moment(site.calendar, at) for at in (standing.changed, standing.seen))
    saved = {True: YES, False: NO, None: UNKNOWN}[standing.saved]
    against = NO_BASELINE if standing.approved is None else SAME if standing.as_approved else DIFFERENT
    return (target.id, *times, saved[language], against[language])


@app.command()
@told
def show(switch: Switch, config: Config = DEFAULT, saved: Saved = False, version: Version = "") -> None:
    """显示配置,口令和密钥已遮蔽 / One configuration, with masks for its secrets."""
    site = site_of(config)
    kept = approving.record(site)
    text = kept.text(_commit(site, kept, switch, version), "saved" if saved else "running")
    if text is None:
        leave(NO_TEXT.format(id=switch)[site.language])
    out(text.rstrip("\n"))
    if count := sum(mask[1] is None for mask in MASKED.finditer(text)):
        say(NOT_SEEN.format(count=count)[site.language])


def _commit(site: Site, kept: Record, identity: str, version: str) -> str:
    """The commit that a version names, by its first letters; exit 2 if there is none, or more than one."""
    approving.switch(site, identity)
    found = approving.versions(site, kept, identity)
    if not version:
        return found[0].commit
    matching = [each.commit for each in found if each.commit.startswith(version)]
    if len(matching) != 1:
        leave(NO_VERSION.format(id=identity, version=version)[site.language], 2)
    return matching[0]


@app.command()
@told
def diff(
    switch: Switch,
    config: Config = DEFAULT,
    saved: Annotated[bool, typer.Option("--saved", help="from the saved one to the running one")] = False,
    version: Annotated[str, typer.Option("--version", help="from this version to the newest")] = "",
) -> None:
    """与基线的差异 / From the approved configuration to the running one, or from the version before where none is."""
    site = site_of(config)
    kept = approving.record(site)
    newest = _commit(site, kept, switch, "")
    running = kept.text(newest) or ""
    if version or saved:
        name = version or "saved"
        before = kept.text(_commit(site, kept, switch, version), "running" if version else "saved")
        if before is None:
            leave(NO_TEXT.format(id=switch)[site.language])
    elif (approved := kept.approved(switch)) is not None:
        name, before = approving.APPROVED[site.language], approved
    else:
        older = [each.commit for each in approving.versions(site, kept, switch)][1:2]
        name, before = (older[0][:8], kept.text(older[0]) or "") if older else ("/dev/null", "")
    after = f"{switch} {approving.RUNNING[site.language]}"
    if text := approving.difference(before, running, (f"{switch} {name}", after)):
        out(text)
        say(approving.about(site, before, running))


@app.command()
@told
def log(switch: Switch, config: Config = DEFAULT) -> None:
    """各个版本 / The versions, the newest first."""
    site = site_of(config)
    kept = approving.record(site)
    approving.switch(site, switch)
    approved = kept.look(switch).alike
    for stored in approving.versions(site, kept, switch):
        version = stored.version
        marks = [approving.APPROVED[site.language]] if version.running in approved else []
        if version.same:
            marks.append(NEW_RULES[site.language])
        if version.saved is not None and version.saved != version.running:
            marks.append(f"{HEADINGS[3][site.language]}: {NO[site.language]}")
        out("  ".join([stored.commit[:8], moment(site.calendar, version.at), *marks]))


@app.command()
@told
def read(switch: Switch, config: Config = DEFAULT) -> None:
    """现在就读取 / Have the running agent read it now."""
    site = site_of(config)
    approving.switch(site, switch)
    try:
        failure = ask(site.state, "read_configuration", target=switch)["failure"]
    except NotRunning:
        leave(NOT_RUNNING.format(state=site.state)[site.language])
    except Refused as error:
        leave(NOT_READ.format(id=switch, error=error)[site.language])
    if failure:
        leave(NOT_READ.format(id=switch, error=failure)[site.language])
    say(READ.format(id=switch)[site.language])


@app.command()
@told
def approve(
    switch: Switch,
    config: Config = DEFAULT,
    reason: Annotated[str, typer.Option("--reason", help="for the register: why, on whose order")] = "",
    who: Annotated[str, typer.Option("--by", help="person's id in agent.yaml; default: this login")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """批准当前运行配置为基线 / Make the running configuration the approved one, after a look at what is new in it."""
    site = site_of(config)
    kept = approving.record(site)
    approving.switch(site, switch)
    known_person(site, who)
    approving.reread(site, kept, [switch])
    hashes = approving.approve(site, kept, [switch], yes)
    what = {
        "action": "approve",
        "target": switch,
        "who": who or getpass.getuser(),
        "text": f"{reason} {hashes[switch]}",
    }
    try:
        number = ask(site.state, "change", **what)["said"]
    except NotRunning:
        with own_store(site, NOT_REGISTERED) as store:
            from agent.changes import enter

            number = enter(store, what, time.time())
    except Refused as error:
        leave(NOT_REGISTERED.format(error=error)[site.language])
    say(REGISTERED.format(number=number, id=switch)[site.language])
