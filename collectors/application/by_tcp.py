"""Applications asked by TCP: does a connection stand, and does the conversation over it go as expected?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.core.model import Failure, Sample, Target
from agent.core.reach import Poll, Unanswered
from agent.core.tcp import STARTTLS, Script, Step, Talk
from agent.core.text import Text
from agent.core.tls import Handshake, Tls
from collectors.application import certificates, metrics, words
from collectors.application.again import twice
from collectors.application.options import ApplicationOptions
from collectors.application.part import Fault, Part, seconds_to_ask
from collectors.application.times import slow_of
from collectors.application.way_options import VERSIONS
from collectors.application.words import of_config

PROBING = 2.0  # seconds for a look at what TLS a server has that refuses ours


@dataclass(frozen=True, slots=True)
class _Asked:
    """One attempt: the conversation, or why no connection stood."""

    talk: Talk | None = None
    failure: Failure | None = None


async def by_tcp(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    """CannotAsk where the question cannot be put."""
    address, port = options.tcp or ("", 0)
    seconds = seconds_to_ask(target)
    script = script_of(options)

    async def ask(limit: float) -> _Asked:
        try:
            return _Asked(await poll.reach.tcp.talk(address, port, script, timeout=limit))
        except Unanswered as error:
            return _Asked(failure=error.failure)

    asked = await twice(ask, seconds, _cut_off)
    shown = asked.talk.handshake if asked.talk else None
    if shown is None and asked.talk is not None and _refuses_tls(asked.talk, script):
        shown = await _weakest(address, port, script, poll, min(PROBING, seconds / 4))
    fault = _fault(asked, options, script, shown, seconds, poll.now)
    warned = certificates.warning(shown, poll.now) if shown and (fault is None or fault.since is None) else None
    found = tuple(_samples(asked, options, shown, fault is None, poll))
    return Part(found, fault is None, fault, diagnoses=(warned,) if warned else ())


def script_of(options: ApplicationOptions) -> Script:
    steps = [*STARTTLS.get(options.starttls or "", ())]
    steps += [Step(each.expect, each.send and f"{each.send}\r") for each in options.talk]
    if options.expect.body is not None:
        steps.append(Step(options.expect.body))
    wanted = options.tls.wanted if options.tls else Tls()
    return Script(tuple(steps), secure=options.tls is not None and options.starttls is None, tls=wanted)


def _cut_off(asked: _Asked) -> bool:
    failure = asked.failure or (asked.talk.failure if asked.talk else None)
    return failure is not None and failure.kind in ("refused", "unreachable")


def _refuses_tls(talk: Talk, script: Script) -> bool:
    """Whether it failed at TLS itself, by an alert or by closing."""
    if talk.failure is None or talk.failure.kind not in ("protocol", "refused") or talk.unmet or talk.handshake:
        return False
    return talk.step is None if script.secure else talk.step is not None and script.steps[talk.step].starttls


async def _weakest(address: str, port: int, script: Script, poll: Poll, seconds: float) -> Handshake | None:
    """What it shows to one who takes any version and certificate; nothing is said through it."""
    ends = [place for place, step in enumerate(script.steps) if step.starttls]
    steps = script.steps[: ends[0] + 1] if ends else ()
    anything = replace(script, steps=steps, tls=replace(script.tls, verify=False, minimum="TLSv1"))
    try:
        return (await poll.reach.tcp.talk(address, port, anything, timeout=seconds)).handshake
    except Unanswered:
        return None


def _samples(
    asked: _Asked, options: ApplicationOptions, shown: Handshake | None, good: bool, poll: Poll
) -> Iterator[Sample]:
    talk, role = asked.talk, options.role
    if talk is not None and good:
        phases = {"resolve": talk.resolve, "connect": talk.connect}
        if talk.handshake is not None:
            phases["tls"] = talk.handshake.seconds
        yield from (Sample(metrics.RESPONSE, each, (role, phase)) for phase, each in phases.items())
        yield Sample(metrics.RESPONSE, talk.seconds, (role, "total"))
    waited = talk is not None and talk.failure is not None and talk.failure.kind == "timeout"
    slow = slow_of(poll, talk.seconds if talk is not None and (good or waited) else None, options.slow_window)
    if slow is not None:
        yield Sample(metrics.P95, slow, (role,))
    if shown is not None:
        yield from certificates.samples(shown)


def _fault(
    asked: _Asked, options: ApplicationOptions, script: Script, shown: Handshake | None, seconds: float, now: float
) -> Fault | None:
    if asked.failure is not None:
        return Fault(_said((asked.failure.kind, "connect"), seconds))
    talk = asked.talk
    if talk is None or talk.failure is None:
        return None
    if talk.failure.kind == "certificate":
        name = (options.tls.server_name if options.tls else None) or (options.tcp or ("",))[0]
        return certificates.fault(talk.handshake, name, now)
    return certificates.of_ours(talk.failure) or _broken(talk, talk.failure, options, script, shown, seconds)


def _broken(
    talk: Talk,
    failure: Failure,
    options: ApplicationOptions,
    script: Script,
    shown: Handshake | None,
    seconds: float,
) -> Fault:
    if _refuses_tls(talk, script):
        minimum = VERSIONS[options.tls.minimum] if options.tls else "TLSv1.2"
        if shown is not None and shown.weak:
            return Fault(words.TOO_OLD.format(version=shown.version, minimum=minimum))
        return Fault(_said((failure.kind, "tls"), seconds))
    return Fault(_missing(talk, failure, options, seconds))


def _missing(talk: Talk, failure: Failure, options: ApplicationOptions, seconds: float) -> Text:
    """What did not come, by the step at which it ended."""
    said = words.NO_LINE if failure.kind != "timeout" and (talk.unmet or failure.kind == "refused") else words.TOO_MUCH
    said = words.SILENT if failure.kind == "timeout" else said
    wanted = _wanted(talk, options)
    return said.format(seconds=f"{seconds:.3g}", wanted=wanted)


def _wanted(talk: Talk, options: ApplicationOptions) -> Text:
    before = len(STARTTLS.get(options.starttls or "", ()))
    if talk.step is None:
        return words.SOMETHING
    if talk.step < before:
        return words.STARTTLS
    expected = [*(each.expect for each in options.talk), options.expect.body or ""][talk.step - before]
    return Text(of_config(expected), of_config(expected)) if expected else words.SOMETHING


def _said(case: tuple[str, str], seconds: float) -> Text:
    said = words.BROKEN.get(case, words.OTHERWISE)
    return said.format(seconds=f"{seconds:.3g}", server=words.SERVER)
