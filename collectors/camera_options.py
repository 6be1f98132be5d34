"""What agent.yaml says of cameras and recorders: where they speak RTSP, which cameras a recorder has, and how it is
asked for its recordings."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.options import Options, Port, Refused, SecretText, shown


def rtsp_path(value: str) -> str:
    """The part of an RTSP address after the server's; no login, since nobody is logged in to."""
    if not re.fullmatch(r"/[!-~]{0,200}", value) or "@" in value:
        raise Refused(
            f"不是 RTSP 地址里的路径:{shown(value)};可写 /Streaming/Channels/101 这样,不带地址和密码",
            f"not the path of an RTSP address: {shown(value)}; allowed: like /Streaming/Channels/101, without password",
        )
    return value


RtspPath = Annotated[str, AfterValidator(rtsp_path)]


class Rtsp(Options):
    """`cameras` of a recorder, each with its path; a camera alone needs none."""

    port: Port = 554
    cameras: dict[str, RtspPath] = Field(default_factory=dict, max_length=64)


class RecordingsOptions(Options):
    """How far back a recorder's recordings go is asked by ONVIF, which tells of each of its recordings, or by
    Hikvision's ISAPI, for each of `tracks`: 101 is the main stream of channel 1. The account need only play back."""

    by: Literal["onvif", "isapi"] = "onvif"
    user: Annotated[str, Field(min_length=1, max_length=64, pattern=r'^[^"\\:\x00-\x1f]+$')]
    password: SecretText
    port: Port | None = None
    https: bool = False
    tracks: dict[str, Annotated[int, Field(ge=1, le=99999)]] = Field(
        default_factory=dict, max_length=64, description="by ISAPI: of a camera by its name, like {机房: 101}"
    )

    @model_validator(mode="after")
    def _tracks_of_isapi(self) -> Self:
        if (self.by == "isapi") != bool(self.tracks):
            raise Refused(
                "tracks 用于 by: isapi,而且少不了:{机房: 101}",
                "tracks go with by: isapi, which needs them: {room: 101}",
            )
        return self
