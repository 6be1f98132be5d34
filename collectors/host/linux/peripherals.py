"""Card reader, document camera and printer of a counter, by the USB devices that the kernel sees."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.metrics import PERIPHERAL
from collectors.host.subject import MINUTE, Subject, Turn

# `grep` says file and value; the folder of each device holds idVendor and idProduct, that of an interface its class.
DEVICES = Command(
    (
        "find", "-L", "/sys/bus/usb/devices/", "-maxdepth", "2", "(", "-name", "idVendor", "-o", "-name", "idProduct",
        "-o", "-name", "bInterfaceClass", ")", "-exec", "grep", "-Hs", "-e", "", "{}", "+",
    ),
    limit=128 * 1024,
)  # fmt: skip
FILE = re.compile(r"/sys/bus/usb/devices/([^/]+)/(idVendor|idProduct|bInterfaceClass):([0-9a-f]{2,4})")
# USB-IF class codes: smart card, video, printer.
CLASSES = {"card_reader": "0b", "document_camera": "0e", "printer": "07"}
# Readers of identity cards have no class of their own; nearly all have the module of the Ministry of Public Security.
KNOWN = {"card_reader": ("0400:c35a",)}


@dataclass
class Device:
    """`identity` is vendor:product, `classes` those of its interfaces."""

    vendor: str = ""
    product: str = ""
    classes: set[str] = field(default_factory=set)

    @property
    def identity(self) -> str:
        return f"{self.vendor}:{self.product}"


def ask(turn: Turn) -> Sequence[Command]:
    return (DEVICES,) if turn.options.peripherals else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """A host without USB has none of them; one whose devices cannot be listed tells nothing."""
    if not answers or not answers[0].stdout:
        if answers:
            turn.remarks.append(words.NO_USB)
        return
    there = devices(answers[0].text)
    for kind in turn.options.peripherals:
        wanted = {each.lower() for each in (*KNOWN.get(kind, ()), *turn.options.usb.get(kind, ()))}
        found = any(each.identity in wanted or CLASSES[kind] in each.classes for each in there.values())
        yield Sample(PERIPHERAL, float(found), (kind,))


def devices(text: str) -> Mapping[str, Device]:
    """By bus and port, like 1-1.2; the interfaces of a device have its name and more: 1-1.2:1.0."""
    found: defaultdict[str, Device] = defaultdict(Device)
    for line in text.split("\n"):
        match = FILE.fullmatch(line)
        if match is None:
            continue
        device = found[match[1].partition(":")[0]]
        if match[2] == "bInterfaceClass":
            device.classes.add(match[3])
        elif match[2] == "idVendor":
            device.vendor = match[3]
        else:
            device.product = match[3]
    return found


SUBJECT = Subject("peripherals", (PERIPHERAL,), ask, read, every=MINUTE)
