"""The way into what speaks HTTP: a connection per request, its phases told apart, everything a server sends bounded."""

from agent.transports.http.way import HttpWay

__all__ = ["HttpWay"]
