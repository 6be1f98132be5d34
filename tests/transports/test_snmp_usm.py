"""The user-based model in parts: keys, signatures, encryption, the time window, messages; with pysnmp and the RFCs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder
from pysnmp.entity import config
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from agent.transports.snmp import message_v3, oid, pdu
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.message import Reported
from agent.transports.snmp.message_v3 import Parameters
from agent.transports.snmp.usm import keys, reports
from agent.transports.snmp.usm.authentication import PROTOCOLS as AUTHENTICATION
from agent.transports.snmp.usm.authentication import authentication
from agent.transports.snmp.usm.engine import WINDOW, Engine
from agent.transports.snmp.usm.privacy import PROTOCOLS as PRIVACY
from agent.transports.snmp.usm.privacy import privacy
from agent.transports.snmp.usm.procedure import Usm, user
from tests import pysnmp_agent
from tests import snmp_v3_agent as peer
from tests.snmp_users import User

ENGINE = bytes.fromhex("80001f8880e9630000d61ff4")
NAME = "1.3.6.1.2.1.1.5.0"
numbers = st.integers(0, 2**31 - 1)
short = st.binary(max_size=32)


@pytest.mark.parametrize(
    ("hashed", "key", "localised"),
    [
        ("md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha1", "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_the_examples_in_rfc_3414(hashed: str, key: str, localised: str) -> None:
    engine_id = bytes.fromhex("000000000000000000000002")
    assert keys.password_key(hashed, b"maplesyrup").hex() == key
    assert keys.localised(hashed, b"maplesyrup", engine_id).hex() == localised


@pytest.mark.parametrize("protocol", PRIVACY)
@pytest.mark.parametrize("auth", AUTHENTICATION)
def test_keys_of_every_length_and_extension_are_those_of_pysnmp(auth: str, protocol: str) -> None:
    _, size, extended = PRIVACY[protocol]
    service = config.PRIV_SERVICES[peer.PRIVACY_SERVICES[protocol]]
    theirs = service.hash_passphrase(peer.AUTH_SERVICES[auth], OctetString("a password"))
    theirs = service.localize_key(peer.AUTH_SERVICES[auth], theirs, OctetString(ENGINE))
    ours = extended(AUTHENTICATION[auth][0], b"a password", ENGINE, size)
    assert ours == bytes(theirs)[:size]
    assert len(ours) == size


def test_the_two_ways_to_lengthen_a_key_differ_where_the_digest_is_too_short_and_only_there() -> None:
    for auth, (hashed, _) in AUTHENTICATION.items():
        one, other = (way(hashed, b"a password", ENGINE, 32) for way in (keys.blumenthal, keys.reeder))
        assert (one == other) == (auth in ("SHA256", "SHA384", "SHA512"))


def test_what_is_remembered_of_keys_is_bounded() -> None:
    for number in range(5000):
        keys.localised("sha1", b"a password", number.to_bytes(8))
    assert keys.localised.cache_info().currsize <= 4096
    assert keys.password_key.cache_info().maxsize == 256


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(list(AUTHENTICATION)), st.binary(min_size=100, max_size=400), st.integers(0, 50), st.data())
def test_a_signature_holds_for_its_message_and_for_no_other(auth: str, body: bytes, at: int, data: Any) -> None:
    signer = authentication(auth, b"a password", ENGINE)
    blank = body[:at] + bytes(signer.length) + body[at:]
    message = signer.sign(blank, at)
    digest = message[at : at + signer.length]
    assert signer.verify(message, at, digest)
    for short in range(signer.length):
        assert not signer.verify(message[: at + short] + body[at:], at, digest[:short])
    place = data.draw(st.integers(0, len(message) - 1))
    changed = message[:place] + bytes([message[place] ^ 1 << data.draw(st.integers(0, 7))]) + message[place + 1 :]
    assert not signer.verify(changed, at, changed[at : at + signer.length])
    assert not signer.verify(message, at, bytes(signer.length))
    assert not authentication(auth, b"another password", ENGINE).verify(message, at, digest)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(list(PRIVACY)), st.binary(min_size=1, max_size=300), numbers, numbers)
def test_what_is_encrypted_pysnmp_decrypts_and_the_other_way_round(
    protocol: str, plain: bytes, boots: int, seconds: int
) -> None:
    ours = privacy(protocol, b"a password", "SHA", ENGINE)
    theirs = config.PRIV_SERVICES[peer.PRIVACY_SERVICES[protocol]]
    key = OctetString(PRIVACY[protocol][2]("sha1", b"a password", ENGINE, PRIVACY[protocol][1]))
    salt, secret = ours.encrypt(plain, boots, seconds)
    found = bytes(theirs.decrypt_data(key, (boots, seconds, OctetString(salt)), OctetString(secret)))
    assert found[: len(plain)] == plain
    assert plain not in secret or len(plain) < 4
    secret, salt = (bytes(each) for each in theirs.encrypt_data(key, (boots, seconds, None), plain))
    assert ours.decrypt(secret, salt, boots, seconds)[: len(plain)] == plain


@pytest.mark.parametrize("protocol", PRIVACY)
@pytest.mark.parametrize(("secret", "salt"), [(b"x" * 16, b""), (b"x" * 16, b"x" * 7), (b"x" * 16, b"x" * 9)])
def test_a_salt_of_another_length_is_refused(protocol: str, secret: bytes, salt: bytes) -> None:
    with pytest.raises(DecodeError, match="salt"):
        privacy(protocol, b"a password", "SHA", ENGINE).decrypt(secret, salt, 1, 1)


@pytest.mark.parametrize("protocol", ["DES", "3DES"])
def test_half_a_block_is_refused(protocol: str) -> None:
    with pytest.raises(DecodeError, match="whole blocks"):
        privacy(protocol, b"a password", "SHA", ENGINE).decrypt(b"x" * 12, b"x" * 8, 1, 1)


def test_keys_are_in_no_text() -> None:
    for shown in (authentication("SHA", b"a password", ENGINE), privacy("AES128", b"a password", "SHA", ENGINE)):
        assert "key" not in repr(shown)


def test_salts_of_all_users_come_from_one_count() -> None:
    ours = [privacy(protocol, b"a password", "SHA", ENGINE) for protocol in PRIVACY for _ in range(2)]
    aes = [each.encrypt(b"x", 1, 1)[0] for _ in range(500) for each in ours if type(each).__name__ == "Aes"]
    des = [each.encrypt(b"x", 1, 1)[0] for _ in range(500) for each in ours if type(each).__name__ == "Des"]
    assert len(set(aes)) == len(aes)
    assert len(set(des)) == len(des)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_time_of_an_engine_goes_on_with_the_clock() -> None:
    clock = Clock()
    engine = Engine(clock)
    assert engine.now() == (0, 0)
    assert engine.boots is None
    assert engine.timely(5, 100)
    clock.now += 59.5
    assert engine.now() == (5, 159)
    assert engine.boots == 5


def test_the_time_of_an_engine_stays_at_the_largest() -> None:
    clock = Clock()
    engine = Engine(clock)
    assert engine.timely(5, 2**31 - 10)
    clock.now += 100
    assert engine.now() == (5, 2**31 - 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2000), st.floats(0, 300)), min_size=1, max_size=20))
def test_the_window_is_that_of_rfc_3414(messages: list[tuple[int, int, float]]) -> None:
    """Section 3.2, 7b, in the words of the RFC: three local notions, and what a message does to them."""
    clock = Clock()
    engine = Engine(clock)
    boots = time = latest = -1
    since = clock.now
    for theirs, seconds, pause in messages:
        clock.now += pause
        if theirs > boots or (theirs == boots and seconds > latest):
            boots, time, latest, since = theirs, seconds, seconds, clock.now
        local = time + clock.now - since
        outside = boots == 2**31 - 1 or theirs < boots or (theirs == boots and seconds < local - WINDOW)
        assert engine.timely(theirs, seconds) == (not outside)


def test_the_last_number_of_boots_is_never_timely() -> None:
    engine = Engine(Clock())
    assert not engine.timely(2**31 - 1, 100)
    assert not engine.timely(2**31 - 1, 101)


def test_an_unsigned_claim_moves_what_is_sent_but_not_what_is_believed() -> None:
    engine = Engine(Clock())
    assert engine.timely(5, 1000)
    engine.told(4, 3)
    assert engine.now() == (4, 3)
    assert not engine.timely(4, 3)
    assert engine.timely(5, 1001)
    assert engine.now() == (5, 1001)


@settings(deadline=None)
@given(
    numbers, st.sampled_from([0, 1, 3, 4, 5, 7]), short, numbers, numbers, short, short, short, st.binary(max_size=200)
)
def test_every_message_comes_back_as_it_went_and_pysnmp_decodes_it_alike(
    message_id: int,
    flags: int,
    engine: bytes,
    boots: int,
    time: int,
    name: bytes,
    digest: bytes,
    salt: bytes,
    body: bytes,
) -> None:
    parameters = Parameters(engine, boots, time, name, digest, salt)
    question = pdu.request(pdu.GET_BULK, message_id, [oid.encoded(NAME)], 0, 25)
    data = peer.tlv(4, body) if flags & 2 else message_v3.scoped(engine, body, question)
    message, at = message_v3.encoded(message_id, flags, parameters, data)
    assert message[at : at + len(digest)] == digest
    ours = message_v3.decoded(message + b"padding")
    assert ours == (message_id, flags, parameters, message, at, len(message) - len(data))
    theirs, rest = decoder.decode(message, asn1Spec=SNMPv3Message())
    assert not rest
    header, security, scoped = theirs[1], theirs[2], theirs[3]
    assert (int(header[0]), bytes(header[2]), int(header[3])) == (message_id, bytes([flags]), 3)
    found, _ = decoder.decode(security, asn1Spec=UsmSecurityParameters())
    assert [bytes(found[0]), int(found[1]), int(found[2])] == [engine, boots, time]
    assert [bytes(each) for each in found[3:]] == [name, digest, salt]
    if flags & 2:
        assert bytes(scoped[1]) == body
        assert message_v3.unwrapped(message, ours.data_at) == body
    else:
        assert [bytes(each) for each in scoped[0][:2]] == [engine, body]
        assert int(scoped[0][2].getComponent()[0]) == message_id
        assert message_v3.unscoped(message, ours.data_at)[0] == (engine, body)


def changed(**facts: Any) -> bytes:
    """A message that is wrong in one thing."""
    known = {"flags": 0, "message_id": 7, "engine_id": ENGINE, "boots": 1, "time": 1, "user": b"kay", **facts}
    return peer.message(known, facts.get("digest", b""), facts.get("salt", b""), facts.get("data", b"\x30\x00"))


HOSTILE = {
    "version 2c": peer.tlv(0x30, b"\x02\x01\x01\x04\x06public\xa2\x00"),
    "a negative message id": changed(message_id=-1),
    "a message id of 33 bits": changed(message_id=2**32),
    "negative boots": changed(boots=-1),
    "a time of 40 bits": changed(time=2**40),
    "encrypted and not signed": changed(flags=2),
    "flags of no byte": changed().replace(b"\x04\x01\x00", b"\x04\x00", 1),
    "another security model": changed().replace(b"\x04\x01\x00\x02\x01\x03", b"\x04\x01\x00\x02\x01\x01", 1),
    "an engine id that is a number": changed().replace(peer.tlv(4, ENGINE), peer.tlv(2, ENGINE), 1),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_message_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        message_v3.decoded(data)


def test_a_message_cut_off_anywhere_is_refused() -> None:
    whole = changed(digest=b"x" * 12, salt=b"y" * 8, data=message_v3.scoped(ENGINE, b"", b"\xa2\x00"))
    message_v3.decoded(whole)
    for length in range(len(whole)):
        with pytest.raises(DecodeError):
            message_v3.decoded(whole[:length])


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    for attempt in (data, peer.tlv(0x30, b"\x02\x01\x03" + data)):
        with pytest.raises(DecodeError):
            message_v3.decoded(attempt)


@pytest.fixture(scope="module")
def theirs() -> Iterator[peer.SnmpV3Agent]:
    """Its codec only: nothing goes through its socket."""
    with peer.SnmpV3Agent(users=pysnmp_agent.USERS) as agent:
        yield agent


@pytest.mark.parametrize("asker", pysnmp_agent.USERS, ids=lambda each: each.name)
def test_questions_of_every_user_are_understood_and_their_answers_too(theirs: peer.SnmpV3Agent, asker: User) -> None:
    usm = Usm(user(asker.login(161)), Engine())
    question = pdu.request(pdu.GET, 4711, [oid.encoded(NAME)])
    reported = 0
    for _ in range(3):
        sealed = theirs.unseal(usm.seal(4711, question))
        assert sealed is not None
        if counter := theirs.refusal(sealed):
            with pytest.raises(Reported) as caught:
                usm.open(theirs.report(sealed, counter))
            assert caught.value.again
            assert caught.value.request_id == 4711
            reported += 1
    assert reported == (2 if asker.auth else 1)
    assert sealed.pdu == question
    answer = pdu.response(*usm.open(theirs.seal(sealed, peer.answer(sealed, b"core"))))
    assert (answer.request_id, answer.varbinds) == (4711, [(oid.encoded(NAME), b"core")])


def test_every_counter_of_the_rfcs_has_a_meaning_of_its_own() -> None:
    said = [meaning.said for meaning in reports.MEANINGS.values()]
    assert len(set(said)) == len(said) == 11
    assert reports.meaning(oid.encoded("1.3.6.1.4.1.9.1.0")).kind == "protocol"
    with pytest.raises(DecodeError):
        reports.meaning(b"\xff")
