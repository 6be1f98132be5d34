"""Every row of flips.py, in one centre: each cause begins when its item passes and nothing that it claims is claimed,
and is healed as soon as the item has turned. What was seen of each is the result; tests judge it."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from agent.control import NotRunning, Refused, ask
from tests.demo import claims
from tests.demo.centres import Centre
from tests.demo.flips import Flip, Shortened, Sooner
from tests.peers import until

STATE = "var"  # of the agent, in the centre's folder
LOOK = 1.5  # seconds between two looks at the checklist
Finding = Mapping[str, Any]
NOTHING: Finding = {"result": "not there", "observed": {"en": ""}, "evidence": ()}


@dataclass
class Turn:
    """What was seen of a row: the findings when it had turned, and when it had turned back, with the seconds that each
    took; None where that was not seen in time. `last` is the newest."""

    row: Flip
    last: Finding = field(default_factory=lambda: NOTHING)
    begun: float | None = None
    turned: Finding | None = None
    took: float = 0.0
    healed: float | None = None
    back: Finding | None = None
    over: bool = False
    missed: str = ""

    def begin(self, centre: Centre) -> None:
        self.row.cause.begin(centre)
        self.begun = time.monotonic()

    def look(self, centre: Centre, finding: Finding) -> None:
        """Takes what is found now, and goes on: begins, is healed, is over."""
        self.last, now = finding, time.monotonic()
        if self.begun is None:
            if finding["result"] == self.row.well:
                self.begin(centre)
        elif self.healed is None:
            if self.found(finding) or now - self.begun > self.row.within:
                self.turned, self.took = finding if self.found(finding) else None, now - self.begun
                self.missed = self.seen
                self.row.cause.end(centre)
                self.healed = time.monotonic()
                self.over = bool(self.row.stays)
        elif finding["result"] == self.row.back or now - self.healed > self.row.gone:
            self.back = finding if finding["result"] == self.row.back else None
            self.over = True

    @property
    def seen(self) -> str:
        """The newest finding, for people."""
        return f"{self.last['result']}: {self.last['observed']['en']}"

    def found(self, finding: Finding) -> bool:
        """Whether it has turned, and shows what was changed."""
        values = [each["value"] for each in finding["evidence"]]
        shown = self.row.value is None or any(abs(value - self.row.value) < 1e-6 for value in values)
        return finding["result"] == self.row.result and self.row.shows in finding["observed"]["en"] and shown


def shorten(centre: Centre, shortened: Shortened, sooner: Sooner) -> None:
    """The centre's agent.yaml has these times from now on. It must be taken up."""
    file = centre.folder / "agent.yaml"
    document = {**yaml.safe_load(file.read_text("utf-8")), "thresholds": dict(shortened)}
    for (section, name), times in sooner.items():
        _put(document, section, name, times)
    written = file.with_suffix(".new")
    written.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    written.replace(file)  # at once: the agent may be about to read it
    until(lambda: centre.get("/api/v1/targets"), why="the agent's page does not answer")
    ask = urllib.request.Request(f"http://127.0.0.1:{centre.port}/-/reload", method="POST")
    with urllib.request.urlopen(ask, timeout=20) as answer:
        assert answer.status == 200, answer.read()


def _put(document: dict[str, Any], section: str, name: str, times: Mapping[str, Any]) -> None:
    """Into each entry of a section, the one of this id, which may be new, or the section itself."""
    there = document.setdefault(section, {})
    entries = [there] if isinstance(there, dict) else [each for each in there if name in ("", each["id"])]
    if name and not entries:
        entries = [{"id": name}]
        there += entries
    for entry in entries:
        for words, time_ in times.items():
            *outer, last = words.split(".")
            place = entry
            for word in outer:
                place = place.setdefault(word, {})
            place[last] = time_


def run(centre: Centre, rows: Iterable[Flip], seconds: float = 150) -> Mapping[Flip, Turn]:
    """All of them; what is not over after so many seconds has seen no end."""
    turns = {row: Turn(row) for row in rows}
    for turn in turns.values():
        if turn.row.early:
            turn.begin(centre)
    end = time.monotonic() + seconds
    while time.monotonic() < end and (going := claims.going(turns.values())):
        findings = _findings(centre)
        for turn in going:
            turn.look(centre, findings.get((turn.row.item, turn.row.subject), NOTHING))
        time.sleep(LOOK)
    return turns


def _findings(centre: Centre) -> Mapping[tuple[str, str], Finding]:
    """By item and subject, as the agent judges now, as `shouwang checklist run` has it; nothing until it has read."""
    try:
        told = ask(centre.folder / STATE, "checklist")["findings"]
    except (Refused, NotRunning):
        return {}
    return {(each["item"], each["subject"]): each for each in told}
