"""Through a proxy: what is asked by HTTP is asked of it (RFC 9112 section 3.2.2), to what is asked by HTTPS it opens a
tunnel (RFC 9110 section 9.3.6)."""

from __future__ import annotations

import socket
from dataclasses import replace

from agent import __version__
from agent.core.http import Proxy
from agent.core.reach import Unanswered
from agent.transports.http.redirect import Request
from agent.transports.http.request import basic
from agent.transports.http.wire import Wire

HEAD = 2**14  # bytes of its answer


def asked_of(proxy: Proxy | None, request: Request) -> Request:
    """The request as this proxy takes it; what goes through a tunnel stays as it is."""
    if proxy is None or request.place.scheme != "http":
        return request
    named = next((str(value) for name, value in request.headers if name.lower() == "host"), request.place.authority)
    login = () if proxy.login is None else (("Proxy-Authorization", basic(proxy.login)),)
    return replace(request, target=f"http://{named}{request.place.target}", headers=(*request.headers, *login))


async def tunnel(opened: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    """Opens the way to there. Unanswered if the proxy does not; OSError if the connection breaks."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", f"User-Agent: Shouwang/{__version__}"]
    if proxy.login is not None:
        lines.append(f"Proxy-Authorization: {basic(proxy.login).reveal()}")
    lines += [f"{name}: {value.reveal()}" for name, value in proxy.headers]
    wire = Wire(opened, str(proxy))
    await wire.write("\r\n".join((*lines, "", "")).encode())
    head = b""
    while b"\r\n\r\n" not in head:
        more = await wire.read(HEAD)
        if not more or len(head) > HEAD:
            raise Unanswered("protocol", f"{proxy}: does not answer CONNECT as a proxy does")
        head += more
    status = head.split(b"\r\n", 1)[0].split(b" ")[1:2]
    if not head.startswith(b"HTTP/1.") or status != [b"200"]:
        said = status[0][:3].decode("latin-1") if status and status[0].isdigit() else "no status"
        raise Unanswered("refused", f"{proxy}: opens no way to {place}: {said}")
    if not head.endswith(b"\r\n\r\n"):
        raise Unanswered("protocol", f"{proxy}: says more than that the way is open")
