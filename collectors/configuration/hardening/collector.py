"""How a device deviates from what the checklist demands: by the running configuration on record, judged anew when it
has changed, and by what can be seen of its management from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Container, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from agent.core.aside import aside
from agent.core.configurations import MASKED, Standing
from agent.core.console import Family
from agent.core.excerpts import excerpt
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text, clean
from collectors.configuration.hardening.families import family_of
from collectors.configuration.hardening.found import RESULTS, Deviation, Topic
from collectors.configuration.hardening.table import TOPICS, judged, read
from collectors.configuration.hardening.wire import Seen, as_device, look
from collectors.configuration.options import ConfigOptions
from collectors.configuration.partial import missing

FINDINGS = Metric(
    "device_hardening_findings", "gauge", "findings", ("topic", "result"), "Deviations from what the checklist demands"
)
INFO = Metric(
    "device_hardening_finding_info",
    "gauge",
    "1",
    ("topic", "result", "rule", "subject"),
    "1 for each rule that something deviates from; subject: the lines, ports, accounts that it is about",
)
OPEN = Metric("device_cleartext_management_open", "gauge", "0/1", ("protocol",), "It answers: telnet, http, ftp, tftp")
# Words that are public, and that a mask would hide from the rules.
KNOWN = ("public", "private")
ALWAYS = ("line", "user-interface", "aaa")  # what every device has; accounts and SNMP need not be
TFTP = "tftp_on"
SHOWN = "running-config"
MOST_SUBJECTS, LONGEST = 3, 120
STALE = 2 * 86_400.0  # seconds, or twice the time between two readings
NO_FAMILY = Text(
    "{id}:存档的配置看不出是哪一种命令行,没有评判;请写 config: {{family: …}}",
    "{id}: of which kind of command line the configuration on record is, is not known, so that it was not judged; "
    "write config: {{family: …}}",
)
PART = Text(
    "{id}:存档的配置里没有 {what},看不全就没有评判;请给守望的账号能看到全部配置的级别、角色或视图",
    "{id}: the configuration on record has no {what} and was not judged, since what is not shown would look like what "
    "is not set; give the agent's account a level, role or view that sees all of it",
)
OLD = Text(
    "{id}:存档的配置 {days} 天前最后一次与设备核对,没有评判",
    "{id}: the configuration on record was last seen on the device {days} days ago and was not judged",
)


class Assessed(NamedTuple):
    """What deviates, and the topics that were looked at."""

    found: tuple[Deviation, ...]
    topics: frozenset[Topic]


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """What is seen from outside needs no login; what the configuration says, one that is on record."""
    seen = await look(target, poll, options.config.look)
    topics: set[Topic] = set(outside(seen))
    found = list(judged(as_device(seen), topics))
    written = await _written(target, options.config, poll)
    if isinstance(written, Text):
        poll.remarks.append(written)
    elif written is not None:
        topics.update(written.topics)
        found = joined(found, written.found, seen.offer is not None)
        # Nobody need answer a question by TFTP that names no file of his: here the configuration is asked.
        yield Sample(OPEN, any(each.rule.id == TFTP for each in written.found), ("tftp",))
    for name, answers in seen.ports.items():
        yield Sample(OPEN, answers, (name,))
    for sample in samples(found, topics):
        yield sample
    poll.excerpts.extend(
        excerpt(SHOWN, "\n".join(each.lines), str, [INFO.name], rule=each.rule.id) for each in found if each.lines
    )


def outside(seen: Seen) -> Iterator[Topic]:
    if seen.offer is not None:
        yield "ssh"
    if seen.ports:
        yield "cleartext"


def joined(seen: Iterable[Deviation], written: Iterable[Deviation], offered: bool) -> list[Deviation]:
    """Of SSH what was seen, which is how the device behaves, whatever its text says."""
    return [*seen, *(each for each in written if not (offered and each.rule.topic == "ssh"))]


async def _written(target: Target, config: ConfigOptions, poll: Poll) -> Assessed | Text | None:
    """None where nothing is on record."""
    if config.backup is None:
        return None
    standing = await poll.registers.configurations.standing(target.id)
    if not standing.versions or standing.seen is None:
        return None
    if (age := poll.now - standing.seen) > max(STALE, 2 * config.backup):
        return OLD.format(id=target.id, days=round(age / 86_400))
    return await _found(target, config.family, standing, poll)


async def _found(target: Target, family: Family | None, standing: Standing, poll: Poll) -> Assessed | Text:
    newest = standing.versions[0].running
    if poll.memory.get("judged") != newest:
        store = poll.registers.configurations
        text = (await store.texts(target.id)).running or ""
        known = {store.fingerprint(word): word for word in KNOWN}
        poll.memory["found"] = await aside(lambda: assessed(target.id, family, shown(text, known)))
        poll.memory["judged"] = newest
    found: Assessed | Text = poll.memory["found"]
    return found


def shown(text: str, known: dict[str, str]) -> str:
    """With the words that are known by their fingerprints in place of their masks."""
    return MASKED.sub(lambda mask: known.get(mask[1] or "", mask[0]), text)


def assessed(identity: str, family: Family | None, text: str) -> Assessed | Text:
    """A text of which not all is seen is not judged, and it is said why."""
    family = family or family_of(text)
    if family is None:
        return NO_FAMILY.format(id=identity)
    if few := [each for each in missing(family, text) if each in ALWAYS]:
        return PART.format(id=identity, what=", ".join(few))
    device = read(family, text)
    # What is no firewall has no policy that could be in order.
    topics = frozenset(each for each in TOPICS if each != "policy" or device.firewall is not None)
    return Assessed(tuple(judged(device)), topics)


def samples(found: Iterable[Deviation], topics: Container[Topic] = TOPICS) -> Iterator[Sample]:
    """Counts of each topic, 0 where it was judged and nothing deviates, then what they are about."""
    found = tuple(found)
    counts = Counter((each.rule.topic, each.result) for each in found)
    for topic in TOPICS:
        for result in RESULTS if topic in topics else ():
            yield Sample(FINDINGS, counts[topic, result], (topic, result))
    for each in found:
        yield Sample(INFO, 1.0, (each.rule.topic, each.result, each.rule.id, subject(each.subjects)))


def subject(subjects: Sequence[str]) -> str:
    """The first few in one bounded line, and how many more."""
    kept = [text for text in dict.fromkeys(clean(each, LONGEST) for each in subjects) if text]
    more = f" +{len(kept) - MOST_SUBJECTS}" if len(kept) > MOST_SUBJECTS else ""
    return clean(", ".join(kept[:MOST_SUBJECTS]), LONGEST - len(more)) + more


def _has_address(target: Target) -> bool:
    return target.address is not None


COLLECTOR = Collector("hardening", ("switch",), (FINDINGS, INFO, OPEN), collect, _has_address)
