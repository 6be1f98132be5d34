"""Documents of JSON: what is told to programs, the same from the web and from the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from agent.core.incident import Incident

INFINITE = {math.inf: "+Inf", -math.inf: "-Inf"}


def finite(value: Any) -> Any:
    """A document without the numbers that JSON does not have: they are text, as Prometheus writes them."""
    if isinstance(value, float) and not math.isfinite(value):
        return INFINITE.get(value, "NaN")
    if isinstance(value, Mapping):
        return {str(name): finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value


def incident_state(incident: Incident) -> dict[str, Any]:
    """An incident as it stands; times are Unix seconds."""
    return {
        "id": incident.id,
        "playbook": incident.playbook,
        "kind": incident.kind,
        "target": incident.target,
        "class": incident.class_,
        "opened": incident.opened,
        "closed": incident.closed,
        "acknowledged_by": incident.acknowledged_by,
        "acknowledged_at": incident.acknowledged_at,
        "subjects": list(incident.subjects),
        "value": incident.value,
        "revision": incident.revision,
        "recorded": incident.recorded,
    }
