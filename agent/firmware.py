"""The list of device software that people keep in baselines/firmware.yaml: approved versions, those that are no longer
maintained, advisories of makers. Read again when it has changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from agent.core import firmware
from agent.core.aside import aside
from agent.core.firmware import Listed, Severity
from agent.core.text import Text, clean
from agent.options import Options

NAME = "firmware.yaml"
LARGEST = 4 * 2**20  # bytes
MOST_FLAWS = 3
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FLAW = Text(
    "{path}:{why};设备版本没有评判,请改正这个文件",
    "{path}: {why}; versions of devices were not judged, put this file right",
)


class ReleaseForm(Options):
    vendor: str
    model: str = "*"
    approved: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


class AdvisoryForm(Options):
    id: str
    severity: Severity
    vendor: str
    model: str = "*"
    versions: tuple[str, ...] = ()
    before: str = ""


class ListForm(Options):
    releases: tuple[ReleaseForm, ...] = Field(min_length=1)
    advisories: tuple[AdvisoryForm, ...] = ()

    @property
    def listed(self) -> Listed:
        return Listed(
            tuple(firmware.Release(**each.model_dump()) for each in self.releases),
            tuple(firmware.Advisory(**each.model_dump()) for each in self.advisories),
        )


class Kept:
    """Implements agent.core.firmware.Firmware; `folder` tells where baselines are."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._known: tuple[Any, Listed | None] | None = None

    async def listed(self) -> Listed | None:
        return await aside(self._look)

    def _look(self) -> Listed | None:
        path = self._folder() / NAME
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            return _flawed(path, str(error.strerror))
        stamp = path, found.st_mtime_ns, found.st_size, found.st_ino
        if self._known is None or self._known[0] != stamp:
            self._known = stamp, replace(read(path), changed=found.st_mtime)
        return self._known[1]


def read(path: Path) -> Listed:
    """The list, or what is wrong with it."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            return _flawed(path, f"more than {LARGEST // 2**20} MiB")
        return ListForm.model_validate(yaml.load(raw, LOADER)).listed  # noqa: S506 - it is a safe loader
    except ValidationError as error:
        flaws = [f"{'.'.join(map(str, each['loc'])) or 'all'}: {each['msg']}" for each in error.errors()]
        return _flawed(path, "; ".join(flaws[:MOST_FLAWS]))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        return _flawed(path, str(error))


def _flawed(path: Path, why: str) -> Listed:
    return Listed(flaw=FLAW.format(path=path, why=clean(why, 300)))
