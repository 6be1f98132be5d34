"""Usm: what becomes of a question on its way out, and of a message on its way in (RFC 3414 sections 3 and 4, RFC 3412
section 7)."""

from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agent.core.reach import SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import ber, message_v3, pdu
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.message import Reported
from agent.transports.snmp.message_v3 import AUTHENTICATED, ENCRYPTED, REPORTABLE, Message, Parameters
from agent.transports.snmp.usm import reports
from agent.transports.snmp.usm.authentication import Authentication, authentication
from agent.transports.snmp.usm.engine import Engine

if TYPE_CHECKING:
    from agent.transports.snmp.usm.privacy import Privacy

LEVELS = {0: "noAuthNoPriv", AUTHENTICATED: "authNoPriv", AUTHENTICATED | ENCRYPTED: "authPriv"}
# Sendings to which an answer may still come: the tries of a few questions.
OUTSTANDING = 64
# RFC 3411 allows an engine id of 5 to 32 bytes; others harm nobody.
LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class User:
    """Who asks, with which protocols and passwords, about which context (empty: the device's own)."""

    name: str
    auth: tuple[str, Secret] | None = None
    privacy: tuple[str, Secret] | None = None
    context: str = ""
    context_engine: bytes = b""

    @property
    def level(self) -> int:
        """The flags of every message of this user, both ways: nothing weaker is sent or believed."""
        return (AUTHENTICATED if self.auth else 0) | (ENCRYPTED if self.privacy else 0)

    def told(self, sentence: str) -> str:
        """A sentence of reports.py with this user's words in it."""
        return sentence.format(
            name=self.name,
            level=LEVELS[self.level],
            authentication=self.auth[0] if self.auth else "none",
            privacy=self.privacy[0] if self.privacy else "none",
            context=self.context or "without a name",
        )


def user(login: SnmpLogin) -> User:
    return User(login.user, login.auth, login.privacy, login.context, bytes.fromhex(login.context_engine))


class Sent(NamedTuple):
    """A sending to which an answer may come: of which question, and how much reports had taught by then."""

    request_id: int
    learnt: int


