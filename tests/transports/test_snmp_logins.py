"""What may stand in `credentials: NAME: snmp:`, and the login that it becomes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.secrets import Secret
from agent.transports.logins import SnmpOptions

AUTH = {"protocol": "SHA", "password": "authentic-kay"}
PRIVACY = {"protocol": "AES", "password": "private-kay"}


@pytest.mark.parametrize(
    ("written", "known"),
    [("MD5", "MD5"), ("sha", "SHA"), ("SHA1", "SHA"), ("SHA-256", "SHA256"), ("sha_512", "SHA512")],
)
def test_authentication_is_named_as_manuals_name_it(written: str, known: str) -> None:
    options = SnmpOptions.model_validate({"version": 3, "user": "kay", "auth": {**AUTH, "protocol": written}})
    assert options.login().auth == (known, Secret("authentic-kay"))


@pytest.mark.parametrize(
    ("written", "known"),
    [("DES", "DES"), ("3DES", "3DES"), ("AES", "AES128"), ("aes-192", "AES192"), ("AES-256-C", "AES256C")],
)
def test_privacy_is_named_as_manuals_name_it(written: str, known: str) -> None:
    entry = {"version": 3, "user": "kay", "auth": AUTH, "privacy": {**PRIVACY, "protocol": written}}
    assert SnmpOptions.model_validate(entry).login().privacy == (known, Secret("private-kay"))


@pytest.mark.parametrize("written", ["80001f8804", "0x80001F8804", "80:00:1f:88:04", "80 00 1F 88 04"])
def test_a_context_engine_is_written_as_devices_show_it(written: str) -> None:
    entry = {"version": 3, "user": "kay", "context": "vlan-7", "context_engine": written}
    login = SnmpOptions.model_validate(entry).login()
    assert (login.context, login.context_engine) == ("vlan-7", "80001f8804")


def test_how_a_device_is_asked_is_left_open_unless_it_is_written() -> None:
    entry = {"version": "2c", "community": "public"}
    login = SnmpOptions.model_validate(entry).login()
    assert (login.repetitions, login.names, login.retries) == (None, None, None)
    login = SnmpOptions.model_validate({**entry, "repetitions": 10, "names": 16, "retries": 1}).login()
    assert (login.repetitions, login.names, login.retries) == (10, 16, 1)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"version": 3, "user": "kay", "context_engine": "80001f880"}, "hexadecimal digits"),
        ({"version": 3, "user": "kay", "context_engine": "engine"}, "hexadecimal digits"),
        ({"version": "2c", "community": "public", "context": "vlan-7"}, "context belong to version: 3"),
        ({"version": 3, "user": "kay", "privacy": PRIVACY}, "`privacy` needs `auth`"),
        ({"version": 3, "user": "kay", "auth": {**AUTH, "password": "short"}}, "at least 8 characters"),
        ({"version": 3, "auth": AUTH}, "needs `user`"),
        ({"version": 3, "user": "kay", "community": "public"}, "belongs to versions 1 and 2c"),
        ({"version": 3, "user": "kay", "engine": "gufo"}, "'own' or 'pysnmp'"),
        ({"version": "2c", "community": "public", "repetitions": 0}, "greater than or equal to 1"),
        ({"version": "2c", "community": "public", "names": 101}, "less than or equal to 100"),
        ({"version": "2c", "community": "public", "retries": -1}, "greater than or equal to 0"),
    ],
)
def test_what_does_not_fit_is_refused(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SnmpOptions.model_validate(entry)
    assert said in str(caught.value.errors())
