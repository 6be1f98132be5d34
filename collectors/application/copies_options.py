"""`copies:` of an application: which version is laid down, for its server and for the program on other hosts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from agent.core.unchanged import MISSING
from agent.options import Options, Refused
from collectors.host.options import HostPath

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$", to_lower=True)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class CopiesOptions(Options):
    """`server`: what the application itself shows as its version. `file` is the program on those hosts that name it
    under `software`: of this `version`, as Windows keeps it in a program, or with one of these `sha256`."""

    server: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    file: HostPath | None = None
    version: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    sha256: Annotated[
        tuple[Sha256, ...],
        BeforeValidator(_listed),
        WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
    ] = Field((), max_length=20)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.server is None and self.file is None:
            raise Refused(
                "请写 server(服务端版本),或 file 与 version、sha256", "write server, or file with version or sha256"
            )
        if (self.file is not None) != (self.version is not None or bool(self.sha256)):
            raise Refused(
                "file 与 version、sha256 要写在一起:哪个文件,应是哪一份",
                "file goes with version or sha256: which file, and which copy of it is right",
            )
        return self

    def right(self, digest: str, version: str) -> bool:
        """Whether this copy is laid down; by both where both are said."""
        if digest == MISSING:
            return False
        by_version = self.version is None or version == self.version
        return by_version and (not self.sha256 or digest in self.sha256)
