"""DNS messages (RFC 1035 section 4): a question as bytes, and what a server's bytes say, however hostile they are.

dnspython knows names, types and the text of each. The walk through a message is ours: a message of 64 KB whose records
all point at one long name costs dnspython 17 s, here each name is read once.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from secrets import token_bytes

from agent.core.dns import Question, Record
from agent.core.reach import CannotAsk
from agent.core.text import clean

HEAD = struct.Struct("!2sHHHHH")  # id, flags, number of questions and of records in each of the three sections
FIXED = struct.Struct("!HHIH")  # type, class, TTL, length of the data
RESPONSE, OPCODE, TRUNCATED, RCODE = 0x8000, 0x7800, 0x0200, 0x000F
FLAGS = {0x8000: "QR", 0x0400: "AA", 0x0200: "TC", 0x0100: "RD", 0x0080: "RA", 0x0020: "AD", 0x0010: "CD"}
WITHOUT_QUESTION = ("FORMERR", "SERVFAIL", "NOTIMP", "REFUSED")  # answers of servers that did not look at it
MOST_RECORDS = 500  # of one message; a probe asks for a few
LONGEST_LABEL, LONGEST_NAME = 63, 255  # bytes (RFC 1035 section 2.3.4)
LONGEST_DATA = 4096  # characters kept of a record's text
POINTER = 0xC0
MOST_HOPS = 127  # from pointer to pointer
# The types whose names may be compressed, and SRV: numbers by struct, n for a name. All others stand for themselves
# (RFC 3597 section 4), so dnspython reads them from their own bytes alone.
WITH_NAMES = {2: "n", 5: "n", 6: "nnIIIII", 12: "n", 15: "Hn", 33: "HHHn", 39: "n"}
OPT = 41
SPECIAL = frozenset(b'.\\"();@$')


class NoMessage(ValueError):
    """These bytes are no DNS message."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question under an id of its own."""

    identity: bytes
    flags: int
    question: bytes

    @property
    def wire(self) -> bytes:
        return HEAD.pack(self.identity, self.flags, 1, 0, 0, 0) + self.question

    def answered_by(self, came: bytes) -> bool:
        """Whether these bytes are a response with this id to this question (RFC 5452 section 9)."""
        if len(came) < HEAD.size:
            return False
        identity, flags, questions, *_ = HEAD.unpack_from(came)
        if identity != self.identity or flags & (RESPONSE | OPCODE) != RESPONSE:
            return False
        if questions == 0:
            return rcode_of(came) in WITHOUT_QUESTION
        asked = came[HEAD.size : HEAD.size + len(self.question)]
        return questions == 1 and asked[-4:] == self.question[-4:] and asked.lower() == self.question.lower()


def asked(question: Question) -> Asked:
    """CannotAsk(missing) if the name, type or class is none."""
    return Asked(token_bytes(2), 0x0100 if question.recursion else 0, _question(question))


@lru_cache(1024)
def _question(question: Question) -> bytes:
    from dns import exception, name, rdataclass, rdatatype

    try:
        kind, group = rdatatype.from_text(question.type), rdataclass.from_text(question.dns_class)
        return (name.from_text(_absolute(question)).to_wire() or b"") + struct.pack("!HH", kind, group)
    except (exception.DNSException, ValueError) as error:
        what = f"{question.name} {question.type} {question.dns_class}"
        why = clean(str(error)) or type(error).__name__
        raise CannotAsk("missing", f"not a DNS question: {clean(what)} ({why}); put name and type right") from None


def _absolute(question: Question) -> str:
    """With PTR an address is asked for under its name in in-addr.arpa or ip6.arpa (RFC 1035, RFC 3596)."""
    if question.type == "PTR":
        try:
            return f"{ipaddress.ip_address(question.name).reverse_pointer}."
        except ValueError:
            pass
    return question.name if question.name.endswith(".") else f"{question.name}."


def rcode_of(came: bytes) -> str:
    from dns import rcode

    return rcode.to_text(rcode.Rcode.make(HEAD.unpack_from(came)[1] & RCODE))


def flags_of(came: bytes) -> tuple[str, ...]:
    flags = HEAD.unpack_from(came)[1]
    return tuple(name for bit, name in FLAGS.items() if flags & bit)


def truncated(came: bytes) -> bool:
    return bool(HEAD.unpack_from(came)[1] & TRUNCATED)


