"""What is plugged into the computer of a counter, by the classes of its drivers: card reader, document camera,
printer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.linux.peripherals import KNOWN
from collectors.host.metrics import PERIPHERAL
from collectors.host.subject import MINUTE, Subject, Turn
from collectors.host.windows.script import document, lacking, number, rows, script, text

# Setup classes of devices, by GUID, as every Windows has them; `usb` of agent.yaml names by vendor and product those
# whose driver is of another class.
CLASSES = {
    "card_reader": ("{50dd5230-ba8a-11d1-bf5d-0000f805f530}",),  # SmartCardReader
    "document_camera": (
        "{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}",  # Camera
        "{6bdd1fc6-810f-11d0-bec7-08002be2092f}",  # Image
    ),
    "printer": ("{4d36e979-e325-11ce-bfc1-08002be10318}",),  # Printer, not its queues: those are there without it
}
SOFTWARE = "swd\\"  # devices that are programs only
SCRIPT = script(
    "peripherals",
    """give @{devices=@(Get-CimInstance Win32_PnPEntity|ForEach-Object{@{kind=$_.ClassGuid;id=$_.PNPDeviceID
fault=$_.ConfigManagerErrorCode}})}""",
    limit=512 * 1024,
)


def ask(turn: Turn) -> Sequence[Command]:
    return (SCRIPT,) if turn.options.peripherals else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    devices = [
        (text(each, "kind").lower(), text(each, "id", 200).lower(), number(each, "fault"))
        for each in rows(document(answers[0]), "devices")
    ]
    if not devices:
        turn.remarks.append(lacking(answers[0], words.DEVICES))
        return
    for peripheral in turn.options.peripherals:
        ids = [each.lower().split(":") for each in (*KNOWN.get(peripheral, ()), *turn.options.usb.get(peripheral, ()))]
        named = [f"vid_{vendor}&pid_{product}" for vendor, product in ids]
        faults = [
            fault
            for kind, at, fault in devices
            if (kind in CLASSES[peripheral] and not at.startswith(SOFTWARE)) or any(each in at for each in named)
        ]
        yield Sample(PERIPHERAL, float(0 in faults), (peripheral,))


SUBJECT = Subject("peripherals", (PERIPHERAL,), ask, read, every=MINUTE)
