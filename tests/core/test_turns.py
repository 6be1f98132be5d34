"""Much work on the event loop lets the others have their turn."""

from __future__ import annotations

import asyncio
import time

from agent.core.turns import SLICE, in_turns


def test_all_is_done_in_order_and_others_have_their_turn_in_between() -> None:
    async def story() -> tuple[list[int], int]:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside, done = asyncio.create_task(other()), []
        async for each in in_turns(range(10)):
            time.sleep(SLICE * 1.2)
            done.append(each)
        beside.cancel()
        return done, turns

    done, turns = asyncio.run(story())
    assert done == list(range(10))
    assert turns >= 9
