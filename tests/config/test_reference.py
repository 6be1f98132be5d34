"""The reference page names every key, what it takes, and what holds without it."""

from agent.config import markdown
from tests.config.tables import SECTIONS

PAGE = markdown(SECTIONS)


def test_every_section_and_nested_key_has_a_row() -> None:
    for key in (
        "`language`",
        "`lines[].probes[].nqa.device`",
        "`credentials.<name>.snmp.auth.password`",
        "`calendar.service`",
        "`isolation[].from`",
        "`thresholds.<name>[].for`",
        "`counters[].depends_on[].any_of`",
        "`log_store.host`",
    ):
        assert f"| {key} |" in PAGE, key


def test_a_row_says_what_is_taken_and_the_default() -> None:
    for row in (
        "| `language` | `zh`, `en` | `zh` |  |",
        "| `listen` | text | `127.0.0.1:9780` |  |",
        "| `hosts[].address` | address | **required** |  |",
        "| `hosts[].timeout` | duration (`30s`, `5m`, `1d`) | `10s` |  |",
        "| `backups[].every` | duration (`30s`, `5m`, `1d`) | `1h` |  |",
        "| `backups[].restore_test_every` | duration (`30s`, `5m`, `1d`) | `90d` |  |",
        "| `lines[].via.switch` | id (switch) | **required** |  |",
        "| `credentials.<name>.snmp.port` | whole number | `161` |  |",
        "| `isolation[].port` | port (`22`), range (`8000-8010`), or a list of them; at most 20 | **required** |  |",
        "| `people[].substitutes` | list of id (person) |  |  |",
    ):
        assert row in PAGE.splitlines(), row


def test_it_shows_no_names_of_the_code() -> None:
    for word in ("pydantic", "Options", "NoneType", "Annotated", "typing", "PosixPath", "<class"):
        assert word not in PAGE, word
