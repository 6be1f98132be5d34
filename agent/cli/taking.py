"""What taking in a device writes: an entry in agent.yaml, a line in the list of assets, a baseline; all or nothing."""

from __future__ import annotations

import contextlib
import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.cli.common import leave, say
from agent.cli.scanning import taken_ids
from agent.core.site import Site
from agent.core.text import Text
from agent.discovery.assets import column, with_asset
from agent.discovery.baseline import Port, baseline_text
from agent.discovery.edit import with_entry
from agent.discovery.entries import Entry, rendered
from agent.discovery.files import write_all
from agent.discovery.neighbour import mac
from agent.options import Refused, identity

ID_TAKEN = Text("编号 {id} 已用过;请用 --id 另取一个", "id {id} is used already; choose another with --id")
BASELINE = Text(
    "{path} 已存在;请移走它,或用 --id 另取编号", "{path} exists; move it away, or choose another id with --id"
)
LISTED = Text("{path} 里已有 {what};保持原样", "{path} lists {what} already; it stays as it is")
NO_CSV = Text("{path}:不是 CSV 文件({error});请重新存为 CSV", "{path}: not a CSV file ({error}); save it as CSV again")
NO_LIST = Text("{path}:{error};要能读才能添加", "{path}: {error}; it must be readable to be added to")
WRONG = Text(
    "加上新条目后 agent.yaml 会有错;什么也没有写", "with the new entry agent.yaml would be wrong; nothing was written"
)
NO_FOLDER = Text(
    "{path}:{error};agent.yaml 所在目录要可写", "{path}: {error}; the folder of agent.yaml must be writable"
)
NOT_WRITTEN = Text("{path}:{error};一切保持原样", "{path}: {error}; everything is as it was")


@dataclass(frozen=True, slots=True)
class Taking:
    """What is to be written: whole files by path, of which agent.yaml is the last to be replaced."""

    entry: Entry
    baseline: Path
    files: Mapping[Path, bytes]


def taken_in(site: Site, found: Entry, ports: Sequence[Port]) -> Taking:
    """Everything that will be written, tried on the loader; exit 2 where it does not fit."""
    try:
        identity(found.id)
        if found.id in taken_ids(site):
            leave(ID_TAKEN.format(id=found.id)[site.language], 2)
        fresh = with_entry(site.source.read_bytes(), found.section, found.line, found.remark)
    except Refused as error:
        leave(error.text[site.language], 2)
    now = site.calendar.local(time.time()).replace(microsecond=0)
    baseline = (site.sections["baselines"] or site.source.parent / "baselines") / f"{found.id}.yaml"
    if baseline.exists():
        leave(BASELINE.format(path=baseline)[site.language], 2)
    text = baseline_text(found.id, now.isoformat(), found.recognised, ports)
    _try(site, fresh)
    assets = _with_asset(site, _asset(found, now.date().isoformat()))
    return Taking(found, baseline, {baseline: text.encode(), **assets, site.source: fresh})


def _asset(found: Entry, today: str) -> Mapping[str, str]:
    about, options = found.recognised, found.options
    kind = about.kind or {"switches": "switch", "hosts": "host"}.get(found.section, "")
    return {
        **{key: options[key] for key in ("id", "name", "address")},
        **{
            "kind": kind,
            "mac": mac(options["address"]),
            "vendor": about.vendor,
            "model": about.model,
            "serial": about.serial,
        },
        **{"version": about.version, "since": today},
    }


def _with_asset(site: Site, asset: Mapping[str, str]) -> Mapping[Path, bytes]:
    """The list of assets with this one, or nothing if it lists it already."""
    path: Path = site.sections["assets"] or site.source.parent / "assets.csv"
    try:
        raw = path.read_bytes() if path.exists() else None
        for key in ("id", "address"):
            if raw is not None and asset[key] in column(raw, key):
                say(LISTED.format(path=path, what=asset[key])[site.language])
                return {}
        return {path: with_asset(raw, asset)}
    except csv.Error as error:
        leave(NO_CSV.format(path=path, error=error)[site.language], 2)
    except OSError as error:
        leave(NO_LIST.format(path=path, error=error.strerror)[site.language], 2)


def _try(site: Site, fresh: bytes) -> None:
    """Load the new agent.yaml from beside the old one, where its paths mean the same."""
    from agent.config import ConfigError
    from agent.tables import load_site

    trial = site.source.with_name(f".{site.source.name}.trial")
    try:
        trial.unlink(missing_ok=True)
        trial.touch(mode=0o600)
        trial.write_bytes(fresh)
        load_site(trial)
    except ConfigError as error:
        leave(f"{WRONG[site.language]}\n{error.render(site.language)}", 2)
    except OSError as error:
        leave(NO_FOLDER.format(path=trial, error=error.strerror)[site.language])
    finally:
        with contextlib.suppress(OSError):
            trial.unlink(missing_ok=True)


def shown(taking: Taking) -> str:
    """What would be written, as text: entry, baseline, and the new line of the list of assets."""
    parts = [rendered([taking.entry])]
    for path, content in taking.files.items():
        text = content.decode("utf-8", "replace")
        if path.suffix == ".csv":
            parts.append(f"# {path}\n{text.splitlines()[-1]}")
        elif path == taking.baseline:
            parts.append(f"# {path}\n{text.rstrip()}")
    return "\n\n".join(parts)


def write(site: Site, taking: Taking) -> None:
    try:
        write_all(taking.files, backup=site.source)
    except OSError as error:
        leave(NOT_WRITTEN.format(path=error.filename, error=error.strerror)[site.language])
    for path in taking.files:
        say(str(path))
