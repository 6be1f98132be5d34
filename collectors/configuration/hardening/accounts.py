"""Rules on accounts, passwords and their policy. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from collectors.configuration.hardening.facts import Device, Passwords
from collectors.configuration.hardening.found import Find, Found

# That come with devices, or that everybody tries first.
DEFAULT = frozenset(
    ("admin", "administrator", "root", "guest", "test", "user", "manager", "super", "cisco", "huawei", "h3c", "ruijie")
)
LENGTH, KINDS, DAYS, ATTEMPTS = 8, 3, 90.0, 5
WEAK = frozenset(("clear", "reversible"))

GAPS: Mapping[str, Callable[[Passwords], bool]] = {
    "length": lambda policy: policy.length < LENGTH,
    "kinds": lambda policy: policy.kinds < KINDS,
    "days": lambda policy: policy.days is None or policy.days > DAYS,
    "attempts": lambda policy: policy.attempts is None or policy.attempts > ATTEMPTS,
}


def default_accounts(device: Device) -> Iterator[Found]:
    for each in device.accounts:
        if each.name.lower() in DEFAULT:
            yield Found(each.name, each.lines)


def readable_passwords(device: Device) -> Iterator[Found]:
    """In clear text, or so that anybody who reads the configuration can turn them back."""
    for account in device.accounts:
        if account.stored in WEAK:
            yield Found(account.name, account.lines)
    for secret in device.secrets:
        if secret.stored in WEAK:
            yield Found(secret.name, secret.lines)


def gap(part: str) -> Find:
    """One missing point of the policy is a warning, two are a failure: NET-21. Whoever has no password here, since all
    are kept elsewhere, needs no policy here."""

    def find(device: Device) -> Iterator[Found]:
        policy = device.passwords
        if not device.accounts and not any(each.login == "shared" for each in device.terminals):
            return
        missing = [each for each, misses in GAPS.items() if each not in policy.fixed and misses(policy)]
        if part in missing:
            now = getattr(policy, part)
            yield Found("-" if now is None else f"{now:g}", policy.lines, "fail" if len(missing) > 1 else "warn")

    return find
