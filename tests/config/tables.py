"""The sections that the packages bring, joined as the product joins them."""

from agent.core.model import Section
from agent.transports import logins
from checks import options as checks
from collectors import application, backup, host, isolation, line, log_store, machine_room, switch
from exporters import notify

SECTIONS: dict[str, Section] = {
    section.key: section
    for section in (
        logins.SECTION,
        machine_room.SECTION,
        switch.SECTION,
        line.SECTION,
        host.SECTION,
        application.SECTION,
        backup.SECTION,
        isolation.SECTION,
        log_store.SECTION,
        notify.SECTION,
        *checks.SECTIONS,
    )
}
