"""Configurations of devices on record: history (git), record (what collectors and commands see)."""

from agent.configurations.history import Stored
from agent.configurations.record import Record

__all__ = ["Record", "Stored"]
