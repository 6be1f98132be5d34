"""Verbs of the control socket about files that should stay as they are: what is different on a host, and a person's
approval of exactly that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from agent.control import Verb
from agent.core.kept import Kept
from agent.core.model import Collector, Target
from agent.core.site import Site
from agent.core.text import clean
from agent.core.unchanged import approve, open_questions

KIND = "host"
NAMED = 20  # files that the register of changes names

Enter = Callable[[Mapping[str, Any]], Awaitable[Any]]


def verbs_of_files(
    site: Callable[[], Site], kept: Kept, collectors: Mapping[str, Collector], enter: Enter
) -> Mapping[str, Verb]:
    """`enter` writes a change that was made into the register, and what is kept with it."""

    def host(request: Mapping[str, Any]) -> Target:
        target = site().target(str(request.get("target")))
        if target is None or target.kind != KIND:
            known = ", ".join(each.id for each in site().targets if each.kind == KIND)
            raise ValueError(f"target: no such host: {clean(str(request.get('target')), 60)}; known: {known}")
        return target

    async def changed_files(request: Mapping[str, Any]) -> Any:
        return _different(_kept(kept, collectors, host(request)))

    async def approve_files(request: Mapping[str, Any]) -> Any:
        """`files` must be what `changed_files` said: nothing is approved that nobody saw."""
        target = host(request)
        if request.get("files") != _different(_kept(kept, collectors, target)):
            raise ValueError("they changed again meanwhile; look at them anew")
        done: list[str] = []
        for values in _kept(kept, collectors, target):
            done += [path for each in open_questions(values) for path in approve(each)]
            values["again"] = ["watched"]
        named = ", ".join(clean(each, 60) for each in done[:NAMED])
        text = f"{clean(str(request.get('text', '')), 200)} ({named})"
        answer = await enter({**request, "action": "approve", "target": target.id, "text": text})
        return {**answer, "approved": len(done)}

    return {"changed_files": changed_files, "approve_files": approve_files}


def _kept(kept: Kept, collectors: Mapping[str, Collector], target: Target) -> Iterator[MutableMapping[str, Any]]:
    applying = (name for name, collector in collectors.items() if collector.applies(target))
    return (values for name in applying if (values := kept.of(name, target)))


def _different(kept: Iterable[MutableMapping[str, Any]]) -> dict[str, str]:
    """SHA-256 by path."""
    return {
        path: digest
        for values in kept
        for each in open_questions(values)
        for path, digest in sorted(each["now"].items())
    }
