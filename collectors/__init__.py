"""The table of what is watched: sections of agent.yaml and the collectors that read their targets."""

from agent.core.model import Collector, Section

SECTIONS: dict[str, Section] = {section.key: section for section in ()}
COLLECTORS: dict[str, Collector] = {collector.name: collector for collector in ()}
