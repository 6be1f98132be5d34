"""What is plugged into a counter's computer, as Windows tells it (Win32_PnPEntity)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """`setup` is the class of its driver, by GUID; `path` begins with how it is attached."""

    setup: str
    path: str


# Setup classes: keyboard, mouse, disk, system, smart card reader, camera, printer, print queue.
KEYBOARD, MOUSE = "{4d36e96b-e325-11ce-bfc1-08002be10318}", "{4d36e96f-e325-11ce-bfc1-08002be10318}"
DRIVE, SYSTEM = "{4d36e967-e325-11ce-bfc1-08002be10318}", "{4d36e97d-e325-11ce-bfc1-08002be10318}"
READER, CAMERA = "{50dd5230-ba8a-11d1-bf5d-0000f805f530}", "{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}"
PRINTER, QUEUE = "{4d36e979-e325-11ce-bfc1-08002be10318}", "{1ed2bbf9-11f0-4084-b21f-ad83a8e6dcdc}"

ALWAYS = (
    Device(SYSTEM, "ACPI\\PNP0C08\\0"),
    Device(DRIVE, "SCSI\\DISK&VEN_NVME&PROD_256GB\\5&1A2B3C4D&0&000000"),
    Device(KEYBOARD, "HID\\VID_413C&PID_2113&MI_00\\7&21C5F3A&0&0000"),
    Device(MOUSE, "HID\\VID_413C&PID_301A\\7&1B7E1F0&0&0000"),
    Device(QUEUE, "SWD\\PRINTENUM\\PRINTQUEUES"),
    Device(PRINTER, "SWD\\PRINTENUM\\{9D6C3C1E-2C8A-4B55-9B1B-3D1E0C7F1A11}"),
)
PERIPHERALS: Mapping[str, Device] = {
    "card_reader": Device(READER, "USB\\VID_0400&PID_C35A\\5&2E6A1B7&0&3"),
    "document_camera": Device(CAMERA, "USB\\VID_0C45&PID_6366&MI_00\\6&1F2D3C4&0&0000"),
    "printer": Device(PRINTER, "USBPRINT\\HEWLETT-PACKARDHP_LASERJET\\7&3A1B2C3&0&USB001"),
}
