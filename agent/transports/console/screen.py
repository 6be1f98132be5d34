"""Screen: what a terminal of endless width would show of what a device sent, so that page breaks that it wipes away by
spaces, backspaces and escape sequences (ECMA-48) leave no trace."""

from __future__ import annotations

import re

# CSI with its parameters; other escape sequences; one control character; text.
TOKEN = re.compile(
    r"\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b[()#%][ -~]|\x1b[ -/]*[0-~]|([\r\x08\t])|[\x00-\x1f\x7f]|([^\x00-\x1f\x7f]+)"
)
PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*\Z")
TAB = 8
WIDEST = 65_536


def lines(text: str) -> list[str]:
    """The lines as they stand at the end, without blanks at their ends."""
    return [_line(each.removesuffix("\r")).rstrip() for each in text.split("\n")]


def last(text: str) -> str:
    """The line on which the cursor stands."""
    return _line(text[text.rfind("\n") + 1 :]).rstrip()


def _line(raw: str) -> str:
    if PLAIN.match(raw) and "\t" not in raw:
        return raw
    shown: list[str] = []
    at = 0
    for match in TOKEN.finditer(raw):
        parameters, final, control, text = match.groups()
        if text is not None:
            shown[at : at + len(text)] = text
            at += len(text)
        elif control == "\r":
            at = 0
        elif control == "\x08":
            at = max(0, at - 1)
        elif control == "\t":
            shown += " " * max(0, at - len(shown))
            wide = TAB - at % TAB
            shown[at : at + wide] = " " * wide
            at += wide
        elif final is not None:
            at = _moved(shown, at, parameters, final)
        if len(shown) < at <= WIDEST:
            shown += " " * (at - len(shown))
    return "".join(shown)


def _moved(shown: list[str], at: int, parameters: str, final: str) -> int:
    """Where the cursor is after a control sequence; `shown` is wiped in place."""
    first = parameters.partition(";")[0]
    count = int(first[:9]) if first.isdigit() else 0
    if final == "D":
        return max(0, at - max(1, count))
    if final == "C":
        return min(WIDEST, at + max(1, count))
    if final == "G":
        return max(0, count - 1)
    if final == "K" and count == 0:
        del shown[at:]
    elif final == "K" and count in (1, 2):
        end = at + 1 if count == 1 else len(shown)
        shown[:end] = " " * min(end, len(shown))
    return at
