"""`shouwang checklist evidence`: a ZIP archive for an assessor who has none of our software."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import DEFAULT, NEVER_WORKED, NOTHING_THERE, UNWRITTEN, Config, leave, out, say, site_of
from agent.core.site import Site
from agent.core.text import Text, both, clean

if TYPE_CHECKING:
    from agent.archive import Archive
    from agent.packing import Proof
    from checks.report import Report

USAGE = 2
CHUNK = 1 << 20
ALL: list[str] = []
NOTHING_ASKED = Text(
    "请写明要哪些:--clause 8.1.4.3、--area 方面、--item 检查项,或 --all",
    "say what is wanted: --clause 8.1.4.3, --area AREA, --item ITEM, or --all",
)
THERE = Text("{path} 已存在,不覆盖;要覆盖请加 --overwrite", "{path} exists; to write over it, add --overwrite")
NO_FOLDER = Text("没有目录 {path};请先建立,或换一个", "no such directory: {path}; make it, or name another")
NOT_A_FILE = Text("{path} 不是普通文件;请写文件名,如 证据.zip", "{path} is no file; name a file, as evidence.zip")
BROKEN = Text(
    "台账第 {seq} 条记录不对({what});本包照实收入,请先查明",
    "record {seq} of the ledger is bad ({what}); packed as it is",
)
LOST = Text(
    "{count} 个证据文件缺失或内容与台账中的哈希不符,页面上已标出:{names}",
    "{count} files of evidence are missing or not of the hash in the ledger, as the page says: {names}",
)
TOLD = Text(
    "台账第 {seq} 条含有 agent.yaml 里的一个口令,遮盖会破坏哈希链;请先更换这个口令,再生成",
    "record {seq} of the ledger holds a password of agent.yaml; masked, the chain would break. Change it first",
)
MORE = Text(
    "另有 {count} 处与台账不符:shouwang ledger verify",
    "{count} more differ from the ledger: shouwang ledger verify",
)
TOLD_OF = 5
DONE = Text(
    "{path}:{items} 个检查项,{files} 个证据文件,台账 {records} 条",
    "{path}: {items} items, {files} files of evidence, {records} ledger records",
)


def evidence(
    output: Annotated[Path, typer.Option("-o", "--output", help="ZIP 文件 / the ZIP file")],
    config: Config = DEFAULT,
    clause: Annotated[list[str], typer.Option("--clause", help="条款 / clause, 8.1.4.3; repeatable")] = ALL,
    area: Annotated[list[str], typer.Option("--area", help="方面 / area; repeatable")] = ALL,
    item: Annotated[list[str], typer.Option("--item", help="检查项 / item, NET-01; repeatable")] = ALL,
    everything: Annotated[bool, typer.Option("--all", help="全部检查项 / every item")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖已有文件 / write over a file")] = False,
) -> None:
    """给测评人员的证据包 / An evidence pack for an assessor.

    Exit 0; 1 if it is packed but the ledger or a file is not as it was, or cannot be made; 2 if it cannot be asked so.
    """
    from agent.archive import written

    site = site_of(config)
    wanted = _wanted(site, clause, area, item, everything)
    _place(site, output, overwrite)
    now = time.time()
    asked = {"clauses": clause, "areas": area, "items": item, "all": everything}
    with _moment(site) as connection:
        try:
            with written(output, site.calendar.local(now), overwrite) as archive:
                troubles = _fill(archive, connection, site, wanted, asked, now)
        except FileExistsError:
            leave(THERE.format(path=output)[site.language], USAGE)
        except OSError as error:
            leave(UNWRITTEN.format(path=output, error=error.strerror or error)[site.language])
    for each in troubles[1:]:
        say(each[site.language])
    out(troubles[0].format(path=output)[site.language])
    raise typer.Exit(1 if troubles[1:] else 0)


def _wanted(
    site: Site, clause: Sequence[str], area: Sequence[str], item: Sequence[str], everything: bool
) -> Sequence[str]:
    """Ids in the checklist's order. Leaves with 2, naming what there is, where one is not known."""
    from agent.cli.judging import asked_of
    from agent.core.unfit import Unfit
    from checks import clauses
    from checks.book import items_of, shipped

    items = items_of(shipped())
    if not (clause or area or item or everything):
        leave(NOTHING_ASKED[site.language], USAGE)
    areas, single = asked_of(site, area, (), ()).areas, asked_of(site, (), item, ()).items
    try:
        by_clause = {found.id for each in clause for found in clauses.items_of(each, items)}
    except Unfit as error:
        leave(error.text[site.language], USAGE)
    return [each.id for each in items if everything or each.area in areas or each.id in single | by_clause]


def _place(site: Site, output: Path, overwrite: bool) -> None:
    folder = output.parent
    if not folder.is_dir():
        leave(NO_FOLDER.format(path=folder)[site.language], USAGE)
    if output.exists() and not output.is_file():
        leave(NOT_A_FILE.format(path=output)[site.language], USAGE)
    if os.path.lexists(output) and not overwrite:
        leave(THERE.format(path=output)[site.language], USAGE)


