"""Families of command lines: how each prompts, pages, wipes a page break away and refuses.

Made from how public manuals and screens of such devices say that they behave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How a family prompts, pages, wipes a page break away and refuses."""

    prompt: str
    paging_off: str
    running: str
    saved: str
    leave: str
    more: str
    wipe: str
    unknown: str
    forbidden: str
    nothing_saved: str
    before: str = ""  # what stands before a configuration
    paging_said: str = ""
    nothing_seen: str = ""  # the configuration as an account with too little privilege sees it


VRP = Style(
    prompt="<{name}>",
    paging_off="screen-length 0 temporary",
    running="display current-configuration",
    saved="display saved-configuration",
    leave="quit",
    more="  ---- More ----",
    wipe="\x1b[42D" + " " * 42 + "\x1b[42D",
    unknown="            ^\r\nError: Unrecognized command found at '^' position.\r\n",
    forbidden="Error: You do not have permission to run the command or the command is incomplete.\r\n",
    nothing_saved="Error: There is no correct configuration file.\r\n",
    paging_said="Info: The configuration takes effect on the current user terminal interface only.\r\n",
    nothing_seen="#\r\nreturn\r\n",
)
COMWARE = Style(
    prompt="<{name}>",
    paging_off="screen-length disable",
    running="display current-configuration",
    saved="display saved-configuration",
    leave="quit",
    more="---- More ----",
    wipe="\x1b[16D" + " " * 16 + "\x1b[16D",
    unknown="             ^\r\n % Unrecognized command found at '^' position.\r\n",
    forbidden="Permission denied.\r\n",
    nothing_saved="The config file does not exist!\r\n",
    nothing_seen="#\r\nreturn\r\n",
)
IOS = Style(
    prompt="{name}#",
    paging_off="terminal length 0",
    running="show running-config",
    saved="show startup-config",
    leave="exit",
    more=" --More-- ",
    wipe="\x08" * 9 + " " * 8 + "\x08" * 9,
    unknown="             ^\r\n% Invalid input detected at '^' marker.\r\n\r\n",
    forbidden="Command authorization failed.\r\n\r\n",
    nothing_saved="startup-config is not present\r\n",
    before="Building configuration...\r\n\r\n",
    nothing_seen="Building configuration...\r\n\r\nCurrent configuration : 54 bytes\r\n!\r\n!\r\n!\r\nend\r\n",
)
RGOS = Style(
    prompt="{name}#",
    paging_off="terminal length 0",
    running="show running-config",
    saved="show startup-config",
    leave="exit",
    more=" --More-- ",
    wipe="\r" + " " * 10 + "\r",
    unknown="                ^\r\n% Invalid input detected at '^' marker.\r\n\r\n",
    forbidden="% Unrecognized host or address, or permission denied.\r\n",
    nothing_saved="%Error: startup-config is not present\r\n",
    before="\r\nBuilding configuration...\r\n",
    nothing_seen="\r\nBuilding configuration...\r\nCurrent configuration : 20 bytes\r\n\r\n!\r\nend\r\n",
)
STYLES: Mapping[str, Style] = {"huawei_vrp": VRP, "hp_comware": COMWARE, "ruijie_os": RGOS, "cisco_ios": IOS}
