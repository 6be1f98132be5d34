"""Whether hosts showed the SSH host key that is known of them, as samples: told when a connection is opened, which the
way in does once an hour, and standing until the next."""

from __future__ import annotations

from collections.abc import Callable

from agent.core.computed import Computed
from agent.core.model import Metric
from agent.core.site import Site
from agent.core.snapshot import Snapshot

CHANGED = Metric(
    "shouwang_target_host_key_changed",
    "gauge",
    "0/1",
    (),
    "The SSH host key is unknown, revoked or another than known_hosts has; nothing secret was sent",
)
METRICS = (CHANGED,)
PART = "host_key"


class HostKeys:
    def __init__(self, snapshot: Snapshot, site: Callable[[], Site], clock: Callable[[], float]) -> None:
        self._snapshot, self._site, self._clock = snapshot, site, clock
        self._known: dict[str, bool] = {}

    def noticed(self, identity: str, known: bool) -> None:
        """The target with this id showed its key; of a jump host that is no target nothing is told."""
        self._known[identity] = known
        self._tell(identity)

    def reload(self) -> None:
        """What was noticed of the targets that are still there is told anew."""
        self._known = {identity: known for identity, known in self._known.items() if self._site().target(identity)}
        for identity in self._known:
            self._tell(identity)

    def _tell(self, identity: str) -> None:
        target = self._site().target(identity)
        if target is not None:
            samples = (CHANGED.sample(not self._known[identity]),)
            self._snapshot.put(Computed(target, PART, self._clock(), 0.0, samples))
