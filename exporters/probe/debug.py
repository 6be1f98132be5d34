"""What `debug=true` shows: the log of the probe, its series, and the module, whose secrets stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from agent.core.secrets import Secret
from exporters.probe.module import Module
from exporters.probe.run import Run
from exporters.probe.values import Part, ProxyUrl

HIDDEN = "<secret>"
SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token")
UNITS = ((3600, "h"), (60, "m"))


def shown(run: Run) -> str:
    series = b"".join(run.families.rendered()).decode()
    module = yaml.safe_dump(_part(run.module), sort_keys=False, allow_unicode=True)
    logs = "".join(f"{line}\n" for line in run.log.lines)
    return (
        f"Logs for the probe:\n{logs}\n\n\nMetrics that would have been returned:\n{series}"
        f"\n\n\nModule configuration:\n{module}"
    )


def _part(part: Part) -> dict[str, Any]:
    """As blackbox_exporter writes a module: in the order of the keys, without what is empty."""
    found = {name: _plain(name, getattr(part, name)) for name in type(part).model_fields}
    if isinstance(part, Module):
        found |= {"timeout": duration(part.timeout)} if part.timeout else {}
        found = {name: value for name, value in found.items() if name != "grpc" or part.prober == "grpc"}
    return {name: value for name, value in found.items() if value not in (None, "", 0, 0.0, False, [], {})}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Part):
        return _part(value)
    if isinstance(value, tuple):
        return [_plain(name, each) for each in value]
    if isinstance(value, Mapping):
        return {key: HIDDEN if key.lower() in SECRET_HEADERS else _plain(key, each) for key, each in value.items()}
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, ProxyUrl):
        return value.shown
    return str(value) if isinstance(value, Path) else value


def duration(seconds: float) -> str:
    """As Go writes it: 3s, 1m30s, 1.5s, 500ms, 1h0m0s."""
    if seconds < 1:
        return f"{round(seconds * 1000, 6):g}ms"
    text, left = "", seconds
    for size, unit in UNITS:
        if seconds >= size:
            text += f"{int(left // size)}{unit}"
            left %= size
    return f"{text}{round(left, 9):g}s"
