"""Alertmanager: incidents as alerts over /api/v2/alerts. Only the agent's own word resolves one.

Facts of Alertmanager (0.25 to 0.28) that this follows: it keeps alerts in memory only, and loses them in a restart; one
that arrives ended is never notified; an end in its future (two clocks apart) is merged away by a later one that it
already holds; a new group is notified at once when an alert in it began more than group_wait ago, and what comes after
that waits for group_interval.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from agent.core.incident import Incident
from agent.core.secrets import Secret
from agent.core.text import clean
from agent.core.turns import in_turns
from exporters.courier import Greeting, Message, Untaken

if TYPE_CHECKING:
    import aiohttp

log = logging.getLogger(__name__)

TIMEOUT = 10.0
CONNECT_TIMEOUT = 5.0
GROUP_WAIT = 30.0  # Alertmanager's own default
LONGEST_GROUP_WAIT = 600.0
MARGIN = (
    2.0  # beyond group_wait, until an alert that has just fired may end: a busy Alertmanager is late with its group
)
OPEN_SECONDS = 86_400.0  # endsAt of an open incident, renewed every minute
STATUS_BYTES = 4_000_000
ERROR_BYTES = 2_000
REJECTED = {400, 413, 422}
HINTS = {
    401: ": user and password are needed; write {url, user, password} in notify.alertmanagers, or correct them there",
    404: ": no Alertmanager at this address",
}

# The status shows the configuration as Go writes it: the root route's own keys stand two spaces deep.
GROUP_WAITS = re.compile(r"^( *)(?:- )?group_wait: *(\S+)", re.MULTILINE)
DURATION = re.compile(r"(\d+)(ms|[smhd])")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}

SELF_TEST = "ShouwangSelfTest"
SELF_TEST_LASTS = 300.0  # seconds
SELF_TEST_SAYS = {"summary": "每日告警通道自检,无需处理", "summary_en": "daily test of the alerts' way; nothing to do"}

Describe = Callable[[Incident], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """An Alertmanager. `group_wait` (seconds) is only needed where its status does not say it, or says too little. An
    end is told `resolve_after` seconds late: the district's Prometheus, which reports the same alert, must have seen it
    by then, or it would fire once more. `user` and `password` are of basic auth."""

    url: str
    group_wait: float | None = None
    resolve_after: float = 0.0
    user: str = ""
    password: Secret | None = None

    @property
    def name(self) -> str:
        """By which it is known in the store, on the page and in the log."""
        parts = urllib.parse.urlsplit(self.url)
        return urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))

    def headers(self) -> dict[str, str]:
        if self.password is None:
            return {}
        login = f"{self.user}:{self.password.reveal()}"
        return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


class Alertmanager:
    """One receiver. `alertname` and `describe` (annotations) say what an incident is called and what it means."""

    def __init__(
        self, receiver: Receiver, center: str, district: str, alertname: Callable[[Incident], str], describe: Describe
    ) -> None:
        self.name = receiver.name
        self._receiver = receiver
        self._place = {"center": center, "district": district}
        self._alertname, self._describe = alertname, describe
        self._session: aiohttp.ClientSession | None = None

    async def greet(self) -> Greeting:
        """Its clock, its group_wait and when it started; what it does not say is assumed."""
        status, date, body = await self._ask("GET", "/api/v2/status", None, STATUS_BYTES)
        if status in (401, 403) or status >= 500:
            raise Untaken(_refusal(status, body))
        said = _json(body) if status == 200 else {}
        text = said.get("config", {}).get("original") if isinstance(said.get("config"), dict) else None
        known = [_group_wait(text)] if isinstance(text, str) else []
        known += [self._receiver.group_wait] if self._receiver.group_wait is not None else []
        wait = max(known, default=GROUP_WAIT)
        boot = said.get("uptime")
        return Greeting(date, wait + MARGIN, boot if isinstance(boot, str) else None)

    async def post(self, messages: Sequence[Message], greeting: Greeting) -> None:
        # In turns: the texts of a hundred alerts at a time would keep polls waiting.
        alerts = [self.alert(message, greeting) async for message in in_turns(messages)]
        status, _, body = await self._ask("POST", "/api/v2/alerts", alerts, ERROR_BYTES)
        if not 200 <= status < 300:
            raise Untaken(_refusal(status, body), rejected=status in REJECTED)
        if body.lstrip()[:1] == b"<":
            raise Untaken("answers with a web page: this is no Alertmanager; check the address")

    async def test(self) -> None:
        """A test alert that ends by itself, and that it stands there afterwards. Untaken if it does not."""
        now = datetime.now(UTC).timestamp()
        labels = {"alertname": SELF_TEST, **self._place, "severity": "none"}
        ends = _rfc3339(now + SELF_TEST_LASTS)
        alert = {"labels": labels, "annotations": SELF_TEST_SAYS, "startsAt": _rfc3339(now), "endsAt": ends}
        status, _, body = await self._ask("POST", "/api/v2/alerts", [alert], ERROR_BYTES)
        if not 200 <= status < 300:
            raise Untaken(_refusal(status, body))
        wanted = [
            ("filter", f"{name}={json.dumps(value, ensure_ascii=False)}") for name, value in labels.items() if value
        ]
        status, _, body = await self._ask("GET", f"/api/v2/alerts?{urllib.parse.urlencode(wanted)}", None, STATUS_BYTES)
        if status != 200 or ends[:19] not in body.decode("utf-8", "replace"):
            raise Untaken(_refusal(status, body) if status != 200 else "took the test alert and does not show it")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def alert(self, message: Message, greeting: Greeting) -> dict[str, Any]:
        """The alert as Alertmanager's API has it."""
        incident, now = message.incident, greeting.now
        # Late news is told with its group's turn, not at once and alone: it begins, or ends, now. Since when it is so,
        # the annotations say, and the renewal a minute later.
        late = now - incident.opened > (greeting.hold - MARGIN) / 2
        if message.word == "firing":
            starts = now + 1 if late and message.first else incident.opened  # its Date is rounded down
            # One that is over already would end by itself, should the agent die before it can say so.
            ends = now + (OPEN_SECONDS if message.ended is None else 2 * greeting.hold + 60)
        elif late and message.row.overtaken:
            starts = ends = now
        else:
            ends = min(message.ended or now, now)
            starts = min(incident.opened, ends)
        return {
            "labels": self._labels(incident),
            "annotations": self._annotations(incident),
            "startsAt": _rfc3339(starts),
            "endsAt": _rfc3339(max(starts, ends)),
        }

    def _labels(self, incident: Incident) -> dict[str, str]:
        """Its identity, which the district's rules say in the same words; anything else is an annotation."""
        return {
            "alertname": self._said(self._alertname, incident, incident.playbook),
            **self._place,
            "playbook": incident.playbook,
            "target": incident.target,
            "class": incident.class_,
        }

    def _annotations(self, incident: Incident) -> dict[str, str]:
        said = self._said(self._describe, incident, {"summary": f"{incident.playbook} {incident.target}"})
        found = {name: text for name, text in said.items() if text}
        return found if incident.recorded else found | {"unrecorded": "true"}

    def _said(self, say: Callable[[Incident], Any], incident: Incident, otherwise: Any) -> Any:
        """A playbook of the site's own whose text cannot be filled in still alerts."""
        try:
            return say(incident)
        except (ValueError, LookupError, AttributeError, TypeError):
            log.exception("text of %s for %s", incident.playbook, incident.target)
            return otherwise

    async def _ask(self, method: str, path: str, body: Any, limit: int) -> tuple[int, float, bytes]:
        """Status, its clock, the first `limit` bytes of the answer."""
        import aiohttp

        session = self._session = self._session or _session(self._receiver)
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {} if data is None else {"Content-Type": "application/json"}
        try:
            async with session.request(
                method, self.name + path, data=data, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status, _date(answer.headers.get("Date")), await _read(answer, limit)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Untaken(_failure(error)) from None


def _session(receiver: Receiver) -> aiohttp.ClientSession:
    import aiohttp

    return aiohttp.ClientSession(
        headers=receiver.headers(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT, sock_connect=CONNECT_TIMEOUT),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # a proxy is never between the agent and its district
    )


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    found = b""
    while len(found) < limit and (part := await answer.content.read(limit - len(found))):
        found += part
    return found


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _group_wait(configuration: str) -> float:
    """The longest group_wait (seconds) of all routes; a root route without one has Alertmanager's default."""
    found = GROUP_WAITS.findall(configuration)
    waits = [sum(int(n) * SECONDS[unit] for n, unit in DURATION.findall(text)) for _, text in found]
    if not any(indent == "  " for indent, _ in found):
        waits.append(GROUP_WAIT)
    return min(max(waits), LONGEST_GROUP_WAIT)


def _date(header: str | None) -> float:
    """The Date header, rounded down to the second as it is: an end at this moment has passed there."""
    try:
        return parsedate_to_datetime(header or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return datetime.now(UTC).timestamp()


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refusal(status: int, body: bytes) -> str:
    said = clean(body, 300)
    hint = HINTS.get(status, "")
    return f"answers {status}{hint}{f': {said}' if said else ''}"


def _failure(error: Exception) -> str:
    """What happened, for people: no addresses that hold secrets are in it, since none is given to the library."""
    import aiohttp

    match error:
        case TimeoutError():
            return f"no answer within {TIMEOUT:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be resolved"
        case aiohttp.ClientSSLError() | aiohttp.ClientConnectorCertificateError():
            return f"its certificate is not accepted: {clean(str(error), 200)}"
        case OSError() if error.errno:
            return f"cannot be reached: {os.strerror(error.errno)}"
    return f"does not speak HTTP as expected: {clean(str(error) or type(error).__name__, 200)}"
