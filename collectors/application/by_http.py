"""Applications asked by HTTP: the question, its answer as samples, its version, and whether its page is the published
one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from agent.core.http import HttpAnswer, HttpQuestion
from agent.core.model import Diagnosis, Sample, Target
from agent.core.reach import CannotAsk, Poll
from agent.core.text import Text, clean
from agent.core.tls import Tls
from collectors.application import certificates, metrics, words
from collectors.application.again import twice
from collectors.application.aside import bounded
from collectors.application.fields import Missing, NoJson, read
from collectors.application.judging import MOST, fault_of, stage
from collectors.application.options import ApplicationOptions
from collectors.application.part import Fault, Part, diagnosis, seconds_to_ask, since
from collectors.application.times import slow_of
from collectors.application.way_options import Published

KEEP = 2**20  # bytes of a body that are looked at
VERSION_LIMIT = 60  # characters
READING = 2.0  # seconds for a file of this machine


async def by_http(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    """CannotAsk where the question cannot be put."""
    url, seconds = options.http or "", seconds_to_ask(target)

    async def ask(limit: float) -> HttpAnswer:
        return await poll.reach.http.ask(question(options, url, limit))

    answer = await twice(ask, seconds, _cut_off)
    name = (options.tls.server_name if options.tls else None) or urlsplit(url).hostname or ""
    fault = fault_of(answer, options, name, seconds, poll.now)
    found = list(_samples(answer, options, poll))
    diagnoses: list[Diagnosis] = []
    if answer.tls is not None:
        warned = certificates.warning(answer.tls, poll.now)
        diagnoses += [warned] if warned and (fault is None or fault.since is None) else []
    if options.published is not None and fault is None:
        changed = await _changed(answer, options.published, poll)
        if changed is not None:
            found.append(Sample(metrics.CONTENT_CHANGED, float(bool(changed)), (options.role,)))
            began = since(poll, "changed", bool(changed))
            diagnoses += [diagnosis(Fault(each), began, words.CHANGED) for each in changed[:1]]
    return Part(tuple(found), fault is None, fault, diagnoses=tuple(diagnoses), answer=answer)


def question(options: ApplicationOptions, url: str, seconds: float) -> HttpQuestion:
    """The application's own; or for another url, where it only reads, and logs in to the same server only."""
    own = url == options.http
    same = _server(url) == _server(options.http or "")
    tls = options.tls.wanted if options.tls else Tls()
    return HttpQuestion(
        url,
        method=options.method if own else "GET",
        headers=tuple(options.headers.items()) if same else (),
        body=options.body.encode() if own else b"",
        authorization=options.login.authorization if options.login and same else None,
        redirects=options.follow,
        tls=tls if same else replace(tls, name=None, certificate=None, key=None),
        seconds=seconds,
        keep=KEEP,
        read=MOST,
    )


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _cut_off(answer: HttpAnswer) -> bool:
    """Whether the connection failed at once, which a second try may mend."""
    if answer.failure is None or answer.failure.kind not in ("refused", "unreachable", "protocol"):
        return False
    return stage(answer) != "body" and (answer.tls is None or not answer.tls.weak)


def _samples(answer: HttpAnswer, options: ApplicationOptions, poll: Poll) -> Iterator[Sample]:
    role = options.role
    answered = answer.failure is None
    if answered:
        for phase, seconds in answer.phases.items():
            yield Sample(metrics.RESPONSE, seconds, (role, phase))
        yield Sample(metrics.RESPONSE, answer.seconds, (role, "total"))
        if version := _version(answer, options, poll):
            yield Sample(metrics.INFO, 1.0, (role, version))
    waited = not answered and answer.failure is not None and answer.failure.kind == "timeout" and answer.addresses
    slow = slow_of(poll, answer.seconds if answered or waited else None, options.slow_window)
    if slow is not None:
        yield Sample(metrics.P95, slow, (role,))
    if answer.tls is not None:
        yield from certificates.samples(answer.tls)


def _version(answer: HttpAnswer, options: ApplicationOptions, poll: Poll) -> str:
    shown = options.version
    if shown is None or shown.header is not None:
        name = "server" if shown is None or shown.header is None else shown.header.lower()
        return clean(answer.header(name) or "", VERSION_LIMIT)
    try:
        return clean(read(answer.text, shown.json_, shown.pattern), VERSION_LIMIT)
    except (Missing, NoJson):
        poll.remarks.append(words.NO_VERSION)
        return ""


async def _changed(answer: HttpAnswer, published: Published, poll: Poll) -> list[Text] | None:
    """What differs from the published version, nothing if nothing does; None if that cannot be told."""
    text = answer.text if published.words else ""
    missing = [words.NO_WORD.format(word=words.of_config(each)) for each in published.words if each not in text]
    wanted = published.sha256.lower() if published.sha256 else await _hash_of_file(published, poll)
    if missing or wanted is None:
        return missing if missing or published.words else None
    if answer.cut:
        poll.remarks.append(words.PAGE_TOO_LONG.format(bytes=KEEP))
        return None
    found = hashlib.sha256(answer.body).hexdigest()
    if found != wanted:
        poll.remarks.append(words.HASHES.format(found=found, wanted=wanted))
    return [] if found == wanted else [words.HASH]


async def _hash_of_file(published: Published, poll: Poll) -> str | None:
    file = published.file
    if file is None:
        return None
    try:
        return await bounded(poll, f"hash {file}", lambda: hashlib.sha256(file.read_bytes()).hexdigest(), READING)
    except CannotAsk as error:
        poll.remarks.append(words.UNREADABLE_PUBLISHED.format(error=error))
        return None
