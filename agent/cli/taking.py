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
from agent.discovery.assets import column, with_asset
from agent.discovery.baseline import Port, baseline_text
from agent.discovery.edit import with_entry
from agent.discovery.entries import Entry, rendered
from agent.discovery.files import write_all
from agent.discovery.neighbour import mac
from agent.options import Refused, identity


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
            leave(f"id {found.id} is used already; choose another with --id", 2)
        fresh = with_entry(site.source.read_bytes(), found.section, found.line, found.remark)
    except Refused as error:
        leave(error.text[site.language], 2)
    now = site.calendar.local(time.time()).replace(microsecond=0)
    baseline = (site.sections["baselines"] or site.source.parent / "baselines") / f"{found.id}.yaml"
    if baseline.exists():
        leave(f"{baseline} exists; move it away, or choose another id with --id", 2)
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
                say(f"{path} lists {asset[key]} already; it stays as it is")
                return {}
        return {path: with_asset(raw, asset)}
    except csv.Error as error:
        leave(f"{path}: not a CSV file ({error}); save it as CSV again", 2)
    except OSError as error:
        leave(f"{path}: {error.strerror}; it must be readable to be added to", 2)


def _try(site: Site, fresh: bytes) -> None:
    """Load the new agent.yaml from beside the old one, where its paths mean the same."""
    from agent.app import load_site
    from agent.config import ConfigError

    trial = site.source.with_name(f".{site.source.name}.trial")
    try:
        trial.unlink(missing_ok=True)
        trial.touch(mode=0o600)
        trial.write_bytes(fresh)
        load_site(trial)
    except ConfigError as error:
        leave(f"with the new entry agent.yaml would be wrong; nothing was written\n{error.render(site.language)}", 2)
    except OSError as error:
        leave(f"{trial}: {error.strerror}; the folder of agent.yaml must be writable")
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
        leave(f"{error.filename}: {error.strerror}; everything is as it was")
    for path in taking.files:
        say(str(path))
