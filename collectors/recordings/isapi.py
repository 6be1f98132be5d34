"""Hikvision's ISAPI, which others who sell its recorders have too: the first match of a search from the beginning.

Its times end in Z and are the recorder's local ones, by its maker's habit; some releases mean UTC. The difference of
eight hours is nothing against weeks.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from xml.etree import ElementTree

from agent.core.reach import Unanswered
from agent.core.text import clean
from collectors.recordings.asking import Recorder, named, text
from collectors.recordings.times import moment, written

SEARCH = "/ISAPI/ContentMgmt/search"
BEGINNING = "2000-01-01T00:00:00Z"
FOUND, NONE = "OK", "NO MATCHES"


async def oldest(recorder: Recorder, now: float) -> Mapping[str, float]:
    """Unix seconds of the oldest recording by the camera's name in agent.yaml; `now` where there is none."""
    found: dict[str, float] = {}
    for name, track in recorder.options.tracks.items():
        result = await recorder.ask(SEARCH, _question(track, now), "application/xml; charset=UTF-8")
        found[name] = _oldest(recorder, result, track, now)
    return found


def _question(track: int, now: float) -> str:
    until = written(now + 86400)
    # "Postion" is how it is spelled there.
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<CMSearchDescription version="1.0" xmlns="http://www.isapi.org/ver20/XMLSchema">'
        f"<searchID>{str(uuid.uuid4()).upper()}</searchID><trackIDList><trackID>{track}</trackID></trackIDList>"
        f"<timeSpanList><timeSpan><startTime>{BEGINNING}</startTime><endTime>{until}</endTime></timeSpan></timeSpanList>"
        "<maxResults>1</maxResults><searchResultPostion>0</searchResultPostion><metadataList>"
        "<metadataDescriptor>//recordType.meta.std-cgi.com</metadataDescriptor></metadataList></CMSearchDescription>"
    )


def _oldest(recorder: Recorder, result: ElementTree.Element, track: int, now: float) -> float:
    times = [moment(text(each, "startTime")) for each in named(result, "searchMatchItem")]
    known = [each for each in times if each is not None]
    if known:
        return min(known)
    status = text(result, "responseStatusStrg")
    if status == NONE or (status == FOUND and text(result, "numOfMatches") == "0"):
        return now
    said = clean(text(result, "statusString") or status, 60) or "nothing that is understood"
    raise Unanswered("protocol", f"{recorder.place}: the search on track {track} ends with: {said}")