Section = tuple[Record, ...]


def sections(came: bytes) -> tuple[Section, Section, Section]:
    """Answer, authority and additional records. NoMessage; of a truncated message what is whole of it."""
    return _Reader(came).sections()


@dataclass
class _Reader:
    wire: bytes
    place: int = HEAD.size
    names: dict[int, tuple[str, int, int]] = field(default_factory=dict)  # by where they begin

    def sections(self) -> tuple[Section, Section, Section]:
        _, _, questions, *counts = HEAD.unpack_from(self.wire)
        if sum(counts) > MOST_RECORDS:
            raise NoMessage(f"{sum(counts)} records")
        found: list[list[Record]] = [[], [], []]
        try:
            for _ in range(min(questions, 1)):
                self._name()
                self._take("!HH")
            for section, count in zip(found, counts, strict=True):
                section.extend(self._record() for _ in range(count))
        except NoMessage:
            if not truncated(self.wire):
                raise
        answer, authority, additional = (tuple(each) for each in found)
        return answer, authority, additional

    def _take(self, form: str) -> tuple[int, ...]:
        try:
            values = struct.unpack_from(form, self.wire, self.place)
        except struct.error:
            raise NoMessage("it ends too early") from None
        self.place += struct.calcsize(form)
        return values

    def _record(self) -> Record:
        from dns import rdataclass, rdatatype

        name = self._name()
        kind, group, ttl, length = self._take(FIXED.format)
        end = self.place + length
        if end > len(self.wire):
            raise NoMessage("a record ends too late")
        data = self._data(kind, group, end)
        self.place = end
        return Record(
            name, ttl, rdataclass.to_text(rdataclass.RdataClass.make(group)),
            rdatatype.to_text(rdatatype.RdataType.make(kind)), data[:LONGEST_DATA],
        )  # fmt: skip

    def _data(self, kind: int, group: int, end: int) -> str:
        if kind == OPT:
            return ""
        if (form := WITH_NAMES.get(kind)) is None:
            return _others(group, kind, self.wire[self.place : end])
        words = [self._name() if each == "n" else str(self._take(f"!{each}")[0]) for each in form]
        if self.place != end:
            raise NoMessage("a record's data has another length")
        return " ".join(words)

    def _name(self) -> str:
        """The name that begins here; what follows it comes next."""
        text, _, self.place = self._name_at(self.place, 0)
        return text or "."

    def _name_at(self, begin: int, hops: int) -> tuple[str, int, int]:
        """Its text, its length without compression, and where what follows it begins (RFC 1035 section 4.1.4)."""
        if (known := self.names.get(begin)) is not None:
            return known
        place, text, length = begin, "", 0
        while size := self._byte(place):
            if size > LONGEST_LABEL:
                to = (size & 0x3F) << 8 | self._byte(place + 1)
                if size < POINTER or to >= begin or hops == MOST_HOPS:
                    raise NoMessage("a name points nowhere")
                rest, more, _ = self._name_at(to, hops + 1)
                found = (text + rest, length + more, place + 2)
                break
            label = self.wire[place + 1 : place + 1 + size]
            text, length, place = f"{text}{_escaped(label)}.", length + size + 1, place + 1 + size
        else:
            found = (text, length + 1, place + 1)
        if found[1] > LONGEST_NAME:
            raise NoMessage("a name is too long")
        self.names[begin] = found
        return found

    def _byte(self, place: int) -> int:
        if place >= len(self.wire):
            raise NoMessage("it ends too early")
        return self.wire[place]


@lru_cache(4096)
def _escaped(label: bytes) -> str:
    """As in a zone file (RFC 1035 section 5.1, RFC 4343 section 2.1)."""
    plain = [chr(each) if 0x21 <= each <= 0x7E else f"\\{each:03d}" for each in label]
    return "".join(f"\\{text}" if each in SPECIAL else text for each, text in zip(label, plain, strict=True))


def _others(group: int, kind: int, data: bytes) -> str:
    from dns import exception, rdata, rdataclass, rdatatype

    try:
        return rdata.from_wire(
            rdataclass.RdataClass.make(group), rdatatype.RdataType.make(kind), data, 0, len(data)
        ).to_text()
    except (exception.DNSException, ValueError, IndexError, struct.error, AssertionError, OverflowError) as error:
        raise NoMessage(f"a record cannot be read: {type(error).__name__}") from None
