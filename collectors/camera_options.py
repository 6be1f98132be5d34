"""What agent.yaml says of cameras and recorders: where they speak RTSP, and which cameras a recorder has."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from agent.options import Options, Port, Refused, shown


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
