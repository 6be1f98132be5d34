"""The policies of firewalls of Huawei and H3C. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.configuration.hardening.facts import Firewall, Policy
from collectors.configuration.hardening.lines import Node, found, quoted, sections

ANY = r"(?!any(?!\S))\S+.*"  # something else than any
ADDRESSED = (
    rf"(?:source|destination)-(?:address|ip\S*|mac\S*|region) +{ANY}|service +{ANY}|application +{ANY}|user +{ANY}"
)


def of_huawei(top: Sequence[Node]) -> Firewall | None:
    rules = [each for _, node in sections("security-policy", top) for each in node.below]
    if not rules and not any(found(r"firewall +zone +.*", top)):
        return None
    passing = (each for _, each in sections(r"rule +name +.*", rules) if each.has(r"action +permit"))
    renewed = any(found(r"update +schedule +(?:ips-sdb|av-sdb).*", top))
    return Firewall(
        tuple(_policies(passing, r"profile +(?:ips|av)\b.*")), quoted(r"default +action +permit", rules), renewed
    )


def of_h3c(top: Sequence[Node]) -> Firewall | None:
    rules = [each for _, node in sections(r"security-policy +ip(?:v6)?", top) for each in node.below]
    if not rules and not any(found(r"security-zone +name +.*", top)):
        return None
    passing = (each for _, each in sections(r"rule +\d+.*", rules) if each.has(r"action +pass"))
    renewed = any(found(r"(?:ips|anti-virus) +signature +auto-update.*", top))
    return Firewall(tuple(_policies(passing, r"profile +\S+")), (), renewed)


def _policies(passing: Iterator[Node], inspection: str) -> Iterator[Policy]:
    for node in passing:
        if node.has("disable"):
            continue
        own = node.has(r"(?:source|destination)-zone +local")
        yield Policy(
            node.text,
            everything=not own and not node.has(ADDRESSED),
            own=own,
            inspected=node.has(inspection),
            lines=(node.text,),
        )
