"""Digest access authentication (RFC 7616) with qop auth, and without as RFC 2069 had it. Pure."""

from __future__ import annotations

import hashlib
import re

from agent.core.secrets import Secret

PARAMETER = re.compile(r"([A-Za-z0-9_-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,\"]+))")
ALGORITHMS = {"": "md5", "MD5": "md5", "SHA-256": "sha256"}


def answer(challenge: str, user: str, password: Secret, method: str, path: str, nonce: str) -> Secret | None:
    """The header Authorization; None for a challenge that is no Digest, or one that is not known. `nonce`: our own."""
    scheme, _, rest = challenge.strip().partition(" ")
    asked = {name.lower(): quoted or plain for name, quoted, plain in PARAMETER.findall(rest)}
    algorithm = ALGORITHMS.get(asked.get("algorithm", "").upper())
    if scheme.lower() != "digest" or algorithm is None or not {"realm", "nonce"} <= asked.keys():
        return None
    qop = "auth" if "auth" in re.split(r"[,\s]+", asked.get("qop", "")) else ""
    if asked.get("qop") and not qop:
        return None

    def digest(text: str) -> str:
        return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

    one, two = digest(f"{user}:{asked['realm']}:{password.reveal()}"), digest(f"{method}:{path}")
    middle = f"{asked['nonce']}:00000001:{nonce}:auth" if qop else asked["nonce"]
    said = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": path}
    said["response"] = digest(f"{one}:{middle}:{two}")
    said |= {"opaque": asked["opaque"]} if "opaque" in asked else {}
    header = ", ".join(f'{name}="{value}"' for name, value in said.items())
    header += f", algorithm={asked['algorithm']}" if "algorithm" in asked else ""
    return Secret(f"Digest {header}" + (f', qop=auth, nc=00000001, cnonce="{nonce}"' if qop else ""))
