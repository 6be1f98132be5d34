"""/probe beside the real blackbox_exporter: the same targets, the same modules, the same series and values."""

from __future__ import annotations

import asyncio

import pytest

from tests.exporters.probe_cases import Case
from tests.exporters.probe_sides import Said, compared, differences

Compared = list[tuple[Case, Said, Said]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    return asyncio.run(compared(tmp_path_factory.mktemp("probe")))


@pytest.mark.parametrize(("prober", "least"), [("http", 120), ("tcp", 25), ("dns", 30)])
def test_the_series_and_values_are_those_of_blackbox_exporter(found: Compared, prober: str, least: int) -> None:
    tried = [each for each in found if each[0].module.startswith(prober)]
    assert len(tried) >= least
    assert {case.name + " " + case.module: said for case, *both in tried if (said := differences(*both))} == {}


def test_an_echo_gives_the_series_and_values_of_blackbox_exporter(found: Compared) -> None:
    tried = [each for each in found if each[0].module.startswith("icmp")]
    if not any(theirs.series.get("probe_success") for _, _, theirs in tried):
        pytest.skip("blackbox_exporter has no right to send ICMP here: run as root, or open net.ipv4.ping_group_range")
    assert len(tried) >= 8
    assert {case.name + " " + case.module: said for case, *both in tried if (said := differences(*both))} == {}


def test_targets_are_good_and_bad_in_each_prober(found: Compared) -> None:
    for prober in ("http", "tcp", "dns"):
        said = {theirs.series["probe_success"] for case, _, theirs in found if case.module.startswith(prober)}
        assert said == {0.0, 1.0}
