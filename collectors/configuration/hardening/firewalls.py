"""The policies of firewalls of Huawei and H3C. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.configuration.hardening.facts import Firewall, Policy
from collectors.configuration.hardening.lines import Node, found, matched, quoted, sections

# Any, in its words or as a network, a range or a wildcard that holds every address.
ANY = (
    r"(?:any|0\.0\.0\.0(?:/| +(?:mask +)?)0(?:\.0\.0\.0)?|(?:range +)?0\.0\.0\.0 +255\.255\.255\.255"
    r"|::(?:/| +)0|(?:range +)?:: +(?:f{4}:){7}f{4})"
)
WHAT = r"(source|destination)-(?:address|ip\S*|mac\S*|region)|(service\S*|application|user)"


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
            everything=not own and not any(_narrowed(node)),
            own=own,
            inspected=node.has(inspection),
            lines=(node.text,),
        )


def _narrowed(node: Node) -> Iterator[bool]:
    """Of each thing that it names, whether no line of it is about any: several lines of one are alternatives."""
    lines: dict[str, list[bool]] = {}
    for match, each in sections(rf"(?:{WHAT}) +\S.*", node.below):
        rest = each.text.split(None, 1)[1]
        lines.setdefault((match[1] or match[2]).lower(), []).append(matched(ANY, rest) is None)
    return (all(narrow) for narrow in lines.values())
