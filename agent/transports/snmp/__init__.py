"""SNMP in pure Python on asyncio. Each file has one idea: values, oid, ber, pdu, message, reply, wire, walk, limit,
peer, client, login, way; for version 3 message_v3 and the parts of usm. by_pysnmp puts pysnmp in the place of
all below client."""

from agent.transports.snmp.client import Manners, Session
from agent.transports.snmp.way import SnmpWay

__all__ = ["Manners", "Session", "SnmpWay"]
