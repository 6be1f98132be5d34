"""The prober http: one request with its redirects, and what is demanded of the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from agent.core.aside import aside
from agent.core.http import HttpAnswer, HttpQuestion
from agent.core.model import Failure
from agent.core.reach import ReachError
from agent.core.secrets import Secret
from agent.options.pattern import search
from exporters.probe import tls_facts
from exporters.probe.http_module import HeaderMatch
from exporters.probe.http_question import FOLLOWED, READ, NoClient, client_secret, has_patterns, names_a_file, question
from exporters.probe.names import choose
from exporters.probe.oauth2 import token
from exporters.probe.run import Run
from exporters.probe.url import host_of

DURATION = ("probe_http_duration_seconds", "Duration of http request by phase, summed over all redirects")
BY_REGEX = ("probe_failed_due_to_regex", "Indicates if probe failed due to regex")
REDIRECTS = ("probe_http_redirects", "The number of redirects")
SSL = ("probe_http_ssl", "Indicates if SSL was used for the final redirect")
STATUS = ("probe_http_status_code", "Response HTTP status code")
LENGTH = ("probe_http_content_length", "Length of http content response")
UNCOMPRESSED = ("probe_http_uncompressed_body_length", "Length of uncompressed response body")
VERSION = ("probe_http_version", "Returns the version of HTTP of the probe response")
MODIFIED = (
    "probe_http_last_modified_timestamp_seconds",
    "Returns the Last-Modified HTTP response header in unixtime",
)
# RFC 9110 section 5.6.7: the form of HTTP, that of RFC 850 in any zone, and asctime's; Go reads no other.
CLOCK = r"\d{1,2}:\d\d:\d\d"
TIME = re.compile(
    rf"\w{{3}}, \d\d \w{{3}} \d{{4}} {CLOCK} GMT"
    rf"|\w+, \d\d-\w{{3}}-\d\d {CLOCK} [A-Z]{{3,4}}"
    rf"|\w{{3}} \w{{3}} +\d{{1,2}} {CLOCK} \d{{4}}"
)


async def probe(run: Run) -> bool:
    for series in (BY_REGEX, REDIRECTS, SSL, STATUS, LENGTH, UNCOMPRESSED, VERSION):
        run.gauge(*series, 0)
    url = run.target if run.target.startswith(("http://", "https://")) else f"http://{run.target}"
    try:
        host = host_of(url)
    except ValueError as error:
        run.log.error("Could not parse target URL", err=error)
        return False
    resolved = await _resolved(run, host)
    if resolved is None:
        return False
    address, lookup = resolved
    try:
        answer = await _answered(run, *await _prepared(run, url, address))
    except NoClient as error:
        run.log.error("Error generating HTTP client", err=error)
        return False
    except (ReachError, OSError) as error:
        answer = HttpAnswer(url, failure=Failure("missing", str(error)))
    return _judged(run, answer, lookup)


async def _resolved(run: Run, host: str) -> tuple[str | None, float | None] | None:
    """Address and seconds; neither where the proxy is to find it, None where it is not found."""
    wanted = run.module.http
    if wanted.skip_resolve_phase_with_proxy and wanted.proxy_url is not None:
        return None, None
    address, lookup = await choose(run, host, wanted)
    run.phases(*DURATION, {"resolve": lookup})
    if address is None:
        run.log.error("Error resolving address", err="no address")
        return None
    return address, lookup


async def _prepared(run: Run, url: str, address: str | None) -> tuple[HttpQuestion, Secret]:
    """The question, and the secret of oauth2. NoClient, or OSError if another file cannot be read."""

    def prepare() -> tuple[HttpQuestion, Secret]:
        return question(run, url, address), client_secret(run.module.http)

    return await aside(prepare) if names_a_file(run.module.http) else prepare()


async def _answered(run: Run, asked: HttpQuestion, secret: Secret) -> HttpAnswer:
    oauth2 = run.module.http.oauth2
    if oauth2 is not None and not any(name.lower() == "authorization" for name, _ in asked.headers):
        try:
            headers = (*asked.headers, ("Authorization", await token(run, oauth2, secret)))
        except ReachError as error:
            return HttpAnswer(asked.url, failure=error.failure)
        asked = replace(asked, headers=headers, seconds=run.left)
    return await run.reach.http.ask(asked)


def _judged(run: Run, answer: HttpAnswer, lookup: float | None) -> bool:
    """Whether it is as the module demands; tells all there is to tell of it."""
    success = False
    if answer.answered:
        run.log.info("Received HTTP response", status_code=answer.status)
        success = _status_fits(run, answer) and _headers_fit(run, answer) and _body_fits(run, answer)
        success = _version_fits(run, answer) and _read(run, answer) and success
    else:
        run.log.error("Error for HTTP request", err=answer.failure.message if answer.failure else "no answer")
    _tell(run, answer, lookup)
    return _secured(run, answer, success)


def _status_fits(run: Run, answer: HttpAnswer) -> bool:
    wanted = run.module.http.valid_status_codes
    if answer.status in wanted or (not wanted and 200 <= answer.status < 300):
        return True
    expected = list(wanted) if wanted else "2xx"
    run.log.info("Invalid HTTP response status code", status_code=answer.status, valid_status_codes=expected)
    return False


def _headers_fit(run: Run, answer: HttpAnswer) -> bool:
    wanted = run.module.http
    if not (wanted.fail_if_header_matches or wanted.fail_if_header_not_matches):
        return True
    fits = all(_lacks(run, answer, each) for each in wanted.fail_if_header_matches) and all(
        _has(run, answer, each) for each in wanted.fail_if_header_not_matches
    )
    run.gauge(*BY_REGEX, not fits)
    return fits


def _lacks(run: Run, answer: HttpAnswer, rule: HeaderMatch) -> bool:
    values = _values(answer, rule)
    if not values and not rule.allow_missing:
        run.log.error("Missing required header", header=rule.header)
        return False
    if any(search(rule.regexp, value) for value in values):
        run.log.error("Header matched regular expression", header=rule.header, regexp=rule.regexp)
        return False
    return True


def _has(run: Run, answer: HttpAnswer, rule: HeaderMatch) -> bool:
    values = _values(answer, rule)
    if not values:
        if not rule.allow_missing:
            run.log.error("Missing required header", header=rule.header)
        return rule.allow_missing
    if any(search(rule.regexp, value) for value in values):
        return True
    run.log.error("Header did not match regular expression", header=rule.header, regexp=rule.regexp)
    return False


def _values(answer: HttpAnswer, rule: HeaderMatch) -> list[str]:
    return [value for name, value in answer.headers if name == rule.header.lower()]


def _body_fits(run: Run, answer: HttpAnswer) -> bool:
    wanted = run.module.http
    if not has_patterns(wanted):
        return True
    if wanted.compression == "gzip" and answer.failure and not answer.size:
        return False  # of what does not even begin as gzip, no pattern is tried
    fits = _readable(run, answer) and _patterns_fit(run, answer)
    run.gauge(*BY_REGEX, not fits)
    return fits


def _readable(run: Run, answer: HttpAnswer) -> bool:
    """Whether there is a whole body to try patterns on."""
    why_not = answer.failure.message if answer.failure else ""
    if _not_followed(run, answer):
        why_not = "a redirect that is not followed has no body to read"
    elif answer.cut:
        why_not = f"longer than the {len(answer.body)} bytes that patterns are tried on"
    if why_not:
        run.log.error("Error reading HTTP body", err=why_not)
    return not why_not


def _patterns_fit(run: Run, answer: HttpAnswer) -> bool:
    text = answer.body.decode("utf-8", "replace")
    for each in run.module.http.fail_if_body_matches_regexp:
        if search(each, text):
            run.log.error("Body matched regular expression", regexp=each)
            return False
    for each in run.module.http.fail_if_body_not_matches_regexp:
        if not search(each, text):
            run.log.error("Body did not match regular expression", regexp=each)
            return False
    return True


def _read(run: Run, answer: HttpAnswer) -> bool:
    """Whether the body came whole."""
    limit = run.module.http.body_size_limit
    why_not = answer.failure.message if answer.failure else ""
    if not _not_followed(run, answer) and (too_long := answer.size > (limit or READ)):
        why_not = f"http: request body too large (more than {limit or READ} bytes)" if too_long else why_not
    if why_not:
        run.log.info("Failed to read HTTP response body", err=why_not)
    return not why_not


def _version_fits(run: Run, answer: HttpAnswer) -> bool:
    wanted = run.module.http.valid_http_versions
    version = "2.0" if answer.version == "2" else answer.version
    if wanted and f"HTTP/{version}" not in wanted:
        run.log.error("Invalid HTTP version number", version=version)
        return False
    return True


def _secured(run: Run, answer: HttpAnswer, success: bool) -> bool:
    wanted = run.module.http
    by_tls = answer.answered and answer.tls is not None
    if by_tls and wanted.fail_if_ssl:
        run.log.error("Final request was over SSL")
        return False
    if success and not by_tls and wanted.fail_if_not_ssl:
        run.log.error("Final request was not over SSL")
        return False
    return success


def _not_followed(run: Run, answer: HttpAnswer) -> bool:
    return answer.redirects > (FOLLOWED if run.module.http.follows else 0)


def _tell(run: Run, answer: HttpAnswer, lookup: float | None) -> None:
    phases = _phases(run, answer)
    run.log.info("Response timings", **{name: f"{seconds:.6f}" for name, seconds in phases.items()})
    resolve = phases.pop("resolve")
    if lookup is not None or answer.redirects:
        phases["resolve"] = resolve + (lookup or 0.0)
    run.phases(*DURATION, phases)
    run.gauge(*REDIRECTS, answer.redirects)
    if not answer.answered:
        return
    run.gauge(*STATUS, answer.status)
    run.gauge(*VERSION, float(answer.version))
    run.gauge(*LENGTH, _length(answer, run.module.http.method.upper()))
    limit = run.module.http.body_size_limit
    run.gauge(*UNCOMPRESSED, 0 if _not_followed(run, answer) else min(answer.size, limit or answer.size))
    if (modified := _modified(answer)) is not None:
        run.gauge(*MODIFIED, modified)
    if answer.tls is not None:
        run.gauge(*SSL, 1)
        tls_facts.tell(run, answer.tls, run.module.http.tls_config.wanted())


def _phases(run: Run, answer: HttpAnswer) -> dict[str, float]:
    """As blackbox_exporter counts them where a request failed: of a connection that did not come to stand, or to TLS,
    nothing is told, and the time until a body broke off is its transfer."""
    phases = dict(answer.phases.items())
    if answer.answered:
        phases["transfer"] = phases["transfer"] or max(0.0, answer.seconds - sum(phases.values()))
    elif answer.redirects == 0:
        phases["processing"] = 0.0
        if not _stood(answer, by_tls=run.target.startswith("https://")):
            phases |= {"connect": 0.0, "tls": 0.0}
    return phases


def _stood(answer: HttpAnswer, *, by_tls: bool) -> bool:
    if not by_tls or not answer.addresses:
        return bool(answer.addresses)
    failed = answer.failure.kind if answer.failure else ""
    return answer.tls is not None and (failed == "timeout" or answer.phases.processing > 0)


def _length(answer: HttpAnswer, method: str) -> int:
    """The Content-Length as Go has it: -1 where it is not known."""
    if answer.version != "2":
        if answer.status in (204, 304) and method != "HEAD":
            return 0
        return -1 if answer.header("transfer-encoding") or answer.declared is None else answer.declared
    return answer.declared if answer.declared is not None else 0 if answer.size == 0 else -1


def _modified(answer: HttpAnswer) -> int | None:
    given = answer.header("last-modified") or ""
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    if not TIME.fullmatch(given):
        return None
    return int(at.replace(tzinfo=at.tzinfo or UTC).timestamp())
