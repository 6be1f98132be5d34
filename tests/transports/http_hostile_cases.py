"""A process that asks hostile servers, each alone and then all at once, and writes as JSON what came of it: kind of the
failure and status, seconds beyond the deadline, MB more at the peak, and by how long others were held up."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time

from agent.core.http import HttpAnswer, HttpQuestion
from agent.core.tls import Tls
from agent.transports.http import HttpWay
from tests.apart import lag, peak

SECONDS = 2.0


async def ask(way: HttpWay, url: str) -> tuple[HttpAnswer, float]:
    began = time.monotonic()
    answer = await way.ask(HttpQuestion(url, tls=Tls(verify=False), seconds=SECONDS))
    return answer, time.monotonic() - began - SECONDS


async def among_many(way: HttpWay, endless: str, good: str) -> tuple[float, float, float]:
    """As above, of 64 that send without pause; held up is what a good server's answer takes meanwhile."""
    before = peak(begin=True)
    question = HttpQuestion(endless, seconds=SECONDS, keep=0, read=2**40)
    began = time.monotonic()
    many = [asyncio.create_task(way.ask(question)) for _ in range(64)]
    await asyncio.sleep(SECONDS / 4)
    times = []
    for _ in range(5):
        begun = time.monotonic()
        assert (await ask(way, good))[0].status == 200
        times.append(time.monotonic() - begun)
    await asyncio.gather(*many)
    return time.monotonic() - began - SECONDS, peak() - before, statistics.median(times)


async def main(servers: dict[str, str]) -> None:
    way, worst, told = HttpWay(), [0.0], {}
    good = servers.pop("good"), servers.pop("good by h2")
    for url in good:
        assert (await ask(way, url))[0].status == 200
    watching = asyncio.create_task(lag(worst))
    for name, url in servers.items():
        worst[0], before = 0.0, peak(begin=True)
        answer, late = await ask(way, url)
        kind = answer.failure.kind if answer.failure else None
        assert answer.failure is None or len(answer.failure.message) < 500
        told[name] = (kind, answer.status, late, peak() - before, worst[0])
    worst[0], before = 0.0, peak(begin=True)
    all_of_them = await asyncio.gather(*(ask(way, url) for url in servers.values()), *(ask(way, url) for url in good))
    late = max(late for _, late in all_of_them)
    assert [answer.status for answer, _ in all_of_them[-2:]] == [200, 200]
    told["all"] = (None, 200, late, peak() - before, worst[0])
    told["crowd"] = (None, 200, *await among_many(way, servers["endless body"], good[0]))
    watching.cancel()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
