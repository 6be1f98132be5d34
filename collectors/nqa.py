"""Tests of a line that a network device makes by itself, and what it tells of the latest one: NQA of Huawei and H3C, IP
SLA of Cisco, the ping test of RFC 4560. Each MIB is a table of objects beside the function that reads it."""

from __future__ import annotations

import re

from agent.core.reach import CannotAsk, SnmpSession
from collectors import nqa_cisco, nqa_huawei, nqa_ping
from collectors.nqa_result import Result, Running, index_of

BETWEEN = re.compile(r"[/ ]")


async def latest(snmp: SnmpSession, device: str, test: str) -> Result | Running:
    """`test` is OWNER/NAME, or the number or tag of an IP SLA operation. CannotAsk if the device has no such test, or
    does not run it."""
    owner, _, name = (BETWEEN.sub("/", test.strip(), count=1)).partition("/")
    index = index_of(owner, name)
    number = test.strip() if test.strip().isdigit() else None
    facts = await snmp.get((*nqa_huawei.asked(index), *nqa_ping.asked(index), *nqa_cisco.asked(number)))
    if nqa_huawei.knows(facts, index):
        return await nqa_huawei.result(snmp, facts, index)
    if nqa_ping.knows(facts, index):
        return nqa_ping.result(facts, index, f"{device}: test {test}")
    if number is None and (number := await nqa_cisco.number_of(snmp, test.strip())):
        facts = await snmp.get(nqa_cisco.asked(number))
    if number is not None and nqa_cisco.knows(facts, number):
        return nqa_cisco.result(facts, number, f"{device}: test {test}")
    raise CannotAsk(
        "missing",
        f"{device} has no test {test}: write OWNER/NAME as in `nqa test-instance OWNER NAME` (`nqa entry` on H3C), or "
        "the number of the IP SLA operation, and let the credentials read its MIB",
    )
