"""Hardening: how a host should be set up, and where it deviates. Every fact is an argument, None where not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from agent.core.model import Sample
from agent.core.text import Said, Text, clean
from collectors.host import words
from collectors.host.metrics import HARDENING

Topic = Literal["sshd", "password", "accounts", "system", "terminal"]
Result = Literal["warn", "fail"]
MOST_TRIES, IDLE, IDLE_COUNT = 4, 300, 3  # of an SSH login; seconds, and how often they may pass
ADMINISTRATORS_SHORTEST = 12
SHORTEST, CLASSES, LONGEST_DAYS, LOCKED_AFTER, LOCKED_FOR, TIMEOUT = 8, 3, 90, 5, 600, 600
UNUSED_DAYS = 90.0
STRONGER = ("publickey", "gssapi", "hostbased")  # ways to log in that need more than a password
SHOWN = 6  # of a topic, in a remark
DAY = 86400.0


class Deviation(NamedTuple):
    """`said` in few words, for a remark."""

    result: Result
    said: Text


class Passwords(NamedTuple):
    """What the system asks of passwords; seconds and days. 0 or None: it asks nothing of the kind."""

    length: float | None = None
    classes: float | None = None
    days: float | None = None
    tries: float | None = None
    locked: float | None = None
    timeout: float | None = None


class Account(NamedTuple):
    """`password`: usable, locked, empty, or None where it is not known; `last` login in Unix seconds, None for never or
    not known; `person`: one that people log in with."""

    name: str
    uid: int
    password: Literal["usable", "locked", "empty"] | None = None
    last: float | None = None
    person: bool = True


def told(
    remarks: list[Said], topic: Topic, deviations: Sequence[Deviation], unseen: Sequence[Text] = ()
) -> Iterator[Sample]:
    """Where something was `unseen`, nothing wrong is no pass: then only what is wrong is told."""
    if deviations or not unseen:
        counts = Counter(each.result for each in deviations)
        for result in ("warn", "fail"):
            yield HARDENING.sample(counts[result], topic=topic, result=result)
    for template, said in ((words.DEVIATIONS, [each.said for each in deviations]), (words.UNSEEN, unseen)):
        if said:
            shown = said[:SHOWN]
            names = Text("、".join(each.zh for each in shown), "; ".join(each.en for each in shown))
            more = words.AND_SO_ON if len(said) > SHOWN else ""
            remarks.append(template.format(topic=words.TOPICS[topic], said=names, more=more))


def of_sshd(settings: Mapping[str, str]) -> Iterator[Deviation]:
    """By the effective settings, names in lower case (sshd_config(5))."""
    if settings.get("permitemptypasswords") == "yes":
        yield Deviation("fail", words.SETTING.format(setting="permitemptypasswords yes"))
    root = settings.get("permitrootlogin", "no")
    if root == "yes" and _takes_passwords(settings):
        yield Deviation("fail", words.SETTING.format(setting="permitrootlogin yes"))
    elif root != "no":
        yield Deviation("warn", words.SETTING.format(setting=f"permitrootlogin {root[:30]}"))
    if not 0 < _number(settings.get("maxauthtries")) <= MOST_TRIES:
        yield Deviation("warn", words.MAX_TRIES.format(most=MOST_TRIES))
    idle, count = _number(settings.get("clientaliveinterval")), _number(settings.get("clientalivecountmax"))
    if not (0 < idle <= IDLE and 0 < count <= IDLE_COUNT):
        yield Deviation("warn", words.IDLE_LOGINS.format(seconds=IDLE, count=IDLE_COUNT))
    for name in ("x11forwarding", "allowtcpforwarding"):
        if settings.get(name, "no") != "no":
            yield Deviation("warn", words.SETTING.format(setting=f"{name} {settings[name][:30]}"))


def _takes_passwords(settings: Mapping[str, str]) -> bool:
    """Asked by sshd itself, or by PAM in a dialogue, which asks for a password unless somebody set up something else;
    where each of the authentication methods begins with more than that, a password alone lets nobody in."""
    dialogue = settings.get("kbdinteractiveauthentication", settings.get("challengeresponseauthentication", "no"))
    by_pam = dialogue != "no" and settings.get("usepam") == "yes"
    lists = [each.split(",") for each in settings.get("authenticationmethods", "any").split()]
    stronger = all(any(method.startswith(STRONGER) for method in each) for each in lists)
    return (settings.get("passwordauthentication") != "no" or by_pam) and not stronger


def of_passwords(rules: Passwords, administrators: bool = False) -> Iterator[Deviation]:
    """A missing lock-out is a failure, anything else that is missing a warning. `administrators`: some of those whose
    passwords the rules are about may administer the host."""
    if not (rules.length or 0) >= SHORTEST:
        yield Deviation("warn", words.SHORT.format(most=SHORTEST))
    elif administrators and not (rules.length or 0) >= ADMINISTRATORS_SHORTEST:
        yield Deviation("warn", words.SHORT_ADMINISTRATORS.format(most=ADMINISTRATORS_SHORTEST))
    if not (rules.classes or 0) >= CLASSES:
        yield Deviation("warn", words.SIMPLE.format(most=CLASSES))
    if not 0 < (rules.days or 0) <= LONGEST_DAYS:
        yield Deviation("warn", words.LASTING.format(most=LONGEST_DAYS))
    if not 0 < (rules.tries or 0) <= LOCKED_AFTER:
        yield Deviation("fail", words.NOT_LOCKED.format(most=LOCKED_AFTER))
    elif 0 < (rules.locked or 0) < LOCKED_FOR:  # 0: until somebody unlocks it
        yield Deviation("warn", words.LOCKED_BRIEFLY.format(most=LOCKED_FOR))
    if not 0 < (rules.timeout or 0) <= TIMEOUT:
        yield Deviation("warn", words.IDLE_SHELL.format(most=TIMEOUT))


def of_accounts(
    accounts: Iterable[Account], now: float, since: float | None, left: Collection[str] = ()
) -> Iterator[Deviation]:
    """`since`: from when on logins are known, in Unix seconds; None where they are not. A recorded login says by itself
    how long ago it was; only of an account that has none it counts how long somebody looked on. `left`: names, in lower
    case, of accounts whose people left."""
    for each in accounts:
        name = clean(each.name, 32)
        if each.uid == 0 and each.name != "root":
            yield Deviation("fail", words.SECOND_ROOT.format(name=name))
        if each.password == "empty":  # noqa: S105 - a word for what it is
            yield Deviation("fail", words.NO_PASSWORD.format(name=name))
        if not each.person or each.password == "locked":  # noqa: S105 - as above
            continue
        if each.name.lower() in left:
            yield Deviation("fail", words.LEFT.format(name=name))
        elif since is not None and now - (since if each.last is None else each.last) > UNUSED_DAYS * DAY:
            yield Deviation("warn", words.UNUSED.format(name=name, most=UNUSED_DAYS))


def _number(text: str | None) -> float:
    return float(text) if text is not None and text.isdecimal() and len(text) < 10 else 0.0
