"""Rules for the district's Prometheus: on the agents' incidents, or (raw) on the triggers themselves."""

from exporters.rules.district import district_rules
from exporters.rules.raw import raw_rules

__all__ = ["district_rules", "raw_rules"]
