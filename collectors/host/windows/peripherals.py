"""What is plugged into the computer of a counter, by the classes of its drivers: card reader, document camera,
printer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.metrics import PERIPHERAL
from collectors.host.subject import MINUTE, Subject, Turn
from collectors.host.windows.script import document, lacking, rows, script, text

# Setup classes of devices; `usb` of agent.yaml names those whose driver is of another class by vendor and product.
CLASSES = {
    "card_reader": ("smartcardreader", "smartcard"),
    "document_camera": ("camera", "image"),
    "printer": ("printer", "usbprint"),
}
SCRIPT = script(
    "peripherals",
    """give @{devices=@(Get-PnpDevice -PresentOnly|ForEach-Object{@{kind=$_.Class;id=$_.InstanceId;status=[string]\
$_.Status}})}""",
)


def ask(turn: Turn) -> Sequence[Command]:
    return (SCRIPT,) if turn.options.peripherals else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    devices = [
        (text(each, "kind").lower(), text(each, "id", 200).lower(), text(each, "status"))
        for each in rows(document(answers[0]), "devices")
    ]
    if not devices:
        turn.remarks.append(lacking(answers, words.DEVICES))
        return
    for peripheral in turn.options.peripherals:
        ids = [each.lower().split(":") for each in turn.options.usb.get(peripheral, ())]
        named = [f"vid_{vendor}&pid_{product}" for vendor, product in ids]
        there = [
            status for kind, at, status in devices if kind in CLASSES[peripheral] or any(each in at for each in named)
        ]
        yield Sample(PERIPHERAL, float("OK" in there), (peripheral,))


SUBJECT = Subject("peripherals", (PERIPHERAL,), ask, read, every=MINUTE)
