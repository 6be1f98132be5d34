"""Hosts: their section of agent.yaml, and the collectors that read them, one for each way in."""

from agent.core.model import Section
from collectors.host import clock, linux, own, parts, snmp, windows
from collectors.host.options import HostOptions

SECTION = Section("hosts", HostOptions, kind="host")
COLLECTORS = (own.COLLECTOR, linux.COLLECTOR, windows.COLLECTOR, snmp.COLLECTOR, clock.COLLECTOR, parts.COLLECTOR)