@contextlib.contextmanager
def _moment(site: Site) -> Iterator[sqlite3.Connection]:
    """What is recorded as it is at one moment, beside a running agent or after it."""
    from agent.core.database import NAME, Absent, Damaged, Refused, looking

    try:
        with looking(site.state / NAME) as connection:
            connection.execute("BEGIN")
            yield connection
    except Absent:
        leave(NEVER_WORKED.format(state=site.state)[site.language])
    except (Refused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


def _fill(
    archive: Archive,
    connection: sqlite3.Connection,
    site: Site,
    wanted: Sequence[str],
    asked: Mapping[str, Any],
    now: float,
) -> list[Text]:
    """What was packed, in one sentence, and then what is wrong with it."""
    from agent.cli.judging import areas_of
    from agent.masking import Masked
    from agent.packing import proof_of
    from checks.book import items_of
    from checks.report import latest
    from exporters.evidence import SCRIPT, page, script

    masked = Masked(site)
    areas = areas_of(site)
    proof = proof_of(connection, [each for each in items_of(areas) if each.id in wanted], now)
    _write_ledger(archive, connection, site, masked, proof)
    archive.add(SCRIPT, [script()])
    files, lost = _write_files(archive, site, proof)
    report, troubles = latest(proof.findings, areas, site), _troubles(proof, lost)
    document = masked.of({**_document(site, report, wanted, asked, proof, now), "files": files})
    document["notices"] = [both(each) for each in troubles]
    archive.add("evidence.json", [json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False).encode()])
    archive.add("index.html", [page(document, site.calendar.local, site.language)])
    done = DONE.format(items=len(wanted), files=len(files) - len(lost), records=len(proof.seqs))
    return [done, *troubles]


def _troubles(proof: Proof, lost: Sequence[str]) -> list[Text]:
    found = [BROKEN.format(seq=proof.fault.seq, what=proof.fault.what)] if proof.fault else []
    found += proof.unlike[:TOLD_OF]
    if more := len(proof.unlike[TOLD_OF:]):
        found.append(MORE.format(count=more))
    names = ", ".join(clean(each, 60) for each in lost[:TOLD_OF])
    return [*found, *([LOST.format(count=len(lost), names=names)] if lost else [])]


def _write_ledger(archive: Archive, connection: sqlite3.Connection, site: Site, masked: Any, proof: Proof) -> None:
    """All of it, and again what concerns the items."""
    from agent.core.ledger import records

    def whole() -> Iterator[bytes]:
        for record in records(connection):
            line = record.line()
            if masked.tells(line):
                leave(TOLD.format(seq=record.seq)[site.language])
            yield line.encode() + b"\n"

    archive.add("ledger.jsonl", whole())
    concerned = (record.line().encode() + b"\n" for record in records(connection) if record.seq in proof.seqs)
    archive.add("records.jsonl", concerned)


def _write_files(archive: Archive, site: Site, proof: Proof) -> tuple[dict[str, Any], list[str]]:
    """Each file by its hash: where it lies in the archive, and the names of those that are not what they were."""
    from agent.evidence import content
    from checks.options import evidence_of

    found: dict[str, Any] = {}
    lost: list[str] = []
    for sha256, (names, records) in sorted(proof.files.items()):
        state, chunks = content(evidence_of(site), sha256)
        path = f"evidence/{sha256}{_suffix(names[0])}" if chunks is not None else None
        if path is not None and chunks is not None:
            archive.add(path, chunks)
        else:
            lost.append(names[0])
        found[sha256] = {"path": path, "state": state, "names": names, "records": records}
    return found, lost


def _suffix(name: str) -> str:
    """Of kinds that open in a viewer; what could run somewhere is opened as nothing."""
    known = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".pdf", ".txt", ".log", ".csv"}
    known |= {".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".ofd", ".wps", ".et", ".mp4", ".zip"}
    suffix = Path(name).suffix.lower()
    return suffix if suffix in known else ".bin"


def _document(
    site: Site, report: Report, wanted: Sequence[str], asked: Mapping[str, Any], proof: Proof, now: float
) -> dict[str, Any]:
    from agent import __version__
    from agent.core.document import finite
    from checks.packed import items_document, legend

    items = items_document(report, wanted, asked["clauses"], proof.items)
    ledger = {"head": proof.head, "records": proof.count, "concerned": len(proof.seqs), "sound": not proof.fault}
    said = {
        "form": 1,
        "version": __version__,
        "center": asdict(site.center),
        "made": now,
        "asked": dict(asked),
        "level": report.level,
        "ledger": ledger,
        "people": _people(site, proof.people | {each["who"] for item in items for each in item["findings"]}),
        **legend(),
        "items": items,
    }
    return dict(finite(said))


def _people(site: Site, spoke: Collection[str]) -> dict[str, Any]:
    from agent.core.posts import ROLES

    return {each.id: {"name": each.name, "role": both(ROLES[each.role])} for each in site.people if each.id in spoke}
