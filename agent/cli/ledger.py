"""`shouwang ledger`: is the record whole, and a copy of it that stands alone."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, NOTHING_THERE, Config, leave, out, say, site_of, store_of
from agent.core.site import Site
from agent.core.text import Text

app = typer.Typer(no_args_is_help=True, help="台账 / The ledger.")

EXISTS = Text(
    "{output} 已存在;台账不会覆盖旧文件,请另取文件名",
    "{output} exists; a ledger is never written over: name another file",
)
UNLIKE = Text(
    "台账本身无误,但有 {count} 处与台账不符", "the ledger itself is sound, but {count} things are not what it says"
)
FAULT = Text("第 {seq} 条记录:{what}", "record {seq}: {what}")
MOST = 20  # that are told


@app.command()
def verify(
    config: Config = DEFAULT,
    head: Annotated[str, typer.Option("--head", help="a head noted earlier, e.g. printed on a report")] = "",
) -> None:
    """校验台账 / Prove that nothing was changed.

    Exit 1 and the first bad record if the chain is broken, or what is other in the database than the ledger says.
    """
    site = site_of(config)
    store = store_of(site)
    fault = store.verify(head or None)
    if fault is not None:
        leave(FAULT.format(seq=fault.seq, what=fault.what)[site.language])
    found = _mismatches(site)
    for each in found[:MOST]:
        say(each[site.language])
    if found:
        leave(UNLIKE.format(count=len(found))[site.language])
    out(store.head())


def _mismatches(site: Site) -> list[Text]:
    from agent.core.database import NAME, Damaged, Refused, looking
    from agent.reconciling import mismatches, unlike

    try:
        with looking(site.state / NAME) as connection:
            connection.execute("BEGIN")
            return [*mismatches(connection), *unlike(connection, site.state)]
    except (Refused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


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
