"""The table of what is watched: sections of agent.yaml and the collectors that read their targets."""

from agent.core.model import Collector, Section
from collectors import (
    application,
    arp,
    arp_local,
    backup,
    bridge,
    camera,
    clock,
    community,
    configuration,
    contacts,
    device,
    host,
    line,
    machine_room,
    name_servers,
    neighbours,
    printer_state,
    reach,
    recorder,
    room,
    routing,
    stations,
    switch,
    ups,
    ups_modbus,
)

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
    device.COLLECTOR,
    switch.COLLECTOR,
    bridge.COLLECTOR,
    stations.COLLECTOR,
    arp.COLLECTOR,
    arp_local.COLLECTOR,
    neighbours.COLLECTOR,
    clock.COLLECTOR,
    community.COLLECTOR,
    *configuration.COLLECTORS,
    ups.COLLECTOR,
    ups_modbus.COLLECTOR,
    room.COLLECTOR,
    contacts.COLLECTOR,
    camera.COLLECTOR,
    recorder.COLLECTOR,
    line.COLLECTOR,
    *host.COLLECTORS,
    routing.COLLECTOR,
    application.COLLECTOR,
    *backup.COLLECTORS,
    name_servers.COLLECTOR,
    printer_state.COLLECTOR,
)

SECTIONS = {section.key: section for section in _SECTIONS}
COLLECTORS = {collector.name: collector for collector in _COLLECTORS}
