"""The table of what is watched: sections of agent.yaml and the collectors that read their targets."""

from agent.core.model import Collector, Section
from collectors import application, backup, contacts, host, line, machine_room, reach, switch

_SECTIONS: tuple[Section, ...] = (
    machine_room.SECTION,
    switch.SECTION,
    line.SECTION,
    host.SECTION,
    application.SECTION,
    backup.SECTION,
)
_COLLECTORS: tuple[Collector, ...] = (
    reach.COLLECTOR,
    switch.COLLECTOR,
    contacts.COLLECTOR,
    line.COLLECTOR,
    host.COLLECTOR,
)

SECTIONS = {section.key: section for section in _SECTIONS}
COLLECTORS = {collector.name: collector for collector in _COLLECTORS}
