"""Protocol data units (RFC 3416 section 3; RFC 1157 section 4 for v1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agent.transports.snmp import ber, oid

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
KINDS = {GET: "GET", GET_NEXT: "GETNEXT", GET_BULK: "GETBULK"}

NO_ERROR, TOO_BIG, NO_SUCH_NAME = 0, 1, 2
ERRORS = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)
# The statuses that say that these credentials may not read this object.
DENIED = (6, 16)


class Question(NamedTuple):
    """`repetitions` are GETBULK's."""

    kind: int
    names: Sequence[bytes]
    repetitions: int = 0

    @property
    def values(self) -> int:
        """That are asked."""
        return len(self.names) * max(1, self.repetitions)

    def of(self, values: int) -> Question:
        """This question for so many values at most, or one: the first names, with fewer repetitions."""
        if values >= self.values:
            return self
        names = self.names[: max(1, values)]
        return Question(self.kind, names, min(self.repetitions, max(1, values // len(names))))

    def about(self, index: int = 0) -> str:
        """In words, by one of its names."""
        return f"{KINDS[self.kind]} of {oid.shown(self.names[index])}"


class Response(NamedTuple):
    request_id: int
    status: int
    error_index: int
    varbinds: list[ber.VarBind]

    @property
    def error(self) -> str:
        """The name of the error-status, with its number."""
        name = ERRORS[self.status] if 0 <= self.status < len(ERRORS) else "an unknown error"
        return f"{name} ({self.status})"

    def missing(self, asked: int) -> int | None:
        """The place of the name, of so many asked, of which noSuchName says that it, or what comes after it, is absent;
        of one name also where the agent does not point at it. None: no such answer, or it does not tell."""
        if self.status != NO_SUCH_NAME:
            return None
        index = 1 if self.nameless and asked == 1 else self.error_index
        return index - 1 if 0 < index <= asked else None

    @property
    def nameless(self) -> bool:
        """It is noSuchName and points at nothing, as some agents have it: each must be asked by itself."""
        return self.status == NO_SUCH_NAME and self.error_index == 0


def request(kind: int, request_id: int, names: Sequence[bytes], non_repeaters: int = 0, repetitions: int = 0) -> bytes:
    """A question's PDU; the last two arguments are GETBULK's and stand where others have error fields."""
    fields = ber.integer(request_id) + ber.integer(non_repeaters) + ber.integer(repetitions)
    return ber.element(kind, fields + ber.questions(names))


def request_id(data: bytes, at: int, limit: int) -> int:
    """Of the Response-PDU at `at`, without a look at the rest of it; DecodeError if it is anything else."""
    at, limit = ber.expect(RESPONSE, data, at, limit)
    return ber.integer_at(data, at, limit)[0]


def response(data: bytes, at: int, limit: int, kind: int = RESPONSE) -> Response:
    """The Response-PDU (or Report-PDU, which looks alike) at `at`; DecodeError if it is anything else."""
    at, limit = ber.expect(kind, data, at, limit)
    request_id, at = ber.integer_at(data, at, limit)
    status, at = ber.integer_at(data, at, limit)
    error_index, at = ber.integer_at(data, at, limit)
    start, end = ber.expect(ber.SEQUENCE, data, at, limit)
    return Response(request_id, status, error_index, ber.varbinds(data, start, end))
