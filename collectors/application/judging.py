"""Whether an answer by HTTP is what agent.yaml expects, and if not, why. Pure."""

from __future__ import annotations

from collections.abc import Callable

from agent.core.http import HttpAnswer
from agent.options.pattern import search
from collectors.application import certificates, words
from collectors.application.fields import Missing, NoJson, document, equals, field
from collectors.application.options import ApplicationOptions
from collectors.application.part import Fault
from collectors.application.way_options import VERSIONS
from collectors.application.words import of_config

MOST = 8 * 2**20  # bytes of a body that are read; what goes on then is no page


def fault_of(answer: HttpAnswer, options: ApplicationOptions, name: str, seconds: float, now: float) -> Fault | None:
    """None if it is as expected. `name` is what its certificate should be for, `seconds` how long was waited."""
    if answer.failure is not None:
        if answer.failure.kind == "certificate":
            return certificates.fault(answer.tls, name, now)
        return certificates.of_ours(answer.failure) or _broken(answer, answer.failure.kind, options, seconds)
    checks: tuple[Callable[[HttpAnswer, ApplicationOptions], Fault | None], ...] = (_status, _headers, _body, _json)
    return next((found for check in checks if (found := check(answer, options)) is not None), None)


def stage(answer: HttpAnswer) -> str:
    """How far the last request of this answer got: connect, tls, answer, body."""
    if len(answer.addresses) <= answer.redirects:
        return "connect"
    if answer.url.startswith("https:") and answer.tls is None:
        return "tls"
    # The status may be that of the answer that redirected here; headers are the last answer's only.
    return "body" if answer.status and (answer.headers or not answer.redirects) else "answer"


def _broken(answer: HttpAnswer, kind: str, options: ApplicationOptions, seconds: float) -> Fault:
    minimum = "1.2" if options.tls is None else options.tls.minimum
    if (
        kind == "protocol"
        and answer.tls is not None
        and answer.tls.version in list(VERSIONS.values())[: _place(minimum)]
    ):
        return Fault(words.TOO_OLD.format(version=answer.tls.version, minimum=VERSIONS[minimum]))
    said = words.BROKEN.get((kind, stage(answer)), words.OTHERWISE)
    server = words.REDIRECTED if answer.redirects else words.SERVER
    return Fault(said.format(seconds=f"{seconds:.3g}", server=server))


def _place(minimum: str) -> int:
    return list(VERSIONS).index(minimum)


def _status(answer: HttpAnswer, options: ApplicationOptions) -> Fault | None:
    wanted = options.expect.status
    if any(each in (str(answer.status), f"{answer.status // 100}xx") for each in wanted):
        return None
    if answer.redirects > options.follow > 0:
        return Fault(words.REDIRECTS.format(most=options.follow))
    return Fault(words.STATUS.format(status=answer.status, wanted=", ".join(wanted)))


def _headers(answer: HttpAnswer, options: ApplicationOptions) -> Fault | None:
    for name, pattern in options.expect.header.items():
        values = [value for each, value in answer.headers if each == name.lower()]
        if not values:
            return Fault(words.NO_HEADER.format(name=of_config(name)))
        if not any(search(pattern, value) for value in values):
            return Fault(words.HEADER.format(name=of_config(name), wanted=of_config(pattern)))
    return None


def _body(answer: HttpAnswer, options: ApplicationOptions) -> Fault | None:
    if answer.size > MOST:
        return Fault(words.TOO_LONG.format(most=f"{MOST // 2**20} MiB"))
    wanted = options.expect.body
    if wanted is None or search(wanted, _searchable(answer.text)) is not None:
        return None
    return Fault(words.BODY.format(wanted=of_config(wanted)))


def _searchable(text: str) -> str:
    """Half a pair of UTF-16 cannot be written as UTF-8, which is what patterns are looked for in."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(answer: HttpAnswer, options: ApplicationOptions) -> Fault | None:
    if not options.expect.json_:
        return None
    try:
        found = document(answer.text)
        for path, wanted in options.expect.json_.items():
            if not equals(field(found, path), wanted):
                return Fault(words.FIELD.format(name=of_config(path), wanted=_written(wanted)))
    except NoJson:
        return Fault(words.NO_JSON)
    except Missing as error:
        return Fault(words.NO_FIELD.format(name=of_config(str(error))))
    return None


def _written(wanted: str | float | bool | None) -> str:
    """As it stands in agent.yaml."""
    if wanted is None or isinstance(wanted, bool):
        return {None: "null", True: "true", False: "false"}[wanted]
    return of_config(wanted) if isinstance(wanted, str) else f"{wanted:g}"
