"""Aside: a call that may block, in a daemon thread of its own, so that one that hangs holds neither the event loop,
nor a pool that others need, nor the end of the process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def aside(call: Callable[[], T]) -> asyncio.Future[T]:
    """What `call` returns or raises, some time, or never. The caller bounds the wait and how many it starts:
    a thread that hangs in the kernel cannot be ended from outside."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # without an error the result is a T
        else:
            future.set_exception(error)

    def run() -> None:
        result: T | None = None
        error: Exception | None = None
        try:
            result = call()
        except Exception as caught:  # noqa: BLE001 - handed to the waiting side as it is
            error = caught
        with contextlib.suppress(RuntimeError):  # the loop was closed while the call hung
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return future
