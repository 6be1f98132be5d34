"""The tables that `recordings` prints of its outcomes, and what in them is out of bounds."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.profiles.book import shipped
from collectors.vendors import BORROWED, vendor

if TYPE_CHECKING:
    from benchmarks.recordings import Outcome

UPS_MIB = "UPS-MIB"  # the row of every UPS with the objects of RFC 1628
BOUND = ("Huawei", "H3C", "Ruijie", "ZTE", "Cisco", "APC", "Eaton", "Vertiv", UPS_MIB)
# The recording's index names the brand on the front; what was taken over, built in, or told more exactly is right too.
SAME = {
    ("3Com", "H3C"),
    ("APC", "Eaton"),
    ("BDCOM", "FS"),
    ("Geist", "Vertiv"),
    ("Linux", "IBM"),
    ("Linux", "Sangfor"),
    ("Marathon", "Marathon Power"),
    ("Panduit", "Sinetica"),
    ("Phoenixtec", "MegaTec"),
    ("PowerWalker", "CyberPower"),
    ("SCS", "Carel"),
    ("WebPower-smart2", "Ingrasys"),
    ("West", "West Mountain Radio"),
}


def groups(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        found[each.vendor].append(each)
        if each.ups_mib:
            found[UPS_MIB].append(each)
    return found


def shares(outcomes: list[Outcome]) -> list[str]:
    """By vendor the share of facts reported, and beside it the share taken to the letter."""
    wrong = []
    rows = sorted(groups(outcomes).items(), key=lambda each: -sum(len(o.facts) for o in each[1]))
    for name, of_vendor in [("all", outcomes), *rows]:
        total, lost = sum(len(each.facts) for each in of_vendor), sum(len(each.missing) for each in of_vendor)
        if not total:
            if name in BOUND:
                print(f"{name:18} {len(of_vendor):4} devices     0 facts unproven: the recordings have none")
            continue
        share, strict = 1 - lost / total, strictly(of_vendor)
        classes = Counter(fact.kind for each in of_vendor for fact in each.missing)
        what = ", ".join(f"{kind} {count}" for kind, count in classes.most_common())
        print(f"{name:18} {len(of_vendor):4} devices {total:5} facts {share:6.1%} strictly {strict:6.1%}  {what}")
        bound = 0.95 if name in BOUND else 0.8 if name == "all" else 0.0
        if share < bound:
            wrong.append(f"{name}: {share:.1%} of the facts reported, expected {bound:.0%}")
    return wrong


def strictly(outcomes: Iterable[Outcome]) -> float:
    total = reported = 0
    for each in outcomes:
        total += each.strict_facts
        reported += each.strict_facts - each.strict_missing
    return reported / total if total else 1.0


def ups_below(outcomes: Iterable[Outcome]) -> None:
    """Prints each UPS with UPS-MIB of which less is reported than of all of them must be."""
    found = [(1 - len(each.missing) / len(each.facts), each) for each in outcomes if each.ups_mib and each.facts]
    below = [
        f"{each.name} {share:.0%} of {len(each.facts)}"
        for share, each in sorted(found, key=lambda x: x[0])
        if share < 0.95
    ]
    print(f"UPS with UPS-MIB below 95 % by themselves: {len(below)} of {len(found)}", *below, sep="\n  ")


def recognition(outcomes: list[Outcome]) -> list[str]:
    known = [each for each in outcomes if each.object_id]
    bad = [each for each in known if not _same(each.vendor, each.recognised)]
    share = 1 - len(bad) / len(known) if known else 1.0
    print(f"recognised with the right vendor: {share:.1%} of {len(known)}")
    for each in bad:
        print(f"  {each.name}: {each.recognised!r} instead of {each.vendor!r}, {each.object_id}")
    return [] if share >= 0.98 else [f"recognised {share:.1%}, expected 98 %"]


def _same(vendor: str, recognised: str) -> bool:
    names = {each.casefold().replace("-", "") for each in (vendor, recognised)}
    return len(names) == 1 or (vendor, recognised) in SAME


def detected(path: Path) -> list[str]:
    """Recognition by sysObjectID and sysDescr alone, of the systems whose name says one of the vendors that we know."""
    book = shipped()
    makers = sorted({each.vendor for each in book.profiles.values() if each.vendor} - {"Linux", "Windows", "IBM"})
    judged, bad = 0, []
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            said = row["os_name"].casefold()
            wanted = [each for each in makers if re.search(rf"\b{re.escape(each.casefold())}\b", said)]
            object_id_ = row["sysObjectID"].lstrip(".")
            if not wanted or vendor(object_id_) in BORROWED:
                continue  # a common agent, which only an object tells apart that the list does not have
            judged += 1
            found = [each.vendor for each, has in book.candidates(object_id_, row["sysDescr"]) if has is None]
            if not {*found[:1], vendor(object_id_)} & set(wanted) and not any(
                (each, *found[:1]) in SAME for each in wanted
            ):
                bad.append(
                    f"  {row['librenms_test']}: {found[:1] or vendor(object_id_)} instead of {wanted}, {object_id_}"
                )
    share = 1 - len(bad) / judged if judged else 1.0
    print(f"detected with the right vendor by sysObjectID and sysDescr: {share:.1%} of {judged}", *bad, sep="\n")
    return [] if share >= 0.98 else [f"detected {share:.1%}, expected 98 %"]
