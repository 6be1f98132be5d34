"""ONVIF: the service of recording search (ONVIF Recording Search Service Specification, sections 5.2 to 5.6), found by
GetServices of the device's own. Logged in by a UsernameToken (WS-Security UsernameToken Profile 1.1) with its digest,
and by HTTP Digest where that is demanded."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from agent.core.reach import CannotAsk, Unanswered
from agent.core.text import clean
from collectors.recordings.asking import Recorder, named, path_of, text
from collectors.recordings.times import moment, written

DEVICE = "/onvif/device_service"
SEARCH = "http://www.onvif.org/ver10/search/wsdl"
KIND = "application/soap+xml; charset=utf-8"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
MOST = 256  # recordings
ROUNDS = 5  # of results


async def oldest(recorder: Recorder, now: float) -> Mapping[str, float]:
    """Unix seconds of the oldest recording by the source's name; of all together where it does not list them."""
    services = await _ask(recorder, DEVICE, "http://www.onvif.org/ver10/device/wsdl", "GetServices",
                          "<IncludeCapability>false</IncludeCapability>", now)  # fmt: skip
    found = [each for each in named(services, "Service") if text(each, "Namespace") == SEARCH]
    if not found:
        raise CannotAsk("missing", f"{recorder.place} has no recording search by ONVIF; is it a recorder?")
    place = path_of(text(found[0], "XAddr"))
    try:
        listed = await _listed(recorder, place, now)
    except Unanswered:
        listed = {}
    return listed or await _summary(recorder, place, now)


async def _listed(recorder: Recorder, place: str, now: float) -> dict[str, float]:
    scope = f"<Scope/><MaxMatches>{MOST}</MaxMatches><KeepAliveTime>PT10S</KeepAliveTime>"
    token = text(await _ask(recorder, place, SEARCH, "FindRecordings", scope, now), "SearchToken")
    found: dict[str, float] = {}
    asked = f"<SearchToken>{escape(token)}</SearchToken><WaitTime>PT2S</WaitTime>"
    for _ in range(ROUNDS if token else 0):
        results = await _ask(recorder, place, SEARCH, "GetRecordingSearchResults", asked, now)
        for each in named(results, "RecordingInformation"):
            at = moment(text(each, "EarliestRecording"))
            source = next(named(each, "Source"), each)
            name = clean(text(source, "Name") or text(each, "RecordingToken"), 60)
            if at is not None and name and (name in found or len(found) < MOST):
                found[name] = min(at, found.get(name, at))
        if text(results, "SearchState") in ("Completed", ""):
            break
    return found


async def _summary(recorder: Recorder, place: str, now: float) -> dict[str, float]:
    summary = await _ask(recorder, place, SEARCH, "GetRecordingSummary", "", now)
    at = moment(text(summary, "DataFrom"))
    if text(summary, "NumberRecordings") == "0":
        return {"": now}
    if at is None:
        raise Unanswered("protocol", f"{recorder.place} tells no DataFrom in its summary of recordings")
    return {"": at}


async def _ask(recorder: Recorder, place: str, space: str, what: str, body: str, now: float) -> ElementTree.Element:
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Header>{_token(recorder, now)}</s:Header><s:Body>"
        f'<{what} xmlns="{space}">{body}</{what}></s:Body></s:Envelope>'
    )
    found = await recorder.ask(place, envelope, f'{KIND}; action="{space}/{what}"')
    fault = next(named(found, "Fault"), None)
    if fault is None:
        return found
    codes = [(each.text or "").rpartition(":")[2].strip() for each in named(fault, "Value")]
    if "NotAuthorized" in codes or "FailedAuthentication" in codes:
        user = clean(recorder.options.user, 40)
        why = "put user, password and the recorder's clock right"
        raise CannotAsk("authentication", f"{recorder.place} refuses {what} to {user}: {why}")
    raise Unanswered("protocol", f"{recorder.place} answers {what} with a fault: {clean(' '.join(codes), 80)}")


def _token(recorder: Recorder, now: float) -> str:
    nonce = secrets.token_bytes(16)
    created = written(now)
    secret = recorder.options.password.reveal().encode()
    digest = hashlib.sha1(nonce + created.encode() + secret, usedforsecurity=False).digest()
    return (
        f'<Security xmlns="{SECURITY}-wssecurity-secext-1.0.xsd" s:mustUnderstand="1"><UsernameToken>'
        f"<Username>{escape(recorder.options.user)}</Username>"
        f'<Password Type="{SECURITY}-username-token-profile-1.0#PasswordDigest">{_base64(digest)}</Password>'
        f'<Nonce EncodingType="{SECURITY}-soap-message-security-1.0#Base64Binary">{_base64(nonce)}</Nonce>'
        f'<Created xmlns="{SECURITY}-wssecurity-utility-1.0.xsd">{created}</Created></UsernameToken></Security>'
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
