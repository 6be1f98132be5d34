"""Runs in a namespace (tests/namespace.py): agents whose state directory is full, read-only, without inodes, or on a
mount that stops answering. `python tests/frame/refusing_disks.py CASE PLACE` prints what was seen as JSON."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.exporters.alertmanagers import Fake, fake
from tests.frame.centre import SELF, SILENT, Centre
from tests.peers import free_port, until

WRITABLE = "shouwang_storage_writable"


def mount(at: Path, options: str) -> None:
    at.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)], check=True)


def mount_dead(at: Path) -> int:
    """A FUSE file system whose server never answers; closing the descriptor ends it."""
    server = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={server},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"dead", str(at).encode(), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "mount")
    return server


def fill(at: Path) -> Path:
    path = at / "filling"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return path


class Story:
    def __init__(self, place: Path, receiver: Fake) -> None:
        self.centre = Centre(place, "state")
        self.receiver = receiver
        self.seen: dict[str, Any] = {}
        self.quiet = f"notify: {{alertmanagers: ['{receiver.url}']}}\nhosts: [{SELF}]\n"
        self.centre.write(self.quiet)

    def breaks(self) -> None:
        """Something else than the disk breaks: an incident."""
        self.centre.write(self.quiet + SILENT % free_port())

    def told(self) -> list[bool]:
        """Of each alert, whether it was marked as unrecorded."""
        return ["unrecorded" in alert["annotations"] for post in self.receiver.posts for alert in post]

    def refused(self) -> None:
        """Until the alert is out while the disk refuses; notes what the agent says of it."""
        centre = self.centre
        until(self.told, 30, f"an alert; {centre.said()}")
        until(lambda: centre.value(WRITABLE) == 0, why="the metric says that the disk takes nothing")
        self.seen["marked"] = set(self.told()) == {True}
        [incident] = centre.incidents()
        self.seen["recorded"] = incident["recorded"]
        self.seen["page"] = incident["id"] in centre.get("/incidents/" + incident["id"])

    def recovered(self) -> None:
        centre = self.centre
        until(lambda: centre.value(WRITABLE) == 1, 30, f"the disk takes writes again; {centre.said()}")
        [incident] = centre.incidents()
        kinds = centre.timeline(incident["id"])
        self.seen["written"] = incident["recorded"], kinds[0], kinds.count("opened")
        noting = {"incident": incident["id"], "who": "wang", "text": "again"}
        until(lambda: centre.tell("note", **noting), why="commands reach it")
        self.seen["noted"] = "note" in centre.timeline(incident["id"])
        self.seen["ledger"] = centre.sound()


def full(story: Story) -> None:
    """Full while it runs, and freed."""
    mount(story.centre.state, "size=8m")
    with story.centre.agent() as agent:
        filling = fill(story.centre.state)
        story.breaks()
        agent.send_signal(1)
        story.refused()
        filling.unlink()
        story.recovered()


def unusable(options: str) -> Callable[[Story], None]:
    """From the start, until it is mounted anew."""

    def told(story: Story) -> None:
        mount(story.centre.state, options)
        story.breaks()
        with story.centre.agent():
            story.refused()
            story.seen["reached"] = story.centre.tell("note")
            subprocess.run(["umount", "-l", str(story.centre.state)], check=True)
            story.recovered()

    return told


def dead(story: Story) -> None:
    """Whoever asks for a path hangs, while it runs."""
    story.centre.state.mkdir()
    with story.centre.agent() as agent:
        until((story.centre.state / "agent.sock").exists, why="it runs")
        server = mount_dead(story.centre.state)
        story.breaks()
        agent.send_signal(1)
        story.refused()
        story.seen["head"] = "hash" in story.centre.get("/api/v1/ledger/head")
        subprocess.run(["umount", "-l", str(story.centre.state)], check=True)
        os.close(server)
        story.recovered()
        server = mount_dead(story.centre.state)
        agent.terminate()
        story.seen["ended"] = agent.wait(30)
        subprocess.run(["umount", "-l", str(story.centre.state)], check=True)
        os.close(server)


def checklist(story: Story) -> None:
    """The checklist is run, reported and packed on a full disk, which is freed afterwards."""
    centre = story.centre
    mount(centre.state, "size=8m")
    run = ("checklist", "run", "--format", "json")
    packed = ("checklist", "evidence", "--all", "-o", str(centre.state / "pack.zip"))
    with centre.agent():
        until(lambda: centre.command(*run).returncode in (0, 1, 3), 30, "it judges")
        filling = fill(centre.state)
        # What is news must be written: a finding that stays as it was is no row in the first place.
        until(lambda: "内存" in centre.command(*run).stderr, 30, f"it says so; {centre.said()}")
        done = centre.command(*run)
        story.seen["run"] = done.returncode in (0, 1, 3), len(json.loads(done.stdout)["findings"]) > 50
        report, pack = centre.command("checklist", "report", "--format", "html"), centre.command(*packed)
        story.seen["report"] = report.returncode, "No space left" in report.stderr
        story.seen["pack"] = pack.returncode, "No space left" in pack.stderr
        story.seen["left"] = sorted(each.name for each in centre.state.rglob("*") if each.suffix in (".zip", ".half"))
        story.seen["reports"] = [each.name for each in (centre.state / "reports").glob("*") if each.name != ".lock"]
        filling.unlink()
        until(lambda: centre.value(WRITABLE) == 1, 30, f"the disk takes writes again; {centre.said()}")
        done = centre.command("checklist", "report", "--format", "html")
        story.seen["again"] = done.returncode, "-0001" in done.stdout
        verified = centre.command("ledger", "verify")
        story.seen["ledger"] = verified.returncode, verified.stderr
        story.seen["judged"] = bool(centre.command(*packed).returncode == 0)


CASES = {
    "full": full,
    "checklist": checklist,
    "read-only": unusable("ro,size=1m"),
    "without inodes": unusable("size=1m,nr_inodes=1"),
    "dead": dead,
}

if __name__ == "__main__":
    with fake() as receiver:
        story = Story(Path(sys.argv[2]), receiver)
        CASES[sys.argv[1]](story)
        story.seen["traceback"] = "Traceback" in story.centre.said()
        sys.stdout.write(json.dumps(story.seen))
