"""`shouwang ledger`: is the record whole, and a copy of it that stands alone."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, NOTHING_THERE, Config, language_of, leave, out, say, site_of, store_of
from agent.core import ledger
from agent.core.site import Site
from agent.core.text import Language, Text

app = typer.Typer(no_args_is_help=True, help="台账 / The ledger.")

EXISTS = Text(
    "{output} 已存在;台账不会覆盖旧文件,请另取文件名",
    "{output} exists; a ledger is never written over: name another file",
)
UNLIKE = Text(
    "台账本身无误,但有 {count} 处与台账不符", "the ledger itself is sound, but {count} things are not what it says"
)
FAULT = Text("第 {seq} 条记录:{what}", "record {seq}: {what}")
UNREAD = Text("{file}:不是台账的导出({error})", "{file}: no exported ledger ({error})")
WHOLE = Text("{count} 条,完好,末尾 {head}", "{count} records, sound, head {head}")
BACKWARDS = Text(
    "第 {seq} 条记录:时间 {at} 早于前一条的 {before}。时钟拨正过就会这样;若没有,就是有人拨慢时钟后登记的,请核对这一条",
    "record {seq}: its time {at} is before that of the one ahead, {before}. A clock that was put right leaves such a "
    "place; else somebody set it back to enter this: look at that record",
)
MORE = Text("还有 {count} 处时间倒退", "{count} more places where time runs backwards")
MOST = 20  # that are told


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="an exported ledger; default: our own")] = None,
    config: Config = DEFAULT,
    head: Annotated[str, typer.Option("--head", help="a head noted earlier, e.g. printed on a report")] = "",
) -> None:
    """校验台账 / Prove that nothing was changed.

    Exit 1 and the first bad record if the chain is broken, or what is other in the database than the ledger says. Times
    that run backwards are told, and alone are no fault: exit 0.
    """
    if file is not None:
        language = language_of(config)
        _told(_of_file(file, head or None, language), language)
        return
    site = site_of(config)
    store_of(site)
    found = _examined(site, head or None)
    _sound(found, site.language)
    unlike = _mismatches(site)
    for each in unlike[:MOST]:
        say(each[site.language])
    if unlike:
        leave(UNLIKE.format(count=len(unlike))[site.language])
    _told(found, site.language)


def _of_file(file: Path, head: str | None, language: Language) -> ledger.Examined:
    try:
        with file.open("rb") as lines:
            return ledger.examine(ledger.read_lines(lines), head)
    except OSError as error:
        leave(f"{file}: {error.strerror}", 2)
    except ValueError as error:
        leave(UNREAD.format(file=file, error=error)[language])


def _sound(found: ledger.Examined, language: Language) -> None:
    if found.fault is not None:
        leave(FAULT.format(seq=found.fault.seq, what=found.fault.what)[language])


def _told(found: ledger.Examined, language: Language) -> None:
    _sound(found, language)
    for each in found.backwards[:MOST]:
        say(BACKWARDS.format(seq=each.seq, at=each.at, before=each.before)[language])
    if len(found.backwards) > MOST:
        say(MORE.format(count=len(found.backwards) - MOST)[language])
    out(WHOLE.format(count=found.count, head=found.head)[language])


def _examined(site: Site, head: str | None) -> ledger.Examined:
    from agent.core.database import NAME, Damaged, Refused, looking

    try:
        with looking(site.state / NAME) as connection:
            return ledger.examine(ledger.records(connection), head)
    except Damaged as error:
        leave(FAULT.format(seq=0, what=error)[site.language])
    except Refused as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


def _mismatches(site: Site) -> list[Text]:
    from agent.core.database import NAME, Damaged, Refused, looking
    from agent.evidence_look import told
    from agent.reconciling import mismatches, unlike
    from agent.registering import written
    from checks.options import evidence_of

    try:
        with looking(site.state / NAME) as connection:
            connection.execute("BEGIN")
            found = [*mismatches(connection), *unlike(connection, site.state)]
    except (Refused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])
    said = written(site)
    return [*found, *told(said.attestations, said.tickets, evidence_of(site))]


@app.command()
def export(
    config: Config = DEFAULT, output: Annotated[Path | None, typer.Option("-o", "--output", help="file")] = None
) -> None:
    """导出台账 / Every record as a line of JSON."""
    from agent.core.database import Refused

    site = site_of(config)
    store = store_of(site)
    if output is None:
        # The store would take a reader that is gone for a bad disk. No device is asked here, so SIGPIPE may end it.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        store.export(sys.stdout)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            count = store.export(file)
    except FileExistsError:
        leave(EXISTS.format(output=output)[site.language], 2)
    except (OSError, Refused) as error:
        leave(f"{output}: {error}", 2)
    say(Text(f"{count} 条记录 -> {output}", f"{count} records -> {output}")[site.language])
