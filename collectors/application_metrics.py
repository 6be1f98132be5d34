"""Metrics that more than one collector of applications gives."""

from __future__ import annotations

from agent.core.model import Metric

UP = Metric("application_up", "gauge", "0/1", ("role",), "Answers as expected")
