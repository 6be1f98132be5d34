"""SNMP in pure Python on asyncio. Each file has one idea: values, oid, ber, pdu, message, wire, walk, client, way."""

from agent.transports.snmp.client import Manners, Session
from agent.transports.snmp.way import SnmpWay

__all__ = ["Manners", "Session", "SnmpWay"]
