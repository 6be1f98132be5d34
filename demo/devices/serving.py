"""Serving devices: in an event loop that runs already, or in a thread with a loop of its own.

    access = Place(access_switch())
    with in_thread([access]):
        ...  # ask 127.0.0.1, access.port, community access.community; change access.device as you like

pysnmp answers where its speed suffices (100 µs of CPU a value), and always for version 3; hundreds of devices are
served by our own codec.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

from demo.devices import by_codec
from demo.devices.place import Place

Engine = Literal["pysnmp", "codec"]


@asynccontextmanager
async def serving(places: Sequence[Place], engine: Engine = "pysnmp") -> AsyncIterator[None]:
    """OSError if an address and port cannot be had: then nothing is served."""
    mine = [place for place in places if engine == "codec" and place.user is None]
    theirs = [place for place in places if place not in mine]
    transports: list[asyncio.DatagramTransport] = []
    try:
        for place in mine:
            transports.append(await by_codec.serve(place))
        if not theirs:
            yield
            return
        from demo.devices import by_pysnmp  # brings pysnmp: only for those who use it

        engines = await by_pysnmp.serve(theirs)
        try:
            yield
        finally:
            by_pysnmp.close(engines)
    finally:
        for transport in transports:
            transport.close()


@contextmanager
def in_thread(places: Sequence[Place], engine: Engine = "pysnmp") -> Iterator[None]:
    """As `serving`, for whoever has no event loop."""
    loop = asyncio.new_event_loop()
    end, started = asyncio.Event(), threading.Event()
    failures: list[Exception] = []

    async def serve() -> None:
        try:
            async with serving(places, engine):
                started.set()
                await end.wait()
            await asyncio.sleep(0)  # lets the transports close
        except Exception as error:  # noqa: BLE001 - raised again where the caller is
            failures.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    started.wait()
    try:
        if failures:
            raise failures[0]
        yield
    finally:
        if not failures:
            loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
