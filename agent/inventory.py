"""Inventory: keeps over restarts when and where each registered device was seen last, and says how well the list of
assets and the network agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from agent.clock import Clock
from agent.core.assets import Asset, Assets
from agent.core.inventory import body_of, read, without_owner
from agent.core.model import Metric, Reading, Sample
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.core.text import Said
from agent.core.write import Write, of_fact

MATCH = Metric(
    "checklist_assets_match_ratio",
    "gauge",
    "ratio",
    (),
    "Registered devices that were seen in 30 days, of all that are registered or were seen; absent in the first day "
    "while not all of them were",
)
WITHOUT_OWNER = Metric(
    "checklist_assets_without_owner", "gauge", "assets", (), "Key assets without a responsible person"
)
WARRANTY = Metric(
    "checklist_asset_warranty_end_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("asset",),
    "End of the warranty, where the asset list has it",
)
SOFTWARE = Metric(
    "checklist_asset_software_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("asset",),
    "The day that the software of a device is from, where the asset list has it",
)
METRICS = (MATCH, WITHOUT_OWNER, WARRANTY, SOFTWARE)
LOOK_EVERY = 60.0
FACT = "inventory"


class Watching:
    """`kept` is what an earlier agent wrote under FACT."""

    def __init__(
        self,
        snapshot: Snapshot,
        clock: Clock,
        site: Callable[[], Site],
        assets: Callable[[], Assets | None],
        kept: Any = None,
    ) -> None:
        self._snapshot, self._clock, self._site, self._assets = snapshot, clock, site, assets
        self.found = self._kept = read(kept)
        clock.stepped(self._stepped)

    def due(self) -> list[Write]:
        """What has to be written now."""
        before, self._kept = self._kept, self.found
        return self.everything() if before != self.found else []

    def everything(self) -> list[Write]:
        """For a file that begins anew."""
        return [of_fact(FACT, body_of(self.found))]

    def look(self) -> None:
        """To be called every LOOK_EVERY seconds."""
        now, assets = self._clock.now(), self._assets()
        samples: tuple[Sample, ...] = ()
        remarks: tuple[Said, ...] = ()
        if assets is not None and not assets.failure:
            self.found = self.found.looked(assets, self._snapshot.readings(), now)
            samples = tuple(self._samples(assets))
            remarks = (assets.stale,) if assets.stale else ()
        self._snapshot.put(Reading(None, FACT, now, 0.0, samples, remarks=remarks))

    def _samples(self, assets: Assets) -> Iterator[Sample]:
        site = self._site()
        ratio = self.found.match_ratio(assets)
        if ratio is not None:
            yield MATCH.sample(ratio)
        yield WITHOUT_OWNER.sample(len(without_owner(assets, site.targets)))
        told: dict[tuple[Metric, str], Sample] = {}
        for asset in assets.listed:
            for sample in _days(asset, site):
                told.setdefault((sample.metric, asset.label), sample)
        yield from told.values()

    def _stepped(self, by: float) -> None:
        self.found = self.found.moved(by)


def _days(asset: Asset, site: Site) -> Iterator[Sample]:
    """A warranty lasts until the end of its day."""
    if asset.warranty:
        yield WARRANTY.sample(site.calendar.moment(asset.warranty, 1440), asset=asset.label)
    if asset.software:
        yield SOFTWARE.sample(site.calendar.moment(asset.software), asset=asset.label)