class Usm:
    """Implements message.Envelope for one session of a user with an engine."""

    def __init__(self, user: User, engine: Engine) -> None:
        self._user = user
        self._engine = engine
        self._heard = engine.heard
        self._name = user.name.encode()
        self._context = user.context.encode()
        self._message_id = random.SystemRandom().randrange(1 << 31)
        self._sent: OrderedDict[int, Sent] = OrderedDict()
        self._learnt = 0
        self._signed = self._decrypts = self._elsewhere = False  # what came: signed, decrypted, from another context
        self._localised = b""
        self._authentication: Authentication | None = None
        self._privacy: Privacy | None = None

    @property
    def boots(self) -> int | None:
        return self._engine.boots

    def seal(self, request_id: int, question: bytes) -> bytes:
        """The question, or as long as the engine is not known, the one for its id (section 4).

        Every sending has a message id of its own, so that a report is known by the sending that it answers.
        """
        self._message_id = message_id = (self._message_id + 1) % (1 << 31)
        self._sent[message_id] = Sent(request_id, self._learnt)
        if len(self._sent) > OUTSTANDING:
            self._sent.popitem(last=False)
        if not self._engine.id:
            nothing = message_v3.scoped(b"", b"", pdu.request(pdu.GET, request_id, ()))
            return message_v3.encoded(message_id, REPORTABLE, Parameters(), nothing)[0]
        self._localise()
        return self._sealed(message_id, question)

    def _sealed(self, message_id: int, question: bytes) -> bytes:
        boots, time = self._engine.now() if self._authentication else (0, 0)
        data, salt = message_v3.scoped(self._context_engine, self._context, question), b""
        if self._privacy:
            salt, secret = self._privacy.encrypt(data, boots, time)
            data = ber.element(ber.OCTET_STRING, secret)
        blank = bytes(self._authentication.length) if self._authentication else b""
        parameters = Parameters(self._engine.id, boots, time, self._name, blank, salt)
        message, at = message_v3.encoded(message_id, self._user.level | REPORTABLE, parameters, data)
        return self._authentication.sign(message, at) if self._authentication else message

    def open(self, datagram: bytes) -> tuple[bytes, int, int]:
        """The answer's PDU. DecodeError: no answer of this engine to this user, or not of now, whoever sent it.
        Reported: the device says why it does not answer."""
        message = message_v3.decoded(datagram)
        sent = self._sent.get(message.message_id)
        if sent is None:
            raise DecodeError("an answer to no question of this session")
        level = message.flags & (AUTHENTICATED | ENCRYPTED)
        timely = self._timely(message) if level else True
        data, at = (self._decrypted(message), 0) if level & ENCRYPTED else (message.datagram, message.data_at)
        scope, at, end = message_v3.unscoped(data, at)
        self._decrypts |= bool(level & ENCRYPTED)
        if at < end and data[at] == pdu.REPORT:
            self._heed(sent, message, timely, pdu.response(data, at, end, pdu.REPORT))
        if not timely:
            raise DecodeError("a signed message from outside the time window")
        if level != self._user.level:
            raise DecodeError("an answer of another security level")
        if message.parameters.engine_id != self._engine.id or message.parameters.user != self._name:
            raise DecodeError("an answer of another engine, or to another user")
        if scope != (self._context_engine, self._context):
            self._elsewhere = True
            raise DecodeError("an answer from another context")
        self._engine.heard += 1
        return data, at, end

    def silence(self) -> tuple[str, str]:
        """What kind of failure it is that no answer came, and what may be wrong. If nobody had one since this session
        began, the engine is forgotten, so that the next question asks for it anew: a device that came back as another
        may ignore what is meant for the old one."""
        if self._engine.heard == self._heard:
            self._engine.forget()
        if self._elsewhere:
            said = (
                "it answers, but not from the context asked ({context}): context or context_engine of the login wrong?"
            )
            return "protocol", self._user.told(said)
        if self._decrypts:
            return (
                "timeout",
                "its messages are understood, but no answer is among them: lost packets, or a slow device?",
            )
        if not self._learnt:
            return "timeout", "address or ACL wrong, or SNMP version 3 not switched on?"
        if self._signed:
            doubts = ["privacy password or protocol {privacy}"] if self._user.privacy else []
            doubts += ["context {context}"] if self._user.context or not doubts else []
            said = f"it accepts the signature of the user {{name}}, so {' or '.join(doubts)} wrong?"
        elif self._user.auth:
            said = "it tells its engine id, so user {name}, authentication password or protocol {authentication} wrong?"
        else:
            said = "it tells its engine id, so user {name} wrong, or not allowed to ask without a password?"
        return "authentication", self._user.told(said)

    @property
    def _context_engine(self) -> bytes:
        return self._user.context_engine or self._engine.id

    def _localise(self) -> None:
        """Takes the keys for the engine that answers now, which keys.py remembers."""
        if self._localised == self._engine.id or not self._user.auth:
            return
        self._localised = self._engine.id
        protocol, password = self._user.auth
        self._authentication = authentication(protocol, password.reveal().encode(), self._localised)
        if self._user.privacy:
            from agent.transports.snmp.usm.privacy import privacy  # brings cryptography: only for those who encrypt

            cipher, secret = self._user.privacy
            self._privacy = privacy(cipher, secret.reveal().encode(), protocol, self._localised)

    def _timely(self, message: Message) -> bool:
        """Whether a signed message is of now; DecodeError if it is not signed by our engine for our user."""
        engine_id, boots, time, user, digest, _ = message.parameters
        if not engine_id or engine_id != self._engine.id or user != self._name:
            raise DecodeError("signed by another engine, or for another user")
        self._localise()
        if self._authentication is None or not self._authentication.verify(message.datagram, message.digest_at, digest):
            raise DecodeError("a signature that is not made with the user's password")
        self._signed = True
        return self._engine.timely(boots, time)

    def _decrypted(self, message: Message) -> bytes:
        if self._privacy is None:
            raise DecodeError("encrypted, although this user has no key for that")
        _, boots, time, _, _, salt = message.parameters
        return self._privacy.decrypt(message_v3.unwrapped(message.datagram, message.data_at), salt, boots, time)

    def _heed(self, sent: Sent, message: Message, timely: bool, report: pdu.Response) -> None:
        """Learns what a report teaches, and raises Reported."""
        if sent.learnt != self._learnt:
            raise DecodeError("a report on a message that was sent anew since")
        counter = report.varbinds[0][0] if report.varbinds else b""
        again = self._learn(counter, message)
        if not timely and not again:
            raise DecodeError("a signed report from outside the time window")
        self._learnt += again
        kind, said = reports.meaning(counter)
        raise Reported(sent.request_id, kind, self._user.told(said), again)

    def _learn(self, counter: bytes, message: Message) -> bool:
        """Whether the question may be answered now that this is known."""
        engine_id, boots, time, *_ = message.parameters
        if not self._engine.id or counter == reports.UNKNOWN_ENGINE_IDS:
            if not 0 < len(engine_id) <= LONGEST_ID:
                return False
            self._engine.discovered(engine_id, boots, time)
        elif counter != reports.NOT_IN_TIME_WINDOWS:
            return False
        elif not message.flags & AUTHENTICATED:
            self._engine.told(boots, time)
        else:
            # Even if it lies before what was known: agents that cannot store their boots begin again with the same
            # count and time 0. This report is signed and names a message just sent, so it is of now; to ignore it, as
            # 7b has it, would last for ever.
            self._engine.synchronise(boots, time)
        return True
