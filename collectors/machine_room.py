"""What agent.yaml says about the machine room: UPS, sensors, power strips, cooling, contacts, cameras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from agent.core.calendar import Span
from agent.core.model import Section
from agent.options import DayHours, DeviceOptions, Identity, Refused
from collectors.camera_options import RecordingsOptions, Rtsp
from collectors.contact_options import InputKind, InputOptions, told_apart
from collectors.modbus_options import Modbus, Place

DOOR_WINDOW: tuple[Span, ...] = ((450, 1080),)  # 07:30-18:00


class MachineRoomOptions(DeviceOptions):
    """`kind` and `device` (a profile) are found out where not said; `place` says where each sensor hangs, `contacts`
    what each input of an SNMP sensor watches for. Keys of both are the names that the device has for them."""

    kind: Literal["ups", "sensor", "pdu", "cooling", "contacts", "camera"] | None = None
    device: Identity | None = None
    place: dict[str, Place] = Field(default_factory=dict)
    contacts_: dict[str, InputKind | InputOptions] = Field(
        default_factory=dict, alias="contacts", description="of an input: one of these words, or more about it"
    )
    door_window: DayHours = Field(
        DOOR_WINDOW, description="when the door may be open on service days; by default 07:30-18:00"
    )
    modbus: Modbus | None = None
    rtsp: Rtsp | None = Field(None, description="of a camera or recorder; default: port 554")
    recordings: RecordingsOptions | None = Field(None, description="of a recorder: how far back they go")

    @property
    def watched(self) -> bool:
        """What has neither credentials nor Modbus points, and is no camera, is only asked whether it answers."""
        return (
            self.modbus is not None
            or self.credentials is not None
            or self.kind == "camera"
            or self.rtsp is not None
            or self.recordings is not None
        )

    @property
    def contacts(self) -> Mapping[str, InputOptions]:
        """What was said of the inputs, by name."""
        return {
            name: said if isinstance(said, InputOptions) else InputOptions(measures=said)
            for name, said in self.contacts_.items()
        }

    @model_validator(mode="after")
    def _points_of_a_ups(self) -> Self:
        if self.kind == "ups" and self.credentials is None and self.modbus is not None:
            self.modbus.belongs_to_ups()
        return self

    @model_validator(mode="after")
    def _inputs_of_a_sensor(self) -> Self:
        if self.contacts_ and self.credentials is None:
            raise Refused(
                "contacts 说的是 SNMP 传感器的输入,需要 credentials;Modbus 的触点写在 modbus.points",
                "contacts are inputs of an SNMP sensor and need credentials; those of Modbus stand in modbus.points",
            )
        told_apart((said.measures, said.sensor or name) for name, said in self.contacts.items())
        return self


SECTION = Section(key="machine_room", options=MachineRoomOptions, kind="machine_room")
