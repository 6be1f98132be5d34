"""Secrets in a configuration, found line by line so that a mask can stand for them. Pure.

What is masked too much costs readability only, since a fingerprint still shows that it changed. The keywords are those
of public command references of VRP, Comware, RGOS and IOS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agent.core.configurations import MASK

Span = tuple[int, int]

# Between a keyword and its secret: how it is written, hashed or used. A single digit is IOS's kind of encryption.
HOW = (
    r"(?:(?:cipher|irreversible-cipher|simple|plain|plaintext|clear|hash|encrypted|ascii|hex|text|string|md5|sm3"
    r"|sha(?:[-\d]\S*)?|hmac-\S+|aes(?:[-\d]\S*)?|3?des(?:[-\d]\S*)?|wpa2?|usual|nonstandard|rfc\d{4}|set-key"
    r"|inbound|outbound|ah|esp|size\s+\d+\s*bit|option\s+\d+\s+for\s+\S+|peer\s+\S+|\d+\.\d+\.\d+\.\d+"
    r"|local|remote|key|psk|pmk|cak|pass-?phrase|level\s+\d+|role\s+\S+|is|为|是|\d)\s+)*"
)
VALUE = r'(?P<s>"[^"]*"|\S+)'
REST = r"(?P<s>\S.*)"
# Lines of free text, and what people write there before a password; `LIKELY` is one after a word that says little.
FREE = r"\b(?:description|header|banner|remark|alias|contact|location|notice|title|info(?:rmation)?)\b.*?"
LIKELY = r"(?P<s>(?=\S*\d)(?=\S*[^\W\d_])\S{6,}|\d{8,})"
QUOTE = r"[%@][-%@#$^+=*][%@][%@#$]"  # before and after a cipher of VRP
PEER = r"(?:(?:address|hostname|host)\s+\S+(?:\s+\d+\.\d+\.\d+\.\d+)?\s+)?"
WORDS = (
    "password|passwd|secret|pass-?phrase|passphrase|psk|wpa-psk|key-string|string-key|shared-key|server-key|authkey"
    "|auth-key|authentication-key|encryption-key|community-name|securityname|cookie|authentication-hex|encryption-hex"
    "|hex-key|md5-password|md5-authentication|login-password|sharekey|shared-secret|pmk|cak|raw-key|api-key|token"
    "|assign-token|community-map|auth-code|bearer|passcode|apikey|accesskey"
)
_PATTERNS = (
    rf"\b(?:{WORDS})\s+{HOW}{VALUE}",
    # In IOS and RGOS these end the line, and a secret may have blanks.
    rf"^\s*(?:enable\s+)?(?:password|secret|key-string)\s+{HOW}{REST}$",
    rf"^\s*username\s.*?\s(?:password|secret)\s+{HOW}{REST}$",
    rf"\bpre-?shared-key\s+(?:(?:local|remote)\s+)?{PEER}(?:key\s+)?{HOW}{VALUE}",
    rf"\S\s+key\s+(?!chain\b|generate\b)(?:(?:authentication|accounting|authorization)\s+)?{HOW}{VALUE}",
    # A line of its own with a small number begins a key of a chain.
    rf"^\s*key\s+(?!chain\b|\d{{1,3}}$)(?:(?:authentication|accounting|authorization)\s+)?{HOW}{REST}$",
    rf"\bauthentication-key\s+\d+\s+\S+\s+{HOW}{VALUE}",
    rf"\b(?:message-digest-key|authentication-keyid)\s+\d+\s+(?:authentication-mode\s+)?\S+\s+{HOW}{VALUE}",
    rf"\bnhrp\s+authentication\s+{VALUE}",
    rf"\bauthentication\s+manager\s+\S+\s+{HOW}{REST}$",
    rf"\bhex-key\s+(?:authentication|encryption)\s+{HOW}{VALUE}",
    r"\bbasic\s+(?P<s>[A-Za-z0-9+/=]{6,})$",
    rf"\bauthentication-mode\s+(?:md5|sha\S*|simple|hmac-\S+|sm3)\s+(?!key-id\b)(?:\d{{1,3}}\s+(?!privacy-mode\b))?"
    rf"{HOW}{VALUE}",
    rf"\bprivacy-mode\s+\S+\s+{HOW}{VALUE}",
    rf"\bauth\s+(?:md5|sha\S*)\s+{HOW}{VALUE}",
    rf"\bpriv(?:acy)?\s+(?:des(?:56)?|3des|aes|sm4)[-\d]*\s+(?:(?:128|192|256)\s+)?{HOW}{VALUE}",
    rf"\bauthentication-mode\s+\S+\s+key-id\s+\d+\s+{HOW}{VALUE}",
    rf"(?<![\w-])(?!(?:[\w-]*-)?(?:public|rsa|dsa|ecc|ecdsa|digest|session)-key)[\w-]+-key\s+(?!\d{{1,3}}\s+\S+\s+\S){HOW}{VALUE}",
    rf"(?<![\w-])[\w-]+(?:password|passwd|pwd|secret|passphrase|apikey|accesskey)\s+{HOW}{VALUE}",
    # RFC 4552, and keys of IPsec that are typed in.
    rf"\bspi\s+\d+\s+esp\s+\S+\s+(?:(?:128|192|256)\s+)?(?:[07]\s+)?{VALUE}",
    rf"\bspi\s+\d+\s(?:.*\s)?(?:md5|sha1)\s+(?:[07]\s+)?{VALUE}",
    rf"\bsession-key\s+(?:inbound|outbound)\s+(?:esp|ah)\s+\d+\s+(?:cipher\s+)?{VALUE}",
    rf"\bauthenticator\s+{VALUE}",
    rf"(?:^|\bsnmp\S*\s+trap\S*)\s*community\s+(?!list\b){HOW}{VALUE}",
    rf"(?<![\w-])(?:simple|plain)\s+{VALUE}",
    rf"\bsshpass\s+-p\s*{VALUE}",
    rf"\bsnmp-server\s+community\s+(?:\d\s+)?{VALUE}",
    # A user of v1 or v2c is a community.
    rf"\bsnmp-server\s+user\s+{VALUE}(?=\s+\S+\s+(?:v1|v2c)\b)",
    rf"\bsnmp-agent\s+usm-user\s+(?:v1|v2c)\s+{VALUE}",
    rf"\bisakmp\s+key\s+(?:\d\s+)?{VALUE}",
    rf"\bsnmp-agent\s+community\s+(?:read|write)\s+{HOW}{VALUE}",
    r"\bsnmp-server\s+host\s+\S+\s+(?:vrf\s+\S+\s+)?(?:(?:traps?|informs?)\s+)?"
    r"(?:version\s+(?:1|2c|3\s+(?:auth|noauth|priv))\s+)?(?!version\b)" + VALUE,
    rf"\b(?:standby|vrrp|glbp)\s+\d+\s+authentication\s+(?!md5\b)(?:text\s+)?{VALUE}",
    rf"\bauthentication\s+(?:md5|text|simple)\s+(?!key-)(?:\d+\s+)?{HOW}{VALUE}",
    rf"\b(?:cipher|irreversible-cipher)\s+(?!(?:aes|des|3des|sm4|chacha)[-_\d]){VALUE}",
    r"://[^/\s:@]+:(?P<s>\S+)@",
    # What people write into descriptions, notices and scripts.
    r"(?:pass(?:word|wd)?|pwd?|secret|community|key|psk|token)\s*[:=：]\s*" + VALUE,
    r"(?:密\s*码|口\s*令|团体名|密\s*钥|暗\s*号)\s*(?:是|为|[:=：])?\s*" + VALUE,
    FREE + r"(?<![-\w])(?:pass|pwd?|mima|kouling)\s+" + VALUE,
    FREE + r"(?<![-\w])(?:pass(?:word|wd)?|pwd?|psk|mima)[-_/(（【\[](?!through\b)" + VALUE,
    FREE + r"(?<![-\w])pin(?:\s*code)?\W{0,3}(?P<s>\d{4,})",
    FREE + r"(?:wi-?fi|wlan|ssid|root|\w*admin\w*|login|user(?:name)?|账号|帐号|用户名?|登录名?)[\s/\\|,，:：=]+"
    r"(?:\w+[\s/\\|,，:：=]+)?" + LIKELY,
    r"(?<![-\w])wi-?fi\s*[:=：]\s*" + VALUE,
    r"(?<![^\s\"])[^\s:@/\"]+:(?P<s>[^\s@\"]+)@(?=\w)",
    r"\"enable\s+(?P<s>[^\"\s]+)\"",
    rf"\benvironment\s+\S*(?:pass|pwd?|secret|key|token|psk|community)\S*\s+{REST}$",
    # Texts that only a cipher or a hash looks like, wherever they stand.
    rf"(?P<s>(?P<d>{QUOTE})\S.*?(?P=d))",
    r"(?<!\S)(?P<s>\$[0-9a-z]{1,4}\$\S+)",
)
PATTERNS = tuple(re.compile(each, re.IGNORECASE) for each in _PATTERNS)
# Ciphers that a device makes anew, with other salt, each time it shows or stores them.
ANEW = re.compile(rf"({QUOTE})\S.*\1|\$c\$")
HIDDEN = re.compile(r"\*{4,}")  # what an account is shown that may not see secrets
KIND_6 = re.compile(r"\s6\s+\Z")
# What every line has that can hold a secret.
HINT = re.compile(
    r"pass|pw|secret|key|psk|communit|cipher|auth|priv|snmp|cookie|hex|token|pmk|cak|bearer|basic|\"enable|://|[$%@]"
    r"|spi|simple|plain|mima|kouling|pin|wi-?fi|wlan|ssid|root|admin|login|user|密|口\s*令|团体名|暗|[账帐]号|用户|登录",
    re.IGNORECASE,
)


# What is demanded of passwords, and is none: whole lines, whose numbers people who look at a change must see.
POLICY = re.compile(
    r"\s*(?:undo )?(?:set password min-length \d+|(?:local-user \S+ )?password expire \d+"
    r"|password history record number \d+|password alert (?:before-expire \d+|original)"
    r"|manager-user password valid-days \d+|local-aaa-user password policy (?:administrator|access-user)"
    r"|user-password complexity-check(?: three-of-kinds)?"
    r"|local-aaa-user wrong-password(?: retry-interval \d+| retry-time \d+| block-time \d+)*"
    r"|password policy (?:strong|(?:life-cycle|min-size|no-repeat-times|max-size) \d+))\s*",
    re.IGNORECASE,
)


def masked(line: str, fingerprint: Callable[[str], str]) -> str:
    """The line with a mask for each secret: `***` and its fingerprint, or `***` alone where what is shown of it changes
    by itself. What the device itself hides stays as it is."""
    return line if HINT.search(line) is None or POLICY.fullmatch(line) else hidden(line, fingerprint)


def hidden(line: str, fingerprint: Callable[[str], str]) -> str:
    """As `masked`, also where what is demanded of passwords would be masked, as it was by rules 1 and 2."""
    parts, end = [], 0
    for start, stop in _spans(line):
        secret = line[start:stop]
        if HIDDEN.fullmatch(secret):
            continue
        anew = ANEW.search(secret) or KIND_6.search(line[:start])
        parts += [line[end:start], MASK if anew else MASK + fingerprint(secret.strip('"'))]
        end = stop
    return "".join([*parts, line[end:]])


def _spans(line: str) -> list[Span]:
    """Where the secrets are, in order, those that overlap as one."""
    found: list[Span] = []
    for start, stop in sorted(_found(line)):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return found


def _found(line: str) -> Iterator[Span]:
    for pattern in PATTERNS:
        for match in pattern.finditer(line):
            yield match.span("s")
