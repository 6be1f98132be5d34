"""Moments as recorders are told them and tell them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.core.calendar import CHINA


def moment(said: str) -> float | None:
    """Unix seconds of xs:dateTime; without a zone it is China's. None for what is no time, or an unset clock's."""
    try:
        found = datetime.fromisoformat(said)
        found = found if found.tzinfo else found.replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found.timestamp() if found.year >= 2000 else None


def written(at: float) -> str:
    """As xs:dateTime in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
