"""Algorithms of SSH: which are broken and which are weak, by the words of NET-15. Pure.

Devices write them in their own ways (aes256_cbc, dh_group1_sha1, cbc); on the wire they have the names of RFC 4253,
4344, 8268 and of OpenSSH.
"""

from __future__ import annotations

import re

# 1024 bits, DES in any form, RC4, blocks of 64 bits, DSA, none at all.
BROKEN = re.compile(
    r"(?:diffie-hellman|dh)-group-?1-sha1|3des(?:-.*)?|des(?:-.*)?|arcfour\d*|rc4|blowfish-cbc|cast128-cbc|idea-cbc"
    r"|ssh-dss|dsa|none"
)
# SHA-1 where it signs or exchanges keys, and CBC (CVE-2008-5161).
WEAK = re.compile(
    r"(?:diffie-hellman|dh)-group-?14-sha1|(?:diffie-hellman|dh)-group-exchange-sha1|.*-cbc(?:@.*)?|cbc|ssh-rsa|rsa"
    r"|ssh-rsa-cert-v01@openssh\.com|gss-group1?4?-sha1-.*"
)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def broken(name: str) -> bool:
    return BROKEN.fullmatch(_plain(name)) is not None


def weak(name: str) -> bool:
    return not broken(name) and WEAK.fullmatch(_plain(name)) is not None
