"""Devices served by pysnmp: one engine for all that speak versions 1 and 2c, one for each that speaks version 3.

An engine costs 0.1 s of CPU and more memory than thirty devices; version 3 needs one each, since id, boots and time are
the device's. Where a datagram arrived says which device is asked: each place is a transport domain of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpAsyncioTransport
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413.cmdrsp import CommandResponderBase
from pysnmp.entity.rfc3413.context import SnmpContext
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c
from pysnmp.smi.error import AuthorizationError, TooBigError

from agent.core.smi import Counter32, Counter64, Gauge32, IpAddress, TimeTicks
from demo.devices import codec
from demo.devices.answers import fitting, items
from demo.devices.codec import Asked, Item, Missing
from demo.devices.device import Value, engine_id
from demo.devices.place import Place

KINDS = {
    rfc1905.GetRequestPDU.tagSet: codec.GET,
    rfc1905.GetNextRequestPDU.tagSet: codec.GET_NEXT,
    rfc1905.GetBulkRequestPDU.tagSet: codec.GET_BULK,
}
TYPES: dict[type, Any] = {
    int: rfc1902.Integer32,
    bytes: rfc1902.OctetString,
    str: rfc1902.ObjectIdentifier,
    Counter32: rfc1902.Counter32,
    Counter64: rfc1902.Counter64,
    Gauge32: rfc1902.Gauge32,
    IpAddress: rfc1902.IpAddress,
    TimeTicks: rfc1902.TimeTicks,
}
NOTHING = {codec.NO_SUCH_INSTANCE: rfc1905.noSuchInstance, codec.END_OF_MIB_VIEW: rfc1905.endOfMibView}
VERSION_3, PRIVATE = 3, 3  # message processing model; security level authPriv
SEAL = 200  # bytes that version 3 needs around the bindings
FRAMEWORK = "__SNMP-FRAMEWORK-MIB"


async def serve(places: Sequence[Place]) -> list[SnmpEngine]:
    """Engines that answer until their close_dispatcher(); OSError if an address and port cannot be had."""
    engines: list[SnmpEngine] = []
    try:
        for user_place in (place for place in places if place.user is not None):
            engines.append(engine := _engine())
            _of_version_3(engine, user_place)
            await _listen(engine, [user_place])
        if plain := [place for place in places if place.user is None]:
            engines.append(engine := _engine())
            for community in dict.fromkeys(place.community for place in plain):
                config.add_v1_system(engine, community, community, securityName=community)
            await _listen(engine, plain)
    except BaseException:
        close(engines)
        raise
    return engines


def close(engines: Sequence[SnmpEngine]) -> None:
    for engine in engines:
        engine.close_dispatcher()


def _engine() -> SnmpEngine:
    # Without an id of our own it leaves no file behind; whoever needs one sets it afterwards.
    return SnmpEngine(maxMessageSize=codec.LONGEST)


def _of_version_3(engine: SnmpEngine, place: Place) -> None:
    (symbol,) = engine.get_mib_builder().import_symbols(FRAMEWORK, "snmpEngineID")
    engine.snmpEngineID = symbol.syntax = symbol.syntax.clone(engine_id(place.device))
    if (user := place.user) is not None:
        config.add_v3_user(
            engine,
            user.name,
            config.USM_AUTH_HMAC96_SHA,
            user.auth_password,
            config.USM_PRIV_CFB128_AES,
            user.privacy_password,
        )


async def _listen(engine: SnmpEngine, places: Sequence[Place]) -> None:
    transports = {(*DOMAIN_NAME, number): Transport(engine, place) for number, place in enumerate(places)}
    for domain, transport in transports.items():
        config.add_transport(engine, domain, transport)
    for transport in transports.values():
        await transport.open()
    Responder(engine, {domain: transport.place for domain, transport in transports.items()})


class Transport(UdpAsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    """One place's socket."""

    def __init__(self, engine: SnmpEngine, place: Place) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.place = place
        self._boots, self._time = engine.get_mib_builder().import_symbols(
            FRAMEWORK, "snmpEngineBoots", "snmpEngineTime"
        )

    async def open(self) -> None:
        where = self.place.address, self.place.port
        opened, _ = await self.loop.create_datagram_endpoint(lambda: self, local_addr=where)
        self.place.port = opened.get_extra_info("sockname")[1]

    def datagram_received(self, datagram: bytes, transportAddress: object) -> None:  # noqa: N803 - pysnmp's names
        device = self.place.device
        self.place.before(device)
        if not device.answers:
            return
        # What the security of version 3 looks at, and what a report tells.
        self._boots.syntax = rfc1902.Integer32(device.boots)
        self._time.syntax = rfc1902.Integer32(int(device.uptime))
        super().datagram_received(datagram, transportAddress)


class Responder(CommandResponderBase):  # type: ignore[misc]  # pysnmp has no types
    """Answers for all places of an engine. What may be read is everything, so pysnmp's access control is not asked."""

    SUPPORTED_PDU_TYPES = tuple(KINDS)

    def __init__(self, engine: SnmpEngine, places: dict[tuple[int, ...], Place]) -> None:
        super().__init__(engine, SnmpContext(engine))
        self._places = places
        self._model, self._name, self._level = 0, "", 0

    def process_pdu(self, engine: SnmpEngine, model: Any, security: Any, name: Any, level: Any, *rest: Any) -> None:
        self._model, self._name, self._level = int(model), str(name), int(level)
        super().process_pdu(engine, model, security, name, level, *rest)

    def handle_management_operation(self, engine: SnmpEngine, state: Any, context: Any, pdu: Any) -> None:
        domain, _ = engine.message_dispatcher.get_transport_info(state)
        place = self._places[tuple(domain)]
        if place.user is None and self._name != place.community:
            return  # a community that is right at another place
        if self._model == VERSION_3 and self._level != PRIVATE:
            raise AuthorizationError(idx=0)
        table = place.table()
        if table is None:
            return
        asked = _asked(pdu, codec.V1 if self._model == codec.V1 else codec.V2C)
        found = items(table, asked)
        count = fitting([codec.pair(item) for item in found], place.limit - SEAL)
        if count < len(found) and (asked.kind != codec.GET_BULK or not count):
            raise TooBigError(idx=0)
        self.send_varbinds(engine, state, 0, 0, [_theirs(item) for item in found[:count]])


def _asked(pdu: Any, version: int) -> Asked:
    kind = KINDS[pdu.tagSet]
    bulk = kind == codec.GET_BULK
    first = int(v2c.apiBulkPDU.get_non_repeaters(pdu)) if bulk else 0
    second = int(v2c.apiBulkPDU.get_max_repetitions(pdu)) if bulk else 0
    oids = tuple(tuple(name) for name, _ in v2c.apiPDU.get_varbinds(pdu))
    return Asked(version, b"", kind, 0, first, second, oids)


def _theirs(item: Item) -> tuple[Any, Any]:
    name, value = item
    return rfc1902.ObjectIdentifier(name), _value(value)


def _value(value: Value | Missing) -> Any:
    return NOTHING[value] if isinstance(value, Missing) else TYPES[type(value)](value)
