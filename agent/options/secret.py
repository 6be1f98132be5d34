"""Secrets and paths of agent.yaml: `${ENV}`, `file:path`, and paths relative to the file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo

from agent.core.secrets import Secret
from agent.options.base import Refused, shown

SECRET_LIMIT = 4096


def secret(value: Any, info: ValidationInfo) -> Secret:
    """A Secret from `${ENV}` or `file:path` (relative to agent.yaml); plain text is accepted for a first try.

    No message tells any part of the value.
    """
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Refused(
            "密码类选项应为文字;请加引号,或写 ${环境变量}、file:路径",
            "a secret is a text; put it in quotes, or write ${ENV} or file:PATH",
        )
    text = str(value)
    if match := re.fullmatch(r"\$\{(\w+)\}", text):
        found = os.environ.get(match[1])
        if found is None:
            raise Refused(
                f"环境变量 {match[1]} 没有设置;请设置它,或改写 file:路径",
                f"environment variable {match[1]} is not set; set it, or use file:PATH",
            )
        return _held(found, f"环境变量 {match[1]} ", f"environment variable {match[1]}")
    if text.startswith("${"):
        raise Refused(
            "以 ${ 开头,却不是 ${变量名} 的写法;若密码本身如此,请改写 file:路径",
            "begins with ${ and is not ${NAME}; if the secret itself does, use file:PATH",
        )
    if text.startswith("file:"):
        return _read_secret(_base(info) / text.removeprefix("file:"))
    return _held(text, "密码", "this secret")


def _held(value: str, zh: str, en: str) -> Secret:
    if not value:
        raise Refused(f"{zh}是空的", f"{en} is empty")
    if len(value) > SECRET_LIMIT:
        raise Refused(f"{zh}超过 {SECRET_LIMIT} 个字符", f"{en} has more than {SECRET_LIMIT} characters")
    # In os.environ a byte that is not UTF-8 stands as one of these.
    if any("\ud800" <= each <= "\udfff" for each in value):
        raise Refused(f"{zh}不是 UTF-8", f"{en} is not UTF-8")
    return Secret(value)


def _read_secret(path: Path) -> Secret:
    zh, en = f"密码文件 {path} ", f"secret file {path}"
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(f"{zh}不是普通文件", f"{en} is not a plain file")
            raw = file.read(SECRET_LIMIT + 1)
        return _held(raw.decode("utf-8").strip("\r\n"), zh, en)
    except OSError as error:
        raise Refused(
            f"{zh}读不了({error.strerror});请建立它,只让守望的用户可读",
            f"{en}: {error.strerror}; create it, readable by the agent only",
        ) from None
    except UnicodeDecodeError:
        raise Refused(f"{zh}不是 UTF-8", f"{en} is not UTF-8") from None


def relative_path(value: Any, info: ValidationInfo) -> Path:
    """A path, absolute or relative to agent.yaml."""
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise Refused(f"不是路径:{shown(value)}", f"not a path: {shown(value)}")
    return _base(info) / value


def _base(info: ValidationInfo) -> Path:
    context: Mapping[str, Any] = info.context or {}
    return Path(context.get("base", "."))
