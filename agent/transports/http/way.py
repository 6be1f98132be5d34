"""From a question to its answer: resolve, connect, TLS, ask, follow redirects, read; whatever happens, in time."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from functools import lru_cache
from time import perf_counter

from agent.core.aside import aside
from agent.core.http import HttpAnswer, HttpQuestion, Proxy
from agent.core.model import Failure
from agent.core.reach import CannotAsk, Unanswered
from agent.core.text import clean
from agent.core.tls import Tls
from agent.transports.http.body import Body, Inflating, Undecodable
from agent.transports.http.course import Course
from agent.transports.http.exchange import exchange, load, told
from agent.transports.http.opening import connect, preferred
from agent.transports.http.place import Place
from agent.transports.http.proxy import asked_of, tunnel
from agent.transports.http.redirect import Request, first, location, redirected
from agent.transports.http.reply import Reply
from agent.transports.http.secure import Securing, fault
from agent.transports.http.wire import Wire
from agent.transports.resolve import FRESH, Found, Resolver


class HttpWay:
    """Implements agent.core.http.Http."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()
        self._securing = Securing()
        self._loaded: set[str] = set()

    async def ask(self, question: HttpQuestion) -> HttpAnswer:
        try:
            request = first(question)
        except ValueError as error:
            raise CannotAsk("missing", f"this url cannot be asked: {error}") from None
        scheme = request.place.scheme
        if scheme not in self._loaded:
            await aside(lambda: load(scheme))  # tenths of a second, neither the first server's nor other polls'
            self._loaded.add(scheme)
        course = Course(question, str(request.place), request.place.host)
        try:
            async with asyncio.timeout(question.seconds):
                await self._follow(request, course)
        except TimeoutError:
            course.failure = Failure("timeout", f"{course.url}: not within {question.seconds:g} s: {course.doing}")
        except Unanswered as error:
            course.failure = error.failure
        except CannotAsk as error:
            if not course.redirects:
                raise
            course.failure = error.failure
        return course.answer()

    async def _follow(self, request: Request, course: Course) -> None:
        while True:
            to = await self._ask_once(request, course)
            if to is None:
                return
            try:
                request = redirected(request, course.status, to)
            except ValueError as error:
                raise Unanswered("protocol", f"{course.url}: redirects to what cannot be asked: {error}") from None
            course.url = str(request.place)

    async def _ask_once(self, request: Request, course: Course) -> str | None:
        """Where the answer redirects to, if that is to be followed."""
        wire = await self._open(request, course)
        if wire is None:
            return None
        course.doing = "waiting for the answer"
        began = perf_counter()
        wire.first = None
        http2 = course.tls is not None and course.tls.alpn == "h2"
        try:
            with told(course.url):
                said = asked_of(course.question.proxy, course.jar.given(request))
                reply = await exchange(wire, said, course.question.compression, http2=http2)
                if course.question.cookies:
                    course.jar.take(request.place, reply.headers)
                to = location(reply.status, reply.headers)
                if course.replied(reply, to):
                    return to
                await _read(reply, wire, course)
                return None
        finally:
            wire.close()
            if wire.first is not None:
                course.processing += wire.first - began

    async def _open(self, request: Request, course: Course) -> Wire | None:
        """A connection that may be asked; None where `course.failure` says why it may not."""
        opened, found = await self._connect(request, course)
        course.tls = None
        if request.place.scheme == "http":
            return Wire(opened, course.url)
        course.doing = "the TLS handshake"
        question, began = course.question, perf_counter()
        wanted = _wanted(question.tls, question.http2)
        name = (question.tls.name if request.first else None) or request.host

        async def again() -> socket.socket:
            server = _server(request, question)
            once_more, _ = await connect([found], server.port, course.end, server.host, question.source)
            return await _through(once_more, request, course)

        try:
            opened = await _through(opened, request, course)
            wire, course.tls = await self._securing.secure(opened, again, wanted, name, found.address[:2])
        except ValueError:
            opened.close()
            raise CannotAsk("missing", f"{course.url}: {name} is no name that TLS can ask for") from None
        except BaseException:
            opened.close()
            raise
        finally:
            course.securing += perf_counter() - began
        course.failure = fault(course.tls, question.tls, name, course.url)
        if course.failure is not None:
            wire.close()
            return None
        return wire

    async def _connect(self, request: Request, course: Course) -> tuple[socket.socket, Found]:
        question = course.question
        server = _server(request, question)
        course.doing, began = "looking up the name", perf_counter()
        # A little before the end, so that it is told as what it is.
        wait = max(0.0, course.end - began - min(0.1, question.seconds / 10))
        try:
            known = await self._resolver.every(course.where(server.host), wait, age=FRESH)
        finally:
            course.resolve += perf_counter() - began
        addresses = preferred(known, question, server.host)
        course.doing, began = "connecting", perf_counter()
        try:
            opened, found = await connect(addresses, server.port, course.end, server.host, question.source)
        finally:
            course.connect += perf_counter() - began
        course.addresses.append(found.address[0])
        return opened, found


def _server(request: Request, question: HttpQuestion) -> Place | Proxy:
    return question.proxy or request.place


async def _through(opened: socket.socket, request: Request, course: Course) -> socket.socket:
    """The connection, with the way through a proxy open; closed if it does not open."""
    proxy = course.question.proxy
    if proxy is None:
        return opened
    try:
        with told(course.url):
            await tunnel(opened, proxy, course.where(request.place.host), request.place.port)
    except BaseException:
        opened.close()
        raise
    return opened


@lru_cache(256)
def _wanted(tls: Tls, http2: bool) -> Tls:
    return replace(tls, name=None, alpn=("h2", "http/1.1") if http2 else ("http/1.1",))


async def _read(reply: Reply, wire: Wire, course: Course) -> None:
    course.doing = "reading the body"
    question = course.question
    coding: str | None = question.compression if question.decode == "asked" else None
    if question.decode == "declared":
        coding = (reply.header(b"content-encoding") or "").strip().lower().removeprefix("x-")
    inflating = Inflating(coding) if coding in ("gzip", "deflate") else None
    body = course.body = Body(question.keep, question.read, inflating)
    try:
        while (chunk := await reply.more()) is not None:
            for _ in body.take(chunk):
                await wire.turn()
            if body.full:
                return
    except Undecodable as error:
        raise Unanswered("protocol", f"{course.url}: the body is not {coding}: {clean(str(error))}") from None
    if inflating is not None and not inflating.whole(or_empty=question.decode == "declared"):
        raise Unanswered("protocol", f"{course.url}: the body, in {coding}, ends before its end")
    if wire.first is not None:
        course.transfer = perf_counter() - wire.first
