"""Rules on what a firewall lets through. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.configuration.hardening.facts import Device
from collectors.configuration.hardening.found import Found


def any_to_any(device: Device) -> Iterator[Found]:
    for policy in device.firewall.policies if device.firewall else ():
        if policy.everything:
            yield Found(policy.name, policy.lines)


def permitting_default(device: Device) -> Iterator[Found]:
    if device.firewall is not None and device.firewall.permits:
        yield Found(device.firewall.permits[0], device.firewall.permits)


def uninspected(device: Device) -> Iterator[Found]:
    """What is about the firewall itself passes no inspection."""
    for policy in device.firewall.policies if device.firewall else ():
        if not policy.own and not policy.inspected:
            yield Found(policy.name, policy.lines)


def unrenewed(device: Device) -> Iterator[Found]:
    if device.firewall is not None and not device.firewall.renewed:
        yield Found()
