"""A video recorder on loopback that speaks ONVIF's recording search and Hikvision's ISAPI, of our own making after
their published descriptions. It checks logins by the formulas of RFC 7616 and of WS-Security itself."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "shouwang", "canary-of-recorder"
NONCE, REALM = "bm9uY2U", "recorder"


@dataclass
class Recorder:
    """`oldest` by source's name or track, xs:dateTime; `lists`: it can list recordings; `demands`: the login that it
    wants, digest, token or nothing; `raw` answers everything instead. `asked`: bodies; `logins`: what failed or not."""

    oldest: dict[str, str] = field(default_factory=dict)
    lists: bool = True
    demands: str = "token"
    raw: tuple[int, bytes] | None = None
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)

    def respond(self, path: str, body: str, authorization: str) -> tuple[int, bytes, str]:
        """Status, body, and what WWW-Authenticate says."""
        self.asked.append((path, body))
        if self.raw is not None:
            return (*self.raw, "")
        if self.demands == "digest" and not self._digest(path, authorization):
            return 401, b"", f'Digest realm="{REALM}", qop="auth", nonce="{NONCE}", algorithm=MD5, opaque="x"'
        if self.demands == "token" and path != "/ISAPI/ContentMgmt/search" and not self._token(body):
            return 400, soap(fault("NotAuthorized")), ""
        return (200, self._isapi(body) if path.startswith("/ISAPI") else self._onvif(path, body), "")

    def _digest(self, path: str, authorization: str) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', authorization))
        one = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).hexdigest()
        two = hashlib.md5(f"POST:{path}".encode()).hexdigest()
        text = f"{one}:{NONCE}:{said.get('nc')}:{said.get('cnonce')}:auth:{two}"
        right = said.get("response") == hashlib.md5(text.encode()).hexdigest()
        if authorization:
            self.logins.append(right)
        return right

    def _token(self, body: str) -> bool:
        nonce, created = (re.search(rf"<{name}[^>]*>([^<]*)<", body) for name in ("Nonce", "Created"))
        given = re.search(r"<Password [^>]*>([^<]*)<", body)
        assert nonce
        assert created
        assert given
        secret = base64.b64decode(nonce[1]) + created[1].encode() + PASSWORD.encode()
        right = given[1] == base64.b64encode(hashlib.sha1(secret).digest()).decode() and f">{USER}<" in body
        self.logins.append(right)
        return right

    def _onvif(self, path: str, body: str) -> bytes:
        if path == "/onvif/device_service":
            return soap(
                "<d:GetServicesResponse xmlns:d='http://www.onvif.org/ver10/device/wsdl'><d:Service><d:Namespace>"
                "http://www.onvif.org/ver10/search/wsdl</d:Namespace><d:XAddr>http://203.0.113.9/onvif/search</d:XAddr>"
                "</d:Service></d:GetServicesResponse>"
            )
        assert path == "/onvif/search", path
        if "<FindRecordings" in body:
            return soap("<t:SearchToken xmlns:t='x'>7</t:SearchToken>" if self.lists else fault("ActionNotSupported"))
        if "<GetRecordingSearchResults" in body:
            listed = "".join(
                f"<t:RecordingInformation><t:RecordingToken>r</t:RecordingToken><t:Source><t:Name>{name}</t:Name>"
                f"</t:Source><t:EarliestRecording>{at}</t:EarliestRecording></t:RecordingInformation>"
                for name, at in self.oldest.items()
            )
            return soap(f"<t:ResultList xmlns:t='x'><t:SearchState>Completed</t:SearchState>{listed}</t:ResultList>")
        first = f"<t:DataFrom>{min(self.oldest.values())}</t:DataFrom>" if self.oldest else ""
        count = len(self.oldest)
        return soap(f"<t:Summary xmlns:t='x'>{first}<t:NumberRecordings>{count}</t:NumberRecordings></t:Summary>")

    def _isapi(self, body: str) -> bytes:
        track = re.search(r"<trackID>(\d+)</trackID>", body)
        assert track is not None
        at = self.oldest.get(track[1])
        if at == "error":
            return b"<ResponseStatus><statusString>Invalid Operation</statusString></ResponseStatus>"
        status, matches = ("NO MATCHES", "") if at is None else ("MORE", f"<startTime>{at}</startTime>")
        found = f"<searchMatchItem><timeSpan>{matches}</timeSpan></searchMatchItem>" if matches else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?><CMSearchResult version="2.0" '
            f'xmlns="http://www.hikvision.com/ver20/XMLSchema"><responseStatusStrg>{status}</responseStatusStrg>'
            f"<numOfMatches>{int(bool(matches))}</numOfMatches><matchList>{found}</matchList></CMSearchResult>"
        ).encode()


def soap(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">'
        f"<e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def fault(code: str) -> str:
    return (
        f"<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:t='x'>t:{code}</e:Value></e:Subcode>"
        "</e:Code></e:Fault>"
    )


@contextmanager
def recorder() -> Iterator[Recorder]:
    device = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer, challenge = device.respond(self.path, body, self.headers.get("Authorization", ""))
            self.send_response(status)
            if challenge:
                self.send_header("WWW-Authenticate", challenge)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    device.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield device
    finally:
        server.shutdown()
        server.server_close()
