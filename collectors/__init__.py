"""The table of what is watched: sections of agent.yaml and the collectors that read their targets."""

from agent.core.model import Collector, Section

_SECTIONS: tuple[Section, ...] = ()
_COLLECTORS: tuple[Collector, ...] = ()

SECTIONS = {section.key: section for section in _SECTIONS}
COLLECTORS = {collector.name: collector for collector in _COLLECTORS}
