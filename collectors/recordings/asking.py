"""One question to a recorder by HTTP, logged in by Digest where it demands that; its answer as XML."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

from agent.core.http import HttpAnswer, HttpQuestion
from agent.core.reach import CannotAsk, Poll, Unanswered
from agent.core.secrets import Secret
from agent.core.text import clean
from agent.core.tls import Tls
from collectors.camera_options import RecordingsOptions
from collectors.recordings.digest import answer

LONGEST = 512 * 1024  # bytes
UNAUTHORIZED, FORBIDDEN = 401, 403
REFUSED = "{place} refuses the login {user}: put user and password of recordings right; it must be allowed to play back"


@dataclass(frozen=True, slots=True)
class Recorder:
    """`place` is http(s)://address:port; recorders have certificates of their own making, so none is verified."""

    place: str
    options: RecordingsOptions
    poll: Poll
    seconds: float

    async def ask(self, path: str, body: str, kind: str) -> ElementTree.Element:
        """Also of an answer that tells of a fault. CannotAsk(authentication), Unanswered."""
        found = await self._post(path, body, kind)
        if found.status == UNAUTHORIZED:
            header = found.header("www-authenticate") or ""
            options, nonce = self.options, secrets.token_hex(8)
            login = answer(header, options.user, options.password, "POST", path, nonce)
            if login is not None:
                found = await self._post(path, body, kind, ("Authorization", login))
        if found.status in (UNAUTHORIZED, FORBIDDEN):
            raise CannotAsk("authentication", REFUSED.format(place=self.place, user=clean(self.options.user, 40)))
        return self._parsed(found, path)

    async def _post(self, path: str, body: str, kind: str, *headers: tuple[str, str | Secret]) -> HttpAnswer:
        question = HttpQuestion(
            self.place + path,
            "POST",
            (("Content-Type", kind), *headers),
            body.encode(),
            redirects=0,
            tls=Tls(verify=False),
            http2=False,
            seconds=self.seconds,
            keep=LONGEST,
            read=LONGEST,
        )
        found = await self.poll.reach.http.ask(question)
        if found.failure is not None:
            raise Unanswered(found.failure.kind, found.failure.message)
        return found

    def _parsed(self, found: HttpAnswer, path: str) -> ElementTree.Element:
        """Of hostile text, in UTF-8 as both ways have it."""
        if not found.cut:
            try:
                body = found.body.decode()
                if "<!DOCTYPE" not in body:
                    return ElementTree.fromstring(body)  # noqa: S314 - no document type, so no entities of its own
            except (ElementTree.ParseError, ValueError):
                pass
        said = f"status {found.status}" if found.status >= 300 else "no XML"
        raise Unanswered("protocol", f"{self.place}{clean(path, 80)} answers with {said}; is recordings: by right?")


def named(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """All of this local name, whatever its namespace is called by this maker."""
    return (each for each in element.iter() if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name)


def text(element: ElementTree.Element, name: str) -> str:
    found = next(named(element, name), None)
    return (found.text or "").strip() if found is not None else ""


def path_of(url: str) -> str:
    """Its path alone: what a recorder says of its own address leads nowhere else."""
    found = urlsplit(url)
    path = found.path or "/"
    return path + (f"?{found.query}" if found.query else "")
