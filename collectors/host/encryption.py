"""Signs of encryption in watched folders: new extensions on many files, and names of ransom notes, however a host lists
names."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.host.subject import Turn

DAY = 86400.0
MOST = 300  # extensions that are remembered
LONGEST = 16  # characters; what is longer is part of a name
# Names under which known families leave their demands.
NOTES = (
    "*DECRYPT*INSTRUCTION*", "*HOW*TO*DECRYPT*", "*HOW*TO*RESTORE*", "*HOW*TO*RECOVER*", "*HOW*TO*BACK*FILES*",
    "*README*DECRYPT*", "*README*RESTORE*", "*RECOVER*YOUR*FILES*", "*RECOVER*FILES*.txt", "*RESTORE*MY*FILES*",
    "*RESTORE*YOUR*FILES*", "*UNLOCK*FILES*.txt", "*FILES*ENCRYPTED*", "*@Please_Read_Me@*", "_readme.txt",
    "!!!*READ*ME*", "akira_readme.txt", "*-DECRYPT.txt", "*RANSOM*NOTE*",
)  # fmt: skip


def news(turn: Turn, found: Sequence[str], cut: bool = False) -> int:
    """Files with an extension that is not known for a day yet, at most so many as one cycle had. Where the first look
    was `cut`, what is usual is learnt for a day."""
    if "known" not in turn.kept:
        turn.kept.update(known=sorted(set(found))[:MOST], new={}, learning=turn.now + DAY if cut else 0.0)
        return 0
    if turn.now < turn.kept.get("learning", 0.0):
        turn.kept["known"] = sorted({*turn.kept["known"], *found})[:MOST]
        return 0
    known, new = set(turn.kept["known"]), turn.kept["new"]
    for name in [name for name, (since, _) in new.items() if turn.now - since >= DAY]:
        del new[name]
        known.add(name)
    turn.kept["known"] = sorted(known)[:MOST]
    for name in set(found) - known:
        if name in new or len(new) < MOST:
            since, most = new.get(name, (turn.now, 0))
            new[name] = [since, max(most, found.count(name))]
    return sum(most for _, most in new.values())
