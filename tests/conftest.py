"""Where CI installed the peers, every skip fails but those named here: a test did not run and nobody would know."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine makes up examples and runs them is no promise of a test.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

REQUIRED = os.environ.get("SHOUWANG_PEERS_REQUIRED") == "1"
# What a clean clone cannot have: devices' recordings, which stay out of the repository.
ALLOWED = ("no recordings beside this checkout",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take long first: begun last, one would keep a single process busy when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that no one can read name no test, all the less where each process that shares the tests draws its own."""
    readable = not isinstance(val, bytes) or (val.isascii() and val.decode().isprintable())
    return None if readable else argname


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if REQUIRED and report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        if not any(allowed in reason for allowed in ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"skipped where nothing may be: {reason}"
    return report
