"""`shouwang ledger`: is the record whole, and a copy of it that stands alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, leave, out, say, site_of, store_of

app = typer.Typer(no_args_is_help=True, help="台账 / The ledger.")


@app.command()
def verify(
    config: Config = DEFAULT,
    head: Annotated[str, typer.Option("--head", help="a head noted earlier, e.g. printed on a report")] = "",
) -> None:
    """Exit 1 and the first bad record if the chain is broken. 校验台账。"""
    store = store_of(site_of(config))
    fault = store.verify(head or None)
    if fault is not None:
        leave(f"record {fault.seq}: {fault.what}")
    out(store.head())


@app.command()
def export(
    config: Config = DEFAULT, output: Annotated[Path | None, typer.Option("-o", "--output", help="file")] = None
) -> None:
    """Every record as a line of JSON. 导出台账。"""
    store = store_of(site_of(config))
    if output is None:
        store.export(sys.stdout)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            say(f"{store.export(file)} records -> {output}")
    except FileExistsError:
        leave(f"{output} exists; a ledger is never written over: name another file", 2)
    except OSError as error:
        leave(f"{output}: {error.strerror}", 2)
